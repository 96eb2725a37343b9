"""What a browser says about where it can be reached."""

import base64
import binascii

from cryptography.hazmat.primitives.asymmetric import ec
from django import forms
from django.core.exceptions import ValidationError

POINT_BYTES, SECRET_BYTES = 65, 16


class SubscriptionForm(forms.Form):
    """A push subscription, as browsers describe it."""

    endpoint = forms.RegexField(r"^[!-~]+\Z", max_length=1000)
    p256dh = forms.CharField(max_length=200)
    auth = forms.CharField(max_length=100)

    def clean_p256dh(self) -> str:
        """Refuse a key that is not a point of the curve."""
        value: str = self.cleaned_data["p256dh"]
        try:
            ec.EllipticCurvePublicKey.from_encoded_point(
                ec.SECP256R1(), _decoded(value, POINT_BYTES)
            )
        except ValueError as error:
            raise ValidationError("not a key") from error
        return value

    def clean_auth(self) -> str:
        value: str = self.cleaned_data["auth"]
        _decoded(value, SECRET_BYTES)
        return value


def _decoded(value: str, size: int) -> bytes:
    try:
        raw = base64.b64decode(value + "=" * (-len(value) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValidationError("not base64url") from error
    if len(raw) != size:
        raise ValidationError("another length")
    return raw
