"""One indicator in the admin, and what is no longer changed or deleted."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from campaign.indicator_usage import is_counted
from campaign.models import (
    Campaign,
    Indicator,
)
from reports.daily.models import DailyReport, Lateness
from tests.campaign.admin.forms import (
    campaign_form,
    errors,
    indicator_lines,
    lines,
)
from tests.conftest import TODAY, World
from tests.importing import address


def report(world: World, **counts: int) -> DailyReport:
    """Make a report that holds counts."""
    return DailyReport.objects.create(
        campaign=world.campaign,
        branch=world.branch,
        unit=world.commune,
        date=TODAY,
        counts=counts,
        lateness=Lateness.ON_TIME,
        received_at=dt.datetime(2023, 6, 20, 11, tzinfo=dt.UTC),
    )


def indicator_form(indicator: Indicator, **given: Any) -> dict[str, Any]:
    """Return the form of an indicator with its terms."""
    form = {
        "campaign": indicator.campaign_id,
        "code": indicator.code,
        "label": indicator.label,
        "aggregation": indicator.aggregation,
        "order": indicator.order,
        "at_most": indicator.at_most_id or "",
        **({"is_derived": "on"} if indicator.is_derived else {}),
        **({"is_headline": "on"} if indicator.is_headline else {}),
        **given,
    }
    if not any(name.startswith("terms-") for name in form):
        rows = [
            {"id": t.pk, "source": t.source_id, "factor": t.factor} for t in indicator.terms.all()
        ]
        form |= lines("terms", *rows, initial=len(rows))
    return {name: value for name, value in form.items() if value is not None}


def save_indicator(client: Client, indicator: Indicator, **given: Any) -> Any:
    """Send the form of an indicator."""
    form = indicator_form(indicator, **given)
    return client.post(address(Indicator, "change", indicator.pk), form)


def test_derived_indicator_needs_a_term(client: Client, world: World) -> None:
    installed = world.indicators["installed"]
    page = save_indicator(client, installed, is_derived="on")
    assert "cần ít nhất một số hạng" in errors(page)
    term = lines("terms", {"source": world.indicators["level1"].pk, "factor": "1"})
    assert save_indicator(client, installed, is_derived="on", **term).status_code == 302
    assert "đánh dấu “Được tính ra”" in errors(save_indicator(client, installed, **term))


@pytest.mark.parametrize("factor", ["1.000", "0,5", "x"])
def test_factor_is_read_strictly(client: Client, world: World, factor: str) -> None:
    term = lines("terms", {"source": world.indicators["level1"].pk, "factor": factor})
    errors(save_indicator(client, world.indicators["installed"], is_derived="on", **term))
    term = lines("terms", {"source": world.indicators["level1"].pk, "factor": "−1"})
    page = save_indicator(client, world.indicators["installed"], is_derived="on", **term)
    assert page.status_code == 302


def test_source_of_others_cannot_be_derived(client: Client, world: World) -> None:
    term = lines("terms", {"source": world.indicators["installed"].pk, "factor": "1"})
    page = save_indicator(client, world.indicators["level2"], is_derived="on", **term)
    assert "Đang được dùng trong: activated, upgraded" in errors(page)


def test_term_of_another_campaign_is_no_choice(client: Client, world: World) -> None:
    foreign = Indicator.objects.create(
        campaign=Campaign.objects.create(slug="x", name="X", starts_on=TODAY, ends_on=TODAY),
        code="a",
        label="A",
    )
    term = lines("terms", {"source": foreign.pk, "factor": "1"})
    errors(save_indicator(client, world.indicators["installed"], is_derived="on", **term))
    errors(save_indicator(client, world.indicators["installed"], at_most=foreign.pk))


def test_code_stays_once_reports_hold_it(client: Client, world: World) -> None:
    level1 = world.indicators["level1"]
    Campaign.objects.update(state="draft")
    assert save_indicator(client, level1, code="muc1").status_code == 302
    Campaign.objects.update(state="running")
    assert "đã công bố" in errors(save_indicator(client, level1, code="level1"))
    level1.refresh_from_db()
    report(world, muc1=5)
    assert is_counted(level1)
    assert not is_counted(world.indicators["installed"])
    Campaign.objects.update(state="draft")
    assert "báo cáo đã có số" in errors(save_indicator(client, level1, code="level1")).lower()
    form = {
        **campaign_form(world.campaign),
        **indicator_lines(world.campaign, muc1={"code": "m1"}, activated={"formula": "m1"}),
        **lines("phases"),
    }
    page = client.post(address(Campaign, "change", world.campaign.pk), form)
    assert "báo cáo đã có số" in errors(page).lower()
    assert save_indicator(client, level1, label="Mức một").status_code == 302


def test_indicator_that_is_held_is_not_deleted(client: Client, world: World) -> None:
    report(world, installed=5)
    for code, words in (("installed", "báo cáo đã có số"), ("level1", "số hạng")):
        row = world.indicators[code]
        for form in ({}, {"post": "yes"}):
            page = client.post(address(Indicator, "delete", row.pk), form)
            assert page.status_code == 200
            assert words in page.content.decode()
        action = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
        assert words in client.post(address(Indicator, "changelist"), action).content.decode()
        assert Indicator.objects.filter(pk=row.pk).exists()
    rows = indicator_lines(world.campaign, installed={"DELETE": "on"})
    form = {**campaign_form(world.campaign), **rows, **lines("phases")}
    page = client.post(address(Campaign, "change", world.campaign.pk), form)
    assert "Không xóa được" in errors(page)


def test_indicator_that_nothing_holds_is_deleted(client: Client, world: World) -> None:
    row = world.indicators["installed"]
    assert client.get(address(Indicator, "delete", row.pk)).status_code == 200
    client.post(address(Indicator, "delete", row.pk), {"post": "yes"})
    assert not Indicator.objects.filter(pk=row.pk).exists()


@pytest.mark.parametrize("name", ["commune", "branch", "campaign", "district"])
def test_what_reports_or_appointments_hold_is_not_deleted(
    root: Client, world: World, name: str
) -> None:
    report(world, level1=5)
    row: Any = getattr(world, name)
    for path, form in (
        (address(type(row), "delete", row.pk), {"post": "yes"}),
        (
            address(type(row), "changelist"),
            {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"},
        ),
    ):
        page = root.post(path, form)
        assert page.status_code == 200
        assert "đang được dùng ở" in page.content.decode()
    assert type(row).objects.filter(pk=row.pk).exists()


def test_campaign_without_reports_is_deleted_with_its_derived_indicators(
    client: Client, world: World
) -> None:
    url = address(Campaign, "delete", world.campaign.pk)
    assert "đã công bố: đóng rồi lưu trữ" in client.get(url).content.decode()
    assert client.post(url, {"post": "yes"}).status_code == 200
    Campaign.objects.update(state="draft")
    assert client.get(url).status_code == 200
    assert client.post(url, {"post": "yes"}).status_code == 302
    assert not Campaign.objects.exists()
