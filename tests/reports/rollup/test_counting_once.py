"""The same afternoon through every door counts once, where it was and for whom."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import User
from campaign.models import Branch, Unit
from reports.daily.models import Status
from reports.daily.services.report_input import InvalidReport
from reports.daily.services.review import review_reports
from reports.rollup.expected import expected_reports
from reports.rollup.services.rebuild import rebuild
from reports.rollup.services.rollup import drain
from reports.rollup.services.verify import verify
from tests.conftest import TODAY, World
from tests.factories import make_indicator, make_session, make_unit
from tests.reports.reporting import report, set_status
from volunteers.errors import InvalidInput, NotNow
from volunteers.sessions.models import SupportSession
from volunteers.sessions.services.session_planning import Plan, plan_sessions
from volunteers.sessions.services.sessions import cancel_session, close_session

Browse = Callable[[User], Client]
Api = Callable[[User], APIClient]

pytestmark = pytest.mark.django_db(transaction=True)

AFTERNOON = {"installed": 20, "level1": 10, "level2": 6, "upgraded": 2}


def hold(world: World, branch: Branch, unit: Unit, **given: Any) -> SupportSession:
    """Make a session of today."""
    return make_session(campaign=world.campaign, branch=branch, unit=unit, **given)


def close(
    actor: User, session: SupportSession, counts: dict[str, int] = AFTERNOON
) -> SupportSession:
    """Close a session as it stands, with three people."""
    session.refresh_from_db()
    return close_session(
        actor=actor, session=session, counts=counts, headcount=3, base_version=session.version
    )


def total_of(world: World, api: Api, query: str, basis: str = "reported") -> dict[str, int]:
    """Return the counts of one node to date."""
    drain()
    answer = api(world.staff).get(f"/api/v1/totals/?{query}&basis={basis}").json()
    counts: dict[str, int] = answer["results"][0]["counts"]
    return counts


def test_closed_session_counts_before_the_report_is_in(world: World, api: Api) -> None:
    close(world.owner, hold(world, world.branch, world.commune))
    counted = {**AFTERNOON, "activated": 14}
    for query in ("unit=14173", "unit=365", "unit=36", "branch=XD-14173", "branch=TD-36"):
        assert total_of(world, api, query) == counted
    assert verify() == []


def test_report_takes_the_place_of_its_sessions(world: World, api: Api) -> None:
    close(world.owner, hold(world, world.branch, world.commune))
    report(world.owner, "XD-14173", {**AFTERNOON, "installed": 35})
    assert total_of(world, api, "unit=14173")["installed"] == 35
    assert verify() == []


def test_session_closed_after_the_report_is_in_is_not_added_to_it(world: World, api: Api) -> None:
    session = hold(world, world.branch, world.commune)
    report(world.owner, "XD-14173", {**AFTERNOON, "installed": 35})
    close(world.owner, session)
    assert total_of(world, api, "unit=36")["installed"] == 35
    assert verify() == []


def test_report_stands_alone_beside_a_session_that_is_higher(world: World, api: Api) -> None:
    session = hold(world, world.branch, world.commune)
    stored = report(world.owner, "XD-14173", {"installed": 5})
    set_status(stored, Status.APPROVED)
    close(world.owner, session)
    # Not the session's level 1 beside the report's installed: one outcome, taken whole (C1).
    for basis in ("reported", "approved"):
        assert total_of(world, api, "unit=36", basis) == {"installed": 5}
    assert verify() == []


def test_sessions_of_a_day_add_up(world: World, api: Api) -> None:
    for hour in (0, 3):
        session = hold(
            world,
            world.branch,
            world.commune,
            begins_at=dt.time(0, hour),
            ends_at=dt.time(0, hour + 1),
        )
        close(world.owner, session)
    assert total_of(world, api, "unit=14173")["installed"] == 40
    with pytest.raises(InvalidReport):
        report(world.owner, "XD-14173", {**AFTERNOON, "installed": 39})


def test_task_force_counts_in_the_commune_and_at_home_once_each(world: World, api: Api) -> None:
    close(world.owner, hold(world, world.branch, world.commune))
    joint = hold(world, world.police, world.commune, partners=[world.branch])
    close(world.officer, joint, {"installed": 100})
    report(world.owner, "XD-14173", AFTERNOON)
    report(world.officer, "CA-36", {"installed": 100}, unit="14173")
    found = {
        query: total_of(world, api, query)["installed"]
        for query in ("unit=14173", "unit=365", "unit=36", "branch=XD-14173", "branch=CA-36")
    }
    assert found == {
        "unit=14173": 120,
        "unit=365": 120,
        "unit=36": 120,
        "branch=XD-14173": 20,
        "branch=CA-36": 100,
    }
    assert total_of(world, api, "branch=TD-36")["installed"] == 120
    assert verify() == []


def test_report_is_never_lower_than_its_sessions(world: World, api: Api) -> None:
    close(world.owner, hold(world, world.branch, world.commune))
    low = {**AFTERNOON, "installed": 19}
    answer = api(world.owner).post(
        "/api/v1/daily-reports/",
        {
            "id": "0b0e7a54-5a0c-4a5e-9a55-3f2b6f6f1d11",
            "campaign": "de-an-06-2023",
            "branch": "XD-14173",
            "date": TODAY.isoformat(),
            "counts": low,
        },
    )
    assert (answer.status_code, list(answer.json()["counts"])) == (400, ["installed"])
    assert "20" in answer.json()["counts"]["installed"][0]
    with pytest.raises(InvalidReport) as blank:
        report(world.owner, "XD-14173", {"level1": 10, "level2": 6, "upgraded": 2})
    assert list(blank.value.errors["counts"]) == ["installed"]
    with pytest.raises(InvalidReport) as idle:
        report(world.owner, "XD-14173", {}, no_activity=True)
    assert list(idle.value.errors) == ["no_activity"]
    # Another unit, another day, another branch: other afternoons.
    report(world.owner, "XD-14173", low, date=TODAY - dt.timedelta(days=1))


def test_report_need_not_say_again_who_took_part(world: World, api: Api) -> None:
    make_indicator(campaign=world.campaign, code="people", counts_people=True)
    close(world.owner, hold(world, world.branch, world.commune))
    with pytest.raises(InvalidReport) as lower:
        report(world.owner, "XD-14173", {**AFTERNOON, "people": 2})
    assert list(lower.value.errors["counts"]) == ["people"]
    report(world.owner, "XD-14173", AFTERNOON)
    assert total_of(world, api, "unit=36")["people"] == 3


def test_hamlet_is_not_a_second_place_for_the_same_afternoon(world: World) -> None:
    hamlet = make_unit(code="1417301", name="Xóm 1", level="hamlet", parent=world.commune)
    report(world.owner, "XD-14173", AFTERNOON, unit="1417301", date=TODAY - dt.timedelta(days=1))
    close(world.owner, hold(world, world.branch, world.commune))
    with pytest.raises(InvalidReport) as refused:
        report(world.owner, "XD-14173", AFTERNOON, unit="1417301")
    assert list(refused.value.errors) == ["unit"]
    plan: dict[str, Any] = {
        "campaign": world.campaign.slug,
        "branch": "XD-14173",
        "date": TODAY,
        "begins_at": dt.time(8, 0),
        "ends_at": dt.time(9, 0),
        "place_kind": "market",
        "place": "Chợ xóm",
    }
    with pytest.raises(InvalidInput) as elsewhere:
        plan_sessions(actor=world.owner, plan=Plan(**plan, unit=hamlet.code))
    assert list(elsewhere.value.errors) == ["unit"]


def test_session_beside_the_report_of_a_hamlet_is_refused_with_the_way_out(
    world: World, api: Api
) -> None:
    """C23: whichever comes second is refused, with both figures; the sum counts once."""
    make_unit(code="1417301", name="Xóm 1", level="hamlet", parent=world.commune)
    first = report(world.owner, "XD-14173", {"installed": 12}, unit="1417301")
    afternoon = hold(world, world.branch, world.commune)
    with pytest.raises(NotNow, match=r"Xóm 1: Cài VNeID 12\. Buổi này \(Cài VNeID 20"):
        close(world.owner, afternoon)
    assert total_of(world, api, "unit=36") == {"installed": 12}
    # Once the hamlet's report is being corrected it does not count (C9).
    seen = {first.pk: first.version}
    review_reports(actor=world.lead, seen=seen, decision="return", reason="Xem lại")
    close(world.owner, afternoon)
    assert total_of(world, api, "unit=36")["installed"] == 20
    with pytest.raises(InvalidReport, match=r"Cài VNeID 20.*không tính hai lần"):
        review_reports(actor=world.lead, seen={first.pk: 2}, decision="approve")
    with pytest.raises(InvalidReport, match="không phát sinh"):
        report(world.owner, "XD-14173", {"installed": 13}, unit="1417301", base_version=2)
    nothing: dict[str, Any] = {"unit": "1417301", "base_version": 2, "no_activity": True}
    again = report(world.owner, "XD-14173", {}, report_id=first.pk, **nothing)
    # It was returned before, so that nothing comes back with it.
    review_reports(actor=world.lead, seen={again.pk: 3}, decision="return", reason="Xem lại")
    assert total_of(world, api, "unit=36")["installed"] == 20
    assert verify() == []


def test_return_brings_no_counts_of_a_hamlet_back_beside_a_session(world: World, api: Api) -> None:
    make_unit(code="1417301", name="Xóm 1", level="hamlet", parent=world.commune)
    first = report(world.owner, "XD-14173", {"installed": 12}, unit="1417301")
    nothing: dict[str, Any] = {"unit": "1417301", "base_version": 1, "no_activity": True}
    report(world.owner, "XD-14173", {}, report_id=first.pk, **nothing)
    close(world.owner, hold(world, world.branch, world.commune))
    with pytest.raises(InvalidReport, match="không tính hai lần"):
        review_reports(actor=world.lead, seen={first.pk: 2}, decision="return", reason="Sai")
    assert total_of(world, api, "unit=36")["installed"] == 20


def test_cancelled_session_counts_no_more(world: World, api: Api) -> None:
    session = close(world.owner, hold(world, world.branch, world.commune))
    assert total_of(world, api, "unit=36")["installed"] == 20
    cancel_session(actor=world.owner, session=session, reason="Nhập nhầm buổi")
    assert total_of(world, api, "unit=36") == {}
    report(world.owner, "XD-14173", {"installed": 1})
    assert total_of(world, api, "unit=36") == {"installed": 1}
    assert verify() == []


def test_rebuild_counts_sessions_too(world: World, api: Api) -> None:
    close(world.owner, hold(world, world.branch, world.commune))
    rebuild()
    assert total_of(world, api, "unit=36")["installed"] == 20
    assert total_of(world, api, "branch=TD-36")["installed"] == 20
    assert verify() == []


def test_verify_names_a_session_changed_behind_its_back(world: World) -> None:
    session = close(world.owner, hold(world, world.branch, world.commune))
    drain()
    SupportSession.objects.filter(pk=session.pk).update(counts={"installed": 21})
    assert any("installed" in line for line in verify())


def test_form_begins_with_the_sessions_and_says_so(world: World, browse: Browse) -> None:
    close(world.owner, hold(world, world.branch, world.commune))
    page = browse(world.owner).get("/c/de-an-06-2023/report/").content.decode()
    assert 'name="count-installed"' in page
    assert 'value="20"' in page
    assert "từ các buổi 20" in page


def test_partner_is_told_who_counts(world: World, browse: Browse) -> None:
    joint = hold(world, world.police, world.commune, partners=[world.branch], place="Chợ Bể")
    client = browse(world.owner)
    form = client.get("/c/de-an-06-2023/report/").content.decode()
    assert "Chợ Bể" in form
    assert "Do Công an tỉnh tính số" in form
    typed = {
        "report_id": "0b0e7a54-5a0c-4a5e-9a55-3f2b6f6f1d12",
        "base_version": "0",
        "count-installed": "9",
    }
    check = client.post("/c/de-an-06-2023/report/", typed).content.decode()
    assert "trừ ra để không tính hai lần" in check
    elsewhere = client.get("/c/de-an-06-2023/report/?date=2023-06-19").content.decode()
    # The phone's snapshot knows all days.
    assert joint.place not in re.sub(r"<script.*?</script>", "", elsewhere, flags=re.DOTALL)


def expected_on(world: World, day: dt.date, **given: Any) -> set[str]:
    found = expected_reports(world.campaign, day, day, **given)
    return {branch.code for branch in found.branches(world.province.path, day)}


def test_who_hosts_a_session_is_expected_and_others_are_not_missing(world: World) -> None:
    daily = {"XD-14173", "XD-14158", "XD-14050"}
    assert expected_on(world, TODAY) == daily
    session = hold(world, world.police, world.commune)
    assert expected_on(world, TODAY) == {*daily, "CA-36"}
    world.campaign.weekdays = "7"
    world.campaign.save()
    # A Tuesday that is no reporting day: only the calendar calls.
    assert expected_on(world, TODAY) == {"CA-36"}
    hold(world, world.branch, world.commune)
    assert expected_on(world, TODAY) == {"CA-36", "XD-14173"}
    cancel_session(actor=world.officer, session=session, reason="Mưa to")
    assert expected_on(world, TODAY) == {"XD-14173"}


@pytest.mark.parametrize("weekdays", ["1234567", "7"])
def test_received_is_counted_among_the_expected(world: World, api: Api, weekdays: str) -> None:
    world.campaign.weekdays = weekdays
    world.campaign.save()
    hold(world, world.branch, world.commune)
    hold(world, world.police, world.commune)
    report(world.owner, "XD-14173", {"installed": 1})
    report(world.neighbour, "XD-14158", {"installed": 1})
    report(world.officer, "CA-36", {"installed": 1}, unit="14173")
    drain()
    asked = "/api/v1/totals/?unit=36&from=2023-06-20&to=2023-06-20"
    lines = [api(world.staff).get(asked + more).json()["results"][0] for more in ("", "&by=day")]
    for line in lines:
        found = line["reports_expected"], line["reports_received"]
        assert found == ((4, 3) if weekdays == "1234567" else (2, 2))
    assert verify() == []


def test_dashboard_names_the_host_that_has_not_reported(world: World, browse: Browse) -> None:
    hold(world, world.police, world.commune)
    page = browse(world.staff).get("/c/de-an-06-2023/dashboard/").content.decode()
    assert "Công an tỉnh" in page
    assert "0/4" in page
