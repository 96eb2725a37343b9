"""People and places of support; fields and constraints only."""

from volunteers.models.help import OPEN_STATES, HelpRequest, HelpState, Reason, Wish
from volunteers.models.links import CalendarLink, Certificate, VolunteerLink
from volunteers.models.people import (
    Affiliation,
    MemberRole,
    Membership,
    Team,
    TeamKind,
    Volunteer,
)
from volunteers.models.sessions import (
    Participation,
    PlaceKind,
    Series,
    State,
    SupportSession,
)

__all__ = [
    "OPEN_STATES",
    "Affiliation",
    "CalendarLink",
    "Certificate",
    "HelpRequest",
    "HelpState",
    "MemberRole",
    "Membership",
    "Participation",
    "PlaceKind",
    "Reason",
    "Series",
    "State",
    "SupportSession",
    "Team",
    "TeamKind",
    "Volunteer",
    "VolunteerLink",
    "Wish",
]
