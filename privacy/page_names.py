"""What the pages that show people are called in the record of reads; one line for each.

``tests/privacy/test_every_read_is_recorded.py`` names a page that is missing here.
"""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

PAGE_NAMES: dict[str, Any] = {
    "unit-people": _("Người và việc"),
    "account-keys": _("Thiết bị và khóa của tôi"),
    "api-checkins": _("Điểm danh (API)"),
    "api-daily-reports": _("Gửi báo cáo (API)"),
    "api-revisions": _("Lịch sử báo cáo (API)"),
    "branch": _("Cơ sở Đoàn"),
    "campaign-settings": _("Thiết lập chiến dịch"),
    "check": _("Đếm lại"),
    "certificate": _("Giấy chứng nhận"),
    "completeness": _("Tình hình báo cáo"),
    "completeness-unit": _("Tình hình báo cáo"),
    "desk": _("Việc cần làm hôm nay"),
    "difference": _("Đối soát Công an"),
    "exports": _("Xuất dữ liệu"),
    "export": _("Lần tải dữ liệu"),
    "api-exports": _("Lần tải dữ liệu (API)"),
    "export-changes": _("Thay đổi từ một tệp"),
    "indicator": _("Các chỉ số"),
    "indicators": _("Các chỉ số"),
    "invitation": _("Lời mời"),
    "invite": _("Mời bí thư"),
    "invite-again": _("Mời bí thư"),
    "leader-invite": _("Mời tổ trưởng"),
    "member": _("Thành viên tổ"),
    "member-new": _("Thành viên tổ"),
    "personal-data": _("Dữ liệu cá nhân"),
    "phase": _("Các đợt"),
    "phases": _("Các đợt"),
    "public-request": _("Yêu cầu hỗ trợ"),
    "reads": _("Nhật ký xem thông tin"),
    "report-history": _("Lịch sử báo cáo"),
    "receipt": _("Biên nhận báo cáo"),
    "request": _("Yêu cầu hỗ trợ"),
    "requests": _("Yêu cầu hỗ trợ"),
    "reminders": _("Nhắc việc"),
    "review": _("Duyệt báo cáo"),
    "setup-appointment": _("Ai làm gì"),
    "setup-appointment-new": _("Phân công một người"),
    "setup-appointments": _("Ai làm gì"),
    "setup-baseline": _("Các mẫu số"),
    "setup-baselines": _("Các mẫu số"),
    "setup-branch": _("Cơ sở Đoàn"),
    "setup-figure": _("Giá trị mẫu số"),
    "setup-invitations": _("Lời mời"),
    "setup-people": _("Người và lời mời"),
    "setup-unit": pgettext_lazy("nhiều", "Địa bàn"),
    "session": _("Buổi hỗ trợ"),
    "session-close": _("Buổi hỗ trợ"),
    "session-here": _("Điểm danh"),
    "session-join": _("Đăng ký tham gia"),
    "session-people": _("Điểm danh"),
    "session-inform": _("Báo cho người đã đăng ký"),
    "session-walk-ins": _("Người mới chờ xác nhận"),
    "subject-request": _("Yêu cầu về dữ liệu cá nhân"),
    "team": _("Tổ"),
    "team-certificates": _("Giấy chứng nhận cả tổ"),
    "team-certificates-file": _("Giấy chứng nhận cả tổ"),
    "teams-export": _("Tệp thành viên tổ"),
    "teams-import": _("Nhập tệp thành viên tổ"),
    "volunteer": _("Tình nguyện viên"),
    "volunteer-certificate": _("Giấy chứng nhận"),
    "volunteer-own": _("Trang riêng của tình nguyện viên"),
    "trial": _("Ngày tập dượt"),
}


def page_name(page: str) -> str:
    """Return what people call a page; the pages of the admin are one."""
    if page.startswith("admin:"):
        return str(_("Thiết lập"))
    return str(PAGE_NAMES.get(page, page))
