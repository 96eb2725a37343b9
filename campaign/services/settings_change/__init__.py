"""The one door for whatever moves totals or expectations without a count being changed.

Parents, homes, opening and closing days, who reports daily, the days of a campaign, indicators
and their formulas, targets, baselines. Whoever writes them, page, file or command, does so
within ``settings_change``: it compares what stood before with what stands after, refuses what
would leave reports outside, wants a reason, keeps who, when, from and to, and marks the days
dirty, all in the transaction of the write.

Seeds and tests write rows as they like: nothing has been counted yet.
"""

from campaign.services.settings_change.apply import (
    ReasonWanted,
    hold_from,
    keep,
    settings_change,
    since_day,
)
from campaign.services.settings_change.change import Change, Move, SettingsWatch, days_begun
from campaign.services.settings_change.counted import (
    Counted,
    Figures,
    Ids,
    Stray,
    hold,
    register_counted,
)
from campaign.services.settings_change.watched import MODELS, value_words

__all__ = [
    "MODELS",
    "Change",
    "Counted",
    "Figures",
    "Ids",
    "Move",
    "ReasonWanted",
    "SettingsWatch",
    "Stray",
    "days_begun",
    "hold",
    "hold_from",
    "keep",
    "register_counted",
    "settings_change",
    "since_day",
    "value_words",
]
