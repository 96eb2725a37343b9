"""What changed since a file: each line that is another, from what to what, why, in which role."""

import csv
import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from accounts.services import issue_token
from campaign.models import Target
from campaign.services.dirty_days import mark_dirty
from campaign.services.grants import reopen_day
from campaign.services.settings_change import settings_change
from core import clock
from reports.daily.models import DailyReport
from reports.daily.services.review import review_reports
from reports.exports.models import Export
from reports.rollup.services.rollup import drain
from tests.conftest import TODAY, World
from tests.factories import make_session
from tests.reports.police.test_police_csv import YESTERDAY, fetch
from tests.reports.reporting import police_indicators, report

Browse = Callable[[User], Client]
FILES = "/c/de-an-06-2023/exports/"
DAY_BEFORE = YESTERDAY - dt.timedelta(days=1)
API = "/api/v1/exports/"


@pytest.fixture
def reported(world: World) -> World:
    police_indicators(world)
    report(world.owner, "XD-14173", {"assisted": 9, "level1": 5}, date=DAY_BEFORE)
    report(world.owner, "XD-14173", {"level1": 3}, date=YESTERDAY)
    report(world.other_lead, "XD-14050", {"level1": 40}, date=YESTERDAY)
    drain()
    return world


def take(client: Client, **asked: str) -> Export:
    fetch(client, first=f"{DAY_BEFORE}", **asked)
    return Export.objects.police().latest("pk")


def correct(world: World, day: dt.date, **counts: int) -> DailyReport:
    stored = DailyReport.objects.get(branch=world.branch, date=day)
    again: Any = {"report_id": stored.pk, "base_version": stored.version}
    sent = report(world.owner, "XD-14173", counts, date=day, **again)
    drain()
    return sent


def ask(client: Client, export: Export, **query: Any) -> dict[str, Any]:
    answer = client.get(f"{API}{export.pk}/changes/", query)
    assert answer.status_code == 200, answer.content
    found: dict[str, Any] = answer.json()
    return found


def lines_of(found: dict[str, Any]) -> dict[tuple[str, str], Any]:
    return {(line["unit"], line["date"]): line for line in found["results"]}


def cells(line: dict[str, Any]) -> dict[str, tuple[str, str]]:
    return {c["column"]: (c["before"], c["after"]) for c in line["cells"]}


def whys(line: dict[str, Any]) -> list[tuple[str, str]]:
    return [(why["reason"], why["role"]) for why in line["why"]]


@pytest.mark.parametrize("of", ["then", "now"])
def test_each_line_says_from_what_to_what_why_and_in_which_role(
    reported: World, browse: Browse, of: str
) -> None:
    client = browse(reported.liaison)
    file = take(client, basis="reported", map=of)
    assert ask(client, file) | {"results": []} == {
        **{"export": file.pk, "to": None, "count": 0, "next": None, "results": []},
        **{"changed": 0, "added": 0, "removed": 0},
    }
    correct(reported, DAY_BEFORE, assisted=9, level1=2)
    far = DailyReport.objects.get(branch=reported.far_branch)
    review_reports(
        actor=reported.other_lead,
        seen={far.pk: far.version},
        decision="return",
        reason="Nhầm sang tuần trước",
    )
    drain()
    found = ask(client, file)
    lines = lines_of(found)
    own, carried = lines["14173", f"{DAY_BEFORE}"], lines["14173", f"{YESTERDAY}"]
    assert {"level1": ("5", "2"), "activated": ("5", "2")}.items() <= cells(own).items()
    assert (whys(own), own["change"]) == ([("corrected", "Bí thư")], "changed")
    assert "assisted" not in cells(own)
    assert "sửa số qua “API”" in own["why"][0]["words"]
    assert cells(carried)["activated_to_date"] == ("8", "5")
    assert "level1" not in cells(carried)
    assert whys(carried) == [("carried", "")]
    assert DAY_BEFORE.strftime("%d/%m/%Y") in carried["why"][0]["words"]
    gone = lines["14050", f"{YESTERDAY}"]
    assert cells(gone)["level1"] == ("40", "40" if far.fallback_counts else "")
    assert whys(gone) == [("returned", "Phụ trách địa bàn")]
    assert gone["why"][0]["note"] == "Nhầm sang tuần trước"
    # Of what is today nothing but what it has to date is another.
    assert whys(lines["14173", f"{TODAY}"]) == [("carried", "")]
    assert (found["count"], found["changed"]) == (len(lines), len(lines))
    assert str(reported.owner) not in str(found)

    # One after the other, and to a later file in place of now.
    rest = ask(client, file, start=1)
    assert rest["results"] == found["results"][1:]
    later = take(client, basis="reported", map=of)
    correct(reported, YESTERDAY, level1=300)
    assert ask(client, file, to=later.pk)["results"] == found["results"]
    assert lines_of(ask(client, later)).keys() == {("14173", str(d)) for d in (YESTERDAY, TODAY)}
    assert client.get(f"{API}{later.pk}/changes/?to={file.pk}").status_code == 400
    other = take(client, basis="approved", map=of)
    assert client.get(f"{API}{file.pk}/changes/?to={other.pk}").status_code == 400


