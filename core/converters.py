"""How codes and days stand in addresses."""

import datetime as dt

from django.urls import register_converter


class CodeConverter:
    """The code of a unit or branch: ``14173``, ``XD-14173``, ``14173-2023-01-01``."""

    regex = "[A-Za-z0-9-]{1,24}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class DayConverter:
    """A day: ``2023-06-20``. One that no calendar has is not found."""

    regex = "[0-9]{4}-[0-9]{2}-[0-9]{2}"

    def to_python(self, value: str) -> dt.date:
        return dt.date.fromisoformat(value)

    def to_url(self, value: dt.date) -> str:
        return value.isoformat()


register_converter(CodeConverter, "code")
register_converter(DayConverter, "day")
