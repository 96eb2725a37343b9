"""Where one is reminded and of what was told; for leads, who is still silent today."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import LogoutView
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.models import User
from campaign import clock
from campaign.models import Campaign
from campaign.scopes import INVITES, scope_of
from campaign.selectors import current_campaign
from reports.channels import CHANNELS, ways_to
from reports.channels.web_push import public_key
from reports.forms.reach import EmailForm
from reports.models import NoticeKind, PushSubscription, Way, ZaloLink
from reports.selectors.told import received, told_below
from reports.services.notices import tell
from reports.services.reach import new_code, remove_phone, set_email, unlink
from reports.services.reminding import can_be_nudged, nudge

# Under which the session remembers the subscription of its own phone.
PHONE = "push_subscription"


class SignOut(LogoutView):
    """Sign out; this phone shows nothing of the one who leaves any more."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Forget the phone before the session that knows it is gone."""
        phone = request.session.get(PHONE)
        if phone is not None and isinstance(request.user, User):
            remove_phone(actor=request.user, pk=phone)
        answer: HttpResponse = super().post(request, *args, **kwargs)
        return answer


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def reminders(request: HttpRequest) -> HttpResponse:
    """Show and change where the user is reminded."""
    user: Any = request.user
    campaign = current_campaign(user)
    action = request.POST.get("action", "")
    form = EmailForm(request.POST if action == "email" else None, initial={"email": user.email})
    if request.method == "POST":
        if action == "email":
            if form.is_valid():
                set_email(actor=user, address=form.cleaned_data["email"])
                messages.success(request, _("Đã lưu địa chỉ thư."))
                return redirect("reminders")
        elif action == "nudge" and not scope_of(user).holds(INVITES):
            return HttpResponseForbidden()
        else:
            _do(request, user, campaign, action)
            return redirect("reminders")
    phones = PushSubscription.objects.visible_to(user)
    phone_known = phones.filter(pk=request.session.get(PHONE, 0)).exists()
    context = _context(user, campaign, form, phone_known=phone_known)
    return render(request, "reports/reminders.html", context)


def _do(request: HttpRequest, user: User, campaign: Campaign, action: str) -> None:
    """Do what a button asks for, and say what was done."""
    if action == "test":
        _test(request, user, campaign)
    elif action == "nudge":
        _nudge(request, user, campaign)
    elif action == "zalo" and CHANNELS[Way.ZALO].is_on():
        new_code(actor=user)
    elif action == "zalo-off":
        unlink(actor=user)
        messages.success(request, _("Từ nay không nhắc qua Zalo nữa."))


def _test(request: HttpRequest, user: User, campaign: Campaign) -> None:
    """Send the user a word by every way, once a minute at most."""
    if not ways_to([user]):
        messages.warning(
            request, _("Chưa có nơi nhận. Bật thông báo hoặc điền địa chỉ thư trước đã.")
        )
        return
    now = clock.now()
    tell([user], NoticeKind.TEST, campaign, now.date(), about=f"{now:%H:%M}")
    messages.success(request, _("Đang gửi thử. Chờ khoảng nửa phút."))


def _nudge(request: HttpRequest, user: User, campaign: Campaign) -> None:
    made = nudge(actor=user, campaign=campaign)
    if made:
        text = ngettext("Đang gửi %(count)d lời nhắc.", "Đang gửi %(count)d lời nhắc.", made)
        messages.success(request, text % {"count": made})
    else:
        messages.warning(
            request,
            _("Không gửi lời nhắc nào: vừa nhắc trong một giờ qua, hoặc họ chưa bật thông báo."),
        )


def _context(
    user: User, campaign: Campaign, form: EmailForm, *, phone_known: bool
) -> dict[str, Any]:
    leads = scope_of(user).holds(INVITES)
    return {
        "campaign": campaign,
        "form": form,
        "ways": {way for _user, way in ways_to([user])},
        "email_is_on": CHANNELS[Way.EMAIL].is_on(),
        "zalo_is_on": CHANNELS[Way.ZALO].is_on(),
        "zalo": ZaloLink.objects.visible_to(user).first(),
        "public_key": public_key(),
        "phone_known": phone_known,
        "received": received(user),
        "leads": leads,
        "told": told_below(user, campaign, clock.today()) if leads else None,
        "silent": can_be_nudged(user, campaign) if leads else [],
    }
