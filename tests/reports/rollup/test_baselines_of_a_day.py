"""Ranks by residents are those of the day, and the day of a value is put right."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.test import Client

from accounts.models import User
from campaign.baselines import Residents
from campaign.models import Baseline, BaselineFigure, SettingsChange, Target, Unit
from campaign.services.settings_change import settings_change
from core import clock
from reports.daily.anomalies import residents_for
from reports.dashboards.selectors.branch_history import branch_history_of
from reports.digests.selectors import digest
from reports.digests.text import text
from reports.rollup.services.rollup import drain
from tests.conftest import TODAY, World
from tests.factories import make_baseline
from tests.importing import address, as_csv, confirm, upload
from tests.reports.reporting import report

pytestmark = pytest.mark.django_db

Browse = Callable[[User], Client]
YESTERDAY = TODAY - dt.timedelta(days=1)
BASE = "/c/de-an-06-2023"


@pytest.fixture
def census(world: World) -> Baseline:
    """Two communes, 50 of 1,000 and 40 of 1,000 residents reached by yesterday."""
    figures = dict.fromkeys((world.commune, world.sibling), 1000)
    report(world.owner, world.branch.code, {"level1": 50}, date=YESTERDAY)
    report(world.neighbour, world.neighbour_branch.code, {"level1": 40}, date=YESTERDAY)
    drain()
    return make_baseline(figures=figures, as_of=dt.date(2019, 4, 1), name="Dân số 2019")


@pytest.fixture
def staff(world: World, browse: Browse) -> Client:
    return browse(world.staff)


def shown_on(client: Client, world: World, day: dt.date, settings: LazySettings) -> dict[str, str]:
    """Return where a commune stands by residents, wherever it is said of a day."""
    settings.PORTAL_TODAY = day
    league = client.get(f"{BASE}/units/{world.district.code}/?by=residents")
    rows = league.context["dashboard"].rows
    of_page = [(row.unit.code, row.rank, row.per_resident) for row in rows if row.rank]
    branch = branch_history_of(world.campaign, world.branch).by_residents
    settings.PORTAL_TODAY = TODAY
    of_day = digest(campaign=world.campaign, unit=world.district, day=day)
    ranked = of_day.below.by("residents").ranked
    of_digest = [(of.unit.code, of.rank, of.per_resident) for of in ranked]
    names = [league.context["dashboard"].baseline, of_day.below.baseline]
    return {
        "page": str(of_page),
        "digest": str(of_digest),
        "own page": str(branch and branch.rank),
        "text": next((line for line in text(of_day).splitlines() if "100 dân" in line), ""),
        "baseline": str([baseline and baseline.name for baseline in names]),
    }


def test_rank_by_residents_is_that_of_the_day(
    world: World, staff: Client, census: Baseline, settings: LazySettings
) -> None:
    before = shown_on(staff, world, YESTERDAY, settings)
    assert before["page"] == "[('14173', 1, 5.0), ('14158', 2, 4.0)]" == before["digest"]
    # A figure in the list, the baseline's name, a newer baseline by a file: each from today on.
    figure = BaselineFigure.objects.get(unit=world.sibling)
    with settings_change(actor=world.staff, reason="đếm lại"):
        BaselineFigure.objects.filter(pk=figure.pk).update(value=100)
        Baseline.objects.update(name="Dân số mới")
    today = shown_on(staff, world, TODAY, settings)
    assert today["page"] == "[('14158', 1, 40.0), ('14173', 2, 5.0)]" == today["digest"]
    assert (today["own page"], today["baseline"]) == ("2", "['Dân số mới', 'Dân số mới']")
    newer = make_baseline(as_of=dt.date(2023, 1, 1), name="Mới nhất", slug="moi-nhat")
    rows = [["moi-nhat", unit.code, "500"] for unit in (world.commune, world.sibling)]
    data = as_csv(["baseline", "unit", "value"], *rows)
    assert confirm(staff, BaselineFigure, upload(staff, BaselineFigure, data)).status_code == 302
    assert shown_on(staff, world, TODAY, settings)["baseline"] == "['Mới nhất', 'Mới nhất']"
    assert shown_on(staff, world, YESTERDAY, settings) == before
    # And so is what a count is held against.
    at = residents_for([world.sibling], [YESTERDAY, TODAY])
    assert [of[world.sibling.pk] for of in at.values()] == [1000, 500]
    assert newer.figures.count() == 2


def test_baseline_that_was_used_is_not_removed(world: World, census: Baseline) -> None:
    for gone in (census.figures.filter(unit=world.sibling), Baseline.objects.all()):
        with (
            pytest.raises(ValidationError, match="ghi 0 và chọn ngày"),
            settings_change(actor=world.staff, reason="bỏ"),
        ):
            gone.delete()
    with settings_change(actor=world.staff, reason="bỏ"):
        census.figures.update(value=0)
    known = Residents([world.commune, world.sibling])
    assert known.on(TODAY) == (None, {})
    assert set(known.on(YESTERDAY)[1].values()) == {1000}


def test_figure_that_was_given_a_wrong_day_is_put_right(
    world: World, staff: Client, census: Baseline
) -> None:
    with settings_change(actor=world.staff, reason="đếm lại"):
        census.figures.filter(unit=world.sibling).update(value=100)
    figure = census.figures.get(unit=world.sibling)
    path = address(BaselineFigure, "change", figure.pk)
    page = staff.get(path).content.decode()
    assert f'name="holds_from" value="{TODAY:%d/%m/%Y}"' in page
    assert "đến hết 19/06/2023: giá trị 1.000" in page
    form = {"baseline": census.pk, "unit": figure.unit_id, "value": 100}
    asked = staff.post(path, {**form, "holds_from": "15/06/2023"})
    [move] = asked.context["change"].moves
    assert (move.field, move.before, move.after) == (
        *("giá trị: có hiệu lực từ", "20/06/2023", "15/06/2023"),
    )
    assert "Có hiệu lực từ ngày" not in asked.content.decode()
    answer = {"settings_reason": "ghi sai ngày"}
    assert staff.post(path, {**form, "holds_from": "15/06/2023", **answer}).status_code == 302
    figure.refresh_from_db()
    days = (dt.date(2023, 6, 14), dt.date(2023, 6, 15), TODAY)
    assert [figure.value_on(day) for day in days] == [1000, 100, 100]
    # To a later day, too: what was before holds until then.
    assert staff.post(path, {**form, "holds_from": "19/06/2023", **answer}).status_code == 302
    figure.refresh_from_db()
    assert [figure.value_on(day) for day in (*days, YESTERDAY)] == [1000, 1000, 100, 100]
    assert SettingsChange.objects.count() == 3
    # The same day changes nothing; a value and its day are two things.
    assert staff.post(path, {**form, "holds_from": "19/06/2023"}).status_code == 302
    both = staff.post(path, {**form, "value": 90, "holds_from": "15/06/2023"})
    assert "là hai việc" in both.content.decode()


def test_file_is_shown_again_for_the_day_that_is_chosen(
    world: World, staff: Client, census: Baseline
) -> None:
    """A target that is to hold from tomorrow shows tomorrow's figures before it is taken."""
    cells = [world.campaign.slug, "14173", "activated", "2000"]
    data = as_csv(["campaign", "unit", "indicator", "value"], cells)
    preview = upload(staff, Target, data)
    assert preview.context["change"].shown_day == clock.today()
    tomorrow = (TODAY + dt.timedelta(days=1)).isoformat()
    answers = {
        "token": preview.context["token"],
        "settings_reason": "Kế hoạch 14",
        "settings_since": tomorrow,
        "settings_shown": TODAY.isoformat(),
    }
    path = address(Target, "process_import")
    again = staff.post(path, answers)
    assert Target.objects.get(unit=world.commune).value == 1000
    page = again.content.decode()
    assert f'name="settings_shown" value="{tomorrow}"' in page
    assert "tính đến 21/06/2023" in page
    assert "Kế hoạch 14</textarea>" in page
    [figure] = [of for of in again.context["change"].figures if of[1] == world.commune.name]
    assert figure[3:] == (1000, 2000)
    answers |= {"token": again.context["token"], "settings_shown": tomorrow}
    assert staff.post(path, answers).status_code == 302
    target = Target.objects.get(unit=world.commune)
    assert (target.value_on(TODAY), target.value) == (1000, 2000)


def test_units_of_a_file_are_renamed_from_a_day(world: World, tmp_path: Path) -> None:
    file = tmp_path / "units.csv"
    units = [world.province, world.district, world.commune]
    rows = [[u.code, u.name, u.kind, u.parent.code if u.parent else ""] for u in units]
    rows[-1][1] = "Xã Mới"
    file.write_bytes(as_csv(["code", "name", "kind", "parent_code"], *rows))
    valid_from = world.commune.valid_from.isoformat()
    since = ("--since", YESTERDAY.isoformat(), "--reason", "Nghị quyết 5")
    call_command("load_units", str(file), "--valid-from", valid_from, *since)
    unit = Unit.objects.get(pk=world.commune.pk)
    days = (YESTERDAY - dt.timedelta(days=1), YESTERDAY)
    assert [unit.on(day).name for day in days] == ["Xã Giao Tiến", "Xã Mới"]
