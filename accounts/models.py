"""Users, and what lets them in: sessions, invitations, tokens."""

from importlib import import_module
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.querysets import PortalUserManager
from core.personal_fields import PersonalField
from core.querysets import OwnQuerySet


class User(AbstractUser):
    """A person who signs in with a username or a telephone number.

    What the person may see and do comes from appointments (``campaign.Appointment``).
    """

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    full_name = PersonalField(_("họ và tên"), max_length=150, blank=True)
    phone = PersonalField(
        _("số điện thoại"), max_length=10, unique=True, null=True, blank=True, is_number=True
    )
    is_demo = models.BooleanField(_("tài khoản minh họa"), default=False, editable=False)

    objects: ClassVar[Any] = PortalUserManager()

    class Meta:
        verbose_name = _("tài khoản")
        verbose_name_plural = _("tài khoản")
        ordering = ("username",)

    def __str__(self) -> str:
        name: str = self.full_name or self.username
        return name

    def get_full_name(self) -> str:
        name: str = self.full_name
        return name

    @property
    def may_sign_in(self) -> bool:
        """Whether the account works: demo accounts only where DEBUG is on."""
        return self.is_active and (settings.DEBUG or not self.is_demo)


class SessionManager(BaseSessionManager.from_queryset(OwnQuerySet)):  # type: ignore[misc]
    """Django's manager with our queryset's methods."""


class Session(AbstractBaseSession):
    """A sign-in on one device, or the session of a visitor (``user`` None).

    Written by ``accounts.sessions.SessionStore``.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="sessions")
    device = models.CharField(max_length=60, blank=True)
    created_at = models.DateTimeField()
    used_at = models.DateTimeField()

    objects: ClassVar[Any] = SessionManager()

    class Meta:
        verbose_name = _("máy đang đăng nhập")
        verbose_name_plural = _("máy đang đăng nhập")

    @classmethod
    def get_session_store_class(cls) -> Any:
        return import_module(settings.SESSION_ENGINE).SessionStore


class Invitation(models.Model):
    """A link with which one person sets up one account, once, for some days."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="invitations")
    digest = models.CharField(max_length=64, unique=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    objects = OwnQuerySet.as_manager()

    class Meta:
        verbose_name = _("lời mời")
        verbose_name_plural = _("lời mời")

    def __str__(self) -> str:
        return f"{self.user} → {self.expires_at:%d/%m/%Y}"


class ApiToken(models.Model):
    """A bearer token of a user; only its SHA-256 is kept."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=60, blank=True)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    objects: models.Manager["ApiToken"] = OwnQuerySet.as_manager()

    class Meta:
        verbose_name = _("khóa API")
        verbose_name_plural = _("khóa API")

    def __str__(self) -> str:
        return f"{self.user} {self.created_at:%d/%m/%Y}"
