"""The way from nothing to a running campaign: what is done, what is missing, where to go on.

Every step looks at what is there, so it can be left, taken up again, and done by another way.
"""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from campaign.addresses import campaign_or_none, link
from campaign.models import Appointment, Branch, Campaign, Target, Trial, Unit
from campaign.permissions import Permission, roles_with
from campaign.reporting_window import reporting_days
from campaign.setup.branches import units_without_branch
from core.clock import today
from core.models import Portal
from core.templatetags.formatting import count


@dataclass(frozen=True)
class State:
    """How far a step is: ``text`` says what is there, or what is missing."""

    is_done: bool
    text: str


@dataclass(frozen=True)
class Step:
    title: Any
    why: Any
    state: State
    url: str


def steps(request: HttpRequest) -> list[Step]:
    """Return the steps in their order; a step needs those before it.

    The campaign is the one that is read, or else the latest.
    """
    campaign = campaign_or_none(request) or Campaign.objects.order_by("-starts_on", "slug").first()
    made = [
        (_PORTAL, _portal(), reverse("setup-portal")),
        (_UNITS, _units(), reverse("setup-units")),
        (_BRANCHES, _branches(), reverse("setup-branches")),
        (_PEOPLE, _people(), reverse("setup-people")),
        (_CAMPAIGN, _campaign(campaign), reverse("setup-campaign")),
        (
            _RULES,
            _rules(campaign),
            link(request, "campaign-settings", campaign=campaign)
            if campaign
            else reverse("setup-campaign"),
        ),
        (
            _TARGETS,
            _targets(campaign),
            link(request, "targets", campaign=campaign) if campaign else reverse("setup-campaign"),
        ),
        (
            _TRIAL,
            _trial(campaign),
            link(request, "trial", campaign=campaign) if campaign else reverse("setup-campaign"),
        ),
        (
            _PUBLISH,
            _publish(campaign),
            link(request, "campaign-state", campaign=campaign)
            if campaign
            else reverse("setup-campaign"),
        ),
    ]
    return [Step(title, why, state, url) for (title, why), state, url in made]


_PORTAL = (
    gettext_lazy("Tên và biểu trưng"),
    gettext_lazy("Mọi trang mang tên này; người dùng biết hỏi ai khi vướng."),
)
_UNITS = (
    gettext_lazy("Tỉnh và các địa bàn"),
    gettext_lazy("Chọn tỉnh trong danh sách có sẵn, hoặc nạp tệp của bạn."),
)
_BRANCHES = (
    gettext_lazy("Cơ sở Đoàn"),
    gettext_lazy("Lập từ danh sách địa bàn: mỗi xã, phường một Đoàn cơ sở báo cáo hằng ngày."),
)
_PEOPLE = (
    gettext_lazy("Người và lời mời"),
    gettext_lazy("Nạp danh sách bí thư, phụ trách, cán bộ đối soát; rồi in hoặc gửi lời mời."),
)
_CAMPAIGN = (
    gettext_lazy("Chiến dịch"),
    gettext_lazy("Bắt đầu từ một mẫu: chỉ số, giờ nộp, lời nhắn người dân. Sửa được về sau."),
)
_RULES = (
    gettext_lazy("Quy tắc báo cáo và các đợt"),
    gettext_lazy("Ngày nào phải báo cáo, mấy giờ nộp, còn sửa được bao lâu; đợt cao điểm nếu có."),
)
_TARGETS = (
    gettext_lazy("Chỉ tiêu"),
    gettext_lazy("Giao chỉ tiêu cho từng địa bàn để thấy ai nhanh, ai chậm."),
)
_TRIAL = (
    gettext_lazy("Ngày tập dượt"),
    gettext_lazy("Các cơ sở gửi thử báo cáo hôm nay để quen; số không tính và tự xóa."),
)
_PUBLISH = (
    gettext_lazy("Công bố"),
    gettext_lazy("Cổng kiểm tra lại lần cuối; công bố xong thì các cơ sở thấy và báo cáo được."),
)


