"""Digest and completeness are made once for all, and again as soon as anything of them changes."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from campaign.models import Branch, Target, Unit
from core import clock
from reports.daily.models import DailyReport
from reports.daily.services.review import review_reports
from reports.dashboards.views import completeness as views
from reports.digests import selectors
from reports.digests.publications import publish
from reports.digests.selectors import digest
from reports.rollup.services.rollup import drain
from tests.conftest import TODAY, World
from tests.factories import make_phase, make_session
from tests.pages import TOKEN
from tests.reports.reporting import report

YESTERDAY = TODAY - dt.timedelta(days=1)


def review(world: World, decision: str) -> None:
    found = DailyReport.objects.get(branch=world.branch, date=TODAY)
    seen = {found.pk: found.version}
    review_reports(actor=world.lead, seen=seen, decision=decision, reason="Xem lại mức 2")


def correct(world: World) -> None:
    stored = DailyReport.objects.get(branch=world.branch, date=TODAY)
    given: dict[str, Any] = {"report_id": stored.pk, "base_version": stored.version}
    report(world.owner, "XD-14173", {"level1": 31}, **given)


def tell(world: World) -> None:
    """Publish the day before, which is not any more as it was said once it is corrected."""
    found = digest(campaign=world.campaign, unit=world.district, day=YESTERDAY)
    publish(actor=world.lead, digest=found, text="Đã nói")


def close_session(world: World) -> None:
    branch = world.neighbour_branch
    given: dict[str, Any] = {"campaign": world.campaign, "branch": branch, "state": "closed"}
    make_session(**given, counts={"level1": 4}, headcount=3, participations=3)


def at_once(step: Callable[[World], object]) -> Callable[[World], object]:
    """Take a step and add up, before anybody looks."""
    return lambda world: (step(world), drain())


# In this order; what is not added up yet is seen as well.
STEPS: list[Callable[[World], object]] = [
    at_once(lambda w: report(w.owner, "XD-14173", {"level1": 30}, date=YESTERDAY)),
    tell,
    lambda w: report(w.owner, "XD-14173", {"level1": 30}),
    lambda w: report(w.neighbour, "XD-14158", {"level1": 12}),
    lambda _w: drain(),
    at_once(lambda w: review(w, "return")),
    correct,
    at_once(lambda w: review(w, "approve")),
    at_once(close_session),
    lambda _w: Target.objects.update(value=77),
    lambda _w: Unit.objects.filter(code="14173").update(name="Xã Tên Mới"),
    lambda _w: Branch.objects.filter(code="XD-14158").update(reports_daily=False),
    lambda w: make_phase(campaign=w.campaign, name="Cao điểm mới"),
]


def made_anew(_made_from: object, _tag: object, make: Callable[[], object]) -> object:
    return make()


def test_what_is_kept_is_what_would_be_made(
    world: World, browse: Callable[[User], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: clock.at(TODAY, dt.time(12)))
    leads = browse(world.lead)
    # Who is above what changes, and who stands beside it.
    units = (world.district, world.sibling)

    def seen() -> list[object]:
        page = leads.get("/c/de-an-06-2023/completeness/")
        of = [digest(campaign=world.campaign, unit=u, day=TODAY) for u in units]
        return [TOKEN.sub(b"", page.content), repr(of)]

    answers = [seen()]
    for number, step in enumerate(STEPS):
        step(world)
        answers.append(seen())
        with monkeypatch.context() as patch:
            patch.setattr(selectors, "cached", made_anew)
            patch.setattr(views, "cached", made_anew)
            assert answers[-1] == seen(), f"step {number}"
    assert len({repr(one) for one in answers}) > len(STEPS) / 2


def test_digest_is_made_once_for_all_who_ask(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: clock.at(TODAY, dt.time(12)))
    made: list[object] = []
    make = selectors._digest

    def counted(*of: Any) -> selectors.Digest:
        made.append(of)
        return make(*of)

    monkeypatch.setattr(selectors, "_digest", counted)
    found = [digest(campaign=world.campaign, unit=world.district, day=TODAY) for _n in range(3)]
    assert (len(made), len({repr(one) for one in found})) == (1, 1)
    monkeypatch.setattr(clock, "now", lambda: clock.at(TODAY, dt.time(23)))
    assert not digest(campaign=world.campaign, unit=world.district, day=TODAY).is_open
