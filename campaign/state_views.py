"""Where the province publishes, closes and archives a campaign, and says who takes part."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from campaign.addresses import lead_to, page_campaign
from campaign.models import Branch, Campaign, SettingsChange, Trial
from campaign.permissions import Permission
from campaign.scopes import scope_of
from campaign.services.campaign_state import change_state
from campaign.services.publication import findings
from campaign.services.settings_change import ReasonWanted
from campaign.services.taking_part import set_takes_part
from campaign.states import BECOMES, CampaignState
from campaign.takes_part import rule_words, takes_part
from campaign.taking_part_form import TakingPartForm
from core import clock

RECENT = 10


@dataclass(frozen=True)
class Step:
    """What a button says that leads from one state to the next, and what follows from it."""

    title: Any
    words: Any


STEPS = {
    (CampaignState.DRAFT, CampaignState.RUNNING): Step(
        gettext_lazy("Công bố chiến dịch"),
        gettext_lazy(
            "Mọi người thấy chiến dịch, các cơ sở bắt đầu báo cáo. Từ đó tên ngắn trong địa chỉ và "
            "mã chỉ số không đổi được nữa."
        ),
    ),
    (CampaignState.RUNNING, CampaignState.CLOSED): Step(
        gettext_lazy("Đóng chiến dịch"),
        gettext_lazy(
            "Cổng không nhận báo cáo, kết quả buổi và bản sửa nữa; số đã có vẫn xem, xuất được. "
            "Đóng trước hạn thì hôm nay thành ngày cuối, nên hủy hoặc dời những buổi sau hôm nay "
            "trước. Còn báo cáo chờ duyệt thì duyệt trước khi đóng."
        ),
    ),
    (CampaignState.CLOSED, CampaignState.RUNNING): Step(
        gettext_lazy("Mở lại chiến dịch"),
        gettext_lazy(
            "Cổng lại nhận số cho những ngày còn hạn sửa. Muốn chạy thêm ngày thì đổi ngày kết "
            "thúc sau khi mở."
        ),
    ),
    (CampaignState.CLOSED, CampaignState.ARCHIVED): Step(
        gettext_lazy("Lưu trữ chiến dịch"),
        gettext_lazy("Rút khỏi danh sách chọn hằng ngày. Vẫn xem và xuất được như trước."),
    ),
    (CampaignState.ARCHIVED, CampaignState.CLOSED): Step(
        gettext_lazy("Đưa ra khỏi lưu trữ"),
        gettext_lazy("Chiến dịch lại có trong danh sách chọn, vẫn khóa số."),
    ),
}
DONE = {
    CampaignState.RUNNING: gettext_lazy("Đã công bố chiến dịch."),
    CampaignState.CLOSED: gettext_lazy("Chiến dịch đã đóng."),
    CampaignState.ARCHIVED: gettext_lazy("Đã lưu trữ chiến dịch."),
}


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def campaign_state(request: HttpRequest) -> HttpResponse:
    """Show what is to be mended before a campaign is published, and lead it on."""
    campaign, errors = _own_campaign(request), []
    if request.method == "POST":
        actor: Any = request.user
        state, reason = request.POST.get("state", ""), request.POST.get("reason", "")
        had_trial = Trial.objects.filter(campaign=campaign).exists()
        try:
            change_state(actor=actor, campaign=campaign, state=state, reason=reason)
        except ValidationError as error:
            errors = error.messages
        else:
            messages.success(request, str(DONE[CampaignState(state)]))
            if had_trial:
                messages.success(request, _("Tập dượt đã kết thúc, mọi số tập dượt đã xóa."))
            return lead_to(request, "campaign-state")
    found = findings(campaign) if campaign.is_draft else []
    context = {
        "campaign": campaign,
        "errors": errors,
        "reason": request.POST.get("reason", ""),
        "findings": found,
        "has_trial": Trial.objects.running().filter(campaign=campaign).exists(),
        "is_blocked": any(finding.is_blocking for finding in found),
        "steps": [
            (state, STEPS[CampaignState(campaign.state), CampaignState(state)])
            for state in BECOMES[campaign.state]
        ],
        "changes": _recent(request.user, campaign.slug),
    }
    return render(request, "campaign/campaign_state.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def taking_part(request: HttpRequest) -> HttpResponse:
    """Show who takes part, and choose it: kinds, subtrees, single branches."""
    campaign = _own_campaign(request)
    form = TakingPartForm(campaign, request.POST or None)
    if request.method == "POST" and form.is_valid():
        actor: Any = request.user
        try:
            set_takes_part(
                actor=actor,
                campaign=campaign,
                rule=form.rule,
                since=form.cleaned_data.get("since"),
                reason=form.cleaned_data.get("reason", ""),
            )
        except ReasonWanted:
            form.add_error("reason", _("Ghi lý do: chiến dịch đã công bố."))
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Đã lưu ai tham gia."))
            return lead_to(request, "taking-part")
    day = max(clock.today(), campaign.starts_on)
    branches = Branch.objects.on(day).select_related("home_unit").order_by("sort_key", "pk")
    context = {
        "campaign": campaign,
        "form": form,
        "rule": rule_words(campaign.on(day).takes_part),
        "day": day,
        "branches": [branch for branch in branches if takes_part(campaign, branch, day)],
    }
    return render(request, "campaign/taking_part.html", context)


def _own_campaign(request: HttpRequest) -> Campaign:
    """Return the campaign of the page to whoever may set it up."""
    scope = scope_of(request.user)
    if not scope.roles:
        raise Http404
    if not scope.may(Permission.SET_UP):
        raise PermissionDenied
    return page_campaign(request)


def _recent(user: Any, slug: str) -> list[SettingsChange]:
    changes = SettingsChange.objects.visible_to(user).filter(moves__contains=[{"campaign": slug}])
    return list(changes.order_by("-changed_at")[:RECENT])
