"""Settings that move sums: previewed, with a reason, kept; the sums hold before and after."""

import datetime as dt
from collections.abc import Callable
from functools import partial
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection
from django.test import Client

from accounts.models import User
from campaign.models import Branch, Campaign, DirtyDay, Phase, SettingsChange, Target, Unit
from campaign.selectors import indicators_of
from campaign.services.paths import rebuild_paths
from campaign.services.settings_change import ReasonWanted, settings_change
from reports.rollup.expected import expected_reports
from reports.rollup.models import UnitTotal
from reports.rollup.services.rollup import drain
from reports.rollup.services.verify import verify
from reports.rollup.totals import totals
from reports.rollup.trees import TREES
from tests.accounts.test_invitations import at_once
from tests.conftest import TODAY, World, build_world
from tests.importing import address, as_csv, problems, upload
from tests.reports.reporting import report

pytestmark = pytest.mark.django_db(transaction=True)

Browse = Callable[[User], Client]
YESTERDAY = TODAY - dt.timedelta(days=1)
TOMORROW = TODAY + dt.timedelta(days=1)
WHY = {"settings_reason": "Nghị quyết 12"}


@pytest.fixture
def stage(transactional_db: None) -> World:
    """Build the small province with reports of two days, all of them in the totals."""
    world = build_world()
    for day in (YESTERDAY, TODAY):
        report(world.owner, "XD-14173", {"installed": 10, "level1": 4}, date=day)
        report(world.neighbour, world.neighbour_branch.code, {"installed": 3}, date=day)
    drain()
    return world


def form_of(row: Any, **changed: Any) -> dict[str, Any]:
    """Return the form of a unit or branch as its page shows it, with changes."""
    names = (
        ("code", "name", "kind", "level", "parent", "valid_from", "valid_to")
        if isinstance(row, Unit)
        else (
            "code",
            "name",
            "kind",
            "parent",
            "home_unit",
            "reports_daily",
            "opened_on",
            "closed_on",
        )
    )
    form = {}
    for name in names:
        value = changed.get(name, getattr(row, name))
        if hasattr(value, "pk"):
            value = value.pk
        if isinstance(value, dt.date):
            value = f"{value:%d/%m/%Y}"
        if value is True:
            value = "on"
        if value not in (None, False):
            form[name] = value
    return form


def change(client: Client, row: Any, **changed: Any) -> Any:
    """Save a row in the admin, with a reason; what is refused comes back as a page."""
    form = {**form_of(row, **changed), **WHY}
    return client.post(address(type(row), "change", row.pk), form)


def holds() -> None:
    """Hold that all sums are those of the reports, and no more is received than expected."""
    drain()
    assert verify() == []
    for campaign in Campaign.objects.all():
        for tree in TREES:
            nodes: list[Any] = list(tree.nodes._default_manager.all())
            for by_day in (False, True):
                for row in totals(
                    tree=tree,
                    campaign=campaign,
                    indicators=indicators_of(campaign),
                    nodes=nodes,
                    first=campaign.starts_on,
                    last=TODAY,
                    basis="reported",
                    by_day=by_day,
                ):
                    assert row.received <= row.expected, row


def installed(node: Unit) -> int:
    found = UnitTotal.objects.filter(node=node).first()
    return found.reported.get("installed", 0) if found else 0


Setting = Callable[[World], tuple[Any, dict[str, Any]]]
SETTINGS: dict[str, Setting] = {
    "unit-parent": lambda w: (w.commune, {"parent": w.other_district}),
    "branch-parent": lambda w: (w.branch, {"parent": w.union}),
    "branch-home": lambda w: (w.branch, {"home_unit": w.far_commune}),
    "branch-silent": lambda w: (w.branch, {"reports_daily": False}),
    "branch-opens": lambda w: (w.branch, {"opened_on": YESTERDAY}),
    "branch-closes": lambda w: (w.branch, {"closed_on": TOMORROW}),
    "unit-ends": lambda w: (w.commune, {"valid_to": TOMORROW}),
    "parent-daily": lambda w: (w.district_union, {"reports_daily": True}),
}


