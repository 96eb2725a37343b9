"""Every address of the portal and every role: who gets in, who is told no, and how.

A route that is not in ``ROUTES`` fails by name: nobody adds a page without saying for whom.
"""

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from html import unescape
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.conf import LazySettings
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.models import User
from accounts.services import issue_invitation, issue_token
from core.importing.pending_upload import keep_upload
from core.log.sequencer import sequence
from core.personal_fields import key_of
from privacy.models import PersonalDataRead, SubjectRequest
from privacy.page_names import PAGE_NAMES
from privacy.services.requests import enter_request
from reports.daily.models import DailyReport
from reports.daily.services.report_input import ReportInput
from reports.daily.services.submit import submit_report
from reports.rollup.services.rollup import drain
from reports.spreadsheet.models import CountsFile
from tests.conftest import TODAY, World
from tests.factories import PASSWORD, make_help_request, make_newcomer, make_session, make_user
from tests.reports.browsers import Browser
from tests.reports.trial.drafts import try_draft
from tests.volunteers.sessions.examples import PLAN
from volunteers.certificates.services import issue_certificate, issue_link
from volunteers.help_requests.models import HelpRequest
from volunteers.sessions.services.calendar_links import make_calendar_link
from volunteers.sessions.views.presence import code_for
from volunteers.teams.models import Volunteer

Browse = Callable[[User], Client]

ROLES = (
    "anonymous",
    "stranger",  # an account without appointment
    "owner",  # secretary of XD-14173, Giao Tiến in Giao Thủy
    "neighbour",  # secretary of XD-14158, the commune beside it
    "lead",  # leads Giao Thủy
    "other_lead",  # leads Trực Ninh
    "staff",
    "liaison",
    "partner",
    "officer",  # secretary of the police task force, at home in the province
    "leader",  # leads a team of XD-14173
)
REPORT = UUID("0b0e7a54-5a0c-4a5e-9a55-3f2b6f6f1d10")
FILE = UUID("7c4f0a0e-2f1b-4b0e-8d1f-6a0c1b2d3e4f")
HELP = UUID("5d0f7f0e-6b0e-4a53-8d7e-1c2f3a4b5c6d")
ALL = " ".join(["{0}"] * len(ROLES))
leading = " ".join(["{0}"] * (len(ROLES) - 2))


def same(status: str) -> str:
    """Return a row of the table that is the same for everybody."""
    return ALL.format(status)


@dataclass(frozen=True)
class Route:
    """An example address, and what GET and POST answer to each of ``ROLES`` in turn.

    ``login`` is the way to the sign-in, ``302`` any other way. ``sent`` is a body that is
    taken where the role is: whether it was is seen in the answer.
    """

    url: str
    get: str = same("405")
    post: str = ""
    sent: dict[str, Any] = field(default_factory=dict)
    as_json: bool = False


