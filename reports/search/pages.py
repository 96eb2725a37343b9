"""Pages of the portal that search offers by their titles."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from campaign.permissions import Permission as P
from campaign.scopes import scope_of
from volunteers.help_requests.selectors import may_handle

Pages = tuple[tuple[str, Any, tuple[P, ...] | Callable[[Any], bool]], ...]

# What each address is called on its page, and what opens it: one of some permissions, any role at
# all where there are none, or what the page itself asks.
PAGES: Pages = (
    ("dashboard", _("Tổng quan"), ()),
    ("report", _("Báo cáo"), (P.REPORT,)),
    ("explore", _("Phân tích số liệu"), ()),
    ("own-progress", _("Tiến độ của mình"), (P.REPORT,)),
    ("review", _("Duyệt báo cáo"), (P.INVITE,)),
    ("desk", _("Việc cần làm hôm nay"), (P.INVITE,)),
    ("completeness", _("Tình hình báo cáo"), (P.LEAD,)),
    ("digests", _("Báo cáo nhanh"), ()),
    ("sessions", _("Buổi hỗ trợ"), ()),
    ("requests", _("Yêu cầu hỗ trợ"), may_handle),
    ("teams", _("Tổ"), ()),
    ("units", pgettext_lazy("nhiều", "Địa bàn"), ()),
    ("branches", _("Cơ sở Đoàn"), ()),
    ("counts-files", _("Số liệu bằng Excel"), (P.INVITE,)),
    ("targets", _("Chia chỉ tiêu"), (P.SET_UP,)),
    ("personal-data", _("Dữ liệu cá nhân"), (P.LEAD, P.REPORT)),
    ("my-checks", _("Kiểm tra của tôi"), (P.REPORT,)),
    ("reconciliation", _("Đối soát Công an"), (P.EXPORT,)),
    ("official-figures", _("Số liệu Công an"), (P.OFFICIAL_FIGURES,)),
    ("exports", _("Xuất dữ liệu"), (P.EXPORT,)),
    ("export-verify", _("Kiểm tra một tệp"), (P.EXPORT,)),
    ("reminders", _("Nhắc việc"), ()),
)
# The same, of addresses that stand outside campaigns.
OUTSIDE: Pages = (
    ("figures", _("Tra một số"), ()),
    ("log", _("Sổ ghi"), ()),
    ("setup", _("Thiết lập"), (P.SET_UP,)),
)


def offered(user: Any, pages: Pages) -> list[tuple[str, str]]:
    """Return name and title of those that are for the user."""
    scope = scope_of(user)
    if not scope.roles:
        return []
    return [
        (name, str(title))
        for name, title, by in pages
        if (by(user) if callable(by) else not by or scope.may(*by))
    ]
