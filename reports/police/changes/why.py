"""A reason for which a line is another."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    SENT = "sent"
    LATE = "late"
    CORRECTED = "corrected"
    REOPENED = "reopened"
    RETURNED = "returned"
    APPROVED = "approved"
    SESSION = "session"
    SETTINGS = "settings"
    TARGET = "target"
    BOUNDARY = "boundary"
    CARRIED = "carried"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Why:
    """One reason: in words, what was typed with it (for who may read it), in which role, when."""

    reason: Reason
    words: str
    role: str = ""
    at: dt.datetime | None = None
    note: str = ""
