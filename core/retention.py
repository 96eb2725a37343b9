"""How long personal data is kept: the one table. docs/privacy.md is held against it.

``privacy.services.expiry`` does every night what it says. No law is known to us that sets these
periods; they are the shortest with which the work can be done, and the province may shorten them.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Period:
    """What ends how many days after what, and what becomes of it.

    ``days`` is None where each campaign says it (``help_retention_days``).
    """

    what: Any
    days: int | None
    after: Any
    then: Any


_NAMELESS = _("bỏ tên, số, năm sinh; lượt tham gia và giấy chứng nhận giữ lại không tên")
_DELETED = _("xóa")

PERIODS: dict[str, Period] = {
    "requesters": Period(
        _("Người nhờ hỗ trợ tại nhà"),
        None,
        _("yêu cầu xong, hoặc chiến dịch kết thúc"),
        _("xóa tên, số, địa chỉ, ghi chú; giữ lại con số"),
    ),
    "minors": Period(
        _("Tình nguyện viên dưới 18 tuổi"), 90, _("lần tham gia cuối hoặc ngày thôi"), _NAMELESS
    ),
    "volunteers": Period(
        _("Tình nguyện viên"), 730, _("lần tham gia cuối hoặc ngày thôi"), _NAMELESS
    ),
    "walk_ins": Period(
        _("Người mới đến buổi, chưa được xác nhận"), 7, _("ngày của buổi"), _DELETED
    ),
    "accounts": Period(
        _("Tài khoản"),
        365,
        _("hết phân công và lần đăng nhập cuối"),
        _("đóng, bỏ tên, số, email; phân công đã qua giữ lại không tên"),
    ),
    "invitations": Period(_("Lời mời"), 30, _("hết hạn"), _DELETED),
    "links": Period(_("Đường link riêng đã thu hồi"), 30, _("thu hồi"), _DELETED),
    "sign_ins": Period(_("Phiên đăng nhập"), 0, _("hết hạn"), _DELETED),
    "notices": Period(_("Lời nhắc, thông báo"), 60, _("gửi xong"), _DELETED),
    "messages": Period(
        _("Tin nhắn cho cổng"), 7, _("nhận tin (chữ trong tin xóa ngay khi trả lời xong)"), _DELETED
    ),
    "contact_points": Period(
        _("Máy nhận thông báo của tài khoản đã đóng"), 0, _("đóng tài khoản"), _DELETED
    ),
    "phones": Period(_("Trạng thái máy báo cáo"), 30, _("lần liên lạc cuối"), _DELETED),
    "trials": Period(
        _("Số tập dượt"), 14, _("mở tập dượt; công bố chiến dịch thì xóa ngay"), _DELETED
    ),
    "admin_log": Period(_("Nhật ký Thiết lập"), 730, _("lần sửa"), _DELETED),
    "reads": Period(_("Nhật ký xem thông tin"), 730, _("lần xem"), _DELETED),
    "subject_requests": Period(
        _("Yêu cầu về dữ liệu cá nhân (không còn tên)"), 1825, _("trả lời"), _DELETED
    ),
}


def time_of(code: str) -> dt.timedelta:
    """Return how long what ``code`` names is kept."""
    days = PERIODS[code].days
    if days is None:
        raise ValueError(f"{code}: each campaign says it")
    return dt.timedelta(days=days)
