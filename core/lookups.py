"""Numbers that somebody who has signed in asks about, on a page or in a file.

A list has a few that are nobody's or a stranger's; whoever tries them all has many.
"""

from typing import Any

from django.utils.translation import gettext_lazy

from core.throttle import allow, is_spent

LOOKUPS, LOOKUP_SECONDS = 20, 600
TOO_MANY = gettext_lazy(
    "Có quá nhiều số không tìm thấy hoặc là của người khác. Đợi 10 phút rồi thử lại."
)


def may_look_up(actor: Any) -> bool:
    return not is_spent(f"lookup:{actor.pk}", LOOKUPS)


def count_lookup(actor: Any) -> None:
    """Count a number that turned out to be nobody's, or somebody's whom the actor does not see."""
    allow(f"lookup:{actor.pk}", LOOKUPS, LOOKUP_SECONDS)
