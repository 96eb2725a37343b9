"""Celery jobs: thin, one service call each."""

from celery import shared_task

from reports.conversation import inbox


@shared_task(name="reports.answer_messages")
def answer_messages() -> int:
    return inbox.answer_messages()
