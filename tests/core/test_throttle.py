"""Tries at the public doors are counted, and a dead counter closes none."""

import time

from django.conf import LazySettings

from core.throttle import allow


def test_the_first_tries_are_let_in_and_the_next_ones_are_not() -> None:
    assert [allow("cửa", 3, 60) for _try in range(5)] == [True, True, True, False, False]
    assert allow("cửa khác", 3, 60)


def test_a_dead_counter_lets_everybody_in_at_once(settings: LazySettings) -> None:
    dead = {**settings.CACHES["default"], "LOCATION": "unix:///khong-co/valkey.sock"}
    settings.CACHES = {"default": dead}
    began = time.monotonic()
    assert [allow("cửa", 1, 60) for _try in range(3)] == [True, True, True]
    assert time.monotonic() - began < 2
