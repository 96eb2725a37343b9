"""A batch leaves what the same reports leave one by one; two at once count nothing twice."""

import datetime as dt
import random
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction

from campaign.models import DirtyDay, Level
from core.log.models import Leaf
from core.log.verify import verify_history
from reports.daily.models import DailyReport, Revision, Source
from reports.daily.services.report_input import InvalidReport, ReportInput
from reports.daily.services.review import review_reports
from reports.daily.services.submit import Outcome, submit_report
from reports.daily.services.submit_many import NotTaken, Weighed, submit_reports
from reports.daily.texts import TEXT_NAMES
from reports.rollup.models import BranchDay, UnitDay
from reports.rollup.services import rollup
from tests.conftest import TODAY, World, build_world
from tests.factories import make_session, make_unit
from tests.portal import until
from tests.reports.reporting import CAMPAIGN, report

BRANCHES = ("XD-14173", "XD-14158")
FIRST = TODAY - dt.timedelta(days=11)
# What no two runs have alike: ids that the database gives, and moments.
MOMENTS = ("received_at", "captured_at")


def _entry(branch: str, day: dt.date, rng: random.Random, **given: Any) -> ReportInput:
    level1, level2 = rng.randint(3, 40), rng.randint(3, 40)
    none = rng.random() < 0.1
    counts = {"installed": rng.choice((20, 30, 30, 400)), "level1": level1, "level2": level2}
    return ReportInput(
        id=UUID(int=rng.getrandbits(128), version=4),
        campaign=CAMPAIGN,
        branch=branch,
        date=day,
        counts={} if none else {**counts, "upgraded": rng.randint(0, min(level1, level2))},
        no_activity=none,
        texts={name: rng.choice((None, "", "Mưa to \\ “hai”\n\t{1}")) for name in TEXT_NAMES[:3]},
        captured_at=rng.choice((None, dt.datetime(2023, 6, 10, 12, tzinfo=dt.UTC))),
        explanation=rng.choice(("", "checked")),
        **given,
    )


def _scene(world: World) -> list[ReportInput]:
    """Let reports and sessions stand, and return what is sent then, day after day."""
    rng = random.Random(16)
    hamlet = make_unit(name="Xóm 1", level=Level.HAMLET, parent=world.commune, code="H1")
    for back in (1, 4):
        counts = {"level1": 2, "level2": 3}
        day = TODAY - dt.timedelta(days=back)
        make_session(
            **{"branch": world.branch, "campaign": world.campaign, "date": day},
            **{"state": "closed", "counts": counts, "participations": 4, "headcount": 0},
        )
    stored = {
        (code, day): report(world.lead, code, {"installed": 30, "level1": 30}, date=day)
        for code in BRANCHES
        for day in (FIRST, TODAY - dt.timedelta(days=3), TODAY)
    }
    for place, decision, reason in (
        (("XD-14158", TODAY), "approve", ""),
        (("XD-14173", FIRST), "return", "Xem lại"),
    ):
        [stored[place]] = review_reports(
            actor=world.lead, seen={stored[place].pk: 1}, decision=decision, reason=reason
        )
    entries = []
    for day in (FIRST + dt.timedelta(days=n) for n in range(12)):
        for code in BRANCHES:
            there = stored.get((code, day))
            one = _entry(code, day, rng, base_version=there.version if there else 0)
            entries.append(replace(one, id=there.pk) if there and rng.random() < 0.5 else one)
        if day.day % 3 == 0:
            entries.append(_entry("XD-14173", day, rng, unit=hamlet.code))
    # One is sent again as it stands.
    same = stored["XD-14158", TODAY]
    entries[-1] = replace(entries[-1], counts=same.counts, no_activity=False, texts={})
    return entries


def _batch(world: World, entries: list[ReportInput]) -> list[Weighed]:
    return submit_reports(
        actor=world.lead, campaign=world.campaign, entries=entries, source=Source.FILE
    )


