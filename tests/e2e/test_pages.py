"""Every page, for everybody who sees it, on a phone and on a desk."""

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.urls import URLPattern, URLResolver, get_resolver
from playwright.sync_api import Browser

from tests.e2e.browser import DESK, PHONE, Stage, look
from tests.e2e.pages import (
    ALIKE,
    AT_DESKS,
    FILE_STATES,
    MACHINES,
    MODEL_MACHINES,
    PAGES,
    SAME_AS_STAFF,
    STAFF,
    Page,
)
from tests.portal import Portal

pytestmark = pytest.mark.slow

# One row of each kind that addresses name; the longest names and numbers show most.
ROWS = {
    "report": """
        SELECT r.id FROM reports_dailyreport r JOIN campaign_branch b ON b.id = r.branch_id
        WHERE b.code = 'XD-14173' AND NOT r.no_activity ORDER BY r.date DESC LIMIT 1""",
    "returned": """
        SELECT r.id FROM reports_dailyreport r JOIN campaign_branch b ON b.id = r.branch_id
        WHERE b.code LIKE 'XD-141%' ORDER BY r.version DESC, r.status = 'returned' DESC,
        r.date DESC LIMIT 1""",
    "help": """
        SELECT h.id FROM volunteers_helprequest h JOIN campaign_unit u ON u.id = h.unit_id
        WHERE u.code = '14173' AND h.state = 'new' ORDER BY h.due_on LIMIT 1""",
    "resident": """
        SELECT h.key FROM volunteers_helprequest h JOIN campaign_unit u ON u.id = h.unit_id
        WHERE u.code = '14173' AND h.state = 'new' ORDER BY h.due_on LIMIT 1""",
    "team": """
        SELECT min(t.id) FROM volunteers_team t JOIN campaign_unit u ON u.id = t.unit_id
        WHERE u.code = '14173'""",
    "member": """
        SELECT min(m.id) FROM volunteers_membership m WHERE m.team_id = (
            SELECT min(t.id) FROM volunteers_team t JOIN campaign_unit u ON u.id = t.unit_id
            WHERE u.code = '14173')""",
    "head": """
        SELECT coalesce(max(size || '.' || rtrim(
            translate(encode(root, 'base64'), '+/', '-_'), '=')), '1.A')
        FROM core_signedhead WHERE size = (SELECT max(size) FROM core_signedhead)""",
    "volunteer": "SELECT min(id) FROM volunteers_volunteer",
    "session": """
        SELECT s.id FROM volunteers_supportsession s JOIN campaign_branch b ON b.id = s.branch_id
        WHERE b.code = 'XD-14173' AND s.state = 'planned' ORDER BY s.date DESC LIMIT 1""",
    "closed": """
        SELECT s.id FROM volunteers_supportsession s JOIN campaign_branch b ON b.id = s.branch_id
        WHERE b.code = 'XD-14173' AND s.state = 'closed' ORDER BY s.date DESC LIMIT 1""",
    "check": """
        SELECT c.id FROM reports_check c JOIN accounts_user u ON u.id = c.checker_id
        WHERE u.username = 'xadoan-14173' AND c.version = 0 ORDER BY c.date, c.id LIMIT 1""",
    "user": "SELECT id FROM accounts_user WHERE username = 'xadoan-14173'",
    "campaign": "SELECT id FROM campaign_campaign WHERE slug = 'de-an-06-2023'",
    "phase": "SELECT min(id) FROM campaign_phase",
    "indicator": "SELECT id FROM campaign_indicator WHERE code = 'activated' ORDER BY id LIMIT 1",
    "unit": "SELECT id FROM campaign_unit ORDER BY length(name) DESC, id LIMIT 1",
    "branch": "SELECT id FROM campaign_branch ORDER BY length(name) DESC, id LIMIT 1",
    "baseline": "SELECT baseline_id FROM campaign_baselinefigure ORDER BY id LIMIT 1",
    "figure": "SELECT min(id) FROM campaign_baselinefigure",
    "target": "SELECT min(id) FROM campaign_target",
    "settings_change": "SELECT min(id) FROM campaign_settingschange",
    "appointment": "SELECT min(id) FROM campaign_appointment",
}
INVITE = """
from accounts.models import User; from accounts.services import issue_invitation
newcomer = User.objects.create_user("0911222333", full_name="Trần Thị Bơ Vơ", phone="0911222333")
print(issue_invitation(actor=User.objects.get(username="tinhdoan"), user=newcomer))
"""

