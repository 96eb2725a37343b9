"""Pages that are kept: made once for all who look, never older than what the reader's tag says."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event, Lock

import pytest
from django.conf import LazySettings

from accounts.models import User
from core import page_cache
from core.page_cache import cached

VIEWERS = 60


class Making:
    """Makes numbered pages; each waits until it may be ready."""

    def __init__(self) -> None:
        self.begun: list[Event] = [Event() for _number in range(4)]
        self.may_end: list[Event] = [Event() for _number in range(4)]
        self.made = 0
        self.lock = Lock()

    def __call__(self) -> str:
        with self.lock:
            number, self.made = self.made, self.made + 1
        self.begun[number].set()
        assert self.may_end[number].wait(10)
        return f"trang {number}"


@pytest.fixture
def has_looked(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Return a way to wait until whoever comes with a tag has looked for the page."""
    looked: set[str] = set()
    look = page_cache._Store._stored

    def noted(store: page_cache._Store[str]) -> dict[str, object]:
        found = look(store)
        looked.add(store.tag)
        return found

    def wait(tag: int) -> None:
        while page_cache._digest(tag) not in looked:
            Event().wait(0.001)

    monkeypatch.setattr(page_cache._Store, "_stored", noted)
    monkeypatch.setattr(page_cache, "PATIENCE", 30)
    return wait


def test_one_makes_the_page_for_all_who_look() -> None:
    making = Making()
    with ThreadPoolExecutor(VIEWERS) as pool:
        pages = [pool.submit(cached, "trang", 1, making) for _viewer in range(VIEWERS)]
        assert making.begun[0].wait(10)
        making.may_end[0].set()
    assert ({page.result() for page in pages}, making.made) == ({"trang 0"}, 1)


def test_who_waits_shares_the_next_page_and_nobody_the_one_under_way(
    has_looked: Callable[[int], None],
) -> None:
    """Each change has a tag of its own, and comes while the page of the one before is made."""
    making = Making()
    with ThreadPoolExecutor(VIEWERS) as pool:

        def come(tag: int) -> Future[str]:
            page = pool.submit(cached, "trang", tag, making)
            has_looked(tag)
            return page

        first = come(1)
        assert making.begun[0].wait(10)
        second, third = come(2), come(3)
        making.may_end[0].set()
        assert making.begun[1].wait(10)
        fourth = come(4)
        making.may_end[1].set()
        assert making.begun[2].wait(10)
        # Before a third page is there, which would do for them as well.
        pages = [page.result(10) for page in (first, second, third)]
        making.may_end[2].set()
    assert [*pages, fourth.result()] == ["trang 0", "trang 1", "trang 1", "trang 2"]


def test_another_tag_or_name_is_another_page() -> None:
    pages = iter("abcde")
    asked = [("trang", 1), ("trang", 1), ("trang", 2), ("khac", 2), ("trang", 2), ("trang", 1)]
    found = [cached(made_from, tag, lambda: next(pages)) for made_from, tag in asked]
    assert "".join(found) == "aabcbd"


def test_page_that_fails_is_made_by_the_next() -> None:
    with pytest.raises(ZeroDivisionError):
        cached("trang", 1, lambda: str(1 // 0))
    assert cached("trang", 1, lambda: "được") == "được"


def test_page_with_people_is_made_for_each() -> None:
    names = iter("ab")

    def page() -> str:
        return f"{User(pk=1, full_name='Nguyễn Văn Xem').full_name} {next(names)}"

    assert cached("trang", 1, page).startswith("Nguyễn")
    assert page_cache._Store("trang", 1).find() is None


def test_without_valkey_pages_are_made_for_each(settings: LazySettings) -> None:
    dead = {**settings.CACHES["default"], "LOCATION": "unix:///khong-co/valkey.sock"}
    settings.CACHES = {"default": dead}
    pages = iter("ab")
    assert [cached("trang", 1, lambda: next(pages)) for _viewer in range(2)] == ["a", "b"]
