"""What the police published, handed in as their file would."""

import datetime as dt
from typing import Any

from campaign.models import Campaign, Indicator, Unit
from reports.official.models import FigureKind, OfficialFile, Source
from reports.official.services import Figure, take_figures
from tests.conftest import TODAY


def publish(
    actor: Any,
    campaign: Campaign,
    values: dict[Unit, dict[dt.date, dict[str, int]]],
    kind: str = FigureKind.TO_DATE,
) -> OfficialFile:
    """Hand in figures by unit, day and indicator's code."""
    codes = dict(Indicator.objects.filter(campaign=campaign).values_list("code", "pk"))
    figures = [
        Figure(unit.pk, day, kind, codes[code], value)
        for unit, days in values.items()
        for day, counts in days.items()
        for code, value in counts.items()
    ]
    taken = take_figures(
        actor=actor,
        campaign=campaign,
        source=Source.TYPED,
        figures=figures,
        rows=len(figures),
        sha256=f"{OfficialFile.objects.count():064d}",
    )
    return taken.file


def level1(value: int, day: dt.date = TODAY) -> dict[dt.date, dict[str, int]]:
    return {day: {"level1": value}}
