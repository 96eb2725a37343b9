"""The digest of a day: its text to copy, its poster to post."""

import datetime as dt
from typing import Any

from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ValidationError
from django.core.signing import BadSignature
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from rest_framework.exceptions import AuthenticationFailed

from accounts.api import BearerAuthentication
from campaign.addresses import lead_to, page_campaign
from campaign.count_validation import check_day
from campaign.models import Campaign, Unit
from campaign.page_tags import tagged
from campaign.permissions import Permission
from campaign.routing import machine_campaign, takes_tokens
from campaign.scopes import scope_of
from campaign.selectors import find_unit
from core import clock
from core.qr_codes import qr_of
from reports.digests.models import Publication, PublishedAs
from reports.digests.poster import poster
from reports.digests.publications import correction_of, publish, publish_sealed, seal
from reports.digests.selectors import digest, fingerprint
from reports.digests.text import link_of, text
from reports.digests.text.header_footer import head_address, title

PUBLICATIONS = 20
PUBLISHED = """(SELECT (count(*), max(p.id))::text
    FROM reports_publication p JOIN campaign_unit u ON u.id = p.unit_id
    WHERE p.campaign_id = campaign_campaign.id AND u.code = %(code)s)"""


@login_required
@never_cache
@require_safe
def digests(request: HttpRequest) -> HttpResponse:
    campaign = page_campaign(request)
    unit = find_unit(request.user, campaign)
    day = min(clock.today(), campaign.ends_on)
    if day < campaign.starts_on:
        return render(
            request, "reports/digests/no_digest.html", {"campaign": campaign, "unit": unit}
        )
    return lead_to(request, "digest", unit.code, day)


@login_required
@tagged(PUBLISHED, looks_up=True)
@require_safe
def digest_detail(request: HttpRequest, code: str, day: dt.date) -> HttpResponse:
    campaign = page_campaign(request)
    unit = _unit(request.user, campaign, code, day)
    found = digest(campaign=campaign, unit=unit, day=day)
    above = Unit.objects.visible_to(request.user).filter(children=unit).first()
    words = text(found, request.build_absolute_uri(link_of(found)))
    published = Publication.objects.visible_to(request.user).select_related("actor")
    head = head_address(found)
    context = {
        "digest": found,
        "title": title(found),
        "log_address": head,
        "log_qr": qr_of(head) if head else "",
        "text": words,
        "sealed": seal(found, words),
        "correction": correction_of(found),
        "publications": published.filter(campaign=campaign, unit=unit, day=day)[:PUBLICATIONS],
        "may_see_actors": scope_of(request.user).may(Permission.LEAD, unit=unit),
        "version": fingerprint(found)[:12],
        "above": above,
        "earlier": day - dt.timedelta(days=1) if day > campaign.starts_on else None,
        "later": day + dt.timedelta(days=1) if day < min(clock.today(), campaign.ends_on) else None,
    }
    return render(request, "reports/digests/detail.html", context)


@login_required
@require_POST
def digest_published(request: HttpRequest, code: str, day: dt.date) -> HttpResponse:
    """Keep what the page showed, once it was copied or shared: scripts of the page tell so."""
    user: Any = request.user
    campaign = page_campaign(request)
    unit = _unit(user, campaign, code, day)
    kind = request.POST.get("kind", "")
    found = digest(campaign=campaign, unit=unit, day=day)
    try:
        if kind not in PublishedAs.values:
            raise BadSignature
        sealed = request.POST.get("sealed", "")
        publish_sealed(actor=user, digest=found, sealed=sealed, kind=kind, poster=poster)
    except BadSignature:
        return HttpResponse(status=400)
    return HttpResponse(status=204)


@takes_tokens
@require_safe
def digest_poster(request: HttpRequest, code: str, day: dt.date) -> HttpResponseBase:
    """Return the poster as PNG, to a page or to a machine with a token; 304 where it is known."""
    try:
        bearer = BearerAuthentication().authenticate(request)
    except AuthenticationFailed as error:
        return JsonResponse({"detail": str(error.detail)}, status=401)
    user: Any = bearer[0] if bearer else request.user
    if not user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    try:
        campaign = machine_campaign(request, user)
    except ValidationError as error:
        return JsonResponse(error.message_dict, status=400)
    unit = _unit(user, campaign, code, day)
    found = digest(campaign=campaign, unit=unit, day=day)
    tag = f'"{fingerprint(found)}"'
    answer = get_conditional_response(request, etag=tag) or HttpResponse(
        poster(found), content_type="image/png"
    )
    # The page shows the poster too; only what is downloaded, or taken by a machine, goes out.
    is_taken = bool(bearer) or "download" in request.GET
    if is_taken and request.method == "GET" and answer.status_code in (200, 304):
        words = text(found, request.build_absolute_uri(link_of(found)))
        kind = PublishedAs.POSTER
        publish(actor=user, digest=found, text=words, kind=kind, content=poster(found))
    name = f"bao-cao-nhanh-{unit.code}-{day.isoformat()}.png"
    answer.headers["Content-Disposition"] = f'inline; filename="{name}"'
    answer.headers["ETag"] = tag
    answer.headers["Cache-Control"] = "private, no-cache"
    patch_vary_headers(answer, ("Cookie", "Authorization", "Accept-Language"))
    return answer


def _unit(user: Any, campaign: Campaign, code: str, day: dt.date) -> Unit:
    """Return what the address names; 404 outside the scope and for a day that has no digest."""
    unit = find_unit(user, campaign, code, day)
    try:
        check_day(campaign, day, clock.today())
    except ValidationError as error:
        raise Http404 from error
    return unit