ENTRY = {"installed": 3}
GUEST = {"phone": "0911000001", "name": "Tổ Trưởng"}
HOURS = {"begins_at": "19:00", "ends_at": "21:00"}
# What anybody may read of the log.
LOG = {
    "checkpoint": "checkpoint",
    "consistency": "consistency?old=1",
    "key": "key",
    "proof": "proof?leaf=0",
    "tile": "tile/0/000.p/1",
}
ROUTES = {
    # name: anonymous stranger owner neighbour lead other_lead staff liaison partner officer leader
    "start": Route("/", "login 200 302 302 302 302 302 302 302 302 302"),
    "campaigns": Route("/campaigns/", "login 404 200 200 200 200 200 200 200 200 200"),
    "c/setup": Route("/c/de-an-06-2023/setup/", "login 404 403 403 403 403 200 403 403 403 403"),
    "setup": Route("/setup/", "login 404 403 403 403 403 200 403 403 403 403"),
    **{
        f"setup-{step}": Route(
            f"/setup/{step}/",
            "login 404 403 403 403 403 200 403 403 403 403",
            f"login 404 403 403 403 403 {status} 403 403 403 403",
            sent,
        )
        for step, status, sent in (
            ("portal", 200, {"name": ""}),
            ("units", 200, {"province": "2025-37"}),
            ("branches", 302, {}),
            ("boundaries", 200, {}),
            ("people", 200, {}),
            ("invitations", 200, {}),
            ("campaign", 200, {"slug": "x"}),
        )
    },
    **{
        f"{'c/' if of_campaign else ''}{name}": Route(
            f"{'/c/de-an-06-2023/settings/' if of_campaign else '/setup/'}{path}",
            f"login 404 403 403 403 403 {shown} 403 403 403 403",
            f"login 404 403 403 403 403 {taken} 403 403 403 403",
        )
        for of_campaign, name, path, shown, taken in (
            (True, "campaign-settings", "", 200, 200),
            (True, "phases", "phases/", 200, 405),
            (True, "phase-new", "phases/new/", 200, 200),
            (True, "phase", "phases/999999/", 404, 404),
            (True, "indicators", "indicators/", 200, 405),
            (True, "indicator-new", "indicators/new/", 200, 200),
            (True, "indicator", "indicators/999999/", 404, 404),
            (True, "target-list", "targets/", 200, 405),
            (True, "target-new", "targets/new/", 200, 200),
            (True, "target", "targets/999999/", 404, 404),
            (False, "setup-appointments", "people/list/", 200, 405),
            (False, "setup-appointment-new", "people/new/", 200, 200),
            (False, "setup-appointment", "people/999999/", 404, 404),
            (False, "setup-unit-list", "units/list/", 200, 405),
            (False, "setup-unit-new", "units/new/", 200, 200),
            (False, "setup-unit", "units/999999/", 404, 404),
            (False, "setup-by-hand", "units/by-hand/", 200, 200),
            (False, "setup-unit-file", "units/file/", 200, 200),
            (False, "setup-branch-list", "branches/list/", 200, 405),
            (False, "setup-branch-new", "branches/new/", 200, 200),
            (False, "setup-branch", "branches/999999/", 404, 404),
            (False, "setup-branch-file", "branches/file/", 200, 200),
            (False, "setup-baselines", "baselines/", 200, 405),
            (False, "setup-baseline-new", "baselines/new/", 200, 200),
            (False, "setup-baseline", "baselines/999999/", 404, 404),
            (False, "setup-figures", "baselines/999999/figures/", 404, 405),
            (False, "setup-figure-new", "baselines/999999/figures/new/", 404, 404),
            (False, "setup-figure", "baselines/999999/figures/999999/", 404, 404),
            (False, "setup-kinds", "kinds/", 200, 405),
            (False, "setup-kind-new", "kinds/team/new/", 200, 200),
            (False, "setup-kind", "kinds/team/mobile/", 200, 200),
            (False, "take-back", "changes/999999/take-back/", 405, 404),
        )
    },
    "setup-boundary-change": Route(
        "/setup/boundaries/1/",
        "login 404 403 403 403 403 404 403 403 403 403",
        "login 404 403 403 403 403 404 403 403 403 403",
    ),
    "emblem": Route("/emblem/none/any-192.png", same("404")),
    "c/start": Route("/c/de-an-06-2023/", "login 404 302 302 302 302 302 302 302 302 302"),
    "c/account": Route(
        "/c/de-an-06-2023/account/",
        "login 404 200 200 200 200 200 200 200 200 200",
        "login 404 302 302 302 302 302 302 302 302 302",
        {"old_password": PASSWORD, "new_password1": PASSWORD},
    ),
    "c/account-keys": Route(
        "/c/de-an-06-2023/account/keys/",
        "login 404 200 200 200 200 200 200 200 200 200",
        "login 404 200 200 200 200 200 200 200 200 200",
        {"make": "1", "name": "Máy đối soát", "days": "30"},
    ),
    "c/account-factor": Route(
        "/c/de-an-06-2023/account/second-factor/",
        "login 404 200 200 200 200 200 200 200 200 200",
        "login 404 200 200 200 200 200 200 200 200 200",
        {"code": "000000"},
    ),
    "c/dashboard": Route(
        "/c/de-an-06-2023/dashboard/", "login 404 200 200 200 200 200 200 200 200 200"
    ),
    "c/desk": Route(
        "/c/de-an-06-2023/desk/",
        "login 404 403 403 200 200 200 403 403 403 403",
        "login 404 403 403 302 302 302 403 403 403 403",
        {"action": "called", "task": "silent:1"},
    ),
    "c/explore": Route(
        "/c/de-an-06-2023/explore/", "login 404 200 200 200 200 200 200 200 200 200"
    ),
    "c/not-reached": Route(
        "/c/de-an-06-2023/not-reached/", "login 404 200 200 200 200 200 200 200 200 200"
    ),
    "c/unit-people": Route(
        "/c/de-an-06-2023/units/14173/people/",
        "login 404 200 404 200 404 200 200 200 200 200",
    ),
    "c/not-reached-unit": Route(
        "/c/de-an-06-2023/not-reached/14173/",
        "login 404 200 404 200 404 200 200 200 200 200",
    ),
    "c/todays-map": Route(
        "/c/de-an-06-2023/dashboard/today/", "login 404 200 200 200 200 200 200 200 200 200"
    ),
    "c/todays-map-unit": Route(
        "/c/de-an-06-2023/dashboard/today/14173/",
        "login 404 200 404 200 404 200 200 200 200 200",
    ),
    "c/units": Route("/c/de-an-06-2023/units/", "login 404 200 200 200 200 200 200 200 200 200"),
    "c/unit": Route(
        "/c/de-an-06-2023/units/14173/", "login 404 200 404 200 404 200 200 200 200 200"
    ),
    "c/branches": Route(
        "/c/de-an-06-2023/branches/", "login 404 200 200 200 200 200 200 200 200 200"
    ),
    "c/branch": Route(
        "/c/de-an-06-2023/branches/XD-14173/", "login 404 200 404 200 404 200 200 200 404 200"
    ),
    "c/invite": Route(
        "/c/de-an-06-2023/branches/XD-14173/invite/",
        "login 404 403 404 200 404 200 403 403 404 403",
        "login 404 403 404 200 404 200 403 403 404 403",
        {"full_name": "Trần Thị Hoa", "phone": "0912345678"},
    ),
    "c/invite-again": Route(
        "/c/de-an-06-2023/branches/XD-14173/invite/{owner}/",
        "login 404 405 405 405 405 405 405 405 405 405",
        "login 404 403 404 200 404 200 403 403 404 403",
    ),
    "c/targets": Route(
        "/c/de-an-06-2023/targets/",
        "login 404 403 403 403 403 200 403 403 403 403",
        "login 404 403 403 403 403 200 403 403 403 403",
        {"total": "1000"},
    ),
    "c/campaign-state": Route(
        "/c/de-an-06-2023/state/",
        "login 404 403 403 403 403 200 403 403 403 403",
        "login 404 403 403 403 403 200 403 403 403 403",
        {"state": "archived", "reason": "Xong"},
    ),
    "deleted-campaigns": Route(
        "/campaigns/deleted/", "login 404 403 403 403 403 200 403 403 403 403"
    ),
    "c/campaign-delete": Route(
        "/c/de-an-06-2023/delete/",
        "login 404 403 403 403 403 200 403 403 403 403",
        "login 404 403 403 403 403 200 403 403 403 403",
        {"slug": "de-an-06-2023", "reason": "Xong"},
    ),
    "c/trial": Route(
        "/c/de-an-06-2023/trial/",
        "login 404 403 403 403 403 200 403 403 403 403",
        "login 404 403 403 403 403 200 403 403 403 403",
        {"do": "open"},
    ),
    "c/checks": Route(
        "/c/de-an-06-2023/checks/",
        "login 404 302 302 200 200 200 200 302 302 302",
        "login 404 302 302 403 403 200 403 302 302 302",
    ),
    "c/my-checks": Route(
        "/c/de-an-06-2023/checks/mine/", "login 404 200 200 200 200 200 200 200 200 200"
    ),
    "c/check-results": Route(
        "/c/de-an-06-2023/checks/results.csv",
        "login 404 403 403 200 200 200 200 403 403 403",
    ),
    "c/check-frame": Route(
        "/c/de-an-06-2023/checks/1/frame.csv",
        "login 404 403 403 404 404 404 404 403 403 403",
    ),
    "api-checks": Route(
        "/api/v1/checks/",
        "401 200 200 200 200 200 200 200 200 200 200",
        "401 404 404 404 404 404 404 404 404 404 404",
        {
            "id": str(FILE),
            "check": str(FILE),
            "how": "telephone",
            "counts": {"level1": 1},
        },
        as_json=True,
    ),
    "c/check": Route(
        "/c/de-an-06-2023/checks/7c4f0a0e-2f1b-4b0e-8d1f-6a0c1b2d3e4f/",
        "login 404 404 404 404 404 404 404 404 404 404",
        "login 404 404 404 404 404 404 404 404 404 404",
    ),
    "trial-report": Route(
        "/trial/tap-duot/",
        "login 404 200 200 200 200 200 404 404 404 404",
        "login 404 200 200 200 200 200 404 404 404 404",
        {"count-level1": "3"},
    ),
    "trial-receipt": Route(
        "/trial/tap-duot/XD-14173/receipt/", "login 404 200 404 200 404 200 404 404 404 404"
    ),
    "c/taking-part": Route(
        "/c/de-an-06-2023/taking-part/",
        "login 404 403 403 403 403 200 403 403 403 403",
        "login 404 403 403 403 403 302 403 403 403 403",
        {"kinds": "youth_union", "reason": "Theo kế hoạch"},
    ),
    "c/report": Route(
        "/c/de-an-06-2023/report/?branch=XD-14173",
        "login 404 200 404 200 404 200 403 403 404 403",
        "login 404 302 404 302 404 302 403 403 404 403",
        {"report_id": str(uuid4()), "base_version": "0", "count-installed": "3", "confirm": "1"},
    ),
    "c/paste": Route(
        "/c/de-an-06-2023/report/paste/",
        "login 404 200 200 200 200 200 403 403 200 403",
        "login 404 200 200 200 200 200 403 403 200 403",
        {"text": "Giao Tiến cài 3"},
    ),
    "c/paper": Route(
        "/c/de-an-06-2023/report/paper/",
        "login 404 200 200 200 200 200 403 403 200 403",
        "login 404 200 200 200 200 200 403 403 200 403",
        {"date": "2023-06-20"},
    ),
    "c/day-sheets": Route(
        "/c/de-an-06-2023/report/paper/sheets/?date=2023-06-20",
        "login 404 200 200 200 200 200 403 403 400 403",
    ),
    "c/counts-files": Route(
        "/c/de-an-06-2023/report/files/",
        "login 404 403 403 200 200 200 403 403 403 403",
        "login 404 403 403 400 400 400 403 403 403 403",
        {"none": "1"},
    ),
    "c/counts-template": Route(
        "/c/de-an-06-2023/report/files/template/",
        "login 404 403 403 200 200 200 403 403 403 403",
    ),
    "c/counts-file": Route(
        f"/c/de-an-06-2023/report/files/{FILE}/",
        "login 404 404 404 200 404 404 404 404 404 404",
        "login 404 404 404 302 404 404 404 404 404 404",
        {"forget": "1"},
    ),
    "c/counts-marked": Route(
        f"/c/de-an-06-2023/report/files/{FILE}/marked/",
        "login 404 404 404 200 404 404 404 404 404 404",
    ),
    "c/receipt": Route(
        f"/c/de-an-06-2023/report/{REPORT}/", "login 404 200 404 200 404 200 200 200 404 200"
    ),
    "c/reconcile": Route(
        f"/c/de-an-06-2023/report/{REPORT}/sessions/",
        "login 404 200 404 200 404 200 403 403 404 403",
        "login 404 400 404 400 404 400 403 403 404 403",
        {"choice": "included"},
    ),
    "c/branch-plan": Route(
        "/c/de-an-06-2023/branches/XD-14173/plan/",
        "login 404 200 404 200 404 200 403 403 404 403",
        "login 404 302 404 302 404 302 403 403 404 403",
        {"act": "assume", "persons": "20"},
    ),
    "c/session-counted": Route(
        "/c/de-an-06-2023/sessions/{gathering}/counted/",
        "login 404 302 404 302 404 302 302 302 302 302",
    ),
    "c/report-history": Route(
        f"/c/de-an-06-2023/report/{REPORT}/history/",
        "login 404 200 404 200 404 200 200 200 404 200",
    ),
    "c/review": Route(
        "/c/de-an-06-2023/review/",
        "login 404 403 403 200 200 200 403 403 403 403",
        "login 404 403 403 302 404 302 403 403 403 403",
        {"action": "approve", "seen": f"{REPORT}:1"},
    ),
    "c/review-report": Route(
        f"/c/de-an-06-2023/review/{REPORT}/",
        "login 404 403 403 200 404 200 403 403 403 403",
        "login 404 403 403 302 404 302 403 403 403 403",
        {"action": "approve", "seen": f"{REPORT}:1"},
    ),
    "c/report-texts": Route(
        "/c/de-an-06-2023/review/texts.csv",
        "login 404 403 403 200 200 200 403 403 403 403",
    ),
    "c/open-day": Route(
        "/c/de-an-06-2023/branches/XD-14173/open-day/",
        "login 404 403 404 200 404 200 403 403 404 403",
        "login 404 403 404 302 404 302 403 403 404 403",
        {"date": "2023-06-12", "reason": "Mất điện cả ngày", "expires_on": "2023-06-22"},
    ),
    "c/own-progress": Route(
        "/c/de-an-06-2023/report/progress/?branch=XD-14173",
        "login 404 200 404 200 404 200 403 403 404 403",
    ),
    "c/completeness": Route(
        "/c/de-an-06-2023/completeness/", "login 404 302 302 200 200 200 200 200 302 403"
    ),
    "c/completeness-unit": Route(
        "/c/de-an-06-2023/completeness/14173/", "login 404 302 404 200 404 200 200 200 302 403"
    ),
    "c/digests": Route(
        "/c/de-an-06-2023/digests/", "login 404 302 302 302 302 302 302 302 302 302"
    ),
    "c/digest": Route(
        "/c/de-an-06-2023/digests/14173/2023-06-19/",
        "login 404 200 404 200 404 200 200 200 200 200",
    ),
    "c/digest-poster": Route(
        "/c/de-an-06-2023/digests/14173/2023-06-19.png",
        "login 404 200 404 200 404 200 200 200 200 200",
    ),
    # What no page has shown is not kept.
    "c/digest-published": Route(
        "/c/de-an-06-2023/digests/14173/2023-06-19/published/",
        "login 404 405 405 405 405 405 405 405 405 405",
        "login 404 400 404 400 404 400 400 400 400 400",
        {"kind": "text"},
    ),
    "c/reminders": Route(
        "/c/de-an-06-2023/reminders/",
        "login 404 200 200 200 200 200 200 200 200 200",
        "login 404 302 302 302 302 302 302 302 302 302",
        {"action": "test"},
    ),
    "phone": Route(
        "/reminders/phone/",
        "login 405 405 405 405 405 405 405 405 405 405",
        "login 404 201 201 201 201 201 201 201 201 201",
        {"endpoint": "https://fcm.googleapis.com/may", "keys": Browser("").keys},
        as_json=True,
    ),
    "phone-off": Route(
        "/reminders/phone/off/",
        "login 405 405 405 405 405 405 405 405 405 405",
        "login 200 200 200 200 200 200 200 200 200 200",
        {"endpoint": "https://fcm.googleapis.com/may"},
        as_json=True,
    ),
    # No channel is set up; with one its secret says who may write.
    "messages": Route(
        "/messages/zalo/",
        "405 405 405 405 405 405 405 405 405 405 405",
        "404 404 404 404 404 404 404 404 404 404 404",
        {"event_name": "message.text.received"},
        as_json=True,
    ),
    "c/official-figures": Route(
        "/c/de-an-06-2023/official-figures/",
        "login 404 403 403 200 200 200 200 403 403 403",
        "login 404 403 403 403 403 200 200 403 403 403",
        {"pasted": "Mã,Ngày,Lũy kế mức 1\n14173,20/6/2023,12"},
    ),
    "c/official-typed": Route(
        "/c/de-an-06-2023/official-figures/typed/",
        "login 404 403 403 403 403 200 200 403 403 403",
        "login 404 403 403 403 403 400 400 403 403 403",
        {"day": "2023-06-20"},
    ),
    # Nobody has handed in such a file.
    "c/official-file": Route(
        "/c/de-an-06-2023/official-figures/900000001/",
        "login 404 403 403 404 404 404 404 403 403 403",
    ),
    "c/official-file-content": Route(
        "/c/de-an-06-2023/official-figures/900000001/file/",
        "login 404 403 403 403 403 404 404 403 403 403",
    ),
    "c/reconciliation": Route(
        "/c/de-an-06-2023/reconcile/",
        "login 404 403 403 200 200 200 200 403 403 403",
        "login 404 403 403 403 403 302 403 403 403 403",
        {"percent": "2", "accounts": "5"},
    ),
    "c/difference": Route(
        "/c/de-an-06-2023/reconcile/14173/",
        "login 404 403 403 200 404 200 200 403 403 403",
        "login 404 403 403 302 404 302 302 403 403 403",
        {"seen": "0", "state": "open"},
    ),
    "c/exports": Route(
        "/c/de-an-06-2023/exports/", "login 404 403 403 200 200 200 200 403 403 403"
    ),
    # Nobody has taken such a file.
    "c/export": Route(
        "/c/de-an-06-2023/exports/900000099/", "login 404 403 403 404 404 404 404 403 403 403"
    ),
    "c/export-proof": Route(
        "/c/de-an-06-2023/exports/900000099/proof.zip",
        "login 404 403 403 404 404 404 404 403 403 403",
    ),
    "c/export-changes": Route(
        "/c/de-an-06-2023/exports/900000099/changes/",
        "login 404 403 403 404 404 404 404 403 403 403",
    ),
    "c/export-changes-file": Route(
        "/c/de-an-06-2023/exports/900000099/changes.csv",
        "login 404 403 403 404 404 404 404 403 403 403",
    ),
    "c/export-nightly": Route(
        "/c/de-an-06-2023/exports/nightly.csv", "401 404 403 403 200 200 200 200 403 403 403"
    ),
    "figures": Route("/f/", same("200")),
    # No figure went out with it.
    "figure": Route("/f/K7MPA-3XQ9T/", same("404")),
    "figure-proof": Route("/f/K7MPA-3XQ9T/proof.txt", same("404")),
    "c/export-verify": Route(
        "/c/de-an-06-2023/exports/verify/",
        "login 404 403 403 200 200 200 200 403 403 403",
        "login 404 403 403 200 200 200 200 403 403 403",
        {"sha256": "0" * 64},
    ),
    "api-exports": Route("/api/v1/exports/", "401 403 403 403 200 200 200 200 403 403 403"),
    "api-export-changes": Route(
        "/api/v1/exports/900000001/changes/", "401 403 403 403 404 404 404 404 403 403 403"
    ),
    "c/police-csv": Route(
        "/c/de-an-06-2023/exports/police.csv", "401 404 403 403 200 200 200 200 403 403 403"
    ),
    "sign-in": Route(
        "/sign-in/",
        "200 302 302 302 302 302 302 302 302 302 302",
        "200 302 302 302 302 302 302 302 302 302 302",
        {"username": "owner", "password": "sai"},
    ),
    "sign-out": Route("/sign-out/", post=same("login")),
    "account": Route(
        "/account/",
        "login 200 200 200 200 200 200 200 200 200 200",
        "login 302 302 302 302 302 302 302 302 302 302",
        {"old_password": PASSWORD, "new_password1": PASSWORD},
    ),
    "account-keys": Route(
        "/account/keys/",
        "login 200 200 200 200 200 200 200 200 200 200",
        "login 200 200 200 200 200 200 200 200 200 200",
        {"make": "1", "name": "Máy đối soát", "days": "30"},
    ),
    "account-factor": Route(
        "/account/second-factor/",
        "login 200 200 200 200 200 200 200 200 200 200",
        "login 200 200 200 200 200 200 200 200 200 200",
        {"code": "000000"},
    ),
    "prove": Route(
        "/prove/",
        "login 200 200 200 200 200 200 200 200 200 200",
        "login 302 302 302 302 302 302 302 302 302 302",
        {"typed": PASSWORD},
    ),
    # Of the owner's own.
    "take": Route(
        "/appointments/{given}/take/",
        "login 405 405 405 405 405 405 405 405 405 405",
        "login 404 302 404 404 404 404 404 404 404 404",
    ),
    "invitation": Route(
        "/invitations/{invitation}/",
        same("200"),
        same("302"),
        {"new_password1": "Mot-mat-khau-2023"},
    ),
    "set_language": Route("/language/", same("302"), same("302"), {"language": "en"}),
    "c/teams": Route("/c/de-an-06-2023/teams/", "login 404 200 200 200 200 200 200 200 200 200"),
    "c/team-new": Route(
        "/c/de-an-06-2023/teams/new/",
        "login 404 200 200 200 200 200 403 403 200 403",
        # Who has more than one commune is asked which.
        "login 404 302 302 200 200 200 403 403 200 403",
        {"name": "Tổ xóm 8", "kind": "community"},
    ),
    "c/teams-import": Route(
        "/c/de-an-06-2023/teams/import/",
        "login 404 200 200 200 200 200 403 403 200 403",
        "login 404 200 200 200 200 200 403 403 200 403",
    ),
    "c/teams-export": Route(
        "/c/de-an-06-2023/teams/export/",
        "login 404 200 200 200 200 200 403 403 200 403",
        "login 404 200 200 200 200 200 403 403 200 403",
        {"format": "csv"},
    ),
    "c/team": Route(
        "/c/de-an-06-2023/teams/{team}/", "login 404 200 404 200 404 200 200 200 200 200"
    ),
    "c/team-edit": Route(
        "/c/de-an-06-2023/teams/{team}/edit/",
        "login 404 200 404 200 404 200 403 403 403 403",
        "login 404 302 404 200 404 200 403 403 403 403",
        {"name": "Tổ xóm 1", "kind": "community"},
    ),
    "c/member-new": Route(
        "/c/de-an-06-2023/teams/{team}/members/new/",
        "login 404 200 404 200 404 200 403 403 403 403",
        "login 404 302 404 302 404 302 403 403 403 403",
        {"full_name": "Vũ Văn Mới", "role": "member", "affiliation": "none"},
    ),
    "c/member": Route(
        "/c/de-an-06-2023/teams/{team}/members/{member}/",
        "login 404 200 404 200 404 200 403 403 403 403",
        "login 404 302 404 302 404 302 403 403 403 403",
        {"full_name": "Lê Thị Thành Viên", "role": "member", "affiliation": "none"},
    ),
    "c/leader-invite": Route(
        "/c/de-an-06-2023/teams/{team}/members/{lead_member}/invite/",
        "login 404 405 405 405 405 405 405 405 405 405",
        "login 404 200 404 200 404 200 403 403 403 403",
    ),
    "c/wall": Route("/c/de-an-06-2023/wall/", "login 404 200 200 200 200 200 200 200 200 200"),
    "c/wall-unit": Route(
        "/c/de-an-06-2023/wall/14173/", "login 404 200 404 200 404 200 200 200 200 200"
    ),
    "c/search": Route(
        "/c/de-an-06-2023/search/?q=giao", "login 404 200 200 200 200 200 200 200 200 200"
    ),
    "c/sessions": Route(
        "/c/de-an-06-2023/sessions/", "login 404 200 200 200 200 200 200 200 200 200"
    ),
    "c/session-new": Route(
        "/c/de-an-06-2023/sessions/new/?branch=XD-14173",
        "login 404 200 404 200 404 200 403 403 404 403",
        "login 404 302 404 302 404 302 403 403 404 403",
        {"place_kind": "market", "place": "Chợ", "date": "2023-06-25", **HOURS},
    ),
    "c/session": Route(
        "/c/de-an-06-2023/sessions/{outing}/", "login 404 200 404 200 404 200 200 200 200 200"
    ),
    "c/session-edit": Route(
        "/c/de-an-06-2023/sessions/{outing}/edit/",
        "login 404 200 404 200 404 200 403 403 403 403",
        "login 404 302 404 302 404 302 403 403 403 403",
        {
            "place_kind": "market",
            "place": "Chợ",
            "date": "2023-06-24",
            "base_version": "1",
            **HOURS,
        },
    ),
    "c/session-cancel": Route(
        "/c/de-an-06-2023/sessions/{outing}/cancel/",
        "login 404 200 404 200 404 200 403 403 403 403",
        "login 404 302 404 302 404 302 403 403 403 403",
        {"reason": "Mưa bão"},
    ),
    "c/calendar": Route(
        "/c/de-an-06-2023/calendar/",
        "login 404 200 200 200 200 200 200 200 200 200",
        "login 404 200 200 200 200 200 200 200 200 200",
    ),
    "calendar-feed": Route("/calendar/{feed}.ics", same("200")),
    "c/session-inform": Route(
        "/c/de-an-06-2023/sessions/{gathering}/inform/",
        "login 404 200 404 200 404 200 403 403 403 200",
        "login 404 302 404 302 404 302 403 403 403 302",
        {"was": ""},
    ),
    "c/session-walk-ins": Route(
        "/c/de-an-06-2023/sessions/{gathering}/walk-ins/",
        "login 404 200 404 200 404 200 403 403 403 200",
        "login 404 302 404 302 404 302 403 403 403 302",
        {"refuse": "1"},
    ),
    "c/session-people": Route(
        "/c/de-an-06-2023/sessions/{gathering}/people/",
        "login 404 200 404 200 404 200 403 403 403 200",
        "login 404 302 404 302 404 302 403 403 403 302",
        {"was": ""},
    ),
    "c/session-qr": Route(
        "/c/de-an-06-2023/sessions/{gathering}/qr/", "login 404 200 404 200 404 200 403 403 403 200"
    ),
    "c/session-close": Route(
        "/c/de-an-06-2023/sessions/{to_close}/close/",
        "login 404 200 404 200 404 200 403 403 403 200",
        "login 404 302 404 302 404 302 403 403 403 302",
        {"base_version": "1", "count-level1": "5", "confirm": "1"},
    ),
    "session-join": Route("/join/{join}/", same("200"), same("200"), GUEST),
    "session-here": Route("/here/{here}/", same("200"), same("200"), GUEST),
    "own-page": Route("/me/", same("200"), same("200"), {"code": "K7MN-4QXR"}),
    "c/signatory": Route(
        "/c/de-an-06-2023/certificates/signatory/",
        "login 404 403 403 403 403 200 403 403 403 403",
        "login 404 403 403 403 403 302 403 403 403 403",
        {"title": "Phó Bí thư", "full_name": "Trần Minh Ký"},
    ),
    "c/team-certificates": Route(
        "/c/de-an-06-2023/teams/{team}/certificates/",
        "login 404 200 404 200 404 200 403 403 403 403",
        "login 404 302 404 302 404 302 403 403 403 403",
    ),
    "c/team-certificates-file": Route(
        "/c/de-an-06-2023/teams/{team}/certificates.pdf",
        "login 404 200 404 200 404 200 403 403 403 403",
    ),
    "c/volunteer": Route(
        "/c/de-an-06-2023/volunteers/{volunteer}/",
        "login 404 200 404 200 404 200 404 404 404 200",
        "login 404 302 404 302 404 302 404 404 404 403",
        {"certificate": "1"},
    ),
    "c/volunteer-certificate": Route(
        "/c/de-an-06-2023/volunteers/{volunteer}/certificates/{paper}.pdf",
        "login 404 200 404 200 404 200 404 404 404 403",
    ),
    "volunteer-own": Route(
        "/me/{own}/", same("200"), same("302"), {"certificate": "de-an-06-2023"}
    ),
    "certificate": Route("/me/{own}/de-an-06-2023.pdf", same("200")),
    "certificate-verify": Route("/verify/{paper}/", same("200")),
    "c/personal-data": Route(
        "/c/de-an-06-2023/personal-data/", "login 404 200 200 200 200 200 403 403 200 403"
    ),
    "c/subject-request-new": Route(
        "/c/de-an-06-2023/personal-data/new/",
        "login 404 200 200 200 200 200 403 403 200 403",
        "login 404 302 302 302 302 302 403 403 302 403",
        {"kind": "copy", "phone": "0911000002", "received_on": "2023-06-20"},
    ),
    # The branch that wrote it down sees that it waits, and not what is found.
    "c/subject-request": Route(
        "/c/de-an-06-2023/personal-data/{subject}/",
        "login 404 403 404 404 404 200 403 403 404 403",
        "login 404 403 404 404 404 302 403 403 404 403",
        {"action": "close", "outcome": "nothing"},
    ),
    "c/reads": Route("/c/de-an-06-2023/reads/", "login 404 200 200 200 200 200 403 403 200 403"),
    "c/requests": Route(
        "/c/de-an-06-2023/requests/",
        "login 404 200 200 200 200 200 403 403 403 200",
        "login 404 200 200 200 200 200 403 403 403 200",
        {"called": "0B0E-7A54"},
    ),
    "c/request": Route(
        f"/c/de-an-06-2023/requests/{HELP}/",
        "login 404 200 404 200 404 200 403 403 403 404",
        "login 404 302 404 302 404 302 403 403 403 404",
        {"action": "cannot", "outcome_note": "Đã chuyển đi", "seen": "new."},
    ),
    "public": Route("/public/?unit=14173", same("200")),
    "public-requests": Route(
        "/public/requests/",
        same("302"),
        same("303"),
        {
            "unit": "14173",
            "wish": "visit",
            "reason": "elderly",
            "name": "Bà Nguyễn Thị A.",
            "phone": "0190000001",
            "hamlet": "Xóm 3",
            "consent": "on",
        },
    ),
    "public-request": Route(f"/public/requests/{HELP}/", same("200"), same("403")),
    "public-find": Route(
        "/public/requests/find/",
        same("200"),
        same("400"),
        {"number": "0B0E-7A54", "phone": "0190000009"},
    ),
    "log": Route("/log/", same("200")),
    "log-package": Route("/log/2023-06-01.zip", same("404")),
    "public-point": Route("/public/points/{outing}.ics", same("200")),
    "public-points": Route("/public/points/14173/points.ics", same("200")),
    "queue-ticket": Route("/queue/ticket/", "401 200 200 200 200 200 200 200 200 200 200"),
    "phone-reports": Route("/queue/", same("200")),
    "shell": Route("/shell/report/vi/", same("200")),
    "service-worker": Route("/sw.js", same("200")),
    "manifest": Route("/manifest.webmanifest", same("200")),
    "healthz": Route("/healthz", same("200")),
    "readyz": Route("/readyz", same("200")),
    "metrics": Route("/metrics", same("200")),
    "api-units": Route("/api/v1/units/", "401 200 200 200 200 200 200 200 200 200 200"),
    "api-tasks": Route("/api/v1/tasks/", "401 404 403 403 200 200 200 403 403 403 403"),
    "api-explore": Route("/api/v1/explore/", "401 404 200 200 200 200 200 200 200 200 200"),
    "api-search": Route("/api/v1/search/?q=giao", "401 404 200 200 200 200 200 200 200 200 200"),
    "api-branches": Route("/api/v1/branches/", "401 200 200 200 200 200 200 200 200 200 200"),
    "api-campaigns": Route("/api/v1/campaigns/", "401 200 200 200 200 200 200 200 200 200 200"),
    "api-indicators": Route("/api/v1/indicators/", "401 200 200 200 200 200 200 200 200 200 200"),
    "api-teams": Route("/api/v1/teams/", "401 200 200 200 200 200 200 200 200 200 200"),
    "api-checkins": Route(
        "/api/v1/sessions/{other_gathering}/checkins/",
        "401 405 405 405 405 405 405 405 405 405 405",
        "401 404 201 404 201 404 201 403 403 403 201",
        {"id": str(uuid4()), "phone": "0911000001"},
        as_json=True,
    ),
    "api-close": Route(
        "/api/v1/sessions/{to_close}/close/",
        "401 405 405 405 405 405 405 405 405 405 405",
        "401 404 200 404 200 404 200 403 403 403 200",
        {"counts": {"level1": 5}, "base_version": 1},
        as_json=True,
    ),
    "api-official-figures": Route(
        "/api/v1/official-figures/",
        "401 404 403 403 200 200 200 200 403 403 403",
        "401 404 403 403 403 403 201 201 403 403 403",
        {
            "campaign": "de-an-06-2023",
            "kind": "daily",
            "rows": [{"unit": "14173", "date": "2023-06-20", "level1": 1}],
        },
        as_json=True,
    ),
    "api-reconciliation": Route(
        "/api/v1/reconciliation/?unit=14173", "401 404 403 403 200 404 200 200 403 403 403"
    ),
    "api-totals": Route(
        "/api/v1/totals/?unit=14173", "401 404 200 404 200 404 200 200 200 200 200"
    ),
    "api-completeness": Route(
        "/api/v1/completeness/?unit=14173", "401 404 200 404 200 404 200 200 200 200 200"
    ),
    "api-digests": Route(
        "/api/v1/digests/?unit=14173", "401 404 200 404 200 404 200 200 200 200 200"
    ),
    "api-figures": Route(
        "/api/v1/figures/?unit=14173", "401 404 200 404 200 404 200 200 200 200 200"
    ),
    "api-pasted-messages": Route(
        "/api/v1/pasted-messages/",
        "401 405 405 405 405 405 405 405 405 405 405",
        "401 404 200 200 200 200 200 403 403 200 403",
        {"campaign": "de-an-06-2023", "text": "Giao Tiến cài 3", "date": "2023-05-12"},
        as_json=True,
    ),
    "api-report-book": Route("/api/v1/report-book/", "401 404 200 200 200 200 200 200 200 200 200"),
    "api-revisions": Route(
        f"/api/v1/daily-reports/{REPORT}/revisions/",
        "401 404 200 404 200 404 200 200 200 404 200",
    ),
    "api-report-sessions": Route(
        f"/api/v1/daily-reports/{REPORT}/sessions/",
        "401 404 200 404 200 404 200 200 200 404 200",
        "401 404 200 404 200 404 200 403 403 404 403",
        {"choice": "included", "base_version": 1},
        as_json=True,
    ),
    "api-reviews": Route(
        "/api/v1/reviews/",
        "401 405 405 405 405 405 405 405 405 405 405",
        "401 404 403 404 200 404 200 403 403 404 403",
        {"reports": [str(REPORT)], "decision": "approve", "base_versions": [1]},
        as_json=True,
    ),
    "api-grants": Route(
        "/api/v1/grants/",
        "401 405 405 405 405 405 405 405 405 405 405",
        "401 404 403 404 201 404 201 403 403 404 403",
        {
            "campaign": "de-an-06-2023",
            "branch": "XD-14173",
            "date": "2023-05-12",
            "reason": "Mất điện cả ngày",
        },
        as_json=True,
    ),
    "api-daily-reports": Route(
        "/api/v1/daily-reports/",
        "401 405 405 405 405 405 405 405 405 405 405",
        "401 404 201 404 201 404 201 403 403 404 403",
        {
            "id": str(uuid4()),
            "campaign": "de-an-06-2023",
            "branch": "XD-14173",
            "date": "2023-05-12",
            "counts": ENTRY,
        },
        as_json=True,
    ),
    "api-daily-reports-batch": Route(
        "/api/v1/daily-reports/batch/",
        "401 405 405 405 405 405 405 405 405 405 405",
        "401 404 200 404 200 404 200 403 403 404 403",
        {
            "campaign": "de-an-06-2023",
            "reports": [
                {
                    "id": str(uuid4()),
                    "branch": "XD-14173",
                    "date": "2023-05-12",
                    "counts": ENTRY,
                }
            ],
        },
        as_json=True,
    ),
    "api-sessions": Route(
        "/api/v1/sessions/",
        "401 200 200 200 200 200 200 200 200 200 200",
        "401 404 201 404 201 404 201 403 403 404 403",
        {**PLAN, "place": "Đình"},
        as_json=True,
    ),
    "api-session": Route(
        "/api/v1/sessions/{outing}/", "401 404 200 404 200 404 200 200 200 200 200"
    ),
    **{
        f"api-log-{name}": Route(f"/api/v1/log/{address}", same("200"))
        for name, address in LOG.items()
    },
    "api-schema": Route("/api/schema/", same("200")),
    "api-docs": Route("/api/docs/", same("200")),
}
MACHINES = ("c/police-csv", "c/export-nightly", "c/digest-poster")
# The short address of a campaign's page leads everybody on who sees the campaign.
ROUTES |= {
    name.removeprefix("c/"): replace(
        route,
        url=route.url.replace("/c/de-an-06-2023", ""),
        get=f"{route.get.split()[0]} 404 {leading.format('302')}",
        # Machines are answered in place, and there is nothing that they send.
        post=f"{'405' if name in MACHINES else 'login'} 404 {leading.format('307')}",
    )
    for name, route in ROUTES.items()
    if name.startswith("c/") and name.removeprefix("c/") not in ROUTES
}
# Nothing of a person stands on these, and of a campaign only what is public.
PUBLIC = {
    "public",
    "log",
    "log-package",
    "figures",
    "figure",
    "figure-proof",
    "public-point",
    "public-points",
    "sign-in",
    "set_language",
    "shell",
    "service-worker",
    "manifest",
    "healthz",
    "readyz",
    "metrics",
    *(f"api-log-{name}" for name in LOG),
    "api-schema",
    "api-docs",
}
HEADERS = (
    "Content-Security-Policy",
    "X-Frame-Options",
    "Referrer-Policy",
    "Permissions-Policy",
    "X-Content-Type-Options",
)


