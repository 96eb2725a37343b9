"""What a report says in words: one list, made from the fields of ``ReportTexts``."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from campaign.models import Campaign
from campaign.models.campaigns import Asking
from core.validators import clean_note
from reports.daily.models import ReportTexts
from reports.daily.validators import clean_url


@dataclass(frozen=True)
class ReportText:
    """A text, as every client may send it; ``clean`` raises ``ValidationError``."""

    name: str
    label: str | Promise
    max_length: int
    is_link: bool

    def clean(self, text: str) -> str:
        check = clean_url if self.is_link else clean_note
        return check(text, self.max_length)


TEXTS = tuple(
    ReportText(
        name=field.name,
        label=field.verbose_name,
        max_length=field.max_length or 0,
        is_link=isinstance(field, models.URLField),
    )
    for field in ReportTexts._meta.local_fields
)
TEXT_NAMES = tuple(text.name for text in TEXTS)


def asking_on(campaign: Campaign, day: dt.date) -> dict[str, Asking]:
    """Return by text how a campaign asks for it in the reports of a day."""
    row = campaign.on(day)
    return {name: Asking(getattr(row, f"asks_{name}", Asking.ASKED)) for name in TEXT_NAMES}


def missing_texts(content: Mapping[str, Any], campaign: Campaign, day: dt.date) -> dict[str, Any]:
    """Return what to do about texts that are required and blank, by name; none on a quiet day."""
    if not any(content["counts"].values()):
        return {}
    asking = asking_on(campaign, day)
    words = _(
        "Chiến dịch này cần “{label}”. Điền mục này ở trang báo cáo rồi gửi; ngày không phát sinh "
        "thì không cần."
    )
    return {
        text.name: [words.format(label=text.label)]
        for text in TEXTS
        if asking[text.name] == Asking.REQUIRED and not content[text.name]
    }
