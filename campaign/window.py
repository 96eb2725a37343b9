"""Whether a day still takes counts."""

import datetime as dt

from django.utils.translation import gettext as _

from campaign import clock
from campaign.selectors import Rules


class WindowClosed(Exception):
    """The day takes no reports now; the message says why."""


def check_window(rules: Rules, day: dt.date, now: dt.datetime) -> None:
    """Raise ``WindowClosed`` unless reports of ``day`` are taken at ``now``."""
    opens = clock.at(day, rules.opens_at)
    closes = clock.at(day + dt.timedelta(days=rules.editable_days), rules.closes_at)
    if now < opens:
        raise WindowClosed(
            _("Chưa đến giờ nhận báo cáo. Mở lúc %(time)s.") % {"time": f"{opens:%H:%M %d/%m/%Y}"}
        )
    if now > closes:
        raise WindowClosed(
            _("Đã khóa sổ ngày %(day)s lúc %(time)s. Cần sửa thì báo Huyện Đoàn mở lại.")
            % {"day": f"{day:%d/%m/%Y}", "time": f"{closes:%H:%M %d/%m/%Y}"}
        )