def names_of(patterns: list[URLPattern | URLResolver], before: str = "") -> Iterator[str]:
    """Yield the name of every route outside the admin, or its pattern where it has none.

    Below a campaign it begins with ``c/``.
    """
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            yield before + (pattern.name or str(pattern.pattern))
        elif pattern.namespace != "admin":
            is_campaign = "<slug:campaign>" in str(pattern.pattern)
            yield from names_of(pattern.url_patterns, "c/" if is_campaign else before)


@pytest.fixture
def locations(world: World) -> dict[str, Any]:
    """Return what the example addresses are filled with; a report stands for one of them."""
    day = TODAY - dt.timedelta(days=1)
    entry = ReportInput(
        id=REPORT, campaign="de-an-06-2023", branch="XD-14173", date=day, counts=ENTRY
    )
    submit_report(actor=world.owner, entry=entry)
    drain()
    sequence()
    try_draft(world)
    make_help_request(id=HELP, campaign=world.campaign, unit=world.commune)
    CountsFile.objects.create(
        id=FILE,
        campaign=world.campaign,
        user=world.lead,
        name="a.csv",
        upload=keep_upload(b"a,b"),
        language="vi",
    )
    subject = enter_request(
        actor=world.owner, kind="copy", name="", phone="0911000002", received_on=TODAY
    )
    for place, user in enumerate(User.objects.order_by("pk")):
        User.objects.filter(pk=user.pk).update(phone=f"09870000{place:02}")
    return {
        **_gatherings(world),
        "subject": subject.pk,
        "owner": world.owner.pk,
        "team": world.team.pk,
        "member": world.team.memberships.get(volunteer=world.member).pk,
        "lead_member": world.team.memberships.get(role="leader").pk,
        "given": world.owner.appointments.get().pk,
        "invitation": issue_invitation(actor=make_user(is_superuser=True), user=make_newcomer()),
    }


