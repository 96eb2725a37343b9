"""Value checks of this app, shared by forms, API and imports."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _


def validate_weekdays(text: str) -> None:
    """Check a list of weekdays such as ``1234567`` (1 is Monday)."""
    if not text or text != "".join(sorted(set(text) & set("1234567"))):
        raise ValidationError(
            _("Ghi các chữ số từ 1 đến 7, mỗi số một lần, tăng dần. Ví dụ: 12345.")
        )
