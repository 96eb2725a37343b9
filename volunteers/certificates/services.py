"""Personal links and certificates of volunteers."""

import datetime as dt
import secrets

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from campaign.models import Campaign
from core import clock
from core.secret_digest import digest_of
from volunteers.certificates.models import Certificate, VolunteerLink
from volunteers.errors import NotNow
from volunteers.sessions.selectors.participants import may_run, record_of
from volunteers.sessions.services.sessions import require_right
from volunteers.teams.models import Volunteer

# Read out on the telephone without mistakes: no 0 and O, no 1 and I.
LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


# How exact "last read" is.
READ_STEP = dt.timedelta(minutes=10)


@transaction.atomic
def issue_link(*, actor: User, volunteer: Volunteer) -> str:
    """Return the secret of a new link to the volunteer's own page; earlier ones end.

    Raises ``PermissionDenied`` unless the actor runs a team of theirs.
    """
    require_right(may_run(actor, volunteer))
    _lock(volunteer)
    volunteer.links.filter(revoked_at=None).update(revoked_at=clock.now())
    secret = secrets.token_urlsafe(24)
    VolunteerLink.objects.create(
        volunteer=volunteer, digest=digest_of(secret), created_at=clock.now()
    )
    return secret


def find_by_link(secret: str) -> Volunteer | None:
    link = VolunteerLink.objects.select_related("volunteer")
    found = link.filter(digest=digest_of(secret), revoked_at=None).first()
    if found is None:
        return None
    now = clock.now()
    if found.read_at is None or found.read_at < now - READ_STEP:
        VolunteerLink.objects.filter(pk=found.pk).update(read_at=now)
    return found.volunteer


@transaction.atomic
def issue_certificate(
    *, actor: User | None, volunteer: Volunteer, campaign: Campaign
) -> Certificate:
    """Return the certificate of today's figures in the campaign, made once.

    ``actor`` None is the volunteer.

    Raises ``PermissionDenied`` for an actor who runs no team of theirs, and ``NotNow``
    where there is nothing to certify, or where somebody revoked just these figures: only
    who runs the team can then make it again.
    """
    if actor is not None:
        require_right(may_run(actor, volunteer))
    _lock(volunteer)
    record = record_of(volunteer, campaign)
    if not record.participations:
        raise NotNow(_("Chưa có buổi nào được điểm danh và kết thúc, nên chưa lập được giấy."))
    made = volunteer.certificates.filter(
        campaign=campaign,
        issued_on=clock.today(),
        participations=record.participations,
        minutes=record.minutes,
    )
    existing = made.filter(revoked_at=None).first()
    if existing is not None:
        return existing
    if actor is None and made.exists():
        raise NotNow(_("Giấy với các số liệu này đã bị thu hồi. Hỏi bí thư Đoàn của bạn."))
    return Certificate.objects.create(
        volunteer=volunteer,
        campaign=campaign,
        code=_new_code(),
        issued_on=clock.today(),
        participations=record.participations,
        minutes=record.minutes,
    )


@transaction.atomic
def revoke_certificate(*, actor: User, certificate: Certificate) -> None:
    """Make a certificate invalid; one that is so already stays as it is."""
    require_right(may_run(actor, certificate.volunteer))
    Certificate.objects.filter(pk=certificate.pk, revoked_at=None).update(revoked_at=clock.now())


def is_valid(code: str) -> bool:
    """Whether a certificate with this code stands; written with small letters it is the same."""
    return Certificate.objects.filter(code=code.strip().upper(), revoked_at=None).exists()


def _new_code() -> str:
    """Return a code that cannot be guessed: 60 bits in three groups."""
    text = "".join(secrets.choice(LETTERS) for _letter in range(12))
    return f"{text[:4]}-{text[4:8]}-{text[8:]}"


def _lock(volunteer: Volunteer) -> None:
    """Make a button pressed twice wait for its first press."""
    Volunteer.objects.select_for_update(no_key=True).get(pk=volunteer.pk)
