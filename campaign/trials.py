"""To whom a trial opens a draft: the one place that asks.

A draft is the province's own (``campaign.states.published_to``), also while it is tried out. What a
trial shows of it, it shows to those who may report for a branch that will take part, and it shows
the form alone: no page, file or address of the campaign itself opens to anybody.
"""

import copy
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from campaign.models import Branch, Campaign, Trial
from campaign.selectors import branches_run_by
from campaign.states import CampaignState
from campaign.takes_part import takes_part
from core import clock
from core.retention import time_of


@dataclass(frozen=True)
class OpenTrial:
    """A trial as somebody sees it; ``branches`` are those that the person may try it for."""

    trial: Trial
    branches: list[Branch]

    @property
    def ends_at(self) -> dt.datetime:
        return self.trial.opened_at + time_of("trials")

    @property
    def campaign(self) -> Campaign:
        return self.trial.campaign

    @property
    def begins_on(self) -> dt.date | None:
        """The first day of real reports, None where they may come as soon as it is published."""
        first = self.campaign.starts_on
        return first if first > clock.today() else None

    @cached_property
    def rehearsed(self) -> Campaign:
        """The campaign as it will be on its first day, as if that were today; not to be saved."""
        today = clock.today()
        campaign = copy.copy(self.campaign.on(first_day(self.campaign)))
        campaign.past, campaign.state = [], CampaignState.RUNNING
        campaign.starts_on = min(campaign.starts_on, today)
        campaign.ends_on = max(campaign.ends_on, today)
        return campaign


def first_day(campaign: Campaign) -> dt.date:
    """Return the day by which it is said who takes part in a draft."""
    return max(clock.today(), campaign.starts_on)


def open_trials(user: Any) -> list[OpenTrial]:
    """Return the trials in which the user may send a report."""
    trials = list(Trial.objects.running().select_related("campaign").order_by("pk"))
    branches = branches_run_by(user) if trials else []
    found = [
        OpenTrial(
            trial,
            [b for b in branches if takes_part(trial.campaign, b, first_day(trial.campaign))],
        )
        for trial in trials
    ]
    return [one for one in found if one.branches]


def find_trial(user: Any, slug: str) -> OpenTrial:
    """Return the trial of a campaign; 404 for whom it is not open to."""
    found = next((one for one in open_trials(user) if one.campaign.slug == slug), None)
    if found is None:
        raise Http404
    return found


def trial_links(user: Any, running: Sequence[Campaign]) -> list[tuple[str, str]]:
    """Return address and words of each open trial, for pages of the campaigns that run.

    These were read by ``running_campaigns``, which knows whether there is any trial: where there is
    none nothing is asked.
    """
    if running and not any(vars(one).get("is_trial_running") for one in running):
        return []
    return [
        (
            reverse("trial-report", args=[one.campaign.slug]),
            _("Tập dượt: %(name)s") % {"name": one.campaign.name},
        )
        for one in open_trials(user)
    ]
