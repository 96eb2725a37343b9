"""Many rows at once, and row by row: run within a portal, by its ``manage.py shell``.

All of it is taken back, so that the world stays as it was. Seconds are those of a processor, of
this process and of its backend together: they work in turn, and what else the machine does counts
less.
"""

import datetime as dt
import json
import os
import random
import time
import uuid
from collections.abc import Callable, Iterator
from itertools import count, islice
from pathlib import Path
from typing import Any

import tablib
from django.db import connection, transaction
from import_export.fields import Field
from import_export.resources import ModelResource
from import_export.widgets import ForeignKeyWidget, JSONWidget

from accounts.models import User
from campaign.models import Branch, Campaign
from demo.load_test import LAST_DAY, SLUG, make_load
from reports.daily.models import DailyReport, Source
from reports.daily.services.report_input import ReportInput
from reports.daily.services.submit_many import submit_reports
from reports.daily.texts import TEXT_NAMES
from volunteers.teams.models import Membership, Team, Volunteer
from volunteers.teams.resources import MembershipResource

# Row by row so many are enough to know what a row costs.
SAMPLE = 500
# The country's units are there from April on.
COUNTRY_DAY = dt.date(2023, 4, 10)
TICK = os.sysconf("SC_CLK_TCK")


def rate(rows: int, work: Callable[[], object]) -> float:
    """Return how many rows a second of a processor takes; what waits for a commit is checked."""
    began = spent()
    work()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    return rows / (spent() - began)


def spent() -> float:
    raw: Any = connection.connection
    stat = Path(f"/proc/{raw.info.backend_pid}/stat").read_text()
    user, system = stat[stat.rindex(")") + 2 :].split()[11:13]
    return time.process_time() + (int(user) + int(system)) / TICK


class Rows(ModelResource):  # type: ignore[misc]
    def after_import(self, dataset: tablib.Dataset, result: Any, **kwargs: Any) -> None:
        """Set no sequence back: the portal's role may not."""


class ReportRows(Rows):
    counts = Field(attribute="counts", widget=JSONWidget())

    class Meta:
        model = DailyReport
        import_id_fields = ("id",)
        fields = ("id", "campaign", "branch", "unit", "date", "counts", "lateness", "received_at")


class VolunteerRows(Rows):
    class Meta:
        model = Volunteer
        import_id_fields = ("phone",)
        fields = ("phone", "full_name", "affiliation")


class MembershipRows(Rows):
    volunteer = Field(attribute="volunteer", widget=ForeignKeyWidget(Volunteer, "phone"))

    class Meta:
        model = Membership
        import_id_fields = ("team", "volunteer")
        fields = ("team", "volunteer", "role", "joined_on")


def row_by_row(rows: int, *files: tuple[Any, tablib.Dataset]) -> float:
    def take() -> None:
        for resource, file in files:
            resource.import_data(file, raise_errors=True)

    return rate(rows, take)


def branch_days(wanted: int, last: dt.date) -> list[tuple[Branch, dt.date]]:
    """Return so many days of all branches, day after day into the past."""
    branches = list(Branch.objects.filter(reports_daily=True).select_related("home_unit"))
    days = (last - dt.timedelta(days=back) for back in count())
    return list(islice(((branch, day) for day in days for branch in branches), wanted))


def open_campaign(first: dt.date, last: dt.date) -> Campaign:
    """Return the load campaign, open from the first to the last of these days."""
    make_load(reports=0)
    days = {"starts_on": first, "ends_on": last}
    Campaign.objects.filter(slug=SLUG).update(**days, editable_days=1000)
    return Campaign.objects.get(slug=SLUG)


