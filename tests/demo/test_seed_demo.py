"""The demo says what the newspaper says, and the same on every machine."""

import datetime as dt
import hashlib
import json
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import Count, F, Sum

from accounts.models import User
from campaign import count_validation
from campaign.models import Baseline, BaselineFigure, Branch, Campaign, Target, Unit
from campaign.selectors import IndicatorSet
from demo.daily import add_reasons, make_reports
from demo.load_test import make_load
from demo.seed import seed_demo
from demo.territory import Field, find_territory
from reports.daily.models import DailyReport, Revision
from reports.daily.services.report_input import ReportInput
from reports.daily.services.submit import Outcome, submit_report
from reports.daily.texts import TEXT_NAMES
from reports.rollup.models import BranchTotal, UnitTotal
from reports.rollup.services import rollup
from reports.rollup.services.verify import verify
from volunteers.sessions.models import SupportSession
from volunteers.statistics.selectors import statistics_of
from volunteers.teams.models import Membership, Team, Volunteer
from volunteers.teams.selectors import totals_of

pytestmark = pytest.mark.slow

TODAY = dt.date(2023, 6, 20)
# Whoever changes the demo's figures on purpose writes the new digest here.
DIGEST = "94927bc2e4327509ebbf02701422e507477379e20811163450df16a4613c95c5"

# Straight from the reports, past roll-ups and indicators.
IN_DISTRICT = """
    SELECT sum((r.counts->>'installed')::int),
           sum((r.counts->>'level1')::int + (r.counts->>'level2')::int
               - (r.counts->>'upgraded')::int)
    FROM reports_dailyreport r
    JOIN campaign_campaign c ON c.id = r.campaign_id AND c.slug = 'de-an-06-2023'
    JOIN campaign_unit u ON u.id = r.unit_id
    JOIN campaign_unit d ON d.id = u.parent_id AND d.code = '365'
"""
BY_POLICE = """
    SELECT sum((r.counts->>'level1')::int + (r.counts->>'level2')::int
               - (r.counts->>'upgraded')::int),
           sum((r.counts->>'participations')::int),
           count(*), count(DISTINCT r.date), count(DISTINCT u.parent_id), min(r.date), max(r.date)
    FROM reports_dailyreport r
    JOIN campaign_branch b ON b.id = r.branch_id AND b.code = 'CA-36'
    JOIN campaign_unit u ON u.id = r.unit_id AND u.level = 'commune'
"""


def row(statement: str) -> tuple[Any, ...]:
    """Return the only row of a statement."""
    with connection.cursor() as cursor:
        cursor.execute(statement)
        found: tuple[Any, ...] = cursor.fetchone()
        return found


def field_of(campaign: Campaign) -> Field:
    return Field(campaign, find_territory(), {b.code: b for b in Branch.objects.all()})


def digest_of(reports: list[DailyReport]) -> str:
    """Return one number for all that is in the reports."""
    lines = sorted(
        [
            str(r.pk),
            r.branch.code,
            r.unit.code,
            r.date.isoformat(),
            json.dumps(r.counts, sort_keys=True),
            str(r.no_activity),
            r.note,
            r.difficulties,
            str(r.status),
            str(r.lateness),
            r.received_at.astimezone(dt.UTC).isoformat(),
            r.captured_at.astimezone(dt.UTC).isoformat() if r.captured_at else "",
        ]
        for r in reports
    )
    return hashlib.sha256(json.dumps(lines).encode()).hexdigest()


def stored(campaign: Campaign) -> list[DailyReport]:
    return list(
        DailyReport.objects.filter(campaign=campaign).select_related("branch", "unit__parent")
    )


def test_giao_thuy_has_the_figures_of_the_newspaper(
    demo: Campaign, indicators: IndicatorSet
) -> None:
    rolled = indicators.complete(UnitTotal.objects.get(campaign=demo, node__code="365").reported)

    assert (rolled["installed"], rolled["activated"]) == (107_268, 80_412)
    assert row(IN_DISTRICT) == (107_268, 80_412)


