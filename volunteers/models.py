"""Django finds the subjects' models here; all else imports them from their own folder."""

from volunteers.certificates.models import (
    Certificate,
    OwnPageCode,
    Signatory,
    VolunteerLink,
)
from volunteers.help_requests.models import HelpRequest
from volunteers.sessions.models import (
    CalendarLink,
    Decline,
    Participation,
    Series,
    SupportSession,
    WalkIn,
)
from volunteers.teams.models import Membership, Team, Volunteer

__all__ = [
    "CalendarLink",
    "Certificate",
    "Decline",
    "HelpRequest",
    "Membership",
    "OwnPageCode",
    "Participation",
    "Series",
    "Signatory",
    "SupportSession",
    "Team",
    "Volunteer",
    "VolunteerLink",
    "WalkIn",
]
