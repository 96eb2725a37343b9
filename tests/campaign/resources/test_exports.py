"""What is exported: it comes back unchanged, is safe from formulas, and is recorded."""

import datetime as dt
import io

import openpyxl
import pytest
from django.contrib.admin.models import LogEntry
from django.db.models import Model
from django.test import Client

from campaign.models import (
    Appointment,
    Baseline,
    BaselineFigure,
    Branch,
    Campaign,
    Indicator,
    Phase,
    Target,
    Unit,
)
from tests.conftest import World
from tests.factories import make_baseline, make_indicator, make_phase, make_target
from tests.importing import (
    export,
    problems,
    rows_of,
    totals,
    upload,
)


def _furnish(world: World) -> None:
    make_phase(campaign=world.campaign)
    make_baseline(figures={world.district: 166000, world.commune: 9000})
    make_target(indicator=world.indicators["level1"], unit=world.far_commune, value=7)
    make_indicator(campaign=world.campaign, code="twice", terms={"level1": 2})


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize(
    "model",
    [
        Unit,
        Branch,
        Campaign,
        Phase,
        Indicator,
        Baseline,
        BaselineFigure,
        Target,
        Appointment,
    ],
)
def test_what_is_exported_comes_back_unchanged(
    client: Client, world: World, model: type[Model], kind: str
) -> None:
    _furnish(world)
    count = model._default_manager.count()
    assert count > 0
    data = export(client, model, kind).content
    page = upload(client, model, data, f"tep.{kind}")
    assert problems(page) == []
    assert totals(page) == (0, 0, count)


def test_export_is_safe_from_formulas_and_comes_back(client: Client, world: World) -> None:
    name = '=HYPERLINK("http://x")'
    Campaign.objects.filter(pk=world.campaign.pk).update(name=name)
    csv_file = export(client, Campaign, "csv")
    assert csv_file.content.startswith(b"\xef\xbb\xbf")
    assert b"\r\n" in csv_file.content
    assert rows_of(csv_file)[1][1] == "'" + name
    snapshot = openpyxl.load_workbook(io.BytesIO(export(client, Campaign, "xlsx").content))
    cell = snapshot.active["B2"]
    assert (cell.value, cell.data_type) == (name, "s")
    assert totals(upload(client, Campaign, csv_file.content)) == (0, 0, 1)


def test_xlsx_has_days_as_days_and_codes_as_text(client: Client, world: World) -> None:
    snapshot = openpyxl.load_workbook(io.BytesIO(export(client, Unit, "xlsx").content))
    header = [cell.value for cell in snapshot.active[1]]
    row = dict(zip(header, snapshot.active[2], strict=True))
    assert row["code"].value == "36"
    assert row["valid_from"].value.date() == dt.date(2023, 1, 1)


def test_export_follows_the_filters_of_the_list(client: Client) -> None:
    rows = rows_of(export(client, Unit, "csv", "?level__exact=commune"))
    assert [row[0] for row in rows[1:]] == ["14173", "14158", "14050"]


def test_export_is_recorded(client: Client, world: World) -> None:
    export(client, Unit, "csv")
    entry = LogEntry.objects.latest("pk")
    assert (entry.user, entry.object_repr) == (world.staff, "6 dòng xuất ra tệp")
