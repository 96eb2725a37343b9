"""How progress is read: against the time gone."""

# How far behind the time mark still counts as near it: a tenth of the time gone.
NEAR = 0.9


def pace_level(percent: float | None, time_gone: float | None) -> str:
    """Say how a percentage lies to the time gone: ``ok``, ``mid`` (near) or ``low``.

    ``""`` where one of them is missing.
    """
    if percent is None or time_gone is None:
        return ""
    if percent >= time_gone:
        return "ok"
    return "mid" if percent >= NEAR * time_gone else "low"
