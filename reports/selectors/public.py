"""What anybody may know without signing in: campaigns, communes, and how far they are."""

import datetime as dt
from dataclasses import dataclass
from itertools import groupby

from campaign import clock
from campaign.models import Campaign, Unit
from campaign.querysets import UnitQuerySet
from campaign.selectors import indicators_of
from reports.selectors.progress import time_gone
from reports.selectors.totals import as_of, totals
from reports.trees import UNITS


@dataclass(frozen=True)
class PublicProgress:
    """A commune's headline to date beside its target."""

    label: str
    to_date: int | None
    target: int | None
    time_gone: float
    as_of: dt.datetime

    @property
    def percent(self) -> float | None:
        """Percent of the target, None without one."""
        return (self.to_date or 0) * 100 / self.target if self.target else None


def public_campaign(slug: str = "") -> Campaign | None:
    """Return the campaign named, or the one that runs today; None where there is none."""
    campaigns = Campaign.objects.current_first()
    return campaigns.filter(slug=slug).first() if slug else campaigns.first()


def communes_of(campaign: Campaign) -> UnitQuerySet:
    """Return the communes of the campaign's structure, each with its district."""
    return Unit.objects.on(campaign.structure_date).communes().select_related("parent")


def communes_by_district(campaign: Campaign) -> list[tuple[Unit | None, list[Unit]]]:
    """Return the communes in Vietnamese order under their districts."""
    communes = communes_of(campaign).order_by("parent__sort_key", "parent_id", "sort_key", "pk")
    return [(district, list(group)) for district, group in groupby(communes, lambda u: u.parent)]


def public_progress(campaign: Campaign, unit: Unit) -> PublicProgress | None:
    """Return how far a commune is, by the figures of the dashboard."""
    indicators = indicators_of(campaign)
    headline = indicators.headline
    if headline is None:
        return None
    last = min(clock.today(), campaign.ends_on)
    line = next(
        totals(
            tree=UNITS,
            campaign=campaign,
            indicators=indicators,
            nodes=[unit],
            first=last,
            last=last,
            basis="reported",
        )
    )
    return PublicProgress(
        label=headline.name,
        to_date=line.counts_to_date.get(headline.code),
        target=line.target.get(headline.code),
        time_gone=time_gone(campaign.starts_on, campaign.ends_on, clock.today()),
        as_of=as_of(campaign),
    )