def _gatherings(world: World) -> dict[str, Any]:
    """Make sessions of the team: one to come to, one to close, one that was attended."""
    given: dict[str, Any] = {
        "campaign": world.campaign,
        "branch": world.branch,
        "teams": [world.team],
        "ends_at": dt.time(23, 59),
    }
    gathering, to_close = make_session(**given), make_session(**given)
    closed = {"state": "closed", "headcount": 0, "participations": 1}
    attended = make_session(**given, **closed, date=TODAY - dt.timedelta(days=1))
    moment = dt.datetime(2023, 6, 19, 8, tzinfo=dt.UTC)
    attended.attendance.create(volunteer=world.member, checked_in_at=moment)
    return {
        "gathering": gathering.pk,
        "other_gathering": make_session(**given).pk,
        "outing": make_session(**given).pk,
        "feed": make_calendar_link(actor=world.owner),
        "to_close": to_close.pk,
        "join": gathering.join_key,
        "here": code_for(gathering),
        "volunteer": world.member.pk,
        "own": issue_link(actor=world.owner, volunteer=world.member),
        "paper": issue_certificate(
            actor=world.owner, volunteer=world.member, campaign=world.campaign
        ).code,
    }


def client_of(world: World, browse: Browse, role: str) -> Client:
    """Return a client that acts in a role, signed in with the password of the moment."""
    if role == "anonymous":
        return Client()
    return browse(User.objects.get(pk=getattr(world, role).pk))