def _what_stands() -> dict[str, Any]:
    rollup.drain()
    reports = DailyReport.objects.order_by("pk")
    revisions = Revision.objects.order_by("report_id", "version")
    return {
        "reports": [{k: v for k, v in r.items() if k not in MOMENTS} for r in reports.values()],
        "captured": list(reports.values_list("captured_at")),
        "history": list(revisions.values("report_id", "version", "actor", "content", "reason")),
        "leaves": Leaf.objects.filter(subject="revision").count(),
        "findings": list(verify_history()),
        "totals": [
            list(
                model.objects.order_by("node", "date").values(
                    "node", "date", "reported", "approved"
                )
            )
            for model in (UnitDay, BranchDay)
        ],
    }


def test_one_by_one_and_as_a_batch_they_leave_the_same(world: World) -> None:
    entries, came = _scene(world), dict[str, Any]()

    def one_by_one() -> list[Outcome]:
        sent = (submit_report(actor=world.lead, entry=e, source=Source.FILE) for e in entries)
        return [outcome for _report, outcome in sent]

    def as_a_batch() -> list[Outcome | None]:
        return [line.outcome for line in _batch(world, entries)]

    for send in (one_by_one, as_a_batch):
        place = transaction.savepoint()
        outcomes = send()
        came[send.__name__] = {"outcomes": outcomes, **_what_stands()}
        transaction.savepoint_rollback(place)
    assert {*outcomes} == {*Outcome}
    stands = came["as_a_batch"]
    assert len(stands["reports"]) == 28
    assert {one["kind"] for r in stands["reports"] for one in r["unusual"]} >= {"far", "tenfold"}
    assert any(r["covered_sessions"] for r in stands["reports"])
    assert stands["findings"] == []
    assert came["one_by_one"] == stands


@pytest.fixture
def stage(transactional_db: None) -> World:
    """Build the small province so that every connection sees it."""
    return build_world()


def _on_its_own(call: Callable[[], Any]) -> Any:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '30s'")
        return call()
    except NotTaken as refusal:
        return refusal
    finally:
        connection.close()


def _waiting() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity "
            "WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return int(cursor.fetchone()[0])


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_single", [True, False])
def test_of_two_at_once_the_second_sees_the_first(stage: World, is_single: bool) -> None:
    """The first batch is written and not yet committed when the second request comes."""
    rng = random.Random(6)
    days = [TODAY - dt.timedelta(days=n) for n in range(3)]
    entries = [_entry(code, day, rng, base_version=0) for code in BRANCHES for day in days]
    written, go_on = threading.Event(), threading.Event()

    def first() -> None:
        with transaction.atomic():
            _batch(stage, entries)
            written.set()
            go_on.wait(30)

    def second() -> Any:
        again = [_entry(one.branch, one.date, rng) for one in reversed(entries)]
        if is_single:
            return [submit_report(actor=stage.owner, entry=entries[0])[1]]
        return _batch(stage, again)

    with ThreadPoolExecutor(2) as pool:
        begun = pool.submit(_on_its_own, first)
        until(lambda: written.is_set() or begun.done(), 20)
        other = pool.submit(_on_its_own, second)
        until(lambda: _waiting() > 0 or other.done(), 20)
        is_waiting = not other.done()
        go_on.set()
        begun.result()
    assert is_waiting
    if is_single:
        assert other.result() == [Outcome.SAME]
    else:
        assert {type(line.problem).__name__ for line in other.result().lines} == {"VersionConflict"}
    # One report, one line of the history and one leaf for each, and a day to be summed up once.
    assert DailyReport.objects.count() == Revision.objects.count() == len(entries)
    assert Leaf.objects.filter(subject="revision").count() == len(entries)
    assert DirtyDay.objects.count() == len(entries)
    assert list(verify_history()) == []


@pytest.mark.parametrize("day", [dt.date.min, dt.date(1, 1, 2), dt.date.max])
def test_a_day_of_another_age_is_outside_the_campaign(world: World, day: dt.date) -> None:
    entry = _entry("XD-14173", day, random.Random(1))
    batch: dict[str, Any] = {"campaign": world.campaign, "entries": [entry], "source": Source.FILE}
    [line] = submit_reports(actor=world.owner, **batch, dry_run=True)
    assert isinstance(line.problem, InvalidReport)
    with pytest.raises(InvalidReport):
        submit_report(actor=world.owner, entry=entry)
