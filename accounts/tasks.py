"""Celery jobs of this app: thin, one service call each."""

from celery import shared_task
from django.utils import timezone

from accounts import services
from accounts.models import Session


@shared_task(name="accounts.purge_expired")
def purge_expired() -> None:
    Session.objects.filter(expire_date__lt=timezone.now()).delete()
    services.purge_expired_invitations()
