"""Secret links to volunteers' own pages, and certificates; of a secret only its SHA-256 is kept."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from campaign.models import Campaign
from volunteers.certificates.querysets import (
    CertificateQuerySet,
    OwnPageCodeQuerySet,
    SignatoryQuerySet,
    VolunteerLinkQuerySet,
)
from volunteers.teams.models import Volunteer


class VolunteerLink(models.Model):
    """A volunteer's own page, without an account: hours, sessions, certificate."""

    volunteer = models.ForeignKey(Volunteer, on_delete=models.CASCADE, related_name="links")
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    objects = VolunteerLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("đường link của tình nguyện viên")
        verbose_name_plural = _("đường link của tình nguyện viên")


class OwnPageCode(models.Model):
    """A code, shown or sent by who leads, that opens a volunteer's own page once, for an hour."""

    volunteer = models.ForeignKey(Volunteer, on_delete=models.CASCADE, related_name="page_codes")
    digest = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    objects = OwnPageCodeQuerySet.as_manager()

    class Meta:
        verbose_name = _("mã mở trang riêng")
        verbose_name_plural = _("mã mở trang riêng")


class Signatory(models.Model):
    """Who signs a campaign's certificates; printed on each, and so no secret."""

    campaign = models.OneToOneField(Campaign, on_delete=models.CASCADE, related_name="signatory")
    title = models.CharField(_("chức vụ"), max_length=80)
    full_name = models.CharField(_("họ và tên"), max_length=80)

    objects = SignatoryQuerySet.as_manager()

    class Meta:
        verbose_name = _("người ký giấy chứng nhận")
        verbose_name_plural = _("người ký giấy chứng nhận")


class Certificate(models.Model):
    """A paper about what was done in one campaign up to a day; ``code`` is in its QR code.

    ``number`` counts the papers of a campaign from 1 on, without a gap. Who signs is written down
    with it, so that it stays the same paper; blank leaves room for a signature by hand. It is valid
    while it is not revoked and says no more than was done: a session that is cancelled takes its
    hours out of papers made before too.
    ``issued_by`` is None where the volunteer had it made.
    """

    volunteer = models.ForeignKey(Volunteer, on_delete=models.PROTECT, related_name="certificates")
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField(_("số"))
    code = models.CharField(max_length=32, unique=True)
    issued_on = models.DateField()
    participations = models.PositiveIntegerField()
    minutes = models.PositiveIntegerField()
    signatory_title = models.CharField(max_length=80, blank=True)
    signatory_name = models.CharField(max_length=80, blank=True)
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    revoked_at = models.DateTimeField(null=True)

    objects = CertificateQuerySet.as_manager()

    class Meta:
        verbose_name = _("giấy chứng nhận")
        verbose_name_plural = _("giấy chứng nhận")
        constraints = [
            models.UniqueConstraint(fields=["campaign", "number"], name="certificate_number"),
        ]
