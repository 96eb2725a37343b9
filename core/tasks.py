"""Celery jobs of this app: thin, one service call each."""

from celery import shared_task

from core import changes
from core.importing.pending_upload import forget_old_uploads


@shared_task(name="core.forget_uploads")
def forget_uploads() -> None:
    forget_old_uploads()


@shared_task(name="core.fold_changes")
def fold_changes() -> int:
    return changes.fold()