def entries(wanted: list[tuple[Branch, dt.date]], seed: int) -> Iterator[ReportInput]:
    dice = random.Random(seed)
    for branch, day in wanted:
        level1, level2 = dice.randint(5, 60), dice.randint(5, 60)
        yield ReportInput(
            id=uuid.UUID(int=dice.getrandbits(128), version=4),
            campaign=SLUG,
            branch=branch.code,
            date=day,
            counts={
                "installed": dice.randint(10, 90),
                "level1": level1,
                "level2": level2,
                "upgraded": dice.randint(0, min(level1, level2)),
            },
            texts=dict.fromkeys(TEXT_NAMES, ""),
            explanation="checked",
        )


def reports(wanted: int, actor: User) -> dict[str, float]:
    """Take reports in by one call, with history, leaves and all checks; and bare rows."""
    where = branch_days(wanted + SAMPLE, COUNTRY_DAY)
    campaign = open_campaign(where[-1][1], COUNTRY_DAY)
    sent = list(entries(where[:wanted], 6))
    given: dict[str, Any] = {"actor": actor, "campaign": campaign, "source": Source.FILE}
    ours = rate(wanted, lambda: submit_reports(entries=sent, **given))
    rows = tablib.Dataset(headers=ReportRows.Meta.fields)
    for branch, day in where[wanted:]:
        counts = json.dumps({"installed": 40, "level1": 20, "level2": 10})
        place = str(uuid.uuid4()), campaign.pk, branch.pk, branch.home_unit_id, day.isoformat()
        rows.append((*place, counts, "on_time", "2023-06-20 17:30:00"))
    return {"ours": ours, "beside": row_by_row(SAMPLE, (ReportRows(), rows))}


def members(wanted: int, actor: User) -> dict[str, float]:
    """Take members in, ten to a team; ours makes their teams too."""
    branches = list(Branch.objects.filter(reports_daily=True).select_related("home_unit"))
    rows = tablib.Dataset(headers=("Tên tổ", "Mã địa bàn", "Họ và tên", "Số điện thoại", "Vai trò"))
    for number in range(wanted):
        home = branches[number // 10 % len(branches)].home_unit.code
        name = f"Nguyễn Thị Đo {number % 1000}"
        called = f"Tổ đo {number // (10 * len(branches))}"
        rows.append((called, home, name, f"09{number:08}", "Thành viên"))
    resource = MembershipResource(user=actor)

    def take() -> None:
        result = resource.import_data(rows, use_transactions=True, raise_errors=True)
        if result.totals["new"] != wanted:
            raise RuntimeError(result.totals)

    ours = rate(wanted, take)
    team = Team.objects.filter(name="Tổ đo 0")[0]
    people, joined = (
        tablib.Dataset(headers=r.Meta.fields) for r in (VolunteerRows, MembershipRows)
    )
    for number in range(SAMPLE):
        people.append((f"08{number:08}", f"Nguyễn Thị Đo {number}", "none"))
        joined.append((team.pk, f"08{number:08}", "member", ""))
    beside = row_by_row(SAMPLE, (VolunteerRows(), people), (MembershipRows(), joined))
    return {"ours": ours, "beside": beside}


def batches(wanted: int) -> list[dict[str, Any]]:
    """Open the campaign, which stays, and return bodies of the API's door, 5,000 reports each."""
    where = branch_days(wanted, LAST_DAY)
    open_campaign(where[-1][1], LAST_DAY)
    rows = [
        {
            "id": str(one.id),
            "branch": one.branch,
            "date": one.date.isoformat(),
            "counts": one.counts,
            "explanation": one.explanation,
        }
        for one in entries(where, random.randrange(2**32))
    ]
    return [
        {"campaign": SLUG, "reports": rows[begin : begin + 5000]}
        for begin in range(0, wanted, 5000)
    ]


def measure(what: str, wanted: int, actor: str) -> None:
    """Print as JSON how many rows a second of a processor takes, ours and import-export."""
    work = {"reports": reports, "members": members}[what]
    with transaction.atomic():
        found = work(wanted, User.objects.get(username=actor))
        transaction.set_rollback(True)
    print(json.dumps(found))