# A session that lasts all day, so that its code works whenever the tests run; and somebody of
# the branch who has been to others.
PRESENCE = """
import datetime as dt
from accounts.models import User
from core import clock
from volunteers.models import Participation, SupportSession, Team
from volunteers.certificates.services import issue_certificate, issue_link
from volunteers.sessions.services.presence import put_down
from volunteers.sessions.services.informing import mark_informed
from volunteers.sessions.services.walk_ins import note_walk_in
from volunteers.sessions.services.session_planning import plan_sessions
from volunteers.sessions.services.session_validation import Plan
from volunteers.sessions.views.presence import code_for
actor = User.objects.get(username="xadoan-14173")
came = Participation.objects.present().filter(
    session__branch__code="XD-14173", session__state="closed",
    volunteer__memberships__team__branch__code="XD-14173")
person = came.order_by("pk")[0].volunteer
teams = Team.objects.filter(branch__code="XD-14173").order_by("pk").values_list("pk", flat=True)
session, = plan_sessions(actor=actor, plan=Plan(
    campaign="de-an-06-2023", branch="XD-14173", date=clock.today(), begins_at=dt.time(0),
    ends_at=dt.time(23, 59), place_kind="culture_house", place="Nhà văn hóa xóm 1",
    planned_volunteers=6, teams=list(teams[:2])))
paper = issue_certificate(actor=actor, volunteer=person, campaign=session.campaign)
own = issue_link(actor=actor, volunteer=person)
for number, name in (("0911222001", "Trần Thị Mới"), ("0911222002", "Hoa")):
    note_walk_in(session=session, phone=number, full_name=name)
# One for which people have signed up and which has been moved since.
moved, = plan_sessions(actor=actor, plan=Plan(
    campaign="de-an-06-2023", branch="XD-14173", date=clock.today() + dt.timedelta(days=2),
    begins_at=dt.time(6), ends_at=dt.time(7), place_kind="market", place="Chợ Giao Tiến",
    teams=list(teams[:1])))
people = list(moved.teams.get().memberships.values_list("volunteer", flat=True)[:4])
put_down(actor=actor, session=moved, on=people)
SupportSession.objects.filter(pk=moved.pk).update(begins_at="06:30", moved_at=clock.now())
mark_informed(actor=actor, session=moved, on=people[:1])
print(session.pk, session.join_key, code_for(session), person.pk, own, paper.code, moved.pk)
"""
# A file of counts in each state, a report of long ago with a session closed after it, and what
# the police have published for two communes.
COUNTS = """
import datetime as dt
from accounts.models import User
from campaign.models import Campaign, Unit
from reports.daily.models import DailyReport
from reports.official.services import Figure, take_figures
from reports.spreadsheet.models import CountsFile
from reports.spreadsheet.services import receive_file, work_off
from volunteers.sessions.services.session_planning import plan_sessions
from volunteers.sessions.services.session_validation import Plan
from volunteers.sessions.services.sessions import close_session
campaign = Campaign.objects.get(slug="de-an-06-2023")
lead = User.objects.get(username="huyendoan-365")
reports = [
    DailyReport.objects.filter(branch__code=code, no_activity=False, covered_sessions={})
    .order_by("date")[0] for code in ("XD-14173", "XD-14158")]
head = "Mã đơn vị,Ngày,Cài VNeID"
right = [f"{r.branch.code},{r.date:%d/%m/%Y},{r.counts['installed'] + 1}" for r in reports]
files = [
    receive_file(actor=lead, campaign=campaign, name=name, data=text.encode(), language="vi")
    for name, text in {
        "hỏi.csv": f"{head},CĐ m1\\n{right[0]},3",
        "sai.csv": f"{head}\\n{right[0]}\\nXD-0,03/04/2023,5\\nXD-14158,32/04/2023,năm",
        "xem trước.csv": "\\n".join((head, *right)),
    }.items()
]
files.append(CountsFile.objects.create(
    campaign=campaign, user=lead, name="đã ghi.xlsx", state="taken",
    result={"new": 1, "changed": 1, "same": 2, "left": 1}))
work_off()
actor = User.objects.get(username="xadoan-14158")
report = DailyReport.objects.filter(branch__code="XD-14158", no_activity=False).order_by("date")[0]
session, = plan_sessions(actor=actor, plan=Plan(
    campaign=campaign.slug, branch="XD-14158", date=report.date, begins_at=dt.time(5),
    ends_at=dt.time(5, 30), place_kind="culture_house", place="Nhà văn hóa xóm 9"))
close_session(actor=actor, session=session, counts={"installed": 3}, headcount=1, base_version=1)
ids = dict(campaign.indicators.values_list("code", "pk"))
units = Unit.objects.filter(code__in=["14173", "14158"]).order_by("code")
official = take_figures(
    actor=User.objects.get(username="congan"), campaign=campaign, source="file",
    name="Báo cáo tuần.xlsx", sha256="a" * 64, rows=2, content=b"PK", figures=[
        Figure(unit.pk, campaign.starts_on, "to_date", ids[code], 7)
        for unit in units for code in ("level1", "level2")])
print(*(file.pk for file in files), report.pk, official.file.pk)
"""
# Boundaries that somebody has begun to change; and somebody, a member with lượt who leads a team,
# wants to have deleted what is kept of them.
SUBJECT = """
import datetime as dt
from accounts.models import User
from campaign.boundaries.lists import built_in
from campaign.boundaries.services import begin_change
from core import clock
from privacy.services.requests import enter_request
from volunteers.models import Volunteer
person = Volunteer.objects.exclude(phone=None).exclude(user=None).order_by("pk")[0]
actor = User.objects.get(username="tinhdoan")
change = begin_change(actor=actor, new=built_in("2024"), holds_from=clock.today())
asked = enter_request(actor=actor, kind="delete", name=person.full_name, phone=person.phone,
                      received_on=clock.today() - dt.timedelta(days=6))
print(change.pk, asked.pk)
"""
# A draft that is tried, and what one branch sent.
TRIAL = """
from uuid import uuid4
from accounts.models import User
from campaign.models import Campaign
from campaign.services.copy_campaign import copy_campaign
from campaign.services.trials import open_trial
from core import clock
from reports.daily.services.report_input import ReportInput
from reports.trial.services import rehearse_report
staff = User.objects.get(username="tinhdoan")
draft = copy_campaign(actor=staff, campaign=Campaign.objects.get(slug="de-an-06-2023"))
open_trial(actor=staff, campaign=draft)
counts = {one.code: 5 for one in draft.indicators.filter(is_derived=False)}
rehearse_report(actor=User.objects.get(username="xadoan-14173"), entry=ReportInput(
    id=uuid4(), campaign=draft.slug, branch="XD-14173", date=clock.today(), counts=counts))
print(draft.slug)
"""
# Every other page would lead there.
TRIAL_OVER = """
from campaign.models import Campaign, FormulaTerm
draft = Campaign.objects.get(slug="de-an-06-2023-2")
FormulaTerm.objects.filter(indicator__campaign=draft).delete()
draft.delete()
"""
PRESENT = ("gathering", "join", "here", "person", "own", "paper", "moved")


