"""Pages for a campaign's settings, its phases and indicators, and the history of changes."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import ProtectedError, RestrictedError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from campaign.addresses import link, page_campaign
from campaign.indicator_usage import is_counted
from campaign.models import Baseline, Campaign, Indicator, SettingsChange
from campaign.permissions import Permission
from campaign.scopes import scope_of
from campaign.services.settings_change import ReasonWanted, settings_change
from campaign.services.take_back import take_back
from campaign.settings_pages.forms import CampaignSettingsForm
from campaign.settings_pages.kinds import Kind
from campaign.settings_pages.saving import Outcome, history, write_through
from campaign.setup.access import for_setup
from campaign.states import CampaignState, locked_words
from core.deletion import blockers_of


def own_campaign(request: HttpRequest) -> Campaign:
    """Return the campaign of the page to whoever may set it up."""
    if not scope_of(request.user).may(Permission.SET_UP):
        raise PermissionDenied
    return page_campaign(request)


def locked_of(campaign: Campaign | None) -> str:
    closed = (CampaignState.CLOSED, CampaignState.ARCHIVED)
    if campaign is None or campaign.state not in closed:
        return ""
    return locked_words(campaign.state, campaign.name)


@for_setup
@require_http_methods(["GET", "POST"])
def campaign_settings(request: HttpRequest) -> HttpResponse:
    campaign = own_campaign(request)
    # A row of its own: what was typed into the form is not to stand in the rest of the page.
    row = Campaign.objects.get(pk=campaign.pk)
    form = CampaignSettingsForm(request.POST or None, instance=row, actor=request.user)
    outcome = _outcome(request, form, form.save, locked_of(campaign))
    if outcome.is_saved:
        messages.success(request, _("Đã lưu thiết lập của chiến dịch."))
        return HttpResponseRedirect(link(request, "campaign-settings", campaign=row))
    shown = {
        "campaign": campaign,
        "history": history(request.user, model="campaign", pk=campaign.pk),
    }
    return _page(request, "campaign_settings", form, outcome, **shown)


@for_setup
@require_safe
def parts(request: HttpRequest, kind: Kind) -> HttpResponse:
    """List the phases or the indicators of a campaign."""
    campaign = own_campaign(request)
    rows = kind.model._default_manager.filter(campaign=campaign)
    past = history(request.user, campaign=campaign.slug, model=kind.model_name)
    shown = {"campaign": campaign, "kind": kind, "rows": rows, "locked": locked_of(campaign)}
    shown["history"] = past
    return render(request, "campaign/settings_pages/parts.html", shown)


@for_setup
@require_http_methods(["GET", "POST"])
def part(request: HttpRequest, kind: Kind, pk: int | None = None) -> HttpResponse:
    """Show one of them to be changed, or an empty form for a new one."""
    campaign = own_campaign(request)
    row: Any = kind.model(campaign=campaign)
    if pk is not None:
        row = kind.model._default_manager.filter(campaign=campaign, pk=pk).first()
    elif kind.model is Indicator:
        row.order = campaign.indicators.count() + 1
    return edit(request, kind, row, link(request, kind.many), locked=locked_of(campaign))


def edit(
    request: HttpRequest,
    kind: Kind,
    row: Any,
    back: str,
    *,
    title: str = "",
    locked: str = "",
    after: Callable[[], object] = lambda: None,
) -> HttpResponse:
    """Show a row in its form, or save it; ``after`` is done in the same transaction."""
    if row is None:
        raise Http404
    heading = title or str(kind.add if row._state.adding else row)
    is_new = row._state.adding
    if "remove" in request.POST and not is_new:
        return _remove(request, kind, row, back, locked)
    form = kind.form(request.POST or None, instance=row, actor=request.user)

    def write() -> None:
        form.save()
        after()

    pk = row.pk
    outcome = _outcome(request, form, write, locked)
    if outcome.is_saved:
        messages.success(request, _("Đã lưu: %(name)s.") % {"name": title or row})
        return HttpResponseRedirect(back)
    past = [] if is_new else history(request.user, model=kind.model_name, pk=pk)
    shown = {"kind": kind, "title": heading, "back": back, "is_new": is_new, "history": past}
    return _page(request, "edit", form, outcome, locked=locked, **shown)


def _outcome(request: HttpRequest, form: Any, write: Callable[[], object], locked: str) -> Outcome:
    if request.method != "POST":
        return Outcome()
    if locked:
        form.add_error(None, locked)
        return Outcome()
    return write_through(request, form, write) if form.is_valid() else Outcome()


def _page(
    request: HttpRequest, name: str, form: Any, outcome: Outcome, **shown: Any
) -> HttpResponse:
    context = {"form": form, "outcome": outcome, "change": outcome.change, **shown}
    return render(request, f"campaign/settings_pages/{name}.html", context)


def _remove(request: HttpRequest, kind: Kind, row: Any, back: str, locked: str) -> HttpResponse:
    """Delete what was never used; say what holds the rest."""
    actor: Any = request.user
    words = [locked] if locked else blockers_of(row)
    if isinstance(row, Indicator) and is_counted(row):
        words.append(_("“%(name)s”: báo cáo đã có số của chỉ số này.") % {"name": row.label})
    if isinstance(row, Baseline) and row.figures.exists():
        words.append(_("“%(name)s” đã có giá trị của địa bàn.") % {"name": row.name})
    try:
        if not words:
            reason = request.POST.get("reason", "") or _("Xóa mục chưa dùng")
            with settings_change(actor=actor, reason=reason), transaction.atomic():
                row.delete()
    except (ProtectedError, RestrictedError):
        words = [_("“%(name)s” đang được dùng.") % {"name": row}]
    except (ReasonWanted, ValidationError) as error:
        words = error.messages
    if words:
        messages.error(request, " ".join([*words, str(kind.closing)]))
        return HttpResponseRedirect(request.path)
    messages.success(request, _("Đã xóa: %(name)s.") % {"name": row})
    return HttpResponseRedirect(back)


@for_setup
@require_POST
def take_change_back(request: HttpRequest, change_id: int) -> HttpResponse:
    """Put back what stood before a change, and lead to the page on which that was asked."""
    actor: Any = request.user
    change = SettingsChange.objects.visible_to(actor).filter(pk=change_id).first()
    if change is None:
        raise Http404
    try:
        take_back(actor=actor, change=change)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("Đã lấy lại như trước."))
    back = request.POST.get("back", "")
    is_ours = url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    return redirect(back) if is_ours else redirect("setup")
