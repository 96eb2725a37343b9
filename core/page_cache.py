"""Pages, and what they are drawn from, are kept in Valkey until it changes: made once for all.

Each is kept under a name that says all it is made from besides the database, rights included,
and with the tag that was read **before** it was made: what it shows is never older than its tag.
Without Valkey it is made for whoever asks.
"""

import hashlib
import pickle
import time
import zlib
from collections.abc import Callable
from contextlib import suppress
from functools import cache as once
from pathlib import Path
from typing import Any, Generic, TypeVar

from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.cache import cache

from core.personal_fields import noting
from core.replica import source
from core.throttle import UNREACHED, valkey

T = TypeVar("T", bound=object)
# Nobody waits longer than this for a page that somebody else makes, in seconds.
PATIENCE, STEP = 3, 0.02
# What nobody has asked for since is dropped.
CACHED_FOR = 15 * 60


def cached(made_from: object, tag: object, make: Callable[[], T]) -> T:
    """Return what is kept for ``tag``, or what ``make`` makes now: one makes it for all.

    ``made_from`` and ``tag`` are told apart by their ``repr``. What shows names or numbers of
    people is not kept: each who reads them is recorded.
    """
    store: _Store[T] = _Store(made_from, tag)
    try:
        found = store.find()
    except UNREACHED:
        return make()
    if found is not None:
        return found
    try:
        with noting(goes_on=True) as noted:
            page = make()
        if not noted.people:
            with suppress(*UNREACHED):
                store.keep(page)
    finally:
        with suppress(*UNREACHED):
            store.leave()
    return page


def tag_of(*parts: object) -> str:
    """Return an entity tag that stands for ``parts``, told apart by their ``repr``."""
    return f'"{_digest((release(), parts))}"'


class _Store(Generic[T]):
    """The place of one page in Valkey, and whose turn it is to make it.

    Turns are counted. A page whose turn began after somebody came shows all that her own tag
    stands for, though more has changed since: with a change every tenth of a second those who
    wait share the next page, and there is never more than one in the making.
    """

    def __init__(self, made_from: object, tag: object) -> None:
        # A turn later than ours is no older than our tag only where both read the same database.
        self.name = cache.make_key(f"page-{_digest((made_from, release(), source()))}")
        self.lock = f"{self.name}-making"
        self.tag = _digest(tag)
        self.turn = 0

    def find(self) -> T | None:
        """Return the page, having waited for it if it is made; None if it is ours to make."""
        stored = self._stored()
        begun = int(stored["begun"] or 0)
        ends = time.monotonic() + PATIENCE
        while (page := self._page(stored, begun)) is None and time.monotonic() < ends:
            if valkey().set(self.lock, 1, nx=True, ex=PATIENCE):
                # Between the two somebody may have been ready.
                if (page := self._page(self._stored(), begun)) is None:
                    self.turn = self._begin()
                else:
                    self.leave()
                return page
            time.sleep(STEP)
            stored = self._stored()
        return page

    def _stored(self) -> dict[str, Any]:
        names = ["begun", "turn", "tag", "page"]
        values: Any = valkey().hmget(self.name, names)
        return dict(zip(names, values, strict=True))

    def _page(self, stored: dict[str, Any], begun: int) -> T | None:
        """Return the page if it is of our tag, or its turn began after ``begun``."""
        if stored["page"] is None:
            return None
        is_new = stored["tag"].decode() == self.tag or int(stored["turn"]) > begun
        if not is_new:
            return None
        page: T = pickle.loads(zlib.decompress(stored["page"]))  # noqa: S301 - our own
        return page

    def _begin(self) -> int:
        with valkey().pipeline() as both:
            both.hincrby(self.name, "begun", 1)
            both.expire(self.name, CACHED_FOR)
            return int(both.execute()[0])

    def keep(self, page: T) -> None:
        packed = zlib.compress(pickle.dumps(page), 1)
        values = {"turn": self.turn, "tag": self.tag, "page": packed}
        with valkey().pipeline() as both:
            both.hset(self.name, mapping=values)  # type: ignore[arg-type]
            both.expire(self.name, CACHED_FOR)
            both.execute()

    def leave(self) -> None:
        valkey().delete(self.lock)


def _digest(parts: object) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:32]


@once
def release() -> str:
    """Return what tells the code that runs from any other: it takes no pages that others drew."""
    folders = [Path(app.path) for app in apps.get_app_configs()]
    ours = [folder for folder in folders if folder.parent == settings.BASE_DIR]
    files = sorted(
        file
        for folder in (*ours, settings.BASE_DIR / "templates", *map(Path, settings.LOCALE_PATHS))
        for file in folder.rglob("*")
        if file.suffix in (".py", ".html", ".mo")
    )
    found = [(str(file), file.stat().st_size, file.stat().st_mtime_ns) for file in files]
    return _digest((found, getattr(staticfiles_storage, "manifest_hash", "")))
