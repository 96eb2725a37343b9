"""Collects the addresses of the subjects."""

from campaign.routing import Finder
from reports.chat import urls as chat
from reports.checks import urls as checks
from reports.conversation import urls as conversation
from reports.daily import urls as daily
from reports.dashboards import urls as dashboards
from reports.deletion import urls as deletion
from reports.desk import urls as desk
from reports.digests import urls as digests
from reports.entry import urls as entry
from reports.explore import urls as explore
from reports.notifications import urls as notifications
from reports.official import urls as official
from reports.paper import urls as paper
from reports.plans import urls as plans
from reports.police import urls as police
from reports.public import urls as public
from reports.reconciliation import urls as reconciliation
from reports.reminders import urls as reminders
from reports.rollup import urls as rollup
from reports.search import urls as search
from reports.spreadsheet import urls as spreadsheet
from reports.trial import urls as trial
from reports.witness import urls as witness

both_urlpatterns = dashboards.both_urlpatterns

urlpatterns = [
    *both_urlpatterns,
    *entry.urlpatterns,
    *public.urlpatterns,
    *notifications.urlpatterns,
    *conversation.urlpatterns,
    *deletion.urlpatterns,
    *trial.urlpatterns,
    *witness.urlpatterns,
    *police.urlpatterns,
]

# Below ``c/SLUG/``; the same without it leads on: see ``campaign.routing``.
campaign_urlpatterns = [
    *dashboards.campaign_urlpatterns,
    *explore.campaign_urlpatterns,
    *daily.campaign_urlpatterns,
    *entry.campaign_urlpatterns,
    *chat.campaign_urlpatterns,
    *spreadsheet.campaign_urlpatterns,
    *paper.campaign_urlpatterns,
    *digests.campaign_urlpatterns,
    *reminders.campaign_urlpatterns,
    *official.campaign_urlpatterns,
    *police.campaign_urlpatterns,
    *deletion.campaign_urlpatterns,
    *plans.campaign_urlpatterns,
    *trial.campaign_urlpatterns,
    *checks.campaign_urlpatterns,
    *reconciliation.campaign_urlpatterns,
    *search.campaign_urlpatterns,
    *desk.campaign_urlpatterns,
]

api_urlpatterns = [
    *daily.api_urlpatterns,
    *entry.api_urlpatterns,
    *dashboards.api_urlpatterns,
    *explore.api_urlpatterns,
    *digests.api_urlpatterns,
    *chat.api_urlpatterns,
    *rollup.api_urlpatterns,
    *police.api_urlpatterns,
    *official.api_urlpatterns,
    *reconciliation.api_urlpatterns,
    *checks.api_urlpatterns,
    *search.api_urlpatterns,
    *desk.api_urlpatterns,
]

finders: dict[str, Finder] = {**daily.finders, **checks.finders, **spreadsheet.finders}
