"""What a service says when it does not do what it was asked."""

from django.utils.translation import gettext as _

from campaign.count_validation import Errors
from volunteers.sessions.models import SupportSession


class InvalidInput(Exception):
    """Values that cannot stand; ``errors`` is by field, for counts by indicator code."""

    def __init__(self, errors: Errors) -> None:
        super().__init__(str(errors))
        self.errors = errors


class NotNow(Exception):
    """What was asked does not fit the state of things; the message says why."""


class SessionConflict(Exception):
    """Somebody else changed the session meanwhile; ``current`` is how it stands."""

    def __init__(self, current: SupportSession) -> None:
        super().__init__(
            _("Buổi này vừa có người khác sửa hoặc kết thúc. Xem số hiện có rồi sửa lại nếu cần.")
        )
        self.current = current