@pytest.mark.parametrize("name", SETTINGS)
def test_sums_hold_after_a_setting_was_changed(stage: World, browse: Browse, name: str) -> None:
    row, changed = SETTINGS[name](stage)
    client = browse(stage.staff)
    asked = client.post(address(type(row), "change", row.pk), form_of(row, **changed))
    assert asked.status_code == 200
    assert "Chưa lưu gì" in asked.content.decode()
    before = type(row).objects.get(pk=row.pk)
    assert all(getattr(before, field) == getattr(row, field) for field in changed)
    assert not SettingsChange.objects.exists()
    again = {**form_of(row, **changed), "settings_reason": "  "}
    assert (
        "Chưa ghi lý do"
        in client.post(address(type(row), "change", row.pk), again).content.decode()
    )
    assert change(client, row, **changed).status_code == 302
    after = type(row).objects.get(pk=row.pk)
    assert all(getattr(after, field) == value for field, value in changed.items())
    stored = SettingsChange.objects.get()
    assert (stored.actor, stored.reason) == (stage.staff, "Nghị quyết 12")
    assert row.name in stored.moves[0]["row"]
    holds()


def test_preview_says_what_moves(stage: World, browse: Browse) -> None:
    client = browse(stage.staff)
    form = form_of(stage.commune, parent=stage.other_district)
    page = client.post(address(Unit, "change", stage.commune.pk), form)
    figures = {
        (node, what): (before, after)
        for _c, node, what, before, after in page.context["change"].figures
    }
    assert figures[stage.district.name, "Cài VNeID"] == (26, 6)
    assert figures[stage.other_district.name, "Cài VNeID"] == (None, 20)
    assert (stage.province.name, "Cài VNeID") not in figures
    assert figures[stage.other_district.name, "số báo cáo đã nhận"] == (0, 2)
    (move,) = page.context["change"].moves
    assert (move.before, move.after) == (stage.district.name, stage.other_district.name)
    text = page.content.decode()
    assert "01/04/2023 – 20/06/2023" in text


def test_district_is_the_sum_of_its_communes_on_both_trees(stage: World, browse: Browse) -> None:
    client = browse(stage.staff)
    assert change(client, stage.commune, parent=stage.other_district).status_code == 302
    assert change(client, stage.branch, parent=stage.union).status_code == 302
    assert DirtyDay.objects.exists()
    holds()
    assert (installed(stage.district), installed(stage.other_district)) == (6, 20)
    assert installed(stage.province) == 26
    for day in (YESTERDAY, TODAY):
        expected = expected_reports(stage.campaign, day, day)
        districts = [Unit.objects.get(pk=d.pk).path for d in (stage.district, stage.other_district)]
        whole = sum(expected.count(path) for path in districts)
        assert whole <= expected.count(stage.province.path)


def test_chain_of_moves_and_back(stage: World, browse: Browse) -> None:
    client = browse(stage.staff)
    for parent in (stage.other_district, stage.district, stage.other_district, stage.district):
        row = Unit.objects.get(pk=stage.commune.pk)
        assert change(client, row, parent=parent).status_code == 302
    holds()
    assert (installed(stage.district), installed(stage.other_district)) == (26, 0)
    assert SettingsChange.objects.count() == 4


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("branch-closes", "vào những ngày không còn hoạt động"),
        ("branch-opens", "vào những ngày không còn hoạt động"),
        ("unit-ends", "vào những ngày không còn hiệu lực"),
        ("unit-begins", "vào những ngày không còn hiệu lực"),
    ],
)
def test_what_leaves_reports_outside_is_refused(
    stage: World, browse: Browse, name: str, words: str
) -> None:
    row, changed = {
        "branch-closes": (stage.branch, {"closed_on": TODAY}),
        "branch-opens": (stage.branch, {"opened_on": TODAY}),
        "unit-ends": (stage.commune, {"valid_to": TODAY}),
        "unit-begins": (stage.commune, {"valid_from": TODAY}),
    }[name]
    page = change(browse(stage.staff), row, **changed)
    text = page.content.decode()
    assert words in text
    assert row.name in text
    assert "Chọn ngày" in text
    assert not SettingsChange.objects.exists()
    holds()


@pytest.mark.parametrize(
    "changed",
    [{"starts_on": TODAY}, {"ends_on": YESTERDAY}],
)
def test_campaign_keeps_the_days_of_its_reports(stage: World, changed: dict[str, Any]) -> None:
    with (
        pytest.raises(ValidationError, match="ngày"),
        settings_change(actor=stage.staff, reason="rút ngắn"),
    ):
        Campaign.objects.filter(pk=stage.campaign.pk).update(**changed)
    stage.campaign.refresh_from_db()
    assert all(getattr(stage.campaign, name) != value for name, value in changed.items())


