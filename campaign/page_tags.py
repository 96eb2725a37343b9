"""A page that its reader holds already is answered with 304 before any of it is made.

Its tag stands for all that it is made from: what the database has noted of the units that it is
about and of the reports that wait for the reader (``core.changes``), the reader's own row,
appointments and form token, language, address, and the minute, by which days begin and hours
end. It is read **before** the page is made, so no page is older than its tag. The part of a page
for which htmx asks every few seconds has no frame, and no minute in its tag.

A page that shows other people is in no browser's store, nor is one with a message that is shown
once.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar

from django.conf import settings
from django.contrib.messages import get_messages
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.utils.cache import (
    add_never_cache_headers,
    get_conditional_response,
    patch_vary_headers,
)
from django.utils.translation import get_language

from campaign.scopes import Scope, scope_of
from campaign.selectors import IS_RECOMPUTING, MOST_SHOWN, RESTATEMENTS, SHOWN_FOR
from core import clock
from core.changes import TAG
from core.page_cache import tag_of
from core.personal_fields import noting
from core.replica import known_until

V = TypeVar("V", bound=Callable[..., HttpResponse])

OLDEST = "(SELECT min(since) FROM campaign_dirtyday WHERE campaign_id = campaign_campaign.id)"
RESTATED = RESTATEMENTS % ("%(restated_since)s", "%(most)s")
# Of a page that names no unit it is the highest that the reader sees.
NAMED = "ARRAY(SELECT id FROM campaign_unit WHERE code = %(code)s)"
TOPS = "%(tops)s::bigint[]"
ABOVE = "ARRAY(SELECT parent_id FROM campaign_unit WHERE id = ANY ({units}) AND parent_id > 0)"
REPORTS = "ARRAY(SELECT -unnest(%(tops)s::bigint[]))"


@dataclass(frozen=True)
class PageState:
    """What was read before a page is made.

    ``tag`` stands for what is noted of its units, ``reports`` for the reports in the reader's
    scope; ``as_of`` is up to when they are in the totals. ``columns`` are what the page asks for
    besides.
    """

    tag: int
    reports: int
    as_of: dt.datetime
    is_recomputing: bool
    restatements: Sequence[Any]
    columns: tuple[Any, ...]


def page_state(
    scope: Scope, slug: str, code: str = "", *, columns: Sequence[str] = (), looks_up: bool = False
) -> PageState | None:
    """Return what a page of a campaign is made from, of one unit or all of the scope (one query).

    None where there is no such campaign. ``looks_up`` says that the page tells of what stands
    above and beside its unit; ``columns`` are raw SQL.
    """
    units = NAMED if code else TOPS
    if looks_up:
        units = f"({units} || {ABOVE.format(units=units)})"
    asked: dict[str, Any] = {
        "slug": slug,
        "code": code,
        "tops": _tops(scope),
        "now": clock.now(),
        "today": clock.today(),
        "restated_since": clock.now() - SHOWN_FOR,
        "most": MOST_SHOWN,
    }
    tags = [TAG.format(campaign="campaign_campaign.id", units=of) for of in (units, REPORTS)]
    wanted = ", ".join((*tags, OLDEST, IS_RECOMPUTING, RESTATED, *columns))
    with connection.cursor() as cursor:
        statement = f"SELECT {wanted} FROM campaign_campaign WHERE slug = %(slug)s"  # noqa: S608
        cursor.execute(statement, asked)
        row = cursor.fetchone()
    if row is None:
        return None
    tag, reports, oldest, is_recomputing, restatements, *rest = row
    now = known_until()
    as_of = min(oldest or now, now)
    return PageState(tag, reports, as_of, is_recomputing, restatements, tuple(rest))


def _tops(scope: Scope) -> list[int]:
    return [int(path.split(".")[-2]) for path in scope.unit_paths if "." in path]


def _as_read(_user: Any, state: PageState) -> object:
    return state.columns


def tagged(
    *columns: str,
    looks_up: bool = False,
    shown: Callable[[Any, PageState], object] = _as_read,
) -> Callable[[V], V]:
    """Give a page its tag, and let ``campaign.routing`` ask first whether its reader holds it.

    The page finds its ``PageState`` as ``request.page_state``. ``shown`` is what it makes of the
    columns for this reader, where that is not all of them.
    """

    def decorate(view: V) -> V:
        def unchanged(request: HttpRequest, slug: str, code: str = "") -> HttpResponse | None:
            known: Any = request
            scope = scope_of(request.user)
            state = page_state(scope, slug, code, columns=columns, looks_up=looks_up)
            if state is None:
                return None
            known.page_state = state
            is_part = bool(getattr(request, "htmx", False))
            if not is_part and len(get_messages(request)):
                return None
            made_from = (
                request.build_absolute_uri(),
                get_language(),
                [_values(row) for row in (request.user, *scope.appointments)],
                (clock.today(), settings.PORTAL_TODAY, settings.SECOND_FACTOR),
                (state.tag, state.is_recomputing, state.restatements, shown(request.user, state)),
            )
            known.part_tag = known.page_tag = tag_of(made_from)
            if not is_part:
                minutes = [f"{moment:%d %H:%M}" for moment in (clock.now(), state.as_of)]
                token = request.META.get("CSRF_COOKIE")
                known.page_tag = tag_of(made_from, state.reports, minutes, token)
            if request.method not in ("GET", "HEAD"):
                return None
            answer = get_conditional_response(request, etag=known.page_tag)
            return None if answer is None else _with_tag(answer, known.page_tag)

        @wraps(view)
        def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            with noting(goes_on=True) as noted:
                response = view(request, *args, **kwargs)
            tag = getattr(request, "page_tag", "")
            if tag and response.status_code == 200 and not noted.others(request.user):
                return _with_tag(response, tag)
            add_never_cache_headers(response)
            return response

        page.unchanged = unchanged  # type: ignore[attr-defined]
        return page  # type: ignore[return-value]

    return decorate


def _values(row: Any) -> list[Any]:
    return [field.value_from_object(row) for field in row._meta.concrete_fields]


def _with_tag(response: HttpResponse, tag: str) -> HttpResponse:
    response.headers["ETag"] = tag
    response.headers["Cache-Control"] = "private, no-cache"
    patch_vary_headers(response, ("Cookie", "HX-Request"))
    return response
