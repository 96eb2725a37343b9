"""Addresses of support sessions, the people at them and the calendar."""

from django.urls import path

from volunteers.sessions.api import presence as api_presence
from volunteers.sessions.api import sessions as api_sessions
from volunteers.sessions.selectors.find_session import campaign_of_session
from volunteers.sessions.views import (
    calendars,
    closing,
    informing,
    planning,
    presence,
    sessions,
    walk_ins,
)

urlpatterns = [
    path("join/<str:key>/", presence.sign_up_page, name="session-join"),
    path("here/<str:token>/", presence.check_in_page, name="session-here"),
    path("calendar/<str:secret>.ics", calendars.calendar_feed, name="calendar-feed"),
]

campaign_urlpatterns = [
    path("sessions/", sessions.session_list, name="sessions"),
    path("sessions/new/", planning.session_new, name="session-new"),
    path("sessions/<int:session_id>/", sessions.session_detail, name="session"),
    path("sessions/<int:session_id>/edit/", planning.session_edit, name="session-edit"),
    path("sessions/<int:session_id>/cancel/", planning.session_cancel, name="session-cancel"),
    path("sessions/<int:session_id>/people/", presence.session_people, name="session-people"),
    path("sessions/<int:session_id>/inform/", informing.session_inform, name="session-inform"),
    path("sessions/<int:session_id>/walk-ins/", walk_ins.session_walk_ins, name="session-walk-ins"),
    path("sessions/<int:session_id>/qr/", presence.session_qr, name="session-qr"),
    path("sessions/<int:session_id>/close/", closing.session_close, name="session-close"),
    path("calendar/", calendars.calendar_link, name="calendar"),
]

api_urlpatterns = [
    path("sessions/", api_sessions.SessionList.as_view(), name="api-sessions"),
    path("sessions/<int:session_id>/", api_sessions.OneSession.as_view(), name="api-session"),
    path(
        "sessions/<int:session_id>/checkins/",
        api_presence.Checkins.as_view(),
        name="api-checkins",
    ),
    path("sessions/<int:session_id>/close/", api_presence.Close.as_view(), name="api-close"),
]

# What in an address belongs to one campaign.
finders = {"session_id": campaign_of_session}
