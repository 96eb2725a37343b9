"""The links to a volunteer's own page among the keys of whoever has an account too."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.keys import KeyKind, ending, register_kind
from volunteers.certificates.models import VolunteerLink

register_kind(
    KeyKind(
        "volunteer-links",
        gettext_lazy("Đường link trang tình nguyện viên"),
        lambda user: VolunteerLink.objects.filter(volunteer__user=user, revoked_at=None).order_by(
            "-created_at"
        ),
        lambda row, user: _("Trang giờ công, giấy chứng nhận của bạn"),
        ending("revoked_at"),
        used="read_at",
    )
)
