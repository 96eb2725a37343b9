"""What a volunteer has done in each campaign, and the paper about it."""

from dataclasses import dataclass

from django.db.models import Q

from campaign.models import Campaign
from volunteers.certificates.models import Certificate
from volunteers.sessions.models import Participation, State
from volunteers.sessions.selectors.participants import VolunteerRecord, record_of
from volunteers.teams.models import Volunteer


@dataclass(frozen=True)
class OwnCampaign:
    """A campaign of a volunteer; ``certificate`` is the newest that stands."""

    campaign: Campaign
    record: VolunteerRecord
    certificate: Certificate | None


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
