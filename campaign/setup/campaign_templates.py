"""Campaigns to begin with, as data: a file of ``data/campaign_templates`` each."""

import datetime as dt
import json
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from campaign.models import Aggregation, Campaign, FormulaTerm, Indicator

FOLDER = settings.BASE_DIR / "data" / "campaign_templates"
# No campaign is longer: the phone's days and the digest's weeks are counted by hand.
MOST_DAYS = 400


@dataclass(frozen=True)
class PlannedIndicator:
    """An indicator as it is written down; ``terms`` (code and factor) make it a derived one."""

    code: str
    label: str
    label_en: str = ""
    measure: str = ""
    short_label: str = ""
    at_most: str = ""
    terms: tuple[tuple[str, int], ...] = ()
    is_headline: bool = False
    in_police_csv: bool = True
    counts_people: bool = False
    aggregation: str = Aggregation.SUM
    aliases: str = ""
    next_step: str = ""


@dataclass(frozen=True)
class CampaignTemplate:
    slug: str
    name: str
    summary: str
    days: int
    indicators: tuple[PlannedIndicator, ...]
    public_lead: str = ""
    public_hint: str = ""
    message_words: str = ""
    # Reporting rules that differ from a campaign's own, as JSON has them.
    rules: dict[str, Any] = field(default_factory=dict)


@lru_cache
def campaign_templates() -> tuple[CampaignTemplate, ...]:
    """Return all of them in the order of their files."""
    return tuple(_read(json.loads(path.read_text("utf-8"))) for path in sorted(FOLDER.glob("*")))


def _read(data: dict[str, Any]) -> CampaignTemplate:
    rows = (row | {"terms": tuple(map(tuple, row.get("terms", ())))} for row in data["indicators"])
    return CampaignTemplate(**data | {"indicators": tuple(PlannedIndicator(**row) for row in rows)})


@transaction.atomic
def begin_campaign(
    *, template: CampaignTemplate, slug: str, name: str, starts_on: dt.date, ends_on: dt.date
) -> Campaign:
    """Make a campaign by a template; its units are those of its first day.

    Raises ``ValidationError`` for a slug that another campaign bears, and for days that are none.
    """
    if not starts_on <= ends_on < starts_on + dt.timedelta(days=MOST_DAYS):
        text = _("Ngày kết thúc phải từ ngày bắt đầu trở đi, và không quá %(most)s ngày.")
        raise ValidationError({"ends_on": text % {"most": MOST_DAYS}})
    campaign = Campaign(
        slug=slug,
        name=name,
        starts_on=starts_on,
        ends_on=ends_on,
        public_lead=template.public_lead,
        public_hint=template.public_hint,
        message_words=template.message_words,
        **template.rules,
    )
    campaign.full_clean()
    campaign.save()
    add_indicators(campaign, template.indicators)
    return campaign


def add_indicators(campaign: Campaign, planned: tuple[PlannedIndicator, ...]) -> None:
    made: dict[str, Indicator] = {}
    for order, row in enumerate(planned, start=1):
        values = vars(row) | {"at_most": made.get(row.at_most), "order": order}
        terms = values.pop("terms")
        made[row.code] = Indicator.objects.create(
            campaign=campaign, is_derived=bool(terms), **values
        )
        for code, factor in terms:
            FormulaTerm.objects.create(indicator=made[row.code], source=made[code], factor=factor)
