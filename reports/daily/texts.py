"""What a report says in words: one list, made from the fields of ``ReportTexts``."""

from dataclasses import dataclass

from django.db import models
from django.utils.functional import Promise

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
