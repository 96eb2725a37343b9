"""Where one is reminded and of what one was; for leads, who has not reported yet today."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.models import User
from campaign.addresses import lead_to, page_campaign
from campaign.models import Campaign
from campaign.permissions import Permission
from campaign.scopes import scope_of
from core import clock
from reports.notifications.contact_points import contact_points
from reports.notifications.notices import TEST
from reports.notifications.notification_log import day_summary, received
from reports.notifications.outbox import enqueue
from reports.notifications.registry import CHANNELS, channels_on
from reports.reminders.services import REMINDERS, nudge, nudgeable
from reports.reminders.words import nudged_in_words, refused_in_words


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def reminders(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    campaign = page_campaign(request)
    leads = scope_of(user).may(Permission.INVITE)
    if request.method == "POST":
        action = request.POST.get("action", "")
        if action == "nudge" and not leads:
            return HttpResponseForbidden()
        if _act(request, user, campaign, action):
            return lead_to(request, "reminders")
    asked = nudgeable(user, campaign) if leads else []
    context = {
        "campaign": campaign,
        "has_errors": request.method == "POST",
        "channels": [(c.template, c.section(request)) for c in channels_on()],
        "received": received(user),
        "leads": leads,
        "summary": day_summary(user, campaign, clock.today(), REMINDERS) if leads else None,
        "non_reporting": [branch for branch, refusal in asked if refusal is None],
        "refused": refused_in_words((b, refusal) for b, refusal in asked if refusal is not None),
    }
    return render(request, "reports/reminders/reminders.html", context)


def _act(request: HttpRequest, user: User, campaign: Campaign, action: str) -> bool:
    """Do what a button asks for; False where something is to be corrected first."""
    if action == "test":
        _test(request, user, campaign)
    elif action == "nudge":
        _nudge(request, user, campaign)
    for channel in CHANNELS.values():
        if action in channel.actions:
            return channel.act(request, action)
    return True


def _test(request: HttpRequest, user: User, campaign: Campaign) -> None:
    """Send the user a word on every channel, once a minute at most."""
    if not contact_points([user]):
        messages.warning(
            request, _("Chưa có cách nhận nào. Bật thông báo hoặc điền email trước đã.")
        )
        return
    now = clock.now()
    enqueue([user], kind=TEST, campaign=campaign, day=now.date(), about=f"{now:%H:%M}")
    messages.success(request, _("Đang gửi thử. Chờ khoảng nửa phút."))


def _nudge(request: HttpRequest, user: User, campaign: Campaign) -> None:
    done = nudge(actor=user, campaign=campaign)
    level = messages.SUCCESS if done.branches else messages.WARNING
    messages.add_message(request, level, nudged_in_words(done))
