"""Celery jobs: thin, one service call each."""

from celery import shared_task

from core.log import sequencer, verify


@shared_task(name="core.sequence")
def sequence() -> int:
    return sequencer.sequence()


@shared_task(name="core.verify_history")
def verify_history() -> int:
    return len(verify.check_history())
