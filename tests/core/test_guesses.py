"""Guesses are counted by who tries what, all of them, however many come at once."""

import threading
from collections.abc import Callable

import pytest
from django.conf import LazySettings

from core import guesses
from core.guesses import FREE, Guesses
from core.throttle import allow, key_of, valkey

AT_ONCE = 24


def at_once(act: Callable[[int], object], times: int = AT_ONCE) -> list[object]:
    """Call ``act`` from as many threads, all at the same moment."""
    ready, answers = threading.Barrier(times), []

    def run(number: int) -> None:
        ready.wait()
        answers.append(act(number))

    threads = [threading.Thread(target=run, args=(number,)) for number in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def die(settings: LazySettings) -> None:
    """Let Valkey be out of reach from here on."""
    dead = {**settings.CACHES["default"], "LOCATION": "unix:///khong-co/valkey.sock"}
    settings.CACHES = {"default": dead}


@pytest.mark.parametrize("is_dead", [False, True])
def test_of_many_guesses_at_once_no_more_are_looked_at(
    settings: LazySettings, is_dead: bool
) -> None:
    if is_dead:
        die(settings)
    waits = at_once(lambda _n: Guesses("here", "hoa").begin())
    assert waits.count(0) == FREE
    # What came too early has not made it longer.
    assert Guesses("here", "hoa").wait() == guesses.FIRST_WAIT
    assert Guesses("here", "binh").wait() == Guesses("there", "hoa").wait() == 0


def test_each_of_many_at_once_counts_at_the_account_and_for_the_address(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(guesses, "MOST_AT_ACCOUNT", AT_ONCE)
    monkeypatch.setattr(guesses, "MOST_OF_ADDRESS", AT_ONCE)
    at_once(lambda n: Guesses(f"there {n}", "hoa").begin(), AT_ONCE - 1)
    at_once(lambda n: Guesses("here", f"nobody {n}").begin(), AT_ONCE - 1)
    assert not Guesses("there 0", "hoa").wait()
    assert not Guesses("here", "binh").wait()
    # The one that is missing makes it full.
    Guesses("there again", "hoa").begin()
    Guesses("here", "nobody again").begin()
    assert Guesses("there 0", "hoa").wait()
    assert Guesses("here", "binh").wait()


def test_the_right_ones_are_taken_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guesses, "MOST_AT_ACCOUNT", 3)
    monkeypatch.setattr(guesses, "MOST_OF_ADDRESS", 3)

    def be_right(_n: int) -> int:
        one = Guesses("here", "hoa")
        wait = one.begin()
        one.forgive()
        return wait

    assert [be_right(n) for n in range(20)] == [0] * 20
    assert not Guesses("here", "binh").wait()


def test_tries_at_once_are_let_in_up_to_the_limit_and_forgotten_in_time() -> None:
    assert at_once(lambda _n: allow("door", 5, 60)).count(True) == 5
    assert 0 < valkey().ttl(key_of("try", "door")) <= 60
