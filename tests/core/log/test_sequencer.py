"""Every committed leaf gets one number, whoever writes, stands still or dies meanwhile."""

import multiprocessing
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from threading import Event, Thread
from typing import Any

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from campaign.models import LateEntryGrant
from campaign.services.grants import reopen_day
from core.log import sequencer
from core.log.findings import remarks_in
from core.log.models import Leaf, Remark, SignedHead
from core.log.sequencer import sequence
from core.log.verify import check_history
from core.models import Heartbeat
from reports.daily.models import DailyReport
from tests.accounts.test_invitations import at_once
from tests.conftest import World, build_world
from tests.faults.test_frozen_submit import is_stopped
from tests.portal import until
from tests.reports.reporting import report

pytestmark = pytest.mark.django_db(transaction=True)
FORK = multiprocessing.get_context("fork")
WRITERS = 16


@pytest.fixture
def stage(transactional_db: None) -> World:
    return build_world()


@contextmanager
def sequencers(count: int) -> Iterator[None]:
    """Let several sequencers run all the while."""
    ended = Event()

    def work() -> None:
        while not ended.is_set():
            sequence()
        connection.close()

    threads = [Thread(target=work) for _ in range(count)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        ended.set()
        for thread in threads:
            thread.join()


def numbers() -> list[int | None]:
    return list(Leaf.objects.order_by("number").values_list("number", flat=True))


def test_sixteen_writers_and_three_sequencers_lose_no_leaf(stage: World) -> None:
    days = [stage.campaign.starts_on.replace(day=n) for n in range(1, 1 + WRITERS // 2)]
    opening: Any = {"actor": stage.lead, "campaign": stage.campaign, "branch": stage.branch}
    with sequencers(3):
        results = at_once(
            *[partial(report, stage.owner, "XD-14173", {"level1": 1}, date=day) for day in days],
            # These lock nothing of each other's.
            *[partial(reopen_day, **opening, day=day, reason="Mất điện") for day in days],
        )
    assert {type(result) for result in results} == {DailyReport, LateEntryGrant}, results
    sequence()
    assert Leaf.objects.filter(subject__in=("revision", "late_grant")).count() == WRITERS
    assert numbers() == [*range(Leaf.objects.count())]
    assert check_history() == []


def test_who_began_earlier_and_ends_later_is_not_left_out(stage: World) -> None:
    sequence()
    start = Leaf.objects.count()
    given = connection.get_connection_params()
    del given["cursor_factory"], given["context"]
    with psycopg.connect(**given) as slow:
        slow.execute("UPDATE campaign_target SET value = 5")
        report(stage.owner, "XD-14173", {"level1": 1})
        assert sequence() == 1
        assert numbers()[start:] == [start]
        slow.commit()
    assert sequence() == 1
    early, late = Leaf.objects.filter(number__gte=start).order_by("number")
    assert (early.subject, late.subject, late.pk < early.pk) == ("revision", "target", True)
    assert check_history() == []


def _number_and_stop() -> None:
    connection.close()

    def stop(*_given: Any, **_named: Any) -> None:
        os.kill(os.getpid(), signal.SIGSTOP)

    vars(sequencer)["Tile"].objects.bulk_create = stop
    sequence()


def test_a_sequencer_that_is_killed_half_way_is_followed_by_the_next(stage: World) -> None:
    report(stage.owner, "XD-14173", {"level1": 1})
    connection.close()
    process = FORK.Process(target=_number_and_stop)
    process.start()
    assert process.pid is not None
    try:
        until(lambda: is_stopped(process.pid or 0), 30)
        # While it holds the turn nobody else takes it, and nobody who writes waits for it.
        assert sequence() == 0
        report(stage.neighbour, "XD-14158", {"level1": 1})
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.join(30)
    assert numbers() == [None] * Leaf.objects.count()
    until(lambda: sequence() > 0, 30)
    assert numbers() == [*range(Leaf.objects.count())]
    assert check_history() == []


def test_a_head_that_was_not_signed_is_signed_by_the_next(
    stage: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as dying:
        dying.setattr(sequencer, "signed_note", _die)
        with pytest.raises(KeyboardInterrupt):
            sequence()
    assert (SignedHead.objects.count(), numbers()[0]) == (0, 0)
    monkeypatch.setattr(sequencer, "BATCH", 2)
    report(stage.owner, "XD-14173", {"level1": 1})
    sequence()
    sequence()
    assert [head.size for head in SignedHead.objects.all()] == [Leaf.objects.count()]
    assert check_history() == []


def _die(*_given: object) -> str:
    raise KeyboardInterrupt


def test_the_command_says_what_the_check_found(stage: World, capsys: Any) -> None:
    sequence()
    call_command("verify_history")
    last = SignedHead.objects.get()
    assert last.note in capsys.readouterr().out
    beat = Heartbeat.objects.get(name="history")
    assert (beat.is_fine, beat.message) == (True, "")


def _alter_target(value: int) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE campaign_target SET value = %s", [value])


def test_what_was_found_is_acknowledged_once(stage: World, capsys: Any) -> None:
    sequence()
    _alter_target(5)
    with pytest.raises(CommandError, match="đã bị sửa"):
        call_command("verify_history")
    (line,) = capsys.readouterr().err.splitlines()
    mark = line.split()[0]
    given: Any = {"by": stage.staff.username, "reason": "Sửa tay khi thử máy"}
    for marks, wrong in (
        (["0" * 24], {}),
        ([mark, "0" * 24], {}),
        ([mark], {"reason": " "}),
        ([mark], {"by": None}),
        ([mark], {"by": "khong-co"}),
    ):
        with pytest.raises(CommandError, match=r"mã|Cần"):
            call_command("verify_history", acknowledge=marks, **given | wrong)
    assert not Remark.objects.exists()
    call_command("verify_history", acknowledge=[mark], **given)
    assert "known since" in capsys.readouterr().err
    beat = Heartbeat.objects.get(name="history")
    assert (beat.is_fine, "known since" in beat.message) == (True, True)
    remark = Remark.objects.get()
    assert (remark.actor, [*remark.known]) == (stage.staff, [mark])
    assert remarks_in(beat.message) == [remark]
    # Once more, the same row and column.
    _alter_target(6)
    with pytest.raises(CommandError, match="đã bị sửa"):
        call_command("verify_history")
    assert not Heartbeat.objects.get(name="history").is_fine
    call_command("verify_history", acknowledge=["all"], **given)
    assert Heartbeat.objects.get(name="history").is_fine
