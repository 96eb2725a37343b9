"""Sessions and reports of one day that meet at the same moment: the afternoon counts once."""

import datetime as dt
from functools import partial

import pytest

from reports.daily.services.report_input import InvalidReport
from reports.rollup.models import BranchTotal, UnitTotal
from reports.rollup.services.rollup import drain
from reports.rollup.services.verify import verify
from tests.accounts.test_invitations import at_once
from tests.conftest import TODAY, World, build_world
from tests.factories import make_session
from tests.reports.reporting import report
from volunteers.errors import NotNow
from volunteers.sessions.errors import SessionConflict
from volunteers.sessions.models import SupportSession
from volunteers.sessions.services.session_planning import Plan, change_session
from volunteers.sessions.services.sessions import cancel_session, close_session

pytestmark = pytest.mark.django_db(transaction=True)

COUNTS = {"installed": 20, "level1": 10}


@pytest.fixture
def stage(transactional_db: None) -> World:
    """Build the small province so that every connection sees it."""
    return build_world()


def close(stage: World, session: SupportSession) -> object:
    """Close with what came of it; whoever comes too late or too early is told so."""
    return close_session(
        actor=stage.owner, session=session, counts=COUNTS, headcount=3, base_version=1
    )


def counted(stage: World) -> dict[str, int]:
    """Return what the units and branches above count, all of it made."""
    drain()
    assert verify() == []
    nodes = {"14173": stage.commune, "365": stage.district, "36": stage.province}
    found = {
        code: UnitTotal.objects.get(node=node).reported.get("installed", 0)
        for code, node in nodes.items()
    }
    for branch in (stage.branch, stage.union):
        total = BranchTotal.objects.get(node=branch)
        found[branch.code] = total.reported.get("installed", 0)
    return found


def everywhere(number: int) -> dict[str, int]:
    """Return the same number for each place that is asked."""
    return dict.fromkeys(("14173", "365", "36", "XD-14173", "TD-36"), number)


def test_session_closed_while_its_report_comes_in_and_drains_run(stage: World) -> None:
    for number in range(4):
        day = TODAY - dt.timedelta(days=number)
        session = make_session(campaign=stage.campaign, branch=stage.branch, date=day)
        results = at_once(
            partial(close, stage, session),
            partial(report, stage.owner, "XD-14173", COUNTS, date=day),
            partial(close, stage, session),
            drain,
            drain,
        )
        assert [r for r in results if isinstance(r, Exception)] == []
        assert counted(stage) == everywhere(20 * (number + 1))
    assert SupportSession.objects.filter(state="closed", version=2).count() == 4


def test_report_that_is_too_low_is_refused_or_was_first_and_is_asked_about(stage: World) -> None:
    session = make_session(campaign=stage.campaign, branch=stage.branch)
    results = at_once(
        lambda: close(stage, session),
        lambda: report(stage.owner, "XD-14173", {"installed": 5, "level1": 1}),
        drain,
    )
    refused = [r for r in results if isinstance(r, Exception)]
    assert {type(r) for r in refused} <= {InvalidReport}
    # The session was first and the report is told so; or the report was, and stands (C3, C4).
    assert counted(stage) == everywhere(20 if refused else 5)


def test_cancelling_and_closing_at_once_leaves_one_of_them(stage: World) -> None:
    for _round in range(3):
        session = make_session(campaign=stage.campaign, branch=stage.branch)
        results = at_once(
            partial(close, stage, session),
            partial(cancel_session, actor=stage.owner, session=session, reason="Mưa to"),
            drain,
        )
        assert {type(r) for r in results if isinstance(r, Exception)} <= {NotNow, SessionConflict}
    # Whichever came first, cancelled is cancelled.
    assert set(SupportSession.objects.values_list("state", flat=True)) == {"cancelled"}
    assert counted(stage) == everywhere(0)


def test_moving_a_session_while_it_is_closed_counts_where_it_ends_up(stage: World) -> None:
    session = make_session(campaign=stage.campaign, branch=stage.union, unit=stage.commune)
    plan = Plan(
        campaign=stage.campaign.slug,
        branch=stage.union.code,
        unit=stage.sibling.code,
        date=TODAY,
        begins_at=session.begins_at,
        ends_at=session.ends_at,
        place_kind=session.place_kind,
        place=session.place,
    )
    results = at_once(
        lambda: change_session(actor=stage.staff, session=session, plan=plan, base_version=1),
        lambda: close_session(
            actor=stage.staff, session=session, counts=COUNTS, headcount=3, base_version=1
        ),
        drain,
    )
    assert {type(r) for r in results if isinstance(r, Exception)} <= {NotNow, SessionConflict}
    session.refresh_from_db()
    drain()
    assert verify() == []
    here = UnitTotal.objects.filter(node=session.unit).values_list("reported", flat=True)
    [other] = {stage.commune, stage.sibling} - {session.unit}
    there = UnitTotal.objects.filter(node=other).values_list("reported", flat=True)
    is_closed = session.state == "closed"
    assert [r.get("installed") for r in here if r] == ([20] if is_closed else [])
    assert [r for r in there if r] == []
