"""The world with the demo's indicators, and the bot, at five in the afternoon."""

import datetime as dt
from typing import Any

import pytest
from django.conf import LazySettings
from django.utils import timezone

from campaign.models import Indicator
from core import clock
from demo.plan import INDICATORS
from reports.notifications.channels.zalo.channel import Zalo
from reports.notifications.channels.zalo.models import ZaloLink
from tests.conftest import TODAY, World
from tests.reports.conversation.bot import Bot

AFTERNOON = dt.time(17)


@pytest.fixture
def afternoon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the clock begin at five in the afternoon, and go on."""
    began = timezone.now()
    five = clock.at(TODAY, AFTERNOON)
    monkeypatch.setattr(clock, "now", lambda: five + (timezone.now() - began))


@pytest.fixture
def bot(
    world: World, afternoon: None, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> Bot:
    """A bot that knows owner, neighbour and lead by their names."""
    settings.ZALO_BOT_TOKEN, settings.ZALO_BOT_NAME = "123:bi-mat", "Cong"
    settings.PORTAL_URL = "https://doan.example.org"
    made = Bot()
    monkeypatch.setattr(Zalo, "received", lambda _channel: ())
    monkeypatch.setattr(Zalo, "reply", lambda _channel, address, text: made.reply(address, text))
    # Rates are tried by a test of their own.
    monkeypatch.setattr("reports.conversation.inbox.MOST_OF_ONE", 10_000)
    by_code = {i.code: i for i in world.campaign.indicators.all()}
    for order, row in enumerate(INDICATORS):
        values: dict[str, Any] = {
            "aliases": row.aliases,
            "short_label": row.short_label,
            "order": order,
        }
        if row.code in by_code:
            world.campaign.indicators.filter(code=row.code).update(**values)
        else:
            values |= {"label": row.label, "counts_people": row.counts_people, "code": row.code}
            Indicator.objects.create(campaign=world.campaign, **values)
    for name in ("owner", "neighbour", "lead"):
        ZaloLink.objects.create(
            user=getattr(world, name), code=f"X{name}"[:12], chat_id=name, created_at=clock.now()
        )
    return made
