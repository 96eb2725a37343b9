"""Who asks: the bearer token of an endpoint."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.models import ApiToken, User
from accounts.services import open_token


class BearerAuthentication(BaseAuthentication):
    """``Authorization: Bearer TOKEN``."""

    def authenticate(self, request: Request | HttpRequest) -> tuple[User, ApiToken] | None:
        """Return the token's user, or None where there is no such header."""
        words = request.headers.get("Authorization", "").split()
        if not words or words[0].lower() != "bearer":
            return None
        secret = " ".join(words[1:])
        token = open_token(secret)
        if token is None:
            raise AuthenticationFailed(_("Khóa API không đúng, hết hạn hoặc đã bị thu hồi."))
        return token.user, token

    def authenticate_header(self, request: HttpRequest) -> str:
        """Name the scheme, so that a stranger gets 401 and not 403."""
        return "Bearer"


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = BearerAuthentication
    name = "bearer"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}
