"""Modules that hardly any process needs, loaded when one does.

Each costs every process megabytes. Type checker and import-linter read the import itself:

    if TYPE_CHECKING:
        import icalendar
    else:
        icalendar = lazy_module("icalendar")
"""

from functools import partial
from importlib import import_module
from typing import Any

from django.utils.functional import SimpleLazyObject


def lazy_module(name: str) -> Any:
    return SimpleLazyObject(partial(import_module, name))
