"""Who may make a link that sets somebody's password, and how the owner hears of it.

Both follow from what stands above this app: appointments, and the channels that reach people.
Each says so when it is loaded; until then the answer is no, and nobody is told.
"""

from collections.abc import Callable
from enum import StrEnum

from accounts.models import User


class Event(StrEnum):
    """What an owner is told of on every channel."""

    LINK_MADE = "account-link"
    PASSWORD_SET = "account-password-set"  # noqa: S105 - no password
    PASSWORD_CHANGED = "account-password-changed"  # noqa: S105
    APPOINTED = "account-appointed"
    FACTOR_CHANGED = "account-factor"


Judge = Callable[[User, User], bool]
Teller = Callable[[User, Event, User], None]

_judges: list[Judge] = []
_tellers: list[Teller] = []


def ask(judge: Judge) -> Judge:
    """Let ``judge(actor, user)`` decide; all that are asked have to agree."""
    _judges.append(judge)
    return judge


def tell_by(teller: Teller) -> Teller:
    _tellers.append(teller)
    return teller


def may_set_password(actor: User, user: User) -> bool:
    """Whether a link of the actor's may set the user's password today."""
    if not (actor.is_active and user.is_active) or user.is_demo:
        return False
    return bool(_judges) and all(judge(actor, user) for judge in _judges)


def tell_owner(user: User, event: Event, actor: User) -> None:
    for teller in _tellers:
        teller(user, event, actor)
