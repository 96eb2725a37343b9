"""Secret links to volunteers' own pages, and certificates; of a secret only its SHA-256 is kept."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from campaign.models import Campaign
from volunteers.certificates.querysets import CertificateQuerySet, VolunteerLinkQuerySet
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


class Certificate(models.Model):
    """A paper about what was done in one campaign up to a day; ``code`` is in its QR code."""

    volunteer = models.ForeignKey(Volunteer, on_delete=models.PROTECT, related_name="certificates")
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=32, unique=True)
    issued_on = models.DateField()
    participations = models.PositiveIntegerField()
    minutes = models.PositiveIntegerField()
    revoked_at = models.DateTimeField(null=True)

    objects = CertificateQuerySet.as_manager()

    class Meta:
        verbose_name = _("giấy chứng nhận")
        verbose_name_plural = _("giấy chứng nhận")