@pytest.fixture(scope="module")
def locations(portal: Portal) -> Iterator[dict[str, str]]:
    """Return what stands for the ``{…}`` of the addresses."""
    rows = {name: str(portal.rows(statement)[0][0]) for name, statement in ROWS.items()}
    secret = portal.manage("shell", "--no-imports", "--command", INVITE)
    present = portal.manage("shell", "--no-imports", "--command", PRESENCE).split()
    counts = portal.manage("shell", "--no-imports", "--command", COUNTS).split()
    assert portal.manage("shell", "--no-imports", "--command", TRIAL) == "de-an-06-2023-2"
    begun = portal.manage("shell", "--no-imports", "--command", SUBJECT).split()
    yield {
        **rows,
        **dict(zip(("boundary_change", "subject"), begun, strict=True)),
        "secret": secret,
        **dict(zip(PRESENT, present, strict=True)),
        **dict(zip((*FILE_STATES, "unreconciled", "official_file"), counts, strict=True)),
    }
    portal.manage("shell", "--no-imports", "--command", TRIAL_OVER)


def routes(
    patterns: list[URLPattern | URLResolver], namespace: str = ""
) -> Iterator[tuple[str, str]]:
    """Yield the name of every route that has one, with its namespace, and its view's name."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, pattern.namespace or namespace)
        elif pattern.name:
            yield (f"{namespace}:{pattern.name}" if namespace else pattern.name), pattern.name


def is_machine(route: str, name: str) -> bool:
    """Whether no person opens the route, or an example stands for it."""
    alike = tuple(f"_{ending}" for ending in MODEL_MACHINES | ALIKE.keys())
    return route in MACHINES or (route.startswith("admin:") and name.endswith(alike))


def test_every_page_is_in_the_table() -> None:
    known = {page.route for page in PAGES}
    found = dict(routes(get_resolver().url_patterns))
    pages = {route for route, name in found.items() if not is_machine(route, name)}
    assert pages - known == set()
    assert known - found.keys() == {""}
    assert MACHINES - found.keys() == set()


NO_WORKER = "ServiceWorkerContainer.prototype.register = async () => {}"
SEEN = [(page, role) for page in PAGES for role in page.roles]


class Visitors:
    """Everybody's window: a new one for each page would take longer than looking at it."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.windows: dict[str, Any] = {}

    def window_of(self, role: str) -> Any:
        """Return the window of a role, with what the browsers complained of forgotten."""
        if role not in self.windows:
            self.windows[role] = self.stage.enter(role)
            # Without a worker, which would show the report that it keeps for the phone; and with
            # axe, which to send for each page takes half as long as what axe does there.
            for script in (NO_WORKER, AXE_SCRIPT):
                self.windows[role].add_init_script(script)
        self.stage.complaints.clear()
        return self.windows[role]


