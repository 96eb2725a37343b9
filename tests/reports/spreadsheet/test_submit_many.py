"""Many reports at once are what they would be one by one, all of them or none."""

import datetime as dt
from typing import Any
from uuid import uuid4

import pytest
from django.http import Http404

from campaign.models import DirtyDay
from campaign.reporting_window import WindowClosed
from core.log.verify import verify_history
from reports.daily.models import DailyReport, Revision, Source, Status
from reports.daily.services import submit_many
from reports.daily.services.report_input import InvalidReport, ReportInput
from reports.daily.services.submit import Outcome, VersionConflict, submit_report
from reports.daily.services.submit_many import NotTaken, Weighed, submit_reports
from reports.daily.texts import TEXT_NAMES
from tests.conftest import TODAY, World
from tests.factories import make_session
from tests.reports.reporting import CAMPAIGN, report, set_status

YESTERDAY = TODAY - dt.timedelta(days=1)


def entry(branch: str, counts: dict[str, int], **given: Any) -> ReportInput:
    given = {"date": TODAY, "names": counts.keys(), **given}
    texts: dict[str, str | None] = dict.fromkeys(TEXT_NAMES)
    return ReportInput(
        id=uuid4(), campaign=CAMPAIGN, branch=branch, counts=counts, texts=texts, **given
    )


def send(world: World, *entries: ReportInput, actor: Any = None, **given: Any) -> list[Weighed]:
    return submit_reports(
        actor=actor or world.lead,
        campaign=world.campaign,
        entries=entries,
        source=Source.FILE,
        **given,
    )


def test_new_changed_and_same_are_as_one_by_one(world: World) -> None:
    first = report(world.owner, "XD-14173", {"installed": 5, "level1": 3})
    same = report(world.neighbour, "XD-14158", {"level1": 7})
    DirtyDay.objects.all().delete()
    outcomes = [
        line.outcome
        for line in send(
            world,
            entry("XD-14173", {"level1": 4}, base_version=1),
            entry("XD-14158", {"level1": 7}, base_version=1),
            entry("XD-14173", {"level1": 2}, date=YESTERDAY),
        )
    ]
    assert outcomes == [Outcome.CHANGED, Outcome.SAME, Outcome.CREATED]
    first.refresh_from_db()
    assert (first.counts, first.version) == ({"installed": 5, "level1": 4}, 2)
    same.refresh_from_db()
    assert same.version == 1
    new = DailyReport.objects.get(date=YESTERDAY)
    # The district's hand stands in the history, which is whole.
    added = Revision.objects.filter(source=Source.FILE)
    assert {(r.report_id, r.version, r.actor_id) for r in added} == {
        (first.pk, 2, world.lead.pk),
        (new.pk, 1, world.lead.pk),
    }
    assert list(verify_history()) == []
    assert sorted(DirtyDay.objects.values_list("branch__code", "date")) == [
        ("XD-14173", YESTERDAY),
        ("XD-14173", TODAY),
    ]


def test_a_correction_falls_from_approved_as_any_other(world: World) -> None:
    stored = report(world.owner, "XD-14173", {"level1": 3})
    set_status(stored)
    send(world, entry("XD-14173", {"level1": 4}, base_version=1))
    stored.refresh_from_db()
    assert stored.status == Status.SUBMITTED


@pytest.mark.parametrize(
    ("bad", "problem"),
    [
        (entry("XD-14050", {"level1": 1}), Http404),
        (entry("XD-14158", {"level1": 1, "level2": 0, "upgraded": 9}), InvalidReport),
        (entry("XD-14158", {"level1": 1}, base_version=3), InvalidReport),
        (entry("XD-14158", {"level1": 1}, date=TODAY + dt.timedelta(1)), InvalidReport),
        (entry("XD-14158", {}), InvalidReport),
    ],
)
def test_one_that_is_wrong_keeps_all_out(
    world: World, bad: ReportInput, problem: type[Exception]
) -> None:
    with pytest.raises(NotTaken) as refusal:
        send(world, entry("XD-14173", {"level1": 4}), bad)
    assert [type(line.problem) for line in refusal.value.lines] == [type(None), problem]
    assert not DailyReport.objects.exists()
    assert not Revision.objects.exists()


def test_a_stale_version_and_a_closed_day_are_refused(world: World) -> None:
    report(world.owner, "XD-14173", {"level1": 3})
    report(world.owner, "XD-14173", {"level1": 5}, base_version=1)
    with pytest.raises(NotTaken) as refusal:
        send(world, entry("XD-14173", {"level1": 4}, base_version=1))
    assert isinstance(refusal.value.lines[0].problem, VersionConflict)
    world.campaign.editable_days = 0
    world.campaign.save()
    with pytest.raises(NotTaken) as refusal:
        send(world, entry("XD-14158", {"level1": 4}, date=YESTERDAY))
    assert isinstance(refusal.value.lines[0].problem, WindowClosed)


def test_what_changes_while_they_are_weighed_is_weighed_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    report(world.owner, "XD-14173", {"level1": 3})
    lock = submit_many._lock

    def meanwhile(*given: Any) -> object:
        report(world.owner, "XD-14173", {"level1": 5}, base_version=1)
        return lock(*given)

    monkeypatch.setattr(submit_many, "_lock", meanwhile)
    with pytest.raises(NotTaken) as refusal:
        send(world, entry("XD-14173", {"level1": 4}, base_version=1))
    assert isinstance(refusal.value.lines[0].problem, VersionConflict)


def test_a_dry_run_keeps_nothing_and_says_what_would_be(world: World) -> None:
    report(world.owner, "XD-14173", {"level1": 3})
    line, lost = send(
        world,
        entry("XD-14173", {"level1": 4}, base_version=1),
        entry("XD-14050", {"level1": 4}),
        dry_run=True,
    )
    assert (line.outcome, line.version, line.counts) == (Outcome.CHANGED, 1, {"level1": 3})
    assert isinstance(lost.problem, Http404)
    assert DailyReport.objects.get().counts == {"level1": 3}
    assert Revision.objects.count() == 1


def test_the_day_before_in_the_same_file_is_what_a_day_is_held_against(world: World) -> None:
    counts = {"level1": 8, "level2": 7}
    today, _before = send(
        world, entry("XD-14173", counts), entry("XD-14173", counts, date=YESTERDAY), dry_run=True
    )
    assert today.report is not None
    assert [one["kind"] for one in today.report.unusual] == ["copied"]


def test_queries_do_not_grow_with_the_lines(world: World, django_assert_num_queries: Any) -> None:
    make_session(branch=world.branch, unit=world.commune, date=YESTERDAY)
    days = [TODAY - dt.timedelta(days=n) for n in range(6)]
    lines = [entry(code, {"level1": 1}, date=d) for d in days for code in ("XD-14173", "XD-14158")]
    send(world, lines[0], dry_run=True)
    with django_assert_num_queries(23):
        send(world, *lines[:2])
    with django_assert_num_queries(23):
        send(world, *lines[2:])
    assert submit_report(actor=world.owner, entry=lines[0])[1] == Outcome.SAME
