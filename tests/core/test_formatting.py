"""How pages write days."""

import datetime as dt

from core.templatetags.formatting import day, short_day, weekday, weekday_day


def test_a_moment_is_of_the_day_that_it_is_here() -> None:
    """The database gives moments in UTC, where an early morning is still the day before."""
    early = dt.datetime(2023, 6, 19, 23, 36, tzinfo=dt.UTC)
    written = [write(early) for write in (day, short_day, weekday_day, weekday)]
    assert written == ["20/06/2023", "20/06", "Thứ Ba, 20/06/2023", "T3"]
    assert day(dt.date(2023, 6, 19)) == "19/06/2023"