def test_approvals_change_the_approved_basis_alone(reported: World, browse: Browse) -> None:
    client = browse(reported.liaison)
    files = {basis: take(client, basis=basis) for basis in ("reported", "approved")}
    far = DailyReport.objects.get(branch=reported.far_branch)
    review_reports(actor=reported.other_lead, seen={far.pk: far.version}, decision="approve")
    drain()
    assert ask(client, files["reported"])["count"] == 0
    line = lines_of(ask(client, files["approved"]))["14050", f"{YESTERDAY}"]
    assert cells(line)["level1"] == ("", "40")
    assert whys(line) == [("approved", "Phụ trách địa bàn")]


def test_late_reports_reopened_days_sessions_and_targets_are_named(
    reported: World, browse: Browse
) -> None:
    client = browse(reported.liaison)
    file = take(client, basis="reported")
    reopen_day(
        actor=reported.lead,
        campaign=reported.campaign,
        branch=reported.branch,
        day=YESTERDAY,
        reason="Mất điện cả ngày",
    )
    correct(reported, YESTERDAY, level1=4)
    closed = {"state": "closed", "closed_at": clock.now(), "closed_by": reported.neighbour}
    outcome = {"counts": {"level1": 6}, "headcount": 1, "participations": 6}
    session = make_session(
        campaign=reported.campaign,
        branch=reported.neighbour_branch,
        date=YESTERDAY,
        **closed,
        **outcome,
    )
    mark_dirty(session, since=clock.now())
    report(reported.other_lead, "XD-14050", {"level1": 2}, date=DAY_BEFORE)
    with settings_change(actor=reported.staff, reason="Giao lại", since=DAY_BEFORE):
        Target.objects.filter(unit=reported.commune).update(value=2000)
    drain()
    lines = lines_of(ask(client, file))
    opened = lines["14173", f"{YESTERDAY}"]
    assert whys(opened) == [
        ("corrected", "Bí thư"),
        ("reopened", "Phụ trách địa bàn"),
        ("target", "Cán bộ cấp tỉnh"),
    ]
    assert opened["why"][1]["note"] == "Mất điện cả ngày"
    # Why settings were changed is read by those who may change them.
    assert opened["why"][2]["note"] == ""
    assert cells(opened)["target"] == ("1000", "2000")
    assert whys(lines["14158", f"{YESTERDAY}"]) == [("session", "Bí thư")]
    assert whys(lines["14050", f"{DAY_BEFORE}"])[0][0] in ("late", "sent")
    staff = lines_of(ask(browse(reported.staff), file))["14173", f"{YESTERDAY}"]
    assert staff["why"][2]["note"] == "Giao lại"


def test_page_and_file_say_the_same_and_the_next_download_offers_it(
    reported: World, browse: Browse
) -> None:
    client = browse(reported.liaison)
    file = take(client, basis="reported")
    assert "dòng đã đổi" not in client.get(FILES).content.decode()
    correct(reported, DAY_BEFORE, assisted=9, level1=2)
    count = ask(client, file)["count"]
    offer = " ".join(client.get(FILES).content.decode().split())
    assert f"có {count} dòng đã đổi." in offer
    assert f'href="{FILES}{file.pk}/changes/"' in offer
    page = " ".join(client.get(f"{FILES}{file.pk}/changes/").content.decode().split())
    assert "<code>level1</code> 5 → <b>2</b>" in page
    assert f"{count - 1} dòng chỉ khác ở cột lũy kế" in page
    assert "activated_to_date</code> 8" not in page
    whole = client.get(f"{FILES}{file.pk}/changes/?all=1").content.decode()
    assert "activated_to_date</code> 8" in whole
    answer: Any = client.get(f"{FILES}{file.pk}/changes.csv")
    content = b"".join(answer.streaming_content)
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    level1 = next(row for row in rows if row["column"] == "level1")
    assert (level1["from"], level1["to"], level1["role"]) == ("5", "2", "Bí thư")
    # It has a record as the file has, and is there again.
    record = Export.objects.get(kind="changes")
    assert (record.rows, record.filter) == (len(rows), {"export": file.pk, "to": None})
    assert record.file == content
    assert client.get(f"{FILES}{record.pk}/?file=1").content == content
    assert client.get(f"{FILES}{record.pk}/").status_code == 200
    assert client.get(f"{FILES}{record.pk}/changes/").status_code == 404


