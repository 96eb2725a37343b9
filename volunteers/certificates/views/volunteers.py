"""A volunteer's hours: for those who run the team, for the volunteer, and as a paper."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from campaign.addresses import lead_to, page_campaign
from core.qr_codes import qr_of
from core.throttle import address_of, allow
from volunteers.certificates.models import Certificate
from volunteers.certificates.selectors import OwnCampaign, campaigns_of, is_true, is_valid
from volunteers.certificates.services import (
    close_other_links,
    find_by_link,
    issue_certificate,
    issue_link,
    revoke_certificate,
)
from volunteers.certificates.views.certificate_file import pdf_of
from volunteers.certificates.views.own_page_codes import show_code
from volunteers.errors import InvalidInput, NotNow
from volunteers.sessions.forms.presence import ids_of
from volunteers.sessions.models import SupportSession
from volunteers.sessions.selectors.participants import may_run, recent_of, record_of, upcoming_for
from volunteers.sessions.services.presence import sign_up, withdraw
from volunteers.teams.models import Membership, Volunteer

# Wrong codes of one address: a hall full of people checks papers that stand, as many as it has.
CHECKS, CHECK_SECONDS = 120, 600


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def volunteer_detail(request: HttpRequest, volunteer_id: int) -> HttpResponse:
    """Show one person's teams, hours and sessions; make links and certificates."""
    volunteer = _find_volunteer(request.user, volunteer_id)
    runs = may_run(request.user, volunteer)
    if request.method == "POST":
        if "code" in request.POST:
            return show_code(request, volunteer)
        if not runs:
            raise PermissionDenied
        return _act(request, volunteer)
    certificates = Certificate.objects.visible_to(request.user).filter(volunteer=volunteer)
    memberships = Membership.objects.visible_to(request.user).filter(volunteer=volunteer)
    certificates = certificates.select_related("campaign").order_by("-issued_on", "-pk")
    campaigns = {one.campaign for one in certificates}
    records = {campaign: record_of(volunteer, campaign) for campaign in campaigns}
    recent = recent_of(volunteer)
    visible = SupportSession.objects.visible_to(request.user)
    visible = visible.filter(pk__in=[one.session_id for one in recent])
    context = {
        "volunteer": volunteer,
        "runs": runs,
        "memberships": memberships.select_related("team__branch", "team__unit"),
        "record": record_of(volunteer, page_campaign(request)),
        "recent": recent,
        "linked": set(visible.values_list("pk", flat=True)),
        "certificates": [(one, is_true(one, records[one.campaign])) for one in certificates],
        "has_link": runs and volunteer.links.filter(revoked_at=None).exists(),
    }
    return render(request, "volunteers/certificates/volunteer.html", context)


def _act(request: HttpRequest, volunteer: Volunteer) -> HttpResponse:
    actor: Any = request.user
    if "link" in request.POST:
        secret = issue_link(actor=actor, volunteer=volunteer)
        url = request.build_absolute_uri(reverse("volunteer-own", args=[secret]))
        context = {"volunteer": volunteer, "url": url, "qr": qr_of(url)}
        return render(request, "volunteers/certificates/volunteer_link.html", context)
    if "certificate" in request.POST:
        try:
            issue_certificate(actor=actor, volunteer=volunteer, campaign=page_campaign(request))
        except NotNow as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("Đã lập giấy chứng nhận. Tải ở mục Giấy chứng nhận."))
    elif "revoke" in request.POST:
        certificate = _certificate_of(actor, volunteer, request.POST["revoke"])
        revoke_certificate(actor=actor, certificate=certificate)
        messages.success(request, _("Đã thu hồi giấy chứng nhận. Mã của giấy không còn hiệu lực."))
    return lead_to(request, "volunteer", volunteer.pk)


def _find_volunteer(user: Any, volunteer_id: int) -> Volunteer:
    """Return a person whom the user may see by name, or 404."""
    return Volunteer.objects.visible_to(user).filter(pk=volunteer_id).or_404()


def _certificate_of(user: Any, volunteer: Volunteer, code: str) -> Certificate:
    """Return a certificate of the person that the user may see, or 404."""
    if "\0" in code:
        raise Http404
    certificates = Certificate.objects.visible_to(user).select_related("volunteer", "campaign")
    return certificates.filter(volunteer=volunteer, code=code).or_404()


