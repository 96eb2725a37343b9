"""The residents' page: where to go, how far the commune is, and asking for help.

Nobody signs in here and nothing is kept in the reader's browser, so the pages are drawn
without the request: there is no user, no session and no form token on them.
"""

import uuid
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, ValidationError
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ParseError
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import FormParser, MultiPartParser
from rest_framework.permissions import AllowAny
from rest_framework.renderers import JSONRenderer, TemplateHTMLRenderer
from rest_framework.request import Request, is_form_media_type
from rest_framework.response import Response

from campaign.models import Campaign, Unit
from core import clock
from core.api import StrictJSONParser
from core.endpoints import Endpoint
from core.throttle import address_of
from core.validators import check_form
from reports.public.public_requests import ASKING, LEADING, AskSerializer
from reports.public.selectors import (
    communes_by_district,
    communes_of,
    public_campaigns,
    public_progress,
)
from reports.rollup.totals import as_of
from volunteers.errors import InvalidInput
from volunteers.help_requests.finding import find_again
from volunteers.help_requests.forms import AskForm, FindForm
from volunteers.help_requests.models import OPEN_STATES, HelpRequest
from volunteers.help_requests.services import TooMany, ask_for_help, due_day, withdraw
from volunteers.sessions.selectors.support_points import first_open, next_points

FOUND = 30
# A name is not longer than this; what is longer is no name.
LONGEST = 100


@require_safe
def public(request: HttpRequest) -> HttpResponse:
    slug, code = request.GET.get("campaign", ""), request.GET.get("unit", "")
    campaigns = public_campaigns(slug)
    if not campaigns:
        # An address that names one is wrong; one that names none is only early.
        status = HTTPStatus.NOT_FOUND if slug else HTTPStatus.OK
        return _draw("no_campaign", {"is_named": bool(slug)}, status)
    if len(campaigns) > 1:
        return _draw("choose_campaign", {"campaigns": campaigns, "code": code[:LONGEST]})
    [campaign] = campaigns
    q = request.GET.get("q", "").strip()[:LONGEST]
    unit = _commune(campaign, code)
    is_lost = bool(code) and unit is None
    # A campaign that was asked for is asked for again by the links.
    context: dict[str, Any] = {"q": q, "is_lost": is_lost, "is_named": bool(slug)}
    if q:
        context["found"] = communes_of(campaign).search(q)[:FOUND]
    initial = {"campaign": campaign.slug, "unit": unit.code if unit else ""}
    if is_lost:
        return _page(campaign, None, AskForm(initial=initial), context, HTTPStatus.NOT_FOUND)
    response = _page(campaign, unit, AskForm(initial=initial), context)
    response.headers["Cache-Control"] = "public, max-age=60"
    # The language may have been chosen before, on a page that has the choice.
    patch_vary_headers(response, ("Cookie",))
    return response


class PageOrJson(DefaultContentNegotiation):
    """A form is answered with a page unless it asks for JSON; all else as its Accept says."""

    def select_renderer(self, request: Any, renderers: Any, format_suffix: Any = None) -> Any:
        wants_json = "json" in request.headers.get("Accept", "")
        if is_form_media_type(request.content_type) and not wants_json:
            renderers = [one for one in renderers if one.format == "html"]
            return renderers[0], renderers[0].media_type
        return super().select_renderer(request, renderers, format_suffix)


class Refusal(TemplateHTMLRenderer):
    """Draws what the framework refuses for people; the view draws all other pages itself."""

    exception_template_names = ["reports/public/refused.html"]


