"""The own page of a volunteer, opened with a code that was shown or sent."""

from typing import Any
from urllib.parse import quote

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from core.qr_codes import qr_of
from core.throttle import address_of, allow, is_spent
from volunteers.certificates.services import make_page_code, open_with_code
from volunteers.teams.models import Volunteer

# Wrong codes of one address: few enough that no code is found, enough for clumsy fingers.
GUESSES, GUESS_SECONDS = 20, 600


class CodeForm(forms.Form):
    """The code as it is read from somebody's phone."""

    code = forms.CharField(
        label=gettext_lazy("Mã tổ trưởng đưa"),
        max_length=30,
        help_text=gettext_lazy("Tám chữ và số, ví dụ: K7MN-4QXR. Chữ thường cũng được."),
        error_messages={"required": gettext_lazy("Nhập mã.")},
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )


def show_code(request: HttpRequest, volunteer: Volunteer) -> HttpResponse:
    """Make a code for a volunteer, and show it to scan, to read out and to send."""
    actor: Any = request.user
    code = make_page_code(actor=actor, volunteer=volunteer)
    url = request.build_absolute_uri(f"{reverse('own-page')}?code={code}")
    text = _("Trang giờ tham gia của bạn, mở một lần trong 1 giờ: %(url)s") % {"url": url}
    context = {
        "volunteer": volunteer,
        "code": code,
        "page": request.build_absolute_uri(reverse("own-page")),
        "qr": qr_of(url),
        "text": text,
        "sms": f"?&body={quote(text)}",
    }
    return render(request, "volunteers/certificates/page_code.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def own_page_code(request: HttpRequest) -> HttpResponse:
    """Ask for a code and lead to the own page; opening this one writes nothing."""
    form = CodeForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "GET":
        form = CodeForm(initial={"code": request.GET.get("code", "")[:30]})
    elif form.is_valid():
        guesses = f"page-code:{address_of(request)}"
        secret = None
        if is_spent(guesses, GUESSES):
            form.add_error("code", _("Có quá nhiều mã sai từ mạng này. Đợi 10 phút rồi thử lại."))
            status = 429
        elif secret := open_with_code(form.cleaned_data["code"]):
            return redirect("volunteer-own", secret=secret)
        else:
            allow(guesses, GUESSES, GUESS_SECONDS)
            text = _("Mã này không đúng, đã dùng, hoặc đã quá 1 giờ. Nhờ tổ trưởng hiện mã mới.")
            form.add_error("code", text)
    response = render(
        request, "volunteers/certificates/own_page_code.html", {"form": form}, status=status
    )
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