def send(
    client: Client, route: Route, locations: dict[str, Any], method: str = "get"
) -> HttpResponse:
    """Ask for the example of a route."""
    url = route.url.format(**locations)
    if method == "get":
        return client.get(url)  # type: ignore[return-value]
    kind = {"content_type": "application/json"} if route.as_json else {}
    answer: HttpResponse = getattr(client, method)(url, route.sent or None, **kind)
    return answer


def outcome_of(answer: HttpResponse) -> str:
    """Return the answer in the words of the table."""
    is_login = answer.headers.get("Location", "").startswith("/sign-in/")
    return "login" if is_login else str(answer.status_code)


def test_every_route_is_in_the_table() -> None:
    assert sorted(names_of(get_resolver().url_patterns)) == sorted(ROUTES)


@pytest.mark.parametrize("role", ROLES)
def test_pages_open_to_whom_they_are_for_guarded_and_kept_by_nobody(
    world: World, locations: dict[str, Any], browse: Browse, role: str
) -> None:
    column = ROLES.index(role)
    client, planted = client_of(world, browse, role), people_planted()
    answers = {name: send(client, route, locations) for name, route in ROUTES.items()}
    assert {name: outcome_of(answer) for name, answer in answers.items()} == {
        name: route.get.split()[column] for name, route in ROUTES.items()
    }
    assert missing_guards(answers) == set()
    assert stored_by_others(answers) == []
    assert unrecorded(answers, role, planted) == []