@pytest.fixture(scope="module")
def visitors(browser: Browser, portal: Portal, sessions: dict[str, str]) -> Iterator[Visitors]:
    """One window for each role, which goes from page to page."""
    stage = Stage(browser, portal, sessions)
    yield Visitors(stage)
    stage.close()


@pytest.mark.parametrize(("page", "role"), SEEN, ids=[f"{p.name}-{r}" for p, r in SEEN])
def test_page_has_no_barriers(
    visitors: Visitors, locations: dict[str, str], page: Page, role: str
) -> None:
    seen = visitors.window_of(role)
    answer = seen.goto(page.path.format(**locations))
    assert answer is not None
    assert answer.status == page.status
    name = f"{page.name}-{role or 'stranger'}"
    # Colours are the same in both sizes and for everybody: they are measured for the first of
    # those who see the page, in the size in which she works. Who sees what the staff sees, sees
    # it in that size alone.
    usual = DESK if role in AT_DESKS else PHONE
    sizes = (usual,) if role in SAME_AS_STAFF and STAFF in page.roles else (PHONE, DESK)
    problems = {
        size["width"]: look(seen, name, size, contrast=role == page.roles[0] and size == usual)
        for size in sizes
    }
    assert problems == {size["width"]: [] for size in sizes}
    assert visitors.stage.complaints == []
