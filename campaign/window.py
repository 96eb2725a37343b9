"""Whether a day still takes counts."""

import datetime as dt

from django.utils.translation import gettext as _

from campaign import clock
from campaign.models import Branch, Campaign, Grant
from campaign.selectors import Rules, rules_on


class WindowClosed(Exception):
    """The day takes no reports now; the message says why."""


def closes_at(rules: Rules, day: dt.date) -> dt.datetime:
    """Return the moment up to which ``day`` takes counts."""
    return clock.at(day + dt.timedelta(days=rules.editable_days), rules.closes_at)


def standing_grant(
    campaign: Campaign, branch: Branch, day: dt.date, now: dt.datetime
) -> Grant | None:
    """Return the grant that opens ``day`` for the branch at ``now``, the longest of several."""
    grants = Grant.objects.standing(now).filter(campaign=campaign, branch=branch, date=day)
    return grants.order_by("-expires_at").first()


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