def people_planted() -> dict[str, set[str]]:
    """Return everybody's name and telephone number, and whose they are."""
    rows: list[Any] = [*Volunteer.objects.all(), *User.objects.all()]
    planted: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        for text in filter(None, (row.full_name, row.phone)):
            planted[text].add(key_of(row))
    for request in [*HelpRequest.objects.all(), *SubjectRequest.objects.all()]:
        for text in filter(None, (request.name, request.phone)):
            planted[text].add(key_of(request))
    return planted


def unrecorded(
    answers: dict[str, HttpResponse], role: str, planted: dict[str, set[str]]
) -> list[tuple[str, str]]:
    """Return the routes that showed a person to somebody else, and kept no record of it."""
    reader = User.objects.filter(username=role.replace("_", "-")).first()
    own = {key_of(row) for row in (reader, getattr(reader, "volunteer", None)) if row}
    recorded: dict[str, set[str]] = defaultdict(set)
    for read in PersonalDataRead.objects.filter(reader=reader):
        assert read.page in PAGE_NAMES
        recorded[read.path or read.page] |= set(read.people)
    missed = []
    for name, answer in answers.items():
        if answer.streaming or 300 <= answer.status_code < 400:
            continue
        body = unescape(answer.content.decode(errors="ignore"))
        shown = [text for text in planted if re.search(rf"{re.escape(text)}(?!\d)", body)]
        is_packed = answer.headers.get("Content-Type") == "application/pdf"
        if is_packed and name != "c/day-sheets":  # whose it is, is known; sheets name nobody
            shown = ["Lê Thị Thành Viên"]
        known = recorded[answer.request["PATH_INFO"]] | recorded[name] | own  # type: ignore[attr-defined]
        missed += [(name, text) for text in shown if planted[text].isdisjoint(known)]
    return missed


