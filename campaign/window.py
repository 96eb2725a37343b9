"""Whether a day still takes counts."""

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _

from campaign import clock
from campaign.models import Branch, Campaign, Grant
from campaign.selectors import Rules, rules_on


class WindowClosed(Exception):
    """The day takes no reports now; the message says why."""


def closes_at(rules: Rules, day: dt.date) -> dt.datetime:
    """Return the moment up to which ``day`` takes counts."""
    after = dt.timedelta(days=rules.editable_days)
    # The last days of the calendar are nobody's, but an address may name them.
    return clock.at(min(day, dt.date.max - after) + after, rules.closes_at)


def standing_grant(
    campaign: Campaign, branch: Branch, day: dt.date, now: dt.datetime
) -> Grant | None:
    """Return the grant that opens ``day`` for the branch at ``now``, the longest of several."""
    return standing_grants(campaign, branch, day, day, now).get(day)


def standing_grants(
    campaign: Campaign, branch: Branch, first: dt.date, last: dt.date, now: dt.datetime
) -> dict[dt.date, Grant]:
    """Return by day what ``standing_grant`` returns of each (one query)."""
    grants = Grant.objects.standing(now).filter(
        campaign=campaign, branch=branch, date__range=(first, last)
    )
    return {grant.date: grant for grant in grants.order_by("expires_at")}


@dataclass(frozen=True)
class Window:
    """How ``now`` lies to the times of a day; ``grant`` opens a closed one."""

    now: dt.datetime
    opens_at: dt.datetime
    due_at: dt.datetime
    closes_at: dt.datetime
    grant: Grant | None = None

    @property
    def state(self) -> str:
        """Return early, open, late, granted or closed: the page says each in one line."""
        if self.now < self.opens_at:
            return "early"
        if self.now <= self.due_at:
            return "open"
        if self.now <= self.closes_at:
            return "late"
        return "closed" if self.grant is None else "granted"

    @property
    def minutes_left(self) -> int:
        """Return the minutes up to the due time."""
        return int((self.due_at - self.now).total_seconds() // 60)


def window_of(campaign: Campaign, branch: Branch, day: dt.date, now: dt.datetime) -> Window:
    """Return the times of a day for a branch, beside ``now``."""
    rules = rules_on(campaign, day)
    closes = closes_at(rules, day)
    return Window(
        now=now,
        opens_at=clock.at(day, rules.opens_at),
        due_at=clock.at(day, rules.due_at),
        closes_at=closes,
        grant=standing_grant(campaign, branch, day, now) if now > closes else None,
    )


def check_window(campaign: Campaign, branch: Branch, day: dt.date, now: dt.datetime) -> None:
    """Raise ``WindowClosed`` unless counts of ``day`` are taken from the branch at ``now``."""
    rules = rules_on(campaign, day)
    opens, closes = clock.at(day, rules.opens_at), closes_at(rules, day)
    if now < opens:
        raise WindowClosed(
            _("Chưa đến giờ nhận báo cáo. Mở lúc %(time)s.") % {"time": f"{opens:%H:%M %d/%m/%Y}"}
        )
    if now > closes and standing_grant(campaign, branch, day, now) is None:
        raise WindowClosed(
            _("Đã khóa sổ ngày %(day)s lúc %(time)s. Cần sửa thì báo Huyện Đoàn mở lại.")
            % {"day": f"{day:%d/%m/%Y}", "time": f"{closes:%H:%M %d/%m/%Y}"}
        )
