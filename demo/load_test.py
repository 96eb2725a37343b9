"""Reports by the hundred thousand, to measure with. They are nobody's work."""

import datetime as dt
from collections.abc import Iterator, Sequence
from itertools import islice

from django.db import transaction

from campaign.models import Branch, Campaign
from campaign.services.dirty_days import mark_dirty
from campaign.setup.campaign_templates import add_indicators
from campaign.states import CampaignState
from core import clock
from demo.bulk_insert import insert_reports, record_history
from demo.daily import ReportFactory
from demo.figures import Result, counts_of
from demo.plan import HOURS, INDICATORS
from demo.seed import refuse_outside_demo
from demo.seeded_random import SeededRandom
from demo.territory import DemoRefused
from reports.daily.models import DailyReport, Status

SLUG = "tai-thu"
# It ends before the demo begins, so that it never is the campaign of today.
LAST_DAY = dt.date(2023, 3, 31)
CHUNK = 20_000


def make_load(*, reports: int) -> dict[str, int]:
    """Add synthetic reports to the load campaign; return what was added, by name.

    Day by day into the past, one report of each commune's branch a day; a later run goes on
    where the last one ended. All days are left dirty. Raises ``DemoRefused`` as the demo
    does, and where there are no branches that report.
    """
    refuse_outside_demo()
    branches = list(
        Branch.objects.filter(reports_daily=True).select_related("home_unit").order_by("code")
    )
    if not branches:
        raise DemoRefused(
            "Chưa có cơ sở Đoàn nào báo cáo hằng ngày. Chạy trước: manage.py seed_demo"
        )
    campaign = _campaign()
    first = DailyReport.objects.filter(campaign=campaign).count()
    days = (first + reports - 1) // len(branches)
    _stretch(campaign, LAST_DAY - dt.timedelta(days=max(days, 0)))
    made = _reports(campaign, branches, first, reports)
    dirty = 0
    while chunk := list(islice(made, CHUNK)):
        with transaction.atomic():
            insert_reports(chunk)
            record_history(campaign)
            dirty += mark_dirty(*chunk, since=clock.now())
    return {"báo cáo": reports, "ngày chờ cộng": dirty, "tổng số báo cáo": first + reports}


def _campaign() -> Campaign:
    campaign, is_new = Campaign.objects.get_or_create(
        slug=SLUG,
        defaults={
            "name": "Tải thử (số giả để đo tốc độ)",
            "notice": "Số giả, chỉ để đo tốc độ.",
            "state": CampaignState.RUNNING,
            "starts_on": LAST_DAY,
            "ends_on": LAST_DAY,
            **HOURS,
        },
    )
    if is_new:
        add_indicators(campaign, INDICATORS)
    return campaign


def _stretch(campaign: Campaign, first_day: dt.date) -> None:
    if first_day < campaign.starts_on:
        campaign.starts_on = first_day
        campaign.save(update_fields=["starts_on", "updated_at"])


def _reports(
    campaign: Campaign, branches: Sequence[Branch], first: int, count: int
) -> Iterator[DailyReport]:
    scribe, rng = ReportFactory(campaign), SeededRandom(SLUG, first)
    for slot in range(first, first + count):
        back, place = divmod(slot, len(branches))
        branch, day = branches[place], LAST_DAY - dt.timedelta(days=back)
        activated = rng.between(10, 90)
        counts = counts_of(rng, Result(activated, activated * rng.between(110, 150) // 100))
        moment = clock.at(day, dt.time(17, rng.between(0, 59)))
        yield scribe.write(
            branch, branch.home_unit, day, counts, (moment, moment), Status.SUBMITTED
        )
