"""What a volunteer has done in each campaign, and the paper about it."""

from dataclasses import dataclass

from django.db.models import Q

from campaign.models import Campaign
from core import clock
from volunteers.certificates.models import Certificate, Signatory
from volunteers.sessions.models import Participation, State
from volunteers.sessions.selectors.participants import (
    VolunteerRecord,
    record_of,
    records_of,
)
from volunteers.teams.models import Membership, Team, Volunteer


@dataclass(frozen=True)
class OwnCampaign:
    """A campaign of a volunteer; ``certificate`` is the newest that is valid."""

    campaign: Campaign
    record: VolunteerRecord
    certificate: Certificate | None


@dataclass(frozen=True)
class MemberCertificate:
    """A member's record, and the newest certificate that is valid; None where there is none.

    ``has_more`` is whether a paper made before says more than was done, and so is valid no more.
    """

    volunteer: Volunteer
    record: VolunteerRecord
    certificate: Certificate | None
    has_more: bool = False
    has_signatory: bool = False

    @property
    def is_unsigned(self) -> bool:
        """Whether the paper was made before it was said who signs."""
        one = self.certificate
        return self.has_signatory and one is not None and not one.signatory_name

    @property
    def is_missing(self) -> bool:
        """Whether there are hours that no certificate has, or it is to bear who signs."""
        one, now = self.certificate, self.record
        is_current = one is not None and (one.participations, one.minutes) == (
            now.participations,
            now.minutes,
        )
        return now.participations > 0 and (self.is_unsigned or not is_current)


def is_true(certificate: Certificate, record: VolunteerRecord) -> bool:
    """Whether a certificate says no more than was done."""
    return (
        certificate.participations <= record.participations
        and certificate.minutes <= record.minutes
    )


def is_valid(code: str) -> bool:
    """Whether a certificate with this code is; written with small letters it is the same."""
    rows = Certificate.objects.select_related("volunteer", "campaign")
    found = rows.filter(code=code.strip().upper(), revoked_at=None).first()
    return found is not None and is_true(found, record_of(found.volunteer, found.campaign))


def certificates_of_team(team: Team, campaign: Campaign) -> list[MemberCertificate]:
    """Return today's members with what they did, by name (four queries)."""
    members = Membership.objects.on(clock.today()).filter(team=team).select_related("volunteer")
    people = [m.volunteer for m in members.order_by("volunteer__sort_key", "volunteer")]
    ids = [person.pk for person in people]
    records = records_of(ids, campaign)
    valid = Certificate.objects.filter(campaign=campaign, volunteer__in=ids, revoked_at=None)
    related = valid.select_related("campaign", "volunteer").order_by("issued_on", "pk")
    newest = {one.volunteer_id: one for one in related if is_true(one, records[one.volunteer_id])}
    false = {one.volunteer_id for one in related if not is_true(one, records[one.volunteer_id])}
    has_signatory = Signatory.objects.filter(campaign=campaign).exists()
    return [
        MemberCertificate(p, records[p.pk], newest.get(p.pk), p.pk in false, has_signatory)
        for p in people
    ]


def campaigns_of(volunteer: Volunteer) -> list[OwnCampaign]:
    """Return the campaigns with closed sessions or certificates of the volunteer, newest first."""
    closed = Participation.objects.filter(volunteer=volunteer, session__state=State.CLOSED)
    certificates = volunteer.certificates.filter(revoked_at=None)
    made = list(certificates.order_by("issued_on", "pk"))
    own = Campaign.objects.filter(
        Q(pk__in=closed.values("session__campaign")) | Q(pk__in=[one.campaign_id for one in made])
    )
    found = []
    for campaign in own.order_by("-starts_on", "slug"):
        record = record_of(volunteer, campaign)
        true = [one for one in made if one.campaign_id == campaign.pk and is_true(one, record)]
        found.append(OwnCampaign(campaign, record, true[-1] if true else None))
    return found
