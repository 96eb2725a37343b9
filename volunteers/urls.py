"""Collects the addresses of the subjects."""

from campaign.routing import Finder
from volunteers.certificates import urls as certificates
from volunteers.help_requests import urls as help_requests
from volunteers.sessions import urls as sessions
from volunteers.statistics import urls as statistics
from volunteers.teams import urls as teams

urlpatterns = [*certificates.urlpatterns, *sessions.urlpatterns]

# Below ``c/SLUG/``; the same without it leads on: see ``campaign.routing``.
campaign_urlpatterns = [
    *teams.campaign_urlpatterns,
    *certificates.campaign_urlpatterns,
    *sessions.campaign_urlpatterns,
    *help_requests.campaign_urlpatterns,
]

api_urlpatterns = [
    *statistics.api_urlpatterns,
    *teams.api_urlpatterns,
    *sessions.api_urlpatterns,
]

finders: dict[str, Finder] = {**sessions.finders, **help_requests.finders}
