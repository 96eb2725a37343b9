"""What strikes the portal about the counts of a report: asked about, never refused."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from campaign.models import Branch, Campaign, Unit


@dataclass(frozen=True)
class Unusual:
    """One thing that is unusual: ``kind`` decides the words.

    ``code`` is the indicator, blank where it concerns the whole report; ``value`` the count,
    ``usual`` what it is held against.
    """

    kind: str
    code: str = ""
    value: int = 0
    usual: int = 0

    def as_json(self) -> dict[str, Any]:
        """Return it as it is kept on the report."""
        return asdict(self)


def unusual_values(
    campaign: Campaign, branch: Branch, unit: Unit, day: dt.date, counts: Mapping[str, int]
) -> list[Unusual]:
    """Return what is unusual about the counts of a branch in a unit on a day."""
    return []
