"""Keeps what a phone says of itself, one row for each phone of a user."""

from dataclasses import dataclass

from accounts.models import User
from core import clock
from core.secret_digest import digest_of
from reports.phones.models import PhoneState

# More phones than these nobody reports from; the one that was silent for the longest goes.
MOST_PHONES = 10


@dataclass(frozen=True)
class Claim:
    """What a phone says: whose queue it looked at, which phone it is, what it keeps and waits for.

    It is no more than a claim; it moves no figure.
    """

    owner: int
    key: str
    version: str
    waiting: int
    refused: int


def note_phone(user: User, claim: Claim, *, is_latest: bool) -> None:
    """Keep the claim, unless the phone spoke of somebody else (two statements)."""
    if claim.owner != user.pk:
        return
    state = PhoneState(
        user=user,
        key=digest_of(claim.key),
        version=claim.version,
        is_latest=is_latest,
        waiting=claim.waiting,
        refused=claim.refused,
        seen_at=clock.now(),
    )
    PhoneState.objects.bulk_create(
        [state],
        update_conflicts=True,
        unique_fields=["user", "key"],
        update_fields=["version", "is_latest", "waiting", "refused", "seen_at"],
    )
    owned = PhoneState.objects.filter(user=user).order_by("-seen_at", "-pk")
    PhoneState.objects.filter(
        pk__in=list(owned.values_list("pk", flat=True)[MOST_PHONES:])
    ).delete()