def test_task_force_has_the_figures_of_the_newspaper(
    demo: Campaign, indicators: IndicatorSet
) -> None:
    activated, participations, sessions, days, districts, first, last = row(BY_POLICE)
    total = BranchTotal.objects.get(campaign=demo, node__code="CA-36").reported

    assert activated == indicators.complete(total)["activated"] == 40_326
    assert participations == total["participations"] == 2_094
    assert (sessions, days, districts) == (42, 42, 10)
    assert dt.date(2023, 4, 1) <= first < last <= TODAY


def test_districts_differ_and_giao_thuy_leads(demo: Campaign, indicators: IndicatorSet) -> None:
    targets = dict(Target.objects.filter(campaign=demo).values_list("unit_id", "value"))
    districts = UnitTotal.objects.filter(campaign=demo, node__level="district")
    percent = [
        100 * indicators.complete(total.reported)["activated"] // targets[total.node_id]
        for total in districts.order_by("node__code")
    ]

    # 356, 358 … 366; Giao Thủy is the last but one.
    assert percent == [55, 87, 78, 68, 84, 74, 91, 65, 94, 81]


def test_targets_of_communes_sum_to_districts_and_province(demo: Campaign) -> None:
    targets = dict(Target.objects.filter(campaign=demo).values_list("unit_id", "value"))
    province = Unit.objects.get(code="36")

    assert targets[province.pk] == 900_000
    assert len(targets) == 237
    # Days that are over are judged by them too.
    assert all(t.value_on(demo.starts_on) == t.value for t in Target.objects.filter(campaign=demo))
    for parent in Unit.objects.filter(level__in=("province", "district")):
        assert sum(targets[child.pk] for child in parent.children.all()) == targets[parent.pk]


def test_baselines_say_where_they_come_from(demo: Campaign) -> None:
    census = Baseline.objects.get(slug="dan-so-2019")
    eligible = Baseline.objects.get(slug="du-dieu-kien-minh-hoa-2023")

    assert (census.is_verified, eligible.is_verified) == (True, False)
    assert "minh họa" in eligible.source
    assert census.figures.get(unit__code="36").value == 1_780_393
    by_level = dict(
        BaselineFigure.objects.filter(baseline=eligible)
        .order_by()
        .values_list("unit__level")
        .annotate(Sum("value"))
    )
    assert by_level["commune"] == by_level["district"] == by_level["province"]


def test_totals_match_reports(demo: Campaign) -> None:
    assert verify() == []


def test_figures_are_the_same_everywhere(demo: Campaign) -> None:
    assert digest_of(stored(demo)) == DIGEST
    again = make_reports(field_of(demo))
    add_reasons(again)
    assert digest_of(again) == DIGEST


def test_second_run_changes_nothing(demo: Campaign, settings: LazySettings) -> None:
    settings.DEBUG = True
    models = (Branch, User, Target, BaselineFigure, DailyReport, Revision, UnitTotal)
    before = [model._default_manager.count() for model in models]

    assert not any(seed_demo().values())
    assert [model._default_manager.count() for model in models] == before
    assert digest_of(stored(demo)) == DIGEST


def test_reports_would_pass_the_door(demo: Campaign, indicators: IndicatorSet) -> None:
    for report in stored(demo):
        counts = report.counts
        assert not count_validation.check_counts(counts, indicators, no_activity=report.no_activity)
        assert counts.get("assisted", 0) >= counts.get("installed", 0)
        assert report.note == "Số liệu minh họa"


# What the portal adds to what was sent.
_OF_PORTAL = ("status", "unusual", "covered_sessions")