def missing_guards(answers: dict[str, HttpResponse]) -> set[tuple[str, str]]:
    """Return what guards a page and does not stand in its answer, by route."""
    return {
        (name, header)
        for name, answer in answers.items()
        for header in HEADERS
        if header not in answer.headers
    }


def stored_by_others(answers: dict[str, HttpResponse]) -> list[str]:
    """Return the routes with something personal that whoever stands in between may keep."""
    rules = {
        name: answer.headers.get("Cache-Control", "")
        for name, answer in answers.items()
        if name not in PUBLIC and answer.status_code == 200
    }
    return [
        name for name, rule in rules.items() if "no-store" not in rule and "private" not in rule
    ]


@pytest.mark.parametrize("role", ROLES)
def test_writes_are_taken_from_whom_may_write(
    world: World, locations: dict[str, Any], browse: Browse, role: str
) -> None:
    column = ROLES.index(role)
    writing = {name: route for name, route in ROUTES.items() if route.post}
    answers, pages, planted = {}, {}, people_planted()
    client = client_of(world, browse, role)
    session = client.cookies.get("sessionid")
    for name, route in writing.items():
        pages[name] = send(client, route, locations, "post")
        answers[name] = outcome_of(pages[name])
        # Signed out, or the password changed; who is nobody has no session to lose.
        if session is None or client.cookies.get("sessionid") != session:
            client = client_of(world, browse, role)
            session = client.cookies.get("sessionid")
    assert answers == {name: route.post.split()[column] for name, route in writing.items()}
    assert unrecorded(pages, role, planted) == []
    taken = "302 201".count(ROUTES["c/report"].post.split()[column]) * 2
    assert DailyReport.objects.count() == 1 + taken


def test_methods_that_a_page_does_not_know_are_refused(
    world: World, locations: dict[str, Any], browse: Browse
) -> None:
    staff, visitor = browse(world.staff), Client()
    answers = {
        (name, method): getattr(client, method)(route.url.format(**locations)).status_code
        for name, route in ROUTES.items()
        for client in [visitor if name == "sign-in" else staff]
        for method in ("post", "put", "patch", "delete")
        if name != "set_language" and not (method == "post" and route.post)
    }
    assert {key for key, status in answers.items() if status != 405} == set()


def test_other_methods_do_not_choose_a_language(db: None) -> None:
    client = Client()
    for method in ("get", "put", "patch", "delete"):
        getattr(client, method)("/language/", {"language": "en"})
    assert "django_language" not in client.cookies


# Each parameter of each address that names something of somebody else's.
OUTSIDE = [
    ("neighbour", "/c/de-an-06-2023/sessions/?unit=14173"),
    ("neighbour", "/c/de-an-06-2023/sessions/?branch=XD-14173"),
    ("neighbour", "/c/de-an-06-2023/sessions/new/?branch=XD-14173"),
    ("other_lead", "/c/de-an-06-2023/sessions/?unit=365"),
    ("officer", "/c/de-an-06-2023/sessions/?branch=XD-14173"),
    ("neighbour", "/c/de-an-06-2023/report/?branch=XD-14173"),
    ("neighbour", "/c/de-an-06-2023/report/?branch=HD-365"),
    ("neighbour", "/api/v1/totals/?unit=14173"),
    ("neighbour", "/api/v1/totals/?unit=365"),
    ("neighbour", "/api/v1/totals/?unit=36&level=commune"),
    ("neighbour", "/api/v1/totals/?branch=XD-14173"),
    ("neighbour", "/api/v1/totals/?branch=HD-365"),
    ("neighbour", "/api/v1/totals/?branch=TD-36&level=commune"),
    ("neighbour", "/c/de-an-06-2023/report/progress/?branch=XD-14173"),
    ("neighbour", "/c/de-an-06-2023/completeness/14173/"),
    ("other_lead", "/c/de-an-06-2023/completeness/365/"),
    ("neighbour", "/api/v1/completeness/?unit=14173"),
    ("neighbour", "/api/v1/completeness/?branch=HD-365"),
    ("neighbour", "/api/v1/digests/?unit=14173"),
    ("neighbour", "/api/v1/digests/?unit=365"),
    ("neighbour", "/c/de-an-06-2023/digests/14173/2023-06-19.png"),
    ("other_lead", "/c/de-an-06-2023/digests/365/2023-06-19/"),
    ("neighbour", "/c/de-an-06-2023/units/365/"),
    ("neighbour", "/c/de-an-06-2023/branches/HD-365/"),
    ("other_lead", "/c/de-an-06-2023/units/14173/"),
    ("other_lead", "/c/de-an-06-2023/units/36/"),
    ("other_lead", "/c/de-an-06-2023/branches/CA-36/"),
    ("other_lead", "/api/v1/totals/?unit=365"),
    ("other_lead", "/api/v1/totals/?branch=XD-14173"),
    ("other_lead", "/c/de-an-06-2023/report/?branch=XD-14173"),
    ("officer", "/c/de-an-06-2023/report/?branch=XD-14173"),
    ("officer", "/api/v1/totals/?branch=XD-14173"),
    ("officer", "/api/v1/totals/?branch=TD-36"),
    ("lead", "/c/de-an-06-2023/branches/CA-36/"),
    ("lead", "/c/de-an-06-2023/branches/TD-36/invite/"),
    ("lead", "/api/v1/totals/?unit=36"),
    ("lead", "/api/v1/totals/?branch=TD-36"),
]


