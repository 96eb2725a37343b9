"""Who asks: the bearer token of an endpoint."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.models import ApiToken, User
from core.secret_digest import digest_of


class BearerAuthentication(BaseAuthentication):
    """``Authorization: Bearer TOKEN``."""

    def authenticate(self, request: Request | HttpRequest) -> tuple[User, ApiToken] | None:
        """Return the token's user, or None where there is no such header."""
        words = request.headers.get("Authorization", "").split()
        if not words or words[0].lower() != "bearer":
            return None
        secret = " ".join(words[1:])
        token = (
            ApiToken.objects.select_related("user")
            .filter(digest=digest_of(secret), revoked_at=None)
            .first()
        )
        if token is None or not token.user.may_sign_in:
            raise AuthenticationFailed(_("Khóa API không đúng hoặc đã bị thu hồi."))
        return token.user, token

    def authenticate_header(self, request: HttpRequest) -> str:
        """Name the scheme, so that a stranger gets 401 and not 403."""
        return "Bearer"


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = BearerAuthentication
    name = "bearer"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}
