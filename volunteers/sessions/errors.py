"""Conflicts between two who plan or close the same session."""

from django.utils.translation import gettext as _

from volunteers.sessions.models import SupportSession


class SessionConflict(Exception):
    """Somebody else changed the session meanwhile; ``current`` is how it stands."""

    def __init__(self, current: SupportSession) -> None:
        super().__init__(
            _("Buổi này vừa có người khác sửa hoặc kết thúc. Xem số hiện có rồi sửa lại nếu cần.")
        )
        self.current = current
