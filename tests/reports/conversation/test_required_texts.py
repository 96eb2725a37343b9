"""Messages, files and sheets carry counts only: they say where a report is completed (C30)."""

from collections.abc import Callable
from typing import Any

from django.test import Client

from campaign.models import Campaign
from reports.daily.models import DailyReport
from tests.conftest import TODAY, World
from tests.importing import as_xlsx
from tests.reports.chat.test_page import URL as PASTE
from tests.reports.chat.test_page import fields
from tests.reports.conversation.bot import Bot
from tests.reports.daily.test_asked_texts import OWED
from tests.reports.paper.test_paper import URL as PAPER
from tests.reports.paper.test_paper import typed
from tests.reports.spreadsheet.sending import HEAD, problems, send

Browse = Callable[[Any], Client]


def test_what_carries_counts_only_says_where_the_report_is_completed(
    world: World, browse: Browse, bot: Bot
) -> None:
    Campaign.objects.update(asks_evidence_url="required")
    lead = browse(world.lead)
    row = ["XD-14173", "Giao Tiến", f"{TODAY:%d/%m/%Y}", 5, 3, 2, 0]
    assert [text for _row, _title, text in problems(send(lead, as_xlsx(HEAD, row)))] == [OWED]
    shown = lead.post(PASTE, {"text": "Giao Tiến cài 35", "date": f"{TODAY}", "read": "1"})
    pasted = lead.post(PASTE, fields(shown)).content.decode()
    assert OWED in pasted
    assert 'value="35"' in pasted
    paper = lead.post(PAPER, typed(world.branch, installed="12")).content.decode()
    assert OWED in paper
    assert 'value="12"' in paper
    assert OWED in bot.say("owner", "cài 35")
    assert not DailyReport.objects.exists()
    # What says that nothing happened is taken all the same.
    bot.say("owner", "hôm nay không phát sinh")
    bot.say("owner", "đúng")
    assert DailyReport.objects.get().no_activity
