"""Certificates as a file, with a page for each."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from campaign.models import Branch, BranchKind
from core.lazy_module import lazy_module
from volunteers.certificates.models import Certificate

if TYPE_CHECKING:
    from volunteers.certificates import pdf
else:
    pdf = lazy_module("volunteers.certificates.pdf")


def pdf_of(
    request: HttpRequest, certificates: Sequence[Certificate], name: str = ""
) -> HttpResponse:
    """Return the file of certificates, at least one; ``name`` is in the file's name."""
    branches = Branch.objects.filter(kind=BranchKind.YOUTH_UNION).select_related("home_unit")
    issuer = branches.order_by("depth", "pk").or_404()
    drawn = [_content(request, issuer, one) for one in certificates]
    file = f"giay-chung-nhan-{name or certificates[0].code}.pdf"
    return HttpResponse(
        pdf.draw_certificates(drawn),
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{file}"'},
    )


def _content(
    request: HttpRequest, issuer: Branch, certificate: Certificate
) -> "pdf.CertificateContent":
    path = reverse("certificate-verify", args=[certificate.code])
    return pdf.CertificateContent(
        issuer=issuer.name,
        province=re.sub(r"^(Tỉnh|Thành phố)\s+", "", issuer.home_unit.name),
        campaign=certificate.campaign.name,
        name=certificate.volunteer.full_name,
        participations=certificate.participations,
        minutes=certificate.minutes,
        issued_on=certificate.issued_on,
        number=certificate.number,
        code=certificate.code,
        url=request.build_absolute_uri(path),
        signatory_title=certificate.signatory_title,
        signatory_name=certificate.signatory_name,
    )
