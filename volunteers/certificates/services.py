"""Personal links and certificates of volunteers."""

import datetime as dt
import secrets
from itertools import count

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import User
from campaign.models import Campaign
from campaign.permissions import Permission
from campaign.scopes import scope_of
from core import clock
from core.secret_digest import digest_of
from volunteers.certificates.models import Certificate, OwnPageCode, Signatory, VolunteerLink
from volunteers.errors import NotNow
from volunteers.sessions.selectors.participants import may_run, record_of, records_of
from volunteers.sessions.services.sessions import require_right
from volunteers.teams.models import Membership, Team, Volunteer
from volunteers.teams.services import may_run as may_run_team

# Read out on the telephone without mistakes: no 0 and O, no 1 and I.
LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


# How exact "last read" is.
READ_STEP = dt.timedelta(minutes=10)
# How long a code opens the own page, and on how many phones the page is open at most.
CODE_LIFE, CODE_LETTERS = dt.timedelta(hours=1), 8
MOST_LINKS = 5


@transaction.atomic
def issue_link(*, actor: User, volunteer: Volunteer) -> str:
    """Return the secret of a new link to the volunteer's own page; earlier ones end.

    Raises ``PermissionDenied`` unless the actor runs a team of theirs.
    """
    require_right(may_run(actor, volunteer))
    _lock(volunteer)
    volunteer.links.filter(revoked_at=None).update(revoked_at=clock.now())
    volunteer.page_codes.all().delete()
    return _new_link(volunteer)


def _new_link(volunteer: Volunteer) -> str:
    secret = secrets.token_urlsafe(24)
    volunteer.links.create(digest=digest_of(secret), created_at=clock.now())
    return secret


@transaction.atomic
def make_page_code(*, actor: User, volunteer: Volunteer) -> str:
    """Return a code that opens the volunteer's own page once; an earlier one ends.

    Raises ``PermissionDenied`` for who does not see the person by name: to whoever runs or leads
    their team, or the sessions to which they came, the page says nothing new.
    """
    require_right(Volunteer.objects.visible_to(actor).filter(pk=volunteer.pk).exists())
    _lock(volunteer)
    volunteer.page_codes.all().delete()
    code = _letters(CODE_LETTERS)
    volunteer.page_codes.create(
        digest=digest_of(code), expires_at=clock.now() + CODE_LIFE, created_by=actor
    )
    return f"{code[:4]}-{code[4:]}"


@transaction.atomic
def open_with_code(code: str) -> str | None:
    """Return the secret of a new link for a code that stands, which ends; else None.

    Other phones go on showing the page, the oldest not for ever.
    """
    plain = "".join(letter for letter in code.upper() if letter in LETTERS)
    rows = OwnPageCode.objects.select_for_update(of=("self",)).select_related("volunteer")
    found = rows.filter(digest=digest_of(plain), expires_at__gt=clock.now()).first()
    if found is None:
        return None
    volunteer = found.volunteer
    found.delete()
    running = volunteer.links.filter(revoked_at=None).order_by("-created_at", "-pk")
    newest = running.values("pk")[: MOST_LINKS - 1]
    running.exclude(pk__in=list(newest.values_list("pk", flat=True))).update(revoked_at=clock.now())
    return _new_link(volunteer)


def close_other_links(*, volunteer: Volunteer, secret: str) -> None:
    """Let the own page be open with ``secret`` alone, at the volunteer's wish."""
    others = volunteer.links.filter(revoked_at=None).exclude(digest=digest_of(secret))
    others.update(revoked_at=clock.now())
    volunteer.page_codes.all().delete()


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
    """Return the certificate of the figures in the campaign as they stand, made once.

    ``actor`` None is the volunteer.

    Raises ``PermissionDenied`` for an actor who runs no team of theirs, and ``NotNow``
    where there is nothing to certify, or where somebody revoked just these figures: only
    who runs the team can then make it again.
    """
    if actor is not None:
        require_right(may_run(actor, volunteer))
    made = _issue(actor, [volunteer.pk], campaign)
    if not made and record_of(volunteer, campaign).participations:
        raise NotNow(_("Giấy với các số liệu này đã bị thu hồi. Hỏi bí thư Đoàn của bạn."))
    if not made:
        raise NotNow(_("Chưa có buổi nào được điểm danh và kết thúc, nên chưa lập được giấy."))
    return made[0]


