"""Working days: Monday to Friday. Holidays are not known here: a due day may come too early."""

import datetime as dt

# By which day a data subject is to be answered.
ANSWER_DAYS = 2
SATURDAY = 5


def after(day: dt.date, count: int = ANSWER_DAYS) -> dt.date:
    """Return the ``count``-th working day after ``day``."""
    while count:
        day += dt.timedelta(days=1)
        count -= day.weekday() < SATURDAY
    return day