def test_what_was_typed_is_read_by_who_may_read_the_report(reported: World, browse: Browse) -> None:
    sent = report(reported.officer, "CA-36", {"level2": 7}, unit="14158", date=YESTERDAY)
    drain()
    files = {
        who: take(browse(getattr(reported, who)), basis="reported") for who in ("lead", "staff")
    }
    review_reports(
        actor=reported.staff, seen={sent.pk: sent.version}, decision="return", reason="Nhầm xã"
    )
    drain()
    notes = {}
    for who, file in files.items():
        line = lines_of(ask(browse(getattr(reported, who)), file))["14158", f"{YESTERDAY}"]
        notes[who] = [(why["reason"], why["note"]) for why in line["why"]]
    assert notes == {"lead": [("returned", "")], "staff": [("returned", "Nhầm xã")]}


def test_offer_counts_the_lines_of_the_file_alone(reported: World, browse: Browse) -> None:
    client = browse(reported.liaison)
    fetch(client, first=f"{YESTERDAY}", basis="reported")
    # Of a day before it, and in no column that goes on.
    correct(reported, DAY_BEFORE, assisted=8, level1=5)
    assert "dòng đã đổi" not in client.get(FILES).content.decode()
    correct(reported, YESTERDAY, assisted=1, level1=3)
    assert "có 1 dòng đã đổi." in " ".join(client.get(FILES).content.decode().split())
    correct(reported, DAY_BEFORE, assisted=8, level1=4)
    assert "có 2 dòng đã đổi." in " ".join(client.get(FILES).content.decode().split())


def test_file_of_a_country_is_compared_as_a_file_alone(reported: World, browse: Browse) -> None:
    client = browse(reported.liaison)
    file = take(client, basis="reported")
    correct(reported, DAY_BEFORE, assisted=9, level1=2)
    Export.objects.filter(pk=file.pk).update(rows=400_001)
    page = client.get(f"{FILES}{file.pk}/changes/").content.decode()
    assert "quá lớn" in page
    assert f'href="{FILES}{file.pk}/changes.csv"' in page
    assert client.get(f"{API}{file.pk}/changes/").status_code == 400
    answer: Any = client.get(f"{FILES}{file.pk}/changes.csv")
    assert b"level1,5,2" in b"".join(answer.streaming_content)


def test_others_files_are_not_there(reported: World, browse: Browse) -> None:
    file = take(browse(reported.liaison))
    taken = Export.objects.count()
    for path in (
        f"{FILES}{file.pk}/changes/",
        f"{FILES}{file.pk}/changes.csv",
        f"{API}{file.pk}/changes/",
    ):
        statuses = [
            browse(who).get(path).status_code
            for who in (reported.staff, reported.lead, reported.owner, reported.stranger)
        ]
        assert statuses in ([200, 404, 403, 404], [200, 404, 403, 403])
    # Of those who asked the staff alone has taken the changes as a file.
    assert Export.objects.count() == taken + 1
    listed = {
        who: [one["id"] for one in browse(getattr(reported, who)).get(API).json()["results"]]
        for who in ("staff", "lead", "liaison")
    }
    staffs = Export.objects.latest("pk")
    assert listed == {"staff": [staffs.pk, file.pk], "lead": [], "liaison": [file.pk]}
    token = issue_token(user=reported.liaison)
    machine = Client(headers={"authorization": f"Bearer {token}"})
    [one] = machine.get(API, {"campaign": "de-an-06-2023"}).json()["results"]
    assert (one["sha256"], one["rows"], one["map"]) == (file.sha256, file.rows, "then")
    assert browse(reported.owner).get(API).status_code == 403