def days(stage: World, **changed: Any) -> None:
    Campaign.objects.filter(pk=stage.campaign.pk).update(**changed)


def phase(stage: World) -> None:
    Phase.objects.create(
        campaign=stage.campaign, name="Lễ", starts_on=YESTERDAY, ends_on=TODAY, weekdays="7"
    )


def formula(stage: World) -> None:
    stage.indicators["activated"].terms.filter(source__code="level2").update(factor=2)


def target(stage: World) -> None:
    Target.objects.update(value=2000)


def close_quietly(stage: World) -> None:
    Branch.objects.filter(pk=stage.branch.pk).update(reports_daily=False, parent=stage.union)
    rebuild_paths(Branch)


@pytest.mark.parametrize(
    ("write", "field"),
    [
        (partial(days, starts_on=dt.date(2023, 5, 1)), "bắt đầu"),
        (partial(days, ends_on=TODAY), "kết thúc"),
        (partial(days, weekdays="12345"), "ngày báo cáo trong tuần"),
        (phase, ""),
        (formula, "hệ số"),
        (target, "chỉ tiêu"),
        (close_quietly, "trực thuộc"),
    ],
)
def test_every_write_goes_through_the_one_door(
    stage: World, write: Callable[[World], None], field: str
) -> None:
    with pytest.raises(ReasonWanted), settings_change(actor=stage.staff):
        write(stage)
    assert not SettingsChange.objects.exists()
    with settings_change(actor=None, reason="Kế hoạch 5"):
        write(stage)
    stored = SettingsChange.objects.get()
    assert stored.actor is None
    assert field in [move["field"] for move in stored.moves]
    holds()


def test_nothing_moved_asks_nothing(stage: World, browse: Browse) -> None:
    client = browse(stage.staff)
    form = form_of(stage.branch, kind="school")
    assert client.post(address(Branch, "change", stage.branch.pk), form).status_code == 302
    assert not SettingsChange.objects.exists()
    assert not DirtyDay.objects.exists()


def test_file_that_moves_units_shows_it_and_wants_a_reason(stage: World, browse: Browse) -> None:
    client = browse(stage.staff)
    unit = stage.commune
    data = as_csv(
        ["code", "name", "kind", "parent_code", "valid_from"],
        [unit.code, unit.name, unit.kind, stage.other_district.code, f"{unit.valid_from:%d/%m/%Y}"],
    )
    preview = upload(client, Unit, data)
    assert problems(preview) == []
    figures = preview.context["change"].figures
    assert any(node == stage.other_district.name for _c, node, _what, _b, _a in figures)
    assert installed(stage.district) == 26
    token = {"token": preview.context["token"]}
    page = client.post(address(Unit, "process_import"), token)
    assert "Ghi lý do" in problems(page)[0][2]
    preview = upload(client, Unit, data)
    token = {"token": preview.context["token"]}
    assert client.post(address(Unit, "process_import"), {**token, **WHY}).status_code == 302
    holds()
    assert installed(stage.other_district) == 20
    assert SettingsChange.objects.get().actor == stage.staff


@pytest.mark.parametrize("who", ["lead", "owner", "liaison", "partner", "stranger"])
def test_door_and_history_are_the_provinces(stage: World, browse: Browse, who: str) -> None:
    client = browse(getattr(stage, who))
    assert change(client, stage.commune, parent=stage.other_district).status_code in (302, 403)
    assert not SettingsChange.objects.exists()
    assert Unit.objects.get(pk=stage.commune.pk).parent == stage.district
    listed = client.get(address(SettingsChange, "changelist"), follow=True)
    assert listed.status_code == 403


def test_history_is_read_and_not_written(stage: World, browse: Browse) -> None:
    client = browse(stage.staff)
    change(client, stage.commune, parent=stage.other_district)
    page = client.get(address(SettingsChange, "changelist")).content.decode()
    assert "Nghị quyết 12" in page
    assert stage.other_district.name in page
    stored = SettingsChange.objects.get()
    assert client.get(address(SettingsChange, "change", stored.pk)).status_code == 200
    for what, args in (("add", ()), ("delete", (stored.pk,))):
        assert client.post(address(SettingsChange, what, *args), {"post": "yes"}).status_code == 403