@login_required
@never_cache
@require_safe
def volunteer_certificate(request: HttpRequest, volunteer_id: int, code: str) -> HttpResponse:
    volunteer = _find_volunteer(request.user, volunteer_id)
    if not may_run(request.user, volunteer):
        raise PermissionDenied
    certificate = _certificate_of(request.user, volunteer, code)
    record = record_of(volunteer, certificate.campaign)
    if certificate.revoked_at is not None or not is_true(certificate, record):
        raise Http404
    return pdf_of(request, [certificate])


@never_cache
@require_http_methods(["GET", "POST"])
def own_page(request: HttpRequest, secret: str) -> HttpResponse:
    volunteer = find_by_link(secret)
    if volunteer is None:
        return _private(render(request, "volunteers/certificates/my_hours_over.html", status=410))
    if request.method == "POST":
        return _private(_own_act(request, volunteer, secret))
    context = {
        "volunteer": volunteer,
        "secret": secret,
        "campaigns": campaigns_of(volunteer),
        "recent": recent_of(volunteer),
        "upcoming": upcoming_for(volunteer),
        "links": volunteer.links.filter(revoked_at=None).count(),
    }
    return _private(render(request, "volunteers/certificates/my_hours.html", context))


def _own_act(request: HttpRequest, volunteer: Volunteer, secret: str) -> HttpResponse:
    try:
        if "close_others" in request.POST:
            close_other_links(volunteer=volunteer, secret=secret)
            messages.success(request, _("Trang này đã đóng trên các máy khác."))
            return redirect("volunteer-own", secret=secret)
        if "certificate" in request.POST:
            own = _own_campaign(volunteer, request.POST["certificate"])
            issue_certificate(actor=None, volunteer=volunteer, campaign=own.campaign)
            return redirect("certificate", secret=secret, slug=own.campaign.slug)
        name = "withdraw" if "withdraw" in request.POST else "sign_up"
        session = _session_named(request.POST.get(name, ""))
        if name == "withdraw":
            withdraw(session=session, volunteer=volunteer)
            messages.success(request, _("Đã báo bạn không đi được."))
        else:
            made = sign_up(session=session, volunteer=volunteer)
            text = _("Đã đăng ký. Hẹn gặp bạn ở buổi đó.")
            if made.waiting_since is not None:
                text = _("Buổi này hết chỗ: bạn vào danh sách chờ, chưa phải đến.")
            messages.success(request, text)
    except NotNow as error:
        messages.error(request, str(error))
    except InvalidInput:
        messages.error(request, _("Buổi này không phải của tổ bạn."))
    return redirect("volunteer-own", secret=secret)


def _session_named(text: str) -> SupportSession:
    """Return the session whose id was sent, or 404."""
    try:
        ids = ids_of([text])
    except ValueError as error:
        raise Http404 from error
    return SupportSession.objects.filter(pk__in=ids).or_404()


@never_cache
@require_safe
def own_certificate(request: HttpRequest, secret: str, slug: str) -> HttpResponse:
    """Hand out the campaign's newest certificate that stands; it is made on the own page."""
    volunteer = find_by_link(secret)
    certificate = _own_campaign(volunteer, slug).certificate if volunteer else None
    if certificate is None:
        raise Http404
    return _private(pdf_of(request, [certificate]))


def _own_campaign(volunteer: Volunteer, slug: str) -> OwnCampaign:
    """Return the campaign of the volunteer that bears the slug, or 404."""
    for own in campaigns_of(volunteer):
        if own.campaign.slug == slug:
            return own
    raise Http404


def _private(response: HttpResponse) -> HttpResponse:
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


@never_cache
@require_safe
def certificate_verify(request: HttpRequest, code: str) -> HttpResponse:
    """Say whether a certificate is valid, and no more; 410 where it is not."""
    is_existing = is_valid(code)
    if not is_existing and not allow(f"verify:{address_of(request)}", CHECKS, CHECK_SECONDS):
        return _private(render(request, "volunteers/certificates/verify_later.html", status=429))
    context = {"is_valid": is_existing, "code": code.strip().upper()}
    status = 200 if is_existing else 410
    return _private(render(request, "volunteers/certificates/verify.html", context, status=status))