class PublicRequests(Endpoint):
    """Where residents ask for help: one door for the page and for machines.

    Django's form token is not asked for, as it is for no endpoint here without sign-in: it
    protects what a cookie may do, and no cookie is looked at.
    """

    authentication_classes = ()
    permission_classes = (AllowAny,)
    parser_classes = (FormParser, MultiPartParser, StrictJSONParser)
    renderer_classes = (JSONRenderer, Refusal)
    content_negotiation_class = PageOrJson
    # OPTIONS is refused as other methods are: it would be drawn as a page.
    metadata_class = None

    @extend_schema(**LEADING)
    def get(self, request: Request) -> HttpResponseRedirect:
        """Lead to the page that has the form: phones open old tabs again without the body."""
        return redirect("public")

    @extend_schema(**ASKING)
    def post(self, request: Request) -> HttpResponse | Response:
        """Take a request, or say what is wrong with it, everything typed kept."""
        _refuse_too_big(request)
        form = _read(request)
        slug = form.cleaned_data.get("campaign", "")
        found = public_campaigns(slug)
        campaign = found[0] if len(found) == 1 else None
        # A page with the form of none that was meant says so, and asks where there are several.
        shown = found or public_campaigns()
        unit = _commune(shown[0], form.cleaned_data.get("unit", "")) if len(shown) == 1 else None
        if campaign is None:
            form.add_error("campaign", _which(slug, shown))
        if unit is None and len(shown) == 1 and "unit" in form.cleaned_data:
            form.add_error("unit", _("Không có xã, phường này. Chọn lại trong danh sách."))
        problem: TooMany | None = None
        if campaign is not None and unit is not None and form.is_valid():
            try:
                return self._taken(*_ask(form.cleaned_data, campaign, unit, address_of(request)))
            except InvalidInput as error:
                error.assign_to(form)
            except TooMany as error:
                problem = error
        return self._refused(form, shown, unit, problem)

    def _taken(self, asked: HelpRequest, is_own: bool) -> HttpResponse | Response:
        url = reverse("public-request", args=[asked.key if is_own else asked.pk])
        if self._is_page:
            return HttpResponseRedirect(url, status=HTTPStatus.SEE_OTHER)
        receipt = {
            "number": asked.number,
            "due_on": asked.due_on,
            "state": asked.state,
            "status_url": self.request.build_absolute_uri(url),
        }
        return Response(receipt, status=HTTPStatus.CREATED)

    def _refused(
        self,
        form: AskForm,
        shown: list[Campaign],
        unit: Unit | None,
        problem: TooMany | None,
    ) -> HttpResponse | Response:
        status = HTTPStatus.TOO_MANY_REQUESTS if problem else HTTPStatus.BAD_REQUEST
        response: HttpResponse | Response
        if not self._is_page:
            wording = {"detail": str(problem)} if problem else form.errors
            response = Response(wording, status=status)
        elif not shown:
            response = _draw("no_campaign", {}, status)
        elif len(shown) > 1:
            sent = [(name, form.data.get(name)) for name in AskForm.base_fields]
            context = {
                "campaigns": shown,
                "sent": [(name, text) for name, text in sent if text and name != "campaign"],
            }
            response = _draw("choose_campaign", context, status)
        else:
            response = _page(shown[0], unit, form, {"problem": problem}, status)
        if problem is not None and problem.seconds is not None:
            response.headers["Retry-After"] = str(problem.seconds)
        return response

    @property
    def _is_page(self) -> bool:
        renderer: Any = self.request.accepted_renderer
        return bool(renderer.format == "html")


public_requests = PublicRequests.as_view()