@transaction.atomic
def issue_for_team(*, actor: User, team: Team, campaign: Campaign) -> list[Certificate]:
    """Return the certificates of the members who have hours, made once each, by name.

    Raises ``PermissionDenied`` for an actor who does not run the team.
    """
    require_right(may_run_team(actor, branch=team.branch, unit=team.unit))
    members = Membership.objects.on(clock.today()).filter(team=team)
    names = members.order_by("volunteer__sort_key", "volunteer")
    return _issue(actor, list(names.values_list("volunteer", flat=True)), campaign)


def _issue(actor: User | None, volunteers: list[int], campaign: Campaign) -> list[Certificate]:
    """Return the certificates of those who have hours, in the order of ``volunteers``.

    The same figures are the same paper with the same number; one that left room for a signatory
    has them filled in. What was revoked is made again by an ``actor`` only.
    """
    # Numbers are given one after the other, and a button pressed twice waits for its first press.
    Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)
    signatory = Signatory.objects.filter(campaign=campaign).first()
    signed = {
        "signatory_title": signatory.title if signatory else "",
        "signatory_name": signatory.full_name if signatory else "",
    }
    made = Certificate.objects.filter(campaign=campaign, volunteer__in=volunteers)
    known = {
        (one.volunteer_id, one.participations, one.minutes): one
        for one in made.order_by("revoked_at", "pk")
    }
    number = Certificate.objects.filter(campaign=campaign).aggregate(last=Max("number"))["last"]
    found, numbers = [], count((number or 0) + 1)
    for pk, record in records_of(volunteers, campaign).items():
        one = known.get((pk, record.participations, record.minutes))
        is_revoked = one is not None and one.revoked_at is not None
        if not record.participations or (is_revoked and actor is None):
            continue
        if one is None or is_revoked:
            one = Certificate.objects.create(
                volunteer_id=pk,
                campaign=campaign,
                number=next(numbers),
                code=_new_code(),
                issued_on=clock.today(),
                participations=record.participations,
                minutes=record.minutes,
                issued_by=actor,
                **signed,
            )
        elif signatory is not None and not one.signatory_name:
            Certificate.objects.filter(pk=one.pk).update(**signed)
            one.signatory_title, one.signatory_name = signed.values()
        found.append(one)
    return found


def set_signatory(*, actor: User, campaign: Campaign, title: str, full_name: str) -> Signatory:
    """Say who signs the campaign's certificates from now on; those made keep who signed them."""
    require_right(scope_of(actor).may(Permission.SET_UP))
    values = {"title": title, "full_name": full_name}
    return Signatory.objects.update_or_create(campaign=campaign, defaults=values)[0]


@transaction.atomic
def revoke_certificate(*, actor: User, certificate: Certificate) -> None:
    """Make a certificate invalid; one that is so already stays as it is."""
    require_right(may_run(actor, certificate.volunteer))
    Certificate.objects.filter(pk=certificate.pk, revoked_at=None).update(revoked_at=clock.now())


def _new_code() -> str:
    """Return a code that cannot be guessed: 60 bits in three groups."""
    text = _letters(12)
    return f"{text[:4]}-{text[4:8]}-{text[8:]}"


def _letters(number: int) -> str:
    return "".join(secrets.choice(LETTERS) for _letter in range(number))


def _lock(volunteer: Volunteer) -> None:
    """Make a button pressed twice wait for its first press."""
    Volunteer.objects.select_for_update(no_key=True).get(pk=volunteer.pk)
