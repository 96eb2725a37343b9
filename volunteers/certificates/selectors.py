"""What a volunteer has done in each campaign, and the paper about it."""

from dataclasses import dataclass

from django.db.models import Q

from campaign.models import Campaign
from core import clock
from volunteers.certificates.models import Certificate
from volunteers.sessions.models import Participation, State
from volunteers.sessions.selectors.participants import (
    VolunteerRecord,
    record_of,
    records_of,
)
from volunteers.teams.models import Membership, Team, Volunteer


@dataclass(frozen=True)
class OwnCampaign:
    """A campaign of a volunteer; ``certificate`` is the newest that stands."""

    campaign: Campaign
    record: VolunteerRecord
    certificate: Certificate | None


@dataclass(frozen=True)
class MemberCertificate:
    """A member's record, and the newest certificate that is valid; None where there is none."""

    volunteer: Volunteer
    record: VolunteerRecord
    certificate: Certificate | None

    @property
    def is_missing(self) -> bool:
        """Whether there are hours that no certificate has."""
        one, now = self.certificate, self.record
        is_current = one is not None and (one.participations, one.minutes) == (
            now.participations,
            now.minutes,
        )
        return now.participations > 0 and not is_current


def certificates_of_team(team: Team, campaign: Campaign) -> list[MemberCertificate]:
    """Return today's members with what they did, by name (three queries)."""
    members = Membership.objects.on(clock.today()).filter(team=team).select_related("volunteer")
    people = [m.volunteer for m in members.order_by("volunteer__sort_key", "volunteer")]
    ids = [person.pk for person in people]
    records = records_of(ids, campaign)
    valid = Certificate.objects.filter(campaign=campaign, volunteer__in=ids, revoked_at=None)
    related = valid.select_related("campaign", "volunteer").order_by("issued_on", "pk")
    newest = {one.volunteer_id: one for one in related}
    return [MemberCertificate(p, records[p.pk], newest.get(p.pk)) for p in people]


def campaigns_of(volunteer: Volunteer) -> list[OwnCampaign]:
    """Return the campaigns with closed sessions or certificates of the volunteer, newest first."""
    closed = Participation.objects.filter(volunteer=volunteer, session__state=State.CLOSED)
    certificates = volunteer.certificates.filter(revoked_at=None)
    newest = {one.campaign_id: one for one in certificates.order_by("issued_on", "pk")}
    own = Campaign.objects.filter(Q(pk__in=closed.values("session__campaign")) | Q(pk__in=newest))
    return [
        OwnCampaign(campaign, record_of(volunteer, campaign), newest.get(campaign.pk))
        for campaign in own.order_by("-starts_on", "slug")
    ]