# Whoever holds the key of a request may take it back: no cookie has a say in it.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def public_request(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Show where a request stands, without the person; take it back, once one is sure.

    The address that staff see shows as much, and takes nothing back.
    """
    found = HelpRequest.objects.filter(Q(key=key) | Q(pk=key))
    asked = found.select_related("campaign", "unit__parent").first()
    if asked is None:
        return _draw("request_not_found", {}, HTTPStatus.NOT_FOUND)
    is_own, is_sent = asked.key == key, request.method == "POST"
    if is_own and "sure" in request.POST:
        withdraw(request=asked)
        return HttpResponseRedirect(request.path, status=HTTPStatus.SEE_OTHER)
    context = {
        "asked": asked,
        "campaign": asked.campaign,
        "unit": asked.unit,
        "point": first_open(next_points(asked.campaign, asked.unit)),
        "is_own": is_own,
        "asks": is_own and is_sent,
        "is_open": asked.state in OPEN_STATES,
        "is_overdue": asked.state in OPEN_STATES and asked.due_on < clock.today(),
    }
    refused = is_sent and not is_own
    return _draw("request", context, HTTPStatus.FORBIDDEN if refused else HTTPStatus.OK)


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def find_request(request: HttpRequest) -> HttpResponse:
    """Lead to a request by its number and telephone; all wrong pairs are answered alike."""
    if request.method != "POST":
        return _draw("find", {"form": FindForm()})
    form = FindForm(request.POST)
    if not form.is_valid():
        return _draw("find", {"form": form}, HTTPStatus.BAD_REQUEST)
    try:
        found = find_again(address=address_of(request), **form.cleaned_data)
    except TooMany as error:
        form.add_error(None, str(error))
        response = _draw("find", {"form": form}, HTTPStatus.TOO_MANY_REQUESTS)
        response.headers["Retry-After"] = str(error.seconds)
        return response
    if found is not None:
        url = reverse("public-request", args=[found.key])
        return HttpResponseRedirect(url, status=HTTPStatus.SEE_OTHER)
    form.add_error(
        None,
        _(
            "Không thấy yêu cầu có số này và số điện thoại này. Xem lại cả hai số. Yêu cầu đã xong "
            "lâu ngày thì thông tin đã xóa; cần giúp thì gửi yêu cầu mới."
        ),
    )
    return _draw("find", {"form": form}, HTTPStatus.BAD_REQUEST)


def _refuse_too_big(request: Request) -> None:
    """Refuse a body that no form of ours can fill, before it is read."""
    length = str(request.META.get("CONTENT_LENGTH") or "0")
    if not length.isdigit() or int(length) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
        raise RequestDataTooBig


def _read(request: Request) -> AskForm:
    """Return the checked form of what was sent; JSON must have the right types first."""
    sent: Any = request.POST
    if is_form_media_type(request.content_type):
        try:
            check_form(request._request)
        except ValidationError as error:
            raise ParseError(error.messages[0]) from error
    else:
        values = AskSerializer(data=request.data)
        values.is_valid(raise_exception=True)
        sent = values.validated_data
    form = AskForm(sent)
    form.is_valid()
    return form


def _which(slug: str, shown: list[Campaign]) -> str:
    """Say why it is not known for which campaign a request is."""
    if not shown:
        return _("Hiện chưa có chiến dịch nào nhận yêu cầu. Cần gấp thì hỏi Công an xã.")
    if slug:
        return _("Không có chiến dịch này. Mở lại trang rồi gửi lại.")
    slugs = ", ".join(campaign.slug for campaign in shown)
    return _("Đang có nhiều chiến dịch: %(slugs)s. Chọn một chiến dịch.") % {"slugs": slugs}


def _commune(campaign: Campaign, code: str) -> Unit | None:
    if not code:
        return None
    return communes_of(campaign).filter(code=code).first()


def _ask(
    values: dict[str, Any], campaign: Campaign, unit: Unit, address: str
) -> tuple[HelpRequest, bool]:
    """Pass the request on; what a program filled in is answered alike, and not kept."""
    texts = {name: values[name] for name in ("wish", "reason", "name", "phone", "hamlet", "note")}
    if values["website"]:
        return HelpRequest(due_on=due_day(campaign)), True
    return ask_for_help(
        campaign=campaign,
        unit=unit,
        has_consented=values["consent"],
        address=address,
        **texts,
    )


def _page(
    campaign: Campaign,
    unit: Unit | None,
    form: AskForm,
    context: dict[str, Any],
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    today = clock.today()
    has_choice = unit is None and not context.get("q")
    is_named = context.get("is_named") or campaign.is_one_of_several  # type: ignore[attr-defined]
    known: dict[str, Any] = {
        "campaign": campaign,
        "more": f"&campaign={campaign.slug}" if is_named else "",
        "unit": unit,
        "form": form,
        "is_running": campaign.takes_counts and campaign.starts_on <= today <= campaign.ends_on,
        "districts": communes_by_district(campaign) if has_choice else [],
        "points": next_points(campaign, unit) if unit else [],
        "progress": public_progress(campaign, unit) if unit else None,
        "as_of": as_of(campaign) if unit else None,
    }
    return _draw("page", {**known, **context}, status)


def _draw(name: str, context: dict[str, Any], status: int = HTTPStatus.OK) -> HttpResponse:
    known = {"demo_day": settings.PORTAL_TODAY}
    text = render_to_string(f"reports/public/{name}.html", {**known, **context})
    return HttpResponse(text, status=status)
