"""How answers say counts and places."""

from collections.abc import Mapping

from django.conf import settings

from campaign.selectors import IndicatorSet
from core.templatetags.formatting import count


def counts_in_words(counts: Mapping[str, int], indicators: IndicatorSet) -> str:
    """Return counts as they are written in the group: “Cài đặt 35, Mức 1 20”."""
    return ", ".join(
        f"{i.short_name} {count(counts[i.code])}" for i in indicators.all if i.code in counts
    )


def link_to(path: str) -> str:
    return f"{settings.PORTAL_URL}{path}"


def numbered(labels: list[str]) -> str:
    return "\n".join(f"{number}. {label}" for number, label in enumerate(labels, start=1))
