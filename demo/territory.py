"""What the demo stands on: the units of 2023, and their boundaries."""

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from django.conf import settings

from campaign.models import Boundary, Branch, Campaign, Unit
from campaign.services.import_units import load_boundaries

STRUCTURE_DATE = dt.date(2023, 4, 1)
FIRST_DAY = dt.date(2023, 4, 1)
LAST_DAY = dt.date(2023, 6, 20)
CAMPAIGN_ENDS = dt.date(2023, 6, 30)
PROVINCE = "36"
DATA: Path = settings.BASE_DIR / "data"
BOUNDARIES = ("communes_2023.geojson", "districts_2023.geojson")


class DemoRefused(Exception):
    """The demo cannot be made here; the message says what is missing."""


@dataclass(frozen=True)
class Territory:
    """The province of 2023 by codes, in their order; a commune's ``parent`` is loaded."""

    province: Unit
    districts: dict[str, Unit]
    communes: dict[str, Unit]

    @cached_property
    def communes_of(self) -> dict[str, list[Unit]]:
        found: dict[str, list[Unit]] = {code: [] for code in self.districts}
        for commune in self.communes.values():
            if commune.parent is not None:
                found[commune.parent.code].append(commune)
        return found


@dataclass(frozen=True)
class Field:
    """Where the reports of a campaign fall; ``branches`` by code."""

    campaign: Campaign
    territory: Territory
    branches: dict[str, Branch]


def find_territory() -> Territory:
    """Return the units of 2023; raise ``DemoRefused`` where they are not loaded."""
    units = Unit.objects.on(STRUCTURE_DATE)
    province = units.filter(code=PROVINCE, level="province").first()
    below = units.select_related("parent").order_by("code")
    if province is not None:
        below = below.within(province)
    districts = {u.code: u for u in below.filter(level="district")}
    communes = {u.code: u for u in below.communes()}
    if province is None or not districts or not communes:
        raise DemoRefused(
            f"Chưa có địa bàn của Nam Định ngày {STRUCTURE_DATE:%d/%m/%Y}. Chạy trước: "
            "manage.py load_units data/units_2023.csv --valid-from 2004-01-01"
        )
    return Territory(province, districts, communes)


def add_boundaries() -> int:
    if Boundary.objects.exists():
        return 0
    return sum(load_boundaries(path=DATA / name, on=STRUCTURE_DATE) for name in BOUNDARIES)
