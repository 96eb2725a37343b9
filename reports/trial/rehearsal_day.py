"""Today as a branch reports it in a trial."""

import datetime as dt
from dataclasses import replace

from django.http import Http404

from accounts.models import User
from campaign.models import Unit
from campaign.report_day import ReportDay
from campaign.reporting_window import WindowClosed
from campaign.trials import OpenTrial
from core import clock


def rehearsal_day(user: User, found: OpenTrial, branch: str, unit: str) -> ReportDay:
    """Return today of a branch, by default the first, in the unit of that code, or at home.

    404 for a branch that does not take part or that the user does not report for.
    """
    owner = next((b for b in found.branches if b.code == (branch or b.code)), None)
    if owner is None:
        raise Http404
    day, where = clock.today(), owner.home_unit
    if unit and unit != where.code:
        where = Unit.objects.visible_to(user).on(day).filter(code=unit).or_404()
    return ReportDay(found.rehearsed, owner, where, day)


def within_hours(day: ReportDay) -> ReportDay:
    """Return the day at the nearest moment at which counts are taken: one learns at any hour."""
    now = min(max(day.now, day.rules.opens_at), day.rules.closes_at)
    return day if now == day.now else replace(day, now=now)


def refusal(day: ReportDay, at: dt.datetime | None = None) -> str:
    """Say why a real report would not be taken at that moment; blank where it would be."""
    try:
        replace(day, now=at or day.now).check_takes_counts()
    except WindowClosed as error:
        return str(error)
    return ""
