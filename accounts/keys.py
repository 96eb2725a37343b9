"""One life for every key: whatever opens something in a person's name is listed and ends here.

A subject registers the kinds of keys that it gives out, as it does its notices. A new password
and the closing of an account end them all; nothing revives one.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ImproperlyConfigured
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import ApiToken, Invitation, User
from core.secret_digest import digest_of

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True)
class KeyKind:
    """A kind of key. ``live`` gives those of a user that work, ``end`` ends what it is given.

    ``used`` names the column of last use, ``ends`` that of the end, where there is one.
    """

    code: str
    label: "StrOrPromise"
    live: Callable[[User], QuerySet[Any]]
    words: Callable[[Any, User], str]
    end: Callable[[QuerySet[Any]], Any]
    used: str
    made: str = "created_at"
    ends: str = ""


@dataclass(frozen=True)
class Key:
    """A key in words; ``handle`` names it on the page and opens nothing."""

    handle: str
    name: str
    made_at: dt.datetime
    used_at: dt.datetime | None
    ends_at: dt.datetime | None
    is_this: bool


KINDS: dict[str, KeyKind] = {}


def register_kind(kind: KeyKind) -> KeyKind:
    if kind.code in KINDS:
        raise ImproperlyConfigured(f"Two kinds of keys are called {kind.code}")
    KINDS[kind.code] = kind
    return kind


def keys_of(user: User, *, this_session: str | None) -> list[tuple[KeyKind, list[Key]]]:
    """Return the keys of a user that work, by kind, the newest first."""
    return [
        (kind, [_key(kind, row, user, this_session) for row in kind.live(user)])
        for kind in KINDS.values()
    ]


def _key(kind: KeyKind, row: Any, user: User, this_session: str | None) -> Key:
    return Key(
        handle=_handle(row),
        name=kind.words(row, user),
        made_at=getattr(row, kind.made),
        used_at=getattr(row, kind.used),
        ends_at=getattr(row, kind.ends) if kind.ends else None,
        is_this=kind is SESSIONS and row.pk == this_session,
    )


def _handle(row: Any) -> str:
    # The key of a session is a secret itself.
    return digest_of(str(row.pk))[:16]


def take_back(*, user: User, code: str, handle: str) -> bool:
    """End one key of the user's own; return whether it was there."""
    kind = KINDS.get(code)
    rows = kind.live(user) if kind else ()
    found = [row.pk for row in rows if _handle(row) == handle]
    if kind and found:
        kind.end(kind.live(user).filter(pk__in=found))
    return bool(found)


def end_keys(user: User, *, but: str | None = None) -> None:
    """End every key of the user, but for the session ``but``."""
    for kind in KINDS.values():
        rows = kind.live(user)
        kind.end(rows.exclude(pk=but) if kind is SESSIONS and but else rows)


def _open_invitations(user: User) -> QuerySet[Invitation]:
    """Return those that the user has made, and those that set a password for the user."""
    waiting = Invitation.objects.filter(used_at=None, expires_at__gt=timezone.now())
    found = waiting.filter(Q(created_by=user) | Q(user=user))
    return found.select_related("user", "created_by").order_by("-created_at")


def _invitation_words(row: Invitation, user: User) -> str:
    if row.user_id == user.pk:
        return _("Đặt mật khẩu mới cho bạn, do %(who)s tạo") % {"who": row.created_by}
    return _("Gửi cho %(who)s") % {"who": row.user}


def _live_tokens(user: User) -> QuerySet[ApiToken]:
    found = user.api_tokens.filter(revoked_at=None, expires_at__gt=timezone.now())
    return found.order_by("-created_at")


def ending(column: str) -> Callable[[QuerySet[Any]], Iterator[int] | int]:
    """Return what ends rows by writing the moment into a column."""
    return lambda rows: rows.order_by().update(**{column: timezone.now()})


SESSIONS = register_kind(
    KeyKind(
        "sessions",
        gettext_lazy("Máy đang đăng nhập"),
        lambda user: user.sessions.filter(expire_date__gt=timezone.now()).order_by("-used_at"),
        lambda row, user: row.device or _("Máy chưa rõ"),
        lambda rows: rows.delete(),
        used="used_at",
    )
)
register_kind(
    KeyKind(
        "api-tokens",
        gettext_lazy("Khóa API"),
        _live_tokens,
        lambda row, user: row.name or _("Khóa không tên"),
        ending("revoked_at"),
        used="used_at",
        ends="expires_at",
    )
)
register_kind(
    KeyKind(
        "invitations",
        gettext_lazy("Lời mời chưa dùng"),
        _open_invitations,
        _invitation_words,
        ending("expires_at"),
        # Used once, and then it is none any more: those listed say that they never were.
        used="used_at",
        ends="expires_at",
    )
)
