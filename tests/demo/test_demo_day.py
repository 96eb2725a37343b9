"""What waits in the demo on its day: reports, reviews, accounts, questions."""

import datetime as dt
from collections import Counter, defaultdict

import pytest
from django.conf import LazySettings

from accounts.models import User
from campaign.baselines import residents_of
from campaign.models import Branch, Campaign, Unit
from campaign.report_day import ReportDay
from campaign.scopes import scope_of
from reports.daily.anomalies import expectation_of, judge, unusual_values
from reports.daily.models import DailyReport, Lateness, Status
from tests.demo.test_seed_demo import stored

pytestmark = pytest.mark.slow

TODAY = dt.date(2023, 6, 20)


def test_attendance_leaves_somebody_to_chase(demo: Campaign) -> None:
    expected = DailyReport.objects.filter(campaign=demo, branch__reports_daily=True)
    today = expected.filter(date=TODAY)

    assert today.count() == 210
    assert today.filter(unit__parent__code="365").count() == 22
    assert 0.93 < expected.count() / (226 * 81) < 0.97
    silent = Branch.objects.filter(reports_daily=True).exclude(
        pk__in=expected.filter(date__gte=TODAY - dt.timedelta(days=1)).values("branch")
    )
    assert silent.count() == 6


def test_review_stands_at_three_days_ago(demo: Campaign) -> None:
    reports = DailyReport.objects.filter(campaign=demo)
    lead = User.objects.get(username="huyendoan-365")
    open_here = reports.visible_to(lead).filter(date__gt=dt.date(2023, 6, 17), date__lt=TODAY)

    assert not reports.filter(date__lte=dt.date(2023, 6, 17)).exclude(status="approved").exists()
    assert open_here.filter(status=Status.RETURNED).count() == 3
    assert open_here.filter(status=Status.SUBMITTED).count() > 20
    returned = reports.get(branch__code="XD-14158", status=Status.RETURNED)
    assert returned.revisions.get(version=3).reason == returned.return_reason != ""
    assert not reports.filter(status=Status.RETURNED, return_reason="").exists()
    waiting = reports.visible_to(lead).filter(status=Status.SUBMITTED)
    assert waiting.filter(date=TODAY).count() == 22
    assert 0 < waiting.exclude(unusual=[]).count() < 10
    late = reports.filter(branch__reports_daily=True).exclude(lateness=Lateness.ON_TIME).count()
    assert 0.06 < late / reports.count() < 0.10


@pytest.mark.parametrize(
    ("username", "role", "sees"),
    [
        ("tinhdoan", "province_staff", 237),
        ("huyendoan-365", "district_lead", 23),
        ("xadoan-14173", "secretary", 1),
        ("xadoan-14158", "secretary", 1),
        ("totruong-14173", "team_leader", 1),
        ("congan", "police_liaison", 237),
        ("phunu", "partner", 237),
        ("bo-vo", None, 0),
    ],
)
def test_accounts_sign_in_and_see_their_units(
    demo: Campaign, settings: LazySettings, username: str, role: str | None, sees: int
) -> None:
    user = User.objects.get(username=username)

    assert user.check_password("Demo-2023!")
    assert not user.may_sign_in
    settings.DEBUG = True
    assert user.may_sign_in
    assert scope_of(user).roles == ({role} if role else set())
    assert Unit.objects.visible_to(user).count() == sees
    assert user.has_perm("campaign.change_target") == (role == "province_staff")
    assert not user.has_perm("campaign.delete_campaign")
    assert not user.is_superuser


def test_some_of_the_last_days_are_to_be_asked_about(demo: Campaign) -> None:
    """As often as the portal would have asked; most were confirmed, the others are to be called."""
    asked = DailyReport.objects.filter(campaign=demo).exclude(unusual=[])
    first = TODAY - dt.timedelta(days=13)

    assert not asked.filter(date__lt=first).exists()
    of_days = DailyReport.objects.filter(campaign=demo, date__gte=first).count()
    assert 0.01 < asked.count() / of_days < 0.05
    assert 0.1 < asked.filter(explanation="").count() / asked.count() < 0.3
    for report in asked:
        day = ReportDay(demo, report.branch, report.unit, report.date)
        found = unusual_values(day, report.counts)
        assert [one.as_json() for one in found] == report.unusual


def test_portal_asks_seldom_and_about_every_gross_slip(demo: Campaign) -> None:
    """Ratios over all reports: asked about as they are; with one digit more; with sums to date.

    A slip can only be told where the branch has counted on five days before.
    """
    wholes = {"upgraded": "level2"}
    locations: dict[tuple[int, int], list[DailyReport]] = defaultdict(list)
    for report in sorted(stored(demo), key=lambda report: report.date):
        locations[report.branch_id, report.unit_id].append(report)
    _baseline, residents = residents_of(
        [reports[0].unit for reports in locations.values()],
        max(of[-1].date for of in locations.values()),
    )
    share: Counter[str] = Counter()
    for reports in locations.values():
        known = residents.get(reports[0].unit_id)
        lines = [(r.date, r.status, r.counts) for r in reports]
        to_date: Counter[str] = Counter()
        for report in reports:
            counts = report.counts
            owned = expectation_of(lines, report.date, known)
            to_date.update(counts)
            share["reports"] += 1
            share["asked"] += bool(judge(counts, owned, wholes))
            if counts and counts["installed"] >= 10 and owned.usual:
                digit = {**counts, "installed": 10 * counts["installed"]}
                share["slips"] += 1
                share["digit"] += "installed" in {u.code for u in judge(digit, owned, wholes)}
                sums = {code: to_date[code] for code in counts}
                share["sums"] += bool(judge(sums, owned, wholes))

    assert share["slips"] > 15_000
    assert 0.01 < share["asked"] / share["reports"] < 0.03  # 0.023
    assert share["digit"] / share["slips"] > 0.98
    assert share["sums"] / share["slips"] > 0.99
