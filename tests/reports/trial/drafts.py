"""A draft that is being tried out."""

from uuid import uuid4

from campaign.models import Campaign
from campaign.services.trials import open_trial
from campaign.states import CampaignState
from core import clock
from reports.daily.services.report_input import ReportInput
from reports.trial.services import rehearse_report
from tests.conftest import World
from tests.factories import make_campaign, make_indicators

TRIED = "tap-duot"


def try_draft(world: World) -> Campaign:
    """Make a draft, open its trial, and let the owner's branch send a report."""
    made: Campaign = make_campaign(slug=TRIED, name="Bản sẽ công bố", state=CampaignState.DRAFT)
    make_indicators(made)
    open_trial(actor=world.staff, campaign=made)
    entry = ReportInput(
        id=uuid4(), campaign=TRIED, branch="XD-14173", date=clock.today(), counts={"level1": 3}
    )
    rehearse_report(actor=world.owner, entry=entry)
    return made
