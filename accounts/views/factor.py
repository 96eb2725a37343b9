"""Proving to be oneself once more, and setting up the second factor."""

from base64 import b32encode
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts import second_factor
from accounts.forms import CodeForm, ProofForm, too_early
from core.qr_codes import qr_of


def _whoever(request: HttpRequest) -> Any:
    """Return who is signed in, or who has given the password and owes a code; None for others."""
    if request.user.is_authenticated:
        return request.user
    return getattr(request, "half_signed_in", None)


@never_cache
@require_http_methods(["GET", "POST"])
def prove(request: HttpRequest) -> HttpResponse:
    """Ask for a code, or for the password of somebody who has no second factor."""
    user = _whoever(request)
    going = request.POST.get("next") or request.GET.get("next", "")
    if user is None:
        return redirect_to_login(going)
    has_factor = second_factor.has_factor(user)
    if not request.user.is_authenticated and not has_factor:
        return redirect("account-factor")
    form: forms.Form = ProofForm(request.POST or None, has_factor=has_factor)
    if request.method == "POST" and form.is_valid():
        guesses = second_factor.guesses_at(user, request)
        if second_factor.proves(user, form.cleaned_data["typed"], guesses):
            second_factor.note_proof(request, user)
            return redirect(_safe(request, going))
        text = _("Chưa đúng. Chờ vài giây rồi nhập lại; mã đổi mỗi 30 giây và chỉ dùng một lần.")
        text = text if has_factor else _("Mật khẩu đang dùng chưa đúng.")
        form.add_error("typed", too_early(guesses.wait()) or text)
    context = {"form": form, "has_factor": has_factor, "next": going}
    return render(request, "accounts/prove.html", context)


def _safe(request: HttpRequest, address: str) -> str:
    hosts = {request.get_host()}
    if url_has_allowed_host_and_scheme(address, hosts, require_https=request.is_secure()):
        return address
    return resolve_url("start")


@never_cache
@require_http_methods(["GET", "POST"])
def account_factor(request: HttpRequest) -> HttpResponse:
    """Set up an app for codes; the codes on paper are shown once.

    Who has to have one and has none does it before anything else.
    """
    user = _whoever(request)
    has_factor = user is not None and second_factor.has_factor(user)
    if user is None or (has_factor and not request.user.is_authenticated):
        return redirect_to_login(request.get_full_path())
    form = CodeForm(request.POST if "code" in request.POST else None)
    if "off" in request.POST and has_factor:
        second_factor.remove_factor(user=user, actor=user)
        request.session.pop(second_factor.FACTOR, None)
        messages.success(request, _("Đã tắt xác nhận hai bước."))
        return redirect("account")
    if form.is_bound and form.is_valid():
        codes = second_factor.confirm_app(
            user=user, typed=form.cleaned_data["code"], this_session=request.session.session_key
        )
        if codes is not None:
            second_factor.note_proof(request, user)
            return render(request, "accounts/recovery_codes.html", {"codes": codes})
        form.add_error("code", _("Mã chưa đúng. Chờ mã mới trong ứng dụng rồi nhập lại."))
    app = second_factor.app_to_confirm(user)
    context = {
        "form": form,
        "has_factor": has_factor,
        "is_due": not request.user.is_authenticated,
        "qr": qr_of(app.config_url),
        "secret": b32encode(app.bin_key).decode(),
    }
    return render(request, "accounts/second_factor.html", context)