def test_parameters_do_not_reach_outside_the_scope(world: World, browse: Browse) -> None:
    answers = {
        (role, url): browse(getattr(world, role)).get(url).status_code for role, url in OUTSIDE
    }
    assert {key: status for key, status in answers.items() if status != 404} == {}


def test_filters_do_not_widen_the_scope(world: World, browse: Browse) -> None:
    neighbour = browse(world.neighbour)
    found = {
        url: [row["code"] for row in neighbour.get(url).json()["results"]]
        for url in (
            "/api/v1/units/?within=365",
            "/api/v1/units/?within=36&level=commune",
            "/api/v1/units/?q=Giao",
            "/api/v1/units/?q=14173",
            "/api/v1/branches/?within=HD-365",
            "/api/v1/branches/?q=XD-14173",
            "/api/v1/branches/?kind=police",
        )
    }
    assert found == {
        "/api/v1/units/?within=365": ["14158"],
        "/api/v1/units/?within=36&level=commune": ["14158"],
        "/api/v1/units/?q=Giao": [],
        "/api/v1/units/?q=14173": [],
        "/api/v1/branches/?within=HD-365": ["XD-14158"],
        "/api/v1/branches/?q=XD-14173": [],
        "/api/v1/branches/?kind=police": [],
    }


def test_without_appointment_there_is_no_data(world: World, browse: Browse) -> None:
    stranger = browse(world.stranger)
    for name in ("units", "branches", "campaigns", "indicators"):
        answer = stranger.get(f"/api/v1/{name}/").json()
        assert (name, answer["count"], answer["results"]) == (name, 0, [])


@pytest.mark.parametrize("which", ["neighbour", "far"])
def test_invitation_of_somebody_elsewhere_is_not_found(
    world: World, browse: Browse, which: str
) -> None:
    """The branch is one's own, the person in the address is not of it."""
    person = {"neighbour": world.neighbour, "far": world.officer}[which]
    answer = browse(world.lead).post(f"/c/de-an-06-2023/branches/XD-14173/invite/{person.pk}/")
    assert answer.status_code == 404
    assert not person.invitations.exists()


@pytest.mark.parametrize("role", ["anonymous", "stranger", "owner", "lead", "liaison"])
def test_admin_lets_nobody_in_but_staff(world: World, browse: Browse, role: str) -> None:
    client = client_of(world, browse, role)
    prefix, resolver = get_resolver().namespace_dict["admin"]
    addresses = {
        f"/{prefix}{template % dict.fromkeys(parameters, '1')}"
        for key in resolver.reverse_dict
        for options, *_rest in resolver.reverse_dict.getlist(key)
        for template, parameters in options
    }
    assert len(addresses) > 50
    # Its own door leads to the sign-in, and its way out to its door.
    entrances = ("/sign-in/", "/admin/login/", "/admin/")
    let_in = set()
    for url in addresses:
        answer = client.get(url)
        shown_out = answer.headers.get("Location", "").split("?")[0] in entrances
        if answer.status_code != 403 and not shown_out:
            let_in.add(url)
    assert let_in == set()


def test_tokens_have_the_scope_of_their_user(world: World) -> None:
    secret = issue_token(user=world.neighbour)
    client = Client(headers={"authorization": f"Bearer {secret}"})
    answers = [
        client.get("/api/v1/totals/?unit=14158").status_code,
        client.get("/api/v1/totals/?unit=14173").status_code,
        client.get("/c/de-an-06-2023/exports/police.csv").status_code,
        client.get("/c/de-an-06-2023/dashboard/").status_code,  # pages are for sessions
    ]
    assert answers == [200, 404, 403, 302]


WRONG = {
    "not found": ("get", "/khong-co/", {}),
    "no slash": ("get", "/dashboard", {}),
    "nul in the path": ("get", "/c/de-an-06-2023/units/%00/", {}),
    "nul in the query": ("get", "/c/de-an-06-2023/units/?q=%00", {}),
    "nul asked of the API": ("get", "/api/v1/units/?q=%00", {}),
    "too much": ("post", "/c/de-an-06-2023/report/", {"note": "x" * 300_000}),
    "wrong method": ("delete", "/c/de-an-06-2023/dashboard/", {}),
    "no right": ("get", "/c/de-an-06-2023/targets/", {}),
    "API not found": ("get", "/api/v1/totals/?campaign=khac", {}),
}


@pytest.mark.parametrize("is_demo", [False, True])
@pytest.mark.parametrize("case", WRONG)
def test_every_refusal_is_guarded(
    world: World, browse: Browse, settings: LazySettings, case: str, is_demo: bool
) -> None:
    settings.DEBUG = is_demo
    method, url, sent = WRONG[case]
    answer = getattr(browse(world.owner), method)(url, sent)
    assert 300 <= answer.status_code < 500
    assert [header for header in HEADERS if header not in answer.headers] == []


def test_expired_form_is_guarded(world: World) -> None:
    client = Client(enforce_csrf_checks=True)
    answer = client.post("/sign-in/", {"username": "owner", "password": "x"})
    assert answer.status_code == 403
    assert [header for header in HEADERS if header not in answer.headers] == []


def test_policy_allows_nothing_from_elsewhere_and_nothing_inline(db: None) -> None:
    policy = Client().get("/sign-in/").headers["Content-Security-Policy"]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == rules["style-src"] == rules["form-action"] == "'self'"
    assert rules["frame-ancestors"] == rules["base-uri"] == "'none'"
    assert "unsafe" not in policy


def test_metrics_are_for_this_machine_or_the_token(db: None, settings: LazySettings) -> None:
    settings.METRICS_TOKEN = "mot-khoa"
    far = Client(REMOTE_ADDR="203.0.113.5")
    proxied = {"x-forwarded-for": "203.0.113.5"}
    answers = [
        far.get("/metrics").status_code,
        far.get("/metrics", headers={"authorization": "Bearer sai"}).status_code,
        far.get("/metrics", headers={"authorization": "Bearer mot-khoa"}).status_code,
        Client().get("/metrics", headers=proxied).status_code,
        Client().get("/metrics").status_code,
    ]
    assert answers == [404, 404, 200, 404, 200]
    for unknown in ("", "unix:", "localhost"):
        assert (unknown, Client(REMOTE_ADDR=unknown).get("/metrics").status_code) == (unknown, 404)


def test_metrics_without_a_token_know_no_empty_one(db: None, settings: LazySettings) -> None:
    settings.METRICS_TOKEN = ""
    far = Client(REMOTE_ADDR="203.0.113.5")
    answer = far.get("/metrics", headers={"authorization": "Bearer "})
    assert answer.status_code == 404
