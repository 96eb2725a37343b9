"""A report and the sessions of its day: what it covers, what is asked, what counts meanwhile."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import User
from core.log.verify import verify_history
from reports.daily.models import DailyReport, Revision, Source, Status
from reports.daily.reconciliation import question_of
from reports.daily.services.report_input import InvalidReport
from reports.daily.services.review import Decision, review_reports
from reports.daily.services.submit import VersionConflict, reconcile_sessions
from reports.rollup.services.rebuild import rebuild
from reports.rollup.services.rollup import drain
from reports.rollup.services.verify import verify
from tests.conftest import TODAY, World
from tests.factories import make_session
from tests.reports.reporting import report
from volunteers.sessions.models import SupportSession
from volunteers.sessions.selectors.session_outcomes import closed_sessions
from volunteers.sessions.services.sessions import cancel_session, close_session

Api = Callable[[User], APIClient]

pytestmark = pytest.mark.django_db(transaction=True)

MORNING = {"installed": 52, "level1": 20, "level2": 12, "upgraded": 2}
SESSION = {"installed": 30, "level1": 10, "level2": 6, "upgraded": 1}


def close(
    world: World, session: SupportSession, counts: dict[str, int] | None = None
) -> SupportSession:
    session.refresh_from_db()
    return close_session(
        actor=world.owner,
        session=session,
        counts=counts or SESSION,
        headcount=3,
        base_version=session.version,
    )


def planned(world: World, **given: Any) -> SupportSession:
    return make_session(campaign=world.campaign, branch=world.branch, unit=world.commune, **given)


def again(stored: DailyReport) -> DailyReport:
    return DailyReport.objects.get(pk=stored.pk)


def is_open(stored: DailyReport) -> bool:
    """Whether both ways of asking say that the day is not reconciled; they must agree."""
    stored = again(stored)
    one = question_of(stored, closed_sessions(stored.day)) is not None
    [found] = DailyReport.objects.mark_unreconciled().filter(pk=stored.pk)
    many = vars(found)["is_unreconciled"]
    assert one == many
    return one


def total(world: World, api: Api, basis: str = "reported") -> dict[str, int]:
    drain()
    assert verify() == []
    answer = api(world.staff).get(f"/api/v1/totals/?unit=36&basis={basis}").json()
    counts: dict[str, int] = answer["results"][0]["counts"]
    return counts


def choose(world: World, stored: DailyReport, choice: str) -> DailyReport:
    return reconcile_sessions(
        actor=world.owner, report=stored, choice=choice, base_version=again(stored).version
    )


def test_session_closed_after_the_report_is_asked_about_and_added(world: World, api: Api) -> None:
    session = planned(world)
    stored = report(world.owner, "XD-14173", MORNING)
    assert not is_open(stored)
    close(world, session)
    assert is_open(stored)
    assert total(world, api)["installed"] == 52
    added = choose(world, stored, "add")
    assert (added.counts["installed"], added.version) == (82, 2)
    assert not is_open(stored)
    assert total(world, api) == {
        "installed": 82,
        "level1": 30,
        "level2": 18,
        "upgraded": 3,
        "activated": 45,
    }
    assert Revision.objects.get(report=stored, version=2).source == Source.SESSION
    assert list(verify_history()) == []


def test_session_that_the_report_included_changes_no_figure(world: World, api: Api) -> None:
    session = planned(world)
    stored = report(world.owner, "XD-14173", MORNING)
    close(world, session)
    same = choose(world, stored, "included")
    assert same.counts == MORNING
    assert not is_open(stored)
    assert total(world, api)["installed"] == 52


def test_client_is_asked_and_answers(world: World, api: Api) -> None:
    session = planned(world)
    stored = report(world.owner, "XD-14173", MORNING)
    address = f"/api/v1/daily-reports/{stored.pk}/sessions/"
    own = api(world.owner)
    assert own.get(address).json() == {
        **{"id": str(stored.pk), "version": 1, "unreconciled": False, "counts": MORNING},
        **{"sessions": [], "difference": {}, "added": MORNING},
        **{"may_be_added": False, "may_be_included": False},
    }
    close(world, session)
    asked = own.get(address).json()
    added = {"installed": 82, "level1": 30, "level2": 18, "upgraded": 3}
    assert (asked["difference"], asked["added"], asked["sessions"]) == (
        *(SESSION, added),
        [{"id": session.pk, "counts": SESSION}],
    )
    assert (asked["unreconciled"], asked["may_be_added"], asked["may_be_included"]) == (True,) * 3
    sent = {
        **{"id": str(stored.pk), "campaign": "de-an-06-2023", "branch": "XD-14173"},
        **{"date": "2023-06-20", "counts": {**MORNING, "installed": 53}, "base_version": 1},
    }
    receipt = own.post("/api/v1/daily-reports/", sent, format="json")
    assert (receipt.status_code, receipt.json()["unreconciled"]) == (200, True)
    stale = own.post(address, {"choice": "add", "base_version": 1}, format="json")
    assert (stale.status_code, stale.json()["current"]["version"]) == (409, 2)
    answer = {"choice": "add", "base_version": 2}
    assert api(world.lead).post(address, answer, format="json").status_code == 200
    receipt = own.post(address, answer, format="json")
    assert receipt.json()["counts"] == {**added, "installed": 83}
    assert (receipt.json()["version"], receipt.json()["unreconciled"]) == (3, False)


def test_report_lower_than_a_session_cannot_have_included_it(world: World) -> None:
    session = planned(world)
    stored = report(world.owner, "XD-14173", {"installed": 5, "level1": 0})
    close(world, session)
    question = question_of(again(stored), closed_sessions(stored.day))
    assert question is not None
    assert (question.may_be_included, question.added["installed"]) == (False, 35)
    with pytest.raises(InvalidReport):
        choose(world, stored, "included")
    assert again(stored).version == 1


def test_covered_session_that_is_cancelled_or_corrected_is_asked_about(
    world: World, api: Api
) -> None:
    session = close(world, planned(world))
    stored = report(world.owner, "XD-14173", {**MORNING, "installed": 82})
    assert not is_open(stored)
    close(world, session, {**SESSION, "installed": 40})
    assert is_open(stored)
    assert choose(world, stored, "add").counts["installed"] == 92
    session.refresh_from_db()
    cancel_session(actor=world.owner, session=session, reason="Nhập nhầm")
    assert is_open(stored)
    assert total(world, api)["installed"] == 92
    assert choose(world, stored, "add").counts["installed"] == 52
    assert total(world, api)["installed"] == 52


def test_approved_report_is_approved_anew_after_a_session_was_added(world: World, api: Api) -> None:
    session = planned(world)
    stored = report(world.owner, "XD-14173", MORNING)
    review_reports(actor=world.lead, seen={stored.pk: 1}, decision=Decision.APPROVE)
    close(world, session)
    assert total(world, api, "approved")["installed"] == 52
    assert choose(world, stored, "add").status == Status.SUBMITTED
    assert total(world, api, "approved") == {}
    assert total(world, api)["installed"] == 82


def test_correction_of_the_form_answers_nothing_unasked(world: World) -> None:
    session = planned(world)
    stored = report(world.owner, "XD-14173", MORNING)
    close(world, session)
    report(
        world.owner, "XD-14173", {**MORNING, "installed": 60}, report_id=stored.pk, base_version=1
    )
    assert is_open(stored)


def test_report_written_before_a_session_closed_does_not_cover_it(world: World) -> None:
    before = dt.datetime.combine(TODAY, dt.time(0, 0, 1), dt.timezone(dt.timedelta(hours=7)))
    close(world, planned(world))
    stored = report(world.owner, "XD-14173", {"installed": 5}, captured_at=before)
    assert is_open(stored)
    # Sent again by a phone that had no answer it is the same report.
    same = report(
        world.owner, "XD-14173", {"installed": 5}, captured_at=before, report_id=stored.pk
    )
    assert same.version == 1


def test_two_answers_at_once_add_once(world: World) -> None:
    session = planned(world)
    stored = report(world.owner, "XD-14173", MORNING)
    close(world, session)
    assert choose(world, stored, "add").version == 2
    # The other page had the same question, and the version that was then.
    late = reconcile_sessions(actor=world.owner, report=stored, choice="add", base_version=1)
    assert (late.version, late.counts["installed"]) == (2, 82)
    close(world, session, {**SESSION, "installed": 31})
    with pytest.raises(VersionConflict):
        reconcile_sessions(actor=world.owner, report=stored, choice="add", base_version=1)


def test_returned_report_falls_back_on_the_last_that_was_not(world: World, api: Api) -> None:
    stored = report(world.owner, "XD-14173", {"level1": 16})
    report(world.owner, "XD-14173", {"level1": 1600}, report_id=stored.pk, base_version=1)
    assert total(world, api)["level1"] == 1600
    review_reports(
        actor=world.lead, seen={stored.pk: 2}, decision=Decision.RETURN, reason="Nhầm số"
    )
    assert total(world, api)["level1"] == 16
    report(world.owner, "XD-14173", {"level1": 1700}, report_id=stored.pk, base_version=3)
    review_reports(
        actor=world.lead, seen={stored.pk: 4}, decision=Decision.RETURN, reason="Vẫn nhầm"
    )
    assert total(world, api)["level1"] == 16
    report(world.owner, "XD-14173", {"level1": 17}, report_id=stored.pk, base_version=5)
    assert total(world, api)["level1"] == 17


def test_first_report_returned_leaves_the_day_to_its_sessions(world: World, api: Api) -> None:
    close(world, planned(world))
    stored = report(world.owner, "XD-14173", {**SESSION, "installed": 3000})
    review_reports(
        actor=world.lead, seen={stored.pk: 1}, decision=Decision.RETURN, reason="Nhầm số"
    )
    assert total(world, api)["installed"] == 30
    assert not is_open(stored)


def test_approved_version_goes_on_counting_as_approved_while_its_correction_is_returned(
    world: World, api: Api
) -> None:
    stored = report(world.owner, "XD-14173", {"level1": 16})
    review_reports(actor=world.lead, seen={stored.pk: 1}, decision=Decision.APPROVE)
    report(world.owner, "XD-14173", {"level1": 1600}, report_id=stored.pk, base_version=2)
    review_reports(
        actor=world.lead, seen={stored.pk: 3}, decision=Decision.RETURN, reason="Nhầm số"
    )
    assert total(world, api)["level1"] == 16
    assert total(world, api, "approved")["level1"] == 16


@pytest.mark.parametrize("explanation", ["", "checked"])
def test_nothing_worked_out_is_below_zero(world: World, explanation: str) -> None:
    with pytest.raises(InvalidReport) as refused:
        report(
            world.owner,
            "XD-14173",
            {"level1": 0, "level2": 5, "upgraded": 8},
            explanation=explanation,
        )
    assert list(refused.value.errors["counts"]) == ["upgraded"]
    # A part above its whole alone is a question, not a mistake.
    report(
        world.owner,
        "XD-14173",
        {"level1": 9, "level2": 5, "upgraded": 8},
        explanation="checked",
    )


def test_branch_is_heard_only_on_days_on_which_it_exists(world: World, api: Api) -> None:
    report(world.owner, "XD-14173", {"level1": 1})
    report(world.owner, "XD-14173", {"level1": 2}, date=TODAY - dt.timedelta(days=1))
    world.branch.closed_on = TODAY
    world.branch.save()
    rebuild()
    assert verify() == []
    rows = api(world.staff).get("/api/v1/totals/?unit=36&by=day&from=2023-06-19&to=2023-06-20")
    for row in rows.json()["results"]:
        assert row["reports_received"] <= row["reports_expected"], row
