"""Sign-in, invitations, the own account, and the pages that say no."""

from copy import copy
from typing import Any
from urllib.parse import urlsplit

import segno
from django.contrib import messages
from django.contrib.auth import login, update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import LoginView, redirect_to_login
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render, resolve_url
from django.urls import resolve
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts import second_factor, services, sessions
from accounts.forms import NewPasswordForm, OwnPasswordForm, SignInForm, TokenForm
from accounts.keys import KINDS, end_keys, keys_of, take_back
from accounts.known_phones import remember
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

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Ask whoever has given the password and owes a code for the code."""
        if not request.user.is_authenticated and request.half_signed_in is not None:
            return redirect_to_login(self.get_redirect_url(), resolve_url("prove"))
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        begin_session(self.request)
        response.headers["Location"] = end_of(self.request, response.headers["Location"])
        remember(self.request, response, form.get_user().username)
        return response

    def form_invalid(self, form: Any) -> HttpResponse:
        """Say for how long to wait, where there were too many wrong passwords."""
        if not form.wait:
            return super().form_invalid(form)
        context = {"minutes": -(-form.wait // 60)}
        response = render(self.request, "accounts/locked_out.html", context, status=429)
        response.headers["Retry-After"] = str(form.wait)
        return response


def end_of(request: HttpRequest, url: str) -> str:
    """Return where the start page leads: a slow network pays for each round."""
    if url != resolve_url("start"):
        return url
    asked = copy(request)
    asked.method, asked.path = "GET", url
    asked.GET = asked.POST = QueryDict()
    answer = resolve(url).func(asked)
    return str(answer.headers.get("Location", url))


def begin_session(request: HttpRequest) -> None:
    user: Any = request.user
    sessions.begin(request)
    second_factor.begin(request, user)


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
        begin_session(request)
        messages.success(request, _("Tài khoản đã sẵn sàng. Lần sau đăng nhập bằng mật khẩu này."))
        return redirect(end_of(request, resolve_url("start")))
    context = {"form": form, "invited": invitation.user, "expires_at": invitation.expires_at}
    return render(request, "accounts/invitation.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    """Show who one is and what one may do; change the password."""
    user: Any = request.user
    guesses = second_factor.guesses_at(user, request)
    form = OwnPasswordForm(user, request.POST or None, guesses=guesses)
    if request.method == "POST" and form.is_valid():
        # The key that this session has now: the next line gives it another.
        services.change_password(
            user=user,
            password=form.cleaned_data["new_password1"],
            this_session=request.session.session_key,
        )
        update_session_auth_hash(request, user)
        messages.success(request, _("Đã đổi mật khẩu. Các máy và khóa khác không dùng được nữa."))
        return redirect(request.get_full_path())
    context = {"form": form, "has_factor": second_factor.has_factor(user)}
    return render(request, "accounts/account.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def account_keys(request: HttpRequest) -> HttpResponse:
    """List all that opens something in one's name; take back one, or all but this session.

    A new API token is shown in the answer, and never again.
    """
    user: Any = request.user
    this = request.session.session_key
    form, secret = TokenForm(request.POST if "make" in request.POST else None), ""
    if "end" in request.POST:
        code, _colon, handle = request.POST["end"].partition(":")
        if not take_back(user=user, code=code, handle=handle):
            messages.info(request, _("Mục này đã thu hồi hoặc hết hạn trước đó."))
        else:
            messages.success(request, _("Đã thu hồi: %(what)s.") % {"what": KINDS[code].label})
        return redirect(request.get_full_path())
    if "end-others" in request.POST:
        end_keys(user, but=this)
        messages.success(request, _("Đã thu hồi tất cả, trừ máy này."))
        return redirect(request.get_full_path())
    if form.is_bound and form.is_valid():
        try:
            secret = services.issue_token(user=user, **form.cleaned_data)
            form = TokenForm()
        except ValidationError as error:
            form.add_error(None, error)
    kinds = keys_of(user, this_session=this)
    has_others = any(not key.is_this for _kind, keys in kinds for key in keys)
    context = {"kinds": kinds, "has_others": has_others, "form": form, "secret": secret}
    return render(request, "accounts/keys.html", context)


def invitation_card(request: HttpRequest, user: User, secret: str) -> dict[str, Any]:
    """Return what a page needs to hand an invitation over: the link and its QR code."""
    url = request.build_absolute_uri(f"/invitations/{secret}/")
    qr = segno.make(url, error="m").svg_data_uri(scale=6, border=2)
    return {"invited": user, "url": url, "qr": qr}


def already_in(user: User) -> str:
    """Return what to say where somebody is appointed who has a password of her own."""
    text = _("Đã phân công. %(name)s có tài khoản từ trước: đăng nhập bằng mật khẩu đang dùng.")
    return text % {"name": user}


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "403_csrf.html", status=403)