def test_report_sent_again_is_the_same(demo: Campaign) -> None:
    report = DailyReport.objects.get(branch__code="XD-14173", date=TODAY)
    revision = report.revisions.get()
    content = {k: v for k, v in revision.content.items() if k not in _OF_PORTAL}

    texts = {name: content.pop(name) for name in TEXT_NAMES}
    entry = ReportInput(
        id=report.pk, campaign=demo.slug, branch="XD-14173", date=TODAY, texts=texts, **content
    )
    sent = submit_report(actor=User.objects.get(username="xadoan-14173"), entry=entry)

    assert sent == (report, Outcome.SAME)
    assert (revision.version, revision.actor, revision.source) == (1, None, "seed")


def test_sessions_and_teams_say_what_the_newspaper_says(demo: Campaign) -> None:
    whole = {"first": demo.starts_on, "last": TODAY}
    district = Unit.objects.get(code="365")
    police = Branch.objects.get(code="CA-36")
    province = Unit.objects.get(code="36")
    peak = demo.phases.get(is_peak=True)

    ours = statistics_of(demo, [district], **whole)[district.pk]
    assert (ours.teams, ours.team_members, ours.youth_key_members) == (196, 1_073, 202)
    tour = statistics_of(demo, [police], **whole)[police.pk]
    assert (tour.closed, tour.participations) == (42, 2_094)
    holiday = statistics_of(demo, [province], peak.starts_on, peak.ends_on)[province.pk]
    assert holiday.volunteers > 1_000


def test_sessions_of_the_demo_add_nothing_to_its_reports(demo: Campaign) -> None:
    """Each report is at least what its sessions add up to, so that totals are the reports'."""
    reports = {
        (r.branch_id, r.unit_id, r.date): r.counts
        for r in DailyReport.objects.filter(campaign=demo)
    }
    closed = SupportSession.objects.closed().filter(campaign=demo)
    assert closed.count() > 3_000
    for session in closed:
        reported = reports[session.branch_id, session.unit_id, session.date]
        assert all(reported.get(code, 0) >= n for code, n in session.counts.items()), session
    listed = closed.filter(participations__gt=F("headcount"))
    assert listed.count() > 1_000
    counted = listed.annotate(present=Count("attendance__checked_in_at"))
    assert not counted.exclude(participations=F("present") + F("headcount")).exists()


def test_load_adds_dirty_days_to_a_campaign_of_its_own(
    demo: Campaign, settings: LazySettings
) -> None:
    settings.DEBUG = True

    assert make_load(reports=300)["ngày chờ cộng"] == 300
    assert make_load(reports=100)["tổng số báo cáo"] == 400
    load = Campaign.objects.get(slug="tai-thu")
    reports = DailyReport.objects.filter(campaign=load)
    assert reports.count() == Revision.objects.filter(report__campaign=load).count() == 400
    assert (load.starts_on, load.ends_on) == (dt.date(2023, 3, 30), dt.date(2023, 3, 31))
    assert reports.order_by("date")[0].date == load.starts_on

    rollup.drain()
    assert verify() == []
    assert UnitTotal.objects.get(campaign=load, node__code="36").received == 400


def test_seed_demo_without_debug_refuses(db: None) -> None:
    with pytest.raises(CommandError, match="DEBUG"):
        call_command("seed_demo")


def test_seed_demo_without_units_says_what_to_run(db: None, settings: LazySettings) -> None:
    settings.DEBUG = True
    with pytest.raises(CommandError, match="load_units"):
        call_command("seed_demo")


def test_teams_of_the_district_are_those_of_the_newspaper(demo: Campaign) -> None:
    district = totals_of(Team.objects.filter(unit__parent__code="365"), TODAY)
    assert (district.teams, district.members, district.youth_key_members) == (196, 1_073, 202)
    communes = Unit.objects.communes()
    assert not communes.filter(teams=None).exists()
    # Numbers of a range that is not assigned: nobody can be called by mistake.
    assert not Volunteer.objects.exclude(phone=None).exclude(phone__startswith="010").exists()
    mine = Membership.objects.get(volunteer__user__username="totruong-14173")
    assert (mine.role, mine.team.unit.code) == ("leader", "14173")
