"""Messages to learn from, made of the indicators that the campaign has."""

from campaign.selectors import IndicatorSet

NUMBERS = (35, 20, 12)


def examples(indicators: IndicatorSet) -> list[str]:
    """Return up to three counts as people write them: “cài đặt 35”, “mức 1: 20”."""
    named = (
        next((alias.strip() for alias in i.aliases.split(",") if alias.strip()), "")
        or i.short_label.lower()
        or i.label.lower()
        for i in indicators.entered
    )
    return [
        f"{name}: {number}" if name[-1].isdigit() else f"{name} {number}"
        for name, number in zip(named, NUMBERS, strict=False)
    ]
