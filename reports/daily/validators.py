"""Checks of reports, shared by page, API and import."""

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext as _

from core.validators import clean_text


def clean_url(text: str, max_length: int) -> str:
    """Check a link to evidence and return it clean; blank is allowed."""
    link = clean_text(text, max_length)
    if not link:
        return ""
    try:
        URLValidator(schemes=["http", "https"])(link)
    except ValidationError as error:
        raise ValidationError(
            _("Chưa đúng địa chỉ. Dán cả địa chỉ, bắt đầu bằng https://.")
        ) from error
    if len(link) > max_length:
        raise ValidationError(
            _("Địa chỉ dài quá %(most)s ký tự. Dùng địa chỉ ngắn hơn.") % {"most": max_length}
        )
    return link
