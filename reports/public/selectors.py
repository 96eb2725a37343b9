"""What anybody may know without signing in: campaigns, communes, and how far they are."""

from itertools import groupby

from campaign.models import Campaign, Level, Unit
from campaign.querysets import UnitQuerySet
from campaign.selectors import indicators_of, mark_recomputing, running_now
from core import clock
from reports.dashboards.selectors.progress import Progress, progress_by_unit


def public_campaigns(slug: str = "") -> list[Campaign]:
    """Return the campaign named, or those that run today, or where none does the latest.

    Who gets several asks which is meant; who gets none says what a resident can do meanwhile.
    """
    campaigns = mark_recomputing(Campaign.objects.published().current_first())
    if slug:
        return list(campaigns.filter(slug=slug))
    running = running_now()
    if running:
        return list(campaigns.filter(pk__in=[campaign.pk for campaign in running]))
    return list(campaigns[:1])


def communes_of(campaign: Campaign) -> UnitQuerySet:
    return Unit.objects.on(campaign.shown_day).communes().select_related("parent__parent")


def communes_by_district(campaign: Campaign) -> list[tuple[Unit | None, list[Unit]]]:
    """Return the communes of each district; None where a commune lies in none."""
    communes = communes_of(campaign).order_by("parent__sort_key", "parent_id", "sort_key", "pk")
    return [
        (district, list(group))
        for district, group in groupby(communes, lambda u: u.at_level(Level.DISTRICT))
    ]


def public_progress(campaign: Campaign, unit: Unit) -> Progress | None:
    indicators = indicators_of(campaign)
    if indicators.headline is None:
        return None
    last = min(clock.today(), campaign.ends_on)
    return progress_by_unit(campaign, [unit], last, indicators)[unit.pk]