def test_file_that_leaves_reports_outside_is_refused(stage: World, browse: Browse) -> None:
    unit, parent = stage.commune, stage.district
    data = as_csv(
        ["code", "name", "kind", "parent_code", "valid_from", "valid_to"],
        [unit.code, unit.name, unit.kind, parent.code, f"{unit.valid_from:%d/%m/%Y}", "20/06/2023"],
    )
    preview = upload(browse(stage.staff), Unit, data)
    text = "".join(message for *_where, message in problems(preview))
    assert "vào những ngày không còn hiệu lực" in text
    assert "token" not in preview.context


def test_what_lies_outside_already_hinders_no_other_change(stage: World) -> None:
    Branch.objects.filter(pk=stage.branch.pk).update(closed_on=YESTERDAY)
    with settings_change(actor=stage.staff, reason="giải thể muộn hơn"):
        Branch.objects.filter(pk=stage.branch.pk).update(closed_on=TODAY)
    with (
        pytest.raises(ValidationError, match="có 1 báo cáo"),
        settings_change(actor=stage.staff, reason="giải thể sớm hơn"),
    ):
        Branch.objects.filter(pk=stage.branch.pk).update(closed_on=YESTERDAY)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE campaign_settingschange SET reason = 'khác'",
        "DELETE FROM campaign_settingschange",
    ],
)
def test_record_can_only_be_added_to(stage: World, statement: str) -> None:
    with settings_change(actor=stage.staff, reason="giao lại"):
        target(stage)
    with connection.cursor() as cursor, pytest.raises(DatabaseError, match="only ever added"):
        cursor.execute(statement)


def test_record_cannot_be_emptied(stage: World) -> None:
    # Django's own emptying between tests needs the one trigger off: see tests/conftest.py.
    switch = "ALTER TABLE campaign_settingschange {} TRIGGER settings_change_is_not_emptied"
    with connection.cursor() as cursor:
        cursor.execute(switch.format("ENABLE"))
        try:
            with pytest.raises(DatabaseError, match="only ever added"):
                cursor.execute("TRUNCATE campaign_settingschange")
        finally:
            cursor.execute(switch.format("DISABLE"))


def test_pages_say_that_sums_are_being_made_again(stage: World, browse: Browse) -> None:
    client = browse(stage.staff)
    names = (
        "dashboard/",
        f"branches/{stage.branch.code}/",
        "completeness/",
        "digests/",
        "exports/",
    )
    pages = [f"/c/de-an-06-2023/{name}" for name in names]
    pages.append(f"/public/?unit={stage.commune.code}")
    change(client, stage.commune, parent=stage.other_district)
    for page in pages:
        assert "đang tính lại" in client.get(page, follow=True).content.decode()
    drain()
    for page in pages:
        assert "đang tính lại" not in client.get(page, follow=True).content.decode()


def test_report_and_drains_while_a_unit_moves(stage: World) -> None:
    def move() -> None:
        for parent in (stage.other_district, stage.district, stage.other_district):
            with settings_change(actor=stage.staff, reason="sắp xếp lại"):
                Unit.objects.filter(pk=stage.commune.pk).update(parent=parent)
                rebuild_paths(Unit)

    def send() -> None:
        for day in range(2, 8):
            report(stage.owner, "XD-14173", {"installed": 10}, date=TODAY - dt.timedelta(days=day))

    def drains() -> None:
        for _n in range(5):
            drain()

    assert at_once(move, send, drains, drains) == [None] * 4
    holds()
    assert (installed(stage.district), installed(stage.other_district)) == (6, 80)


def test_command_says_why(stage: World, tmp_path: Path) -> None:
    file = tmp_path / "units.csv"
    units = [stage.province, stage.district, stage.other_district, stage.commune]
    parents = {stage.commune: stage.other_district}
    rows = [[u.code, u.name, u.kind, getattr(parents.get(u, u.parent), "code", "")] for u in units]
    file.write_bytes(as_csv(["code", "name", "kind", "parent_code"], *rows))
    call = partial(call_command, "load_units", str(file), "--valid-from")
    since = stage.commune.valid_from.isoformat()
    preview = StringIO()
    with pytest.raises(CommandError, match="Ghi lý do"):
        call(since, stdout=preview)
    assert f"{stage.district.name}: Cài VNeID 26 → 6\n" in preview.getvalue()
    assert "các ngày 01/04/2023 – 20/06/2023" in preview.getvalue()
    call(since, "--reason", "Nghị quyết 5")
    assert SettingsChange.objects.get().actor is None
    holds()
    assert installed(stage.other_district) == 20