def _portal() -> State:
    name = Portal.objects.values_list("name", flat=True).first()
    return State(True, name) if name else State(False, _("Cổng còn mang tên chung."))


def _units() -> State:
    found = Unit.objects.on(today())
    tops = list(found.filter(parent=None).values_list("name", flat=True))
    if not tops:
        return State(False, _("Chưa có địa bàn nào."))
    text = _("%(name)s: %(n)s địa bàn") % {"name": ", ".join(tops[:3]), "n": count(found.count())}
    return State(True, text)


def _branches() -> State:
    reporting = Branch.objects.on(today()).filter(reports_daily=True).count()
    missing = len(units_without_branch())
    if not Unit.objects.exists():
        return State(False, _("Cần có địa bàn trước."))
    if not reporting or missing:
        text = ngettext(
            "%(n)s địa bàn chưa có cơ sở Đoàn.", "%(n)s địa bàn chưa có cơ sở Đoàn.", missing
        )
        return State(False, text % {"n": count(missing)})
    return State(True, _("%(n)s cơ sở báo cáo hằng ngày") % {"n": count(reporting)})


def _people() -> State:
    day = today()
    owned = Appointment.objects.on(day).filter(role__in=roles_with(Permission.REPORT))
    reporting = Branch.objects.on(day).filter(reports_daily=True)
    silent = reporting.exclude(pk__in=owned.values("branch")).count()
    if not reporting.exists():
        return State(False, _("Cần có cơ sở Đoàn trước."))
    if silent:
        return State(False, _("%(n)s cơ sở chưa có bí thư.") % {"n": count(silent)})
    waiting = owned.filter(user__last_login=None).count()
    leads = Appointment.objects.on(day).filter(role__in=roles_with(Permission.LEAD)).count()
    text = _("Đủ bí thư, %(leads)s người phụ trách; %(n)s người chưa đăng nhập lần nào")
    return State(True, text % {"n": count(waiting), "leads": count(leads)})


def _campaign(campaign: Campaign | None) -> State:
    if campaign is None:
        return State(False, _("Chưa có chiến dịch."))
    if not campaign.indicators.exists():
        return State(False, _("%(name)s chưa có chỉ số.") % {"name": campaign})
    return State(True, campaign.name)


def _rules(campaign: Campaign | None) -> State:
    if campaign is None:
        return State(False, _("Chưa có chiến dịch."))
    days = reporting_days(campaign, campaign.starts_on, campaign.ends_on)
    if not days:
        return State(False, _("Không có ngày nào phải báo cáo. Xem lại ngày trong tuần."))
    words = _("%(n)s ngày báo cáo, hạn nộp %(due)s; %(phases)s đợt")
    phases = campaign.phases.count()
    return State(
        True,
        words % {"n": count(len(days)), "due": f"{campaign.due_at:%H:%M}", "phases": phases},
    )


def _targets(campaign: Campaign | None) -> State:
    given = Target.objects.filter(campaign=campaign).count() if campaign else 0
    if not given:
        return State(False, _("Chưa giao chỉ tiêu; chiến dịch vẫn chạy được."))
    return State(True, _("%(n)s chỉ tiêu đã giao") % {"n": count(given)})


def _trial(campaign: Campaign | None) -> State:
    if campaign is None:
        return State(False, _("Chưa có chiến dịch."))
    if not campaign.is_draft:
        return State(True, _("Đã xong: chiến dịch đã công bố."))
    trial = Trial.objects.running().filter(campaign=campaign).first()
    if trial is None:
        return State(False, _("Chưa mở; không tập dượt vẫn công bố được."))
    tried = trial.reports.filter(by_secretary=True).count()
    words = ngettext("Đang mở, %(n)s cơ sở đã tập dượt", "Đang mở, %(n)s cơ sở đã tập dượt", tried)
    return State(tried > 0, words % {"n": count(tried)})


def _publish(campaign: Campaign | None) -> State:
    if campaign is None:
        return State(False, _("Chưa có chiến dịch."))
    return State(not campaign.is_draft, campaign.get_state_display())
