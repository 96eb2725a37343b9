"""Sign-in, invitations, the own account, and the pages that say no."""

from typing import Any
from urllib.parse import urlsplit

import segno
from django.contrib import messages
from django.contrib.auth import login, update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts import services
from accounts.forms import NewPasswordForm, SignInForm
from accounts.models import User


class SignIn(LoginView):
    template_name = "accounts/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True
    http_method_names = ("get", "post", "head", "options")

    def get_redirect_url(self) -> str:  # type: ignore[override]  # as it is in Django 5.2
        """Return where the visitor was going, but never back to this very page."""
        url: str = super().get_redirect_url()
        return "" if urlsplit(url).path == self.request.path else url


@never_cache
@require_http_methods(["GET", "POST"])
def accept_invitation(request: HttpRequest, secret: str) -> HttpResponse:
    """Let the invited person choose a password, and sign them in.

    Opening the link does not use it up: message services open links to preview them.
    """
    invitation = services.find_invitation(secret)
    if invitation is None:
        return render(request, "accounts/invitation_over.html", status=410)
    form = NewPasswordForm(invitation.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        user = services.accept_invitation(
            secret=secret, password=form.cleaned_data["new_password1"]
        )
        if user is None:
            return render(request, "accounts/invitation_over.html", status=410)
        login(request, user, backend="accounts.backends.NameOrPhoneBackend")
        messages.success(request, _("Tài khoản đã sẵn sàng. Lần sau đăng nhập bằng mật khẩu này."))
        return redirect("start")
    context = {"form": form, "invited": invitation.user, "expires_at": invitation.expires_at}
    return render(request, "accounts/invitation.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    """Show who one is and what one may do; change the password."""
    user: Any = request.user
    form = NewPasswordForm(user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        form.save()
        # Other phones that were signed in are signed out by the new password.
        update_session_auth_hash(request, user)
        messages.success(request, _("Đã đổi mật khẩu. Các máy khác phải đăng nhập lại."))
        return redirect(request.get_full_path())
    return render(request, "accounts/account.html", {"form": form})


def invitation_card(request: HttpRequest, user: User, secret: str) -> dict[str, Any]:
    """Return what a page needs to hand an invitation over: the link and its QR code."""
    url = request.build_absolute_uri(f"/invitations/{secret}/")
    qr = segno.make(url, error="m").svg_data_uri(scale=6, border=2)
    return {"invited": user, "url": url, "qr": qr}


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "403_csrf.html", status=403)
