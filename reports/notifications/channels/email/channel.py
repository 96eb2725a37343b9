"""E-mail, where the portal has a mail server and the person has given an address."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from reports.notifications.channel import Channel, Message, PermanentFailure
from reports.notifications.channels.email.contact_points import set_email
from reports.notifications.channels.email.forms import EmailForm
from reports.notifications.channels.email.transport import send_letter
from reports.notifications.registry import register_channel


class Email(Channel):
    code = "email"
    label = gettext_lazy("Email")
    template = "channels/email.html"
    actions = ("email",)
    position = 2

    def is_on(self) -> bool:
        return settings.EMAIL_IS_ON

    def reached(self, users: Iterable[User]) -> set[int]:
        return {user.pk for user in users if user.email}

    def send(self, user: User, message: Message, key: str) -> None:
        if not user.email:
            raise PermanentFailure("no address")
        send_letter(user.email, message, key)

    def section(self, request: HttpRequest) -> dict[str, Any]:
        user: Any = request.user
        typed = request.POST if request.POST.get("action") == "email" else None
        return {"form": EmailForm(typed, initial={"email": user.email})}

    def act(self, request: HttpRequest, action: str) -> bool:
        user: Any = request.user
        form = EmailForm(request.POST)
        if not form.is_valid():
            return False
        set_email(actor=user, address=form.cleaned_data["email"])
        messages.success(request, _("Đã lưu email."))
        return True


register_channel(Email())
