"""The calendar feeds among a person's keys."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.keys import KeyKind, ending, register_kind

register_kind(
    KeyKind(
        "calendar-links",
        gettext_lazy("Đường link lịch"),
        lambda user: user.calendar_links.filter(revoked_at=None).order_by("-created_at"),
        lambda row, user: _("Lịch buổi hỗ trợ"),
        ending("revoked_at"),
        used="read_at",
    )
)
