"""``GET …/exports/police.csv``, byte for byte, and the receipt that is kept of it."""

import csv
import datetime as dt
import gc
import gzip
import hashlib
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.services import issue_token
from campaign.models import Target, Unit
from core import clock
from reports.exports.models import Export
from reports.rollup.models import UnitDay
from reports.rollup.services.rollup import drain
from tests.conftest import TODAY, World
from tests.factories import make_campaign, make_indicator
from tests.reports.reporting import police_indicators, report, set_status

Browse = Callable[[User], Client]
URL = "/c/de-an-06-2023/exports/police.csv"
YESTERDAY = TODAY - dt.timedelta(days=1)
HEADER = (
    "date,province_code,province,district_code,district,commune_code,commune,"
    "assisted,installed,level1,level2,upgraded,activated,activated_to_date,"
    "target,percent_of_target,reports_expected,reports_received,basis,as_of"
)


def fetch(client: Client, url: str = URL, **asked: str) -> bytes:
    """Download the file; ``first`` stands for ``from``, a word of Python."""
    query = {{"first": "from"}.get(name, name): value for name, value in asked.items()}
    answer: Any = client.get(url, query)
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def rows_of(file: bytes) -> list[dict[str, str]]:
    """Read the file as a spreadsheet would."""
    return list(csv.DictReader(io.StringIO(file.decode("utf-8-sig"), newline="")))


@pytest.fixture
def active_world(world: World) -> World:
    """Let two branches and the task force report; approve what the task force says."""
    police_indicators(world)
    report(
        world.owner,
        "XD-14173",
        {
            "assisted": 9,
            "installed": 5,
            "level1": 3,
            "level2": 2,
            "upgraded": 1,
            "portal_login": 7,
            "participations": 4,
        },
        date=YESTERDAY,
    )
    report(world.owner, "XD-14173", {"installed": 0})
    report(world.other_lead, "XD-14050", {}, no_activity=True)
    set_status(report(world.officer, "CA-36", {"level2": 40}, unit="14158", date=YESTERDAY))
    drain()
    return world


def test_file_is_as_agreed_to_the_byte(active_world: World, browse: Browse) -> None:
    file = fetch(
        browse(active_world.liaison), first="2023-06-19", to="2023-06-20", basis="reported"
    )
    moments = dict(
        UnitDay.objects.filter(node__level="commune")
        .exclude(reported_at=None)
        .order_by("date")
        .values_list("node__code", "reported_at")
    )
    quiet, hamlets, own = (
        timezone.localtime(moments[code]).isoformat(timespec="seconds")
        for code in ("14050", "14158", "14173")
    )
    north = "36,Tỉnh Nam Định,363,Huyện Trực Ninh,14050,Xã Trực Hưng"
    south = "36,Tỉnh Nam Định,365,Huyện Giao Thủy"
    lines = [
        HEADER,
        f"2023-06-19,{north},,,,,,,,,,1,0,reported,",
        f"2023-06-19,{south},14158,Xã Hồng Thuận,,,,40,,40,40,,,1,0,reported,{hamlets}",
        f"2023-06-19,{south},14173,Xã Giao Tiến,9,5,3,2,1,4,4,1000,0.4,1,1,reported,{own}",
        f"2023-06-20,{north},,,,,,,,,,1,1,reported,{quiet}",
        f"2023-06-20,{south},14158,Xã Hồng Thuận,,,,,,,40,,,1,0,reported,{hamlets}",
        f"2023-06-20,{south},14173,Xã Giao Tiến,,0,,,,,4,1000,0.4,1,1,reported,{own}",
        "",
    ]
    assert file == b"\xef\xbb\xbf" + "\r\n".join(lines).encode()


def test_approved_is_what_is_sent_unless_asked_otherwise(
    active_world: World, browse: Browse
) -> None:
    rows = rows_of(fetch(browse(active_world.staff)))
    assert {row["basis"] for row in rows} == {"approved"}
    assert {row["commune_code"]: row["activated_to_date"] for row in rows[-3:]} == {
        "14050": "",
        "14158": "40",
        "14173": "",
    }
    assert sum(int(row["reports_received"]) for row in rows) == 0


def test_whole_campaign_so_far_is_sent_unless_asked_otherwise(
    active_world: World, browse: Browse
) -> None:
    rows = rows_of(fetch(browse(active_world.staff)))
    assert (rows[0]["date"], rows[-1]["date"]) == ("2023-04-01", "2023-06-20")
    assert len(rows) == 81 * 3
    keys = [(row["date"], row["district_code"], row["commune_code"]) for row in rows]
    assert keys == sorted(set(keys))


def test_days_ahead_and_outside_are_cut_off(active_world: World, browse: Browse) -> None:
    rows = rows_of(fetch(browse(active_world.staff), first="2022-01-01", to="2024-01-01"))
    assert (rows[0]["date"], rows[-1]["date"]) == ("2023-04-01", "2023-06-20")
    assert rows_of(fetch(browse(active_world.staff), first="2023-06-25")) == []
    assert rows_of(fetch(browse(active_world.staff), to="2023-03-31")) == []


def test_counts_to_date_go_on_from_before_the_range(active_world: World, browse: Browse) -> None:
    rows = rows_of(fetch(browse(active_world.staff), first="2023-06-20", basis="reported"))
    assert [row["activated_to_date"] for row in rows] == ["", "40", "4"]


def test_lines_end_and_quotes_stand_as_rfc_4180_says(active_world: World, browse: Browse) -> None:
    name = 'Xã "Giao", dòng\nhai'
    Unit.objects.filter(pk=active_world.commune.pk).update(name=name)
    file = fetch(browse(active_world.staff), first="2023-06-20")
    assert b',"X\xc3\xa3 ""Giao"", d\xc3\xb2ng\nhai",' in file
    assert rows_of(file)[-1]["commune"] == name
    assert file.count(b"\r\n") == 4
    assert file.count(b"\xef\xbb\xbf") == 1


PAYLOADS = [
    '=HYPERLINK("http://evil.vn","x")',
    "+1+1",
    "-1+1",
    "@SUM(1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "＝1＋1",
    "＋1",
    "－1",
    "＠SUM(1)",
]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_name_that_is_a_formula_is_sent_as_text(
    active_world: World, browse: Browse, payload: str
) -> None:
    Unit.objects.filter(pk__in=[active_world.commune.pk, active_world.district.pk]).update(
        name=payload
    )
    row = rows_of(fetch(browse(active_world.staff), first="2023-06-20"))[-1]
    assert row["commune"] == row["district"] == f"'{payload}"


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [(1, 400, "0.3"), (3, 400, "0.8"), (0, 7, "0.0"), (2, 3, "66.7"), (1700, 1000, "170.0")],
)
def test_percentages_are_rounded_as_on_the_pages(
    world: World, browse: Browse, part: int, whole: int, text: str
) -> None:
    police_indicators(world)
    report(world.owner, "XD-14173", {"level1": part})
    drain()
    Target.objects.update(value=whole)
    row = rows_of(fetch(browse(world.staff), first="2023-06-20", basis="reported"))[-1]
    assert (row["target"], row["percent_of_target"]) == (str(whole), text)


def test_target_of_nought_has_no_percentage(active_world: World, browse: Browse) -> None:
    Target.objects.update(value=0)
    row = rows_of(fetch(browse(active_world.staff), first="2023-06-20"))[-1]
    assert (row["target"], row["percent_of_target"]) == ("0", "")


def test_columns_follow_the_indicators_of_the_campaign(world: World, browse: Browse) -> None:
    other = make_campaign(slug="he-2023")
    make_indicator(campaign=other, code="trees", order=0, is_headline=True)
    make_indicator(campaign=other, code="water", order=1)
    make_indicator(campaign=other, code="secret", order=2, in_police_csv=False)
    make_campaign(slug="rong")
    client = browse(world.staff)
    headers = {
        slug: fetch(client, url=f"/c/{slug}/exports/police.csv")
        .decode("utf-8-sig")
        .splitlines()[0]
        .split(",")[7:-4]
        for slug in ("he-2023", "rong")
    }
    assert headers == {
        "he-2023": ["trees", "water", "trees_to_date", "target", "percent_of_target"],
        "rong": ["target", "percent_of_target"],
    }
    row = rows_of(fetch(client, campaign="rong", first="2023-06-20"))[0]
    assert (row["reports_expected"], row["basis"]) == ("1", "approved")


def test_receipt_tells_who_when_what_and_the_hash(active_world: World, browse: Browse) -> None:
    before = clock.now()
    answer: Any = browse(active_world.liaison).get(
        URL, {"from": "2023-06-19", "to": "2023-06-20", "basis": "reported"}
    )
    file = b"".join(answer.streaming_content)
    receipt = Export.objects.get(pk=answer.headers["X-Export-Receipt"])
    assert receipt.actor == active_world.liaison
    assert before <= receipt.started_at <= clock.now()
    assert (receipt.campaign, receipt.basis) == (active_world.campaign, "reported")
    assert (receipt.first_day, receipt.last_day) == (YESTERDAY, TODAY)
    assert (receipt.rows, receipt.sha256) == (6, hashlib.sha256(file).hexdigest())
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == (
        'attachment; filename="cong-an_de-an-06-2023_2023-06-19_2023-06-20_reported_'
        f'{timezone.localtime(receipt.as_of):%Y%m%dT%H%M%S}.csv"'
    )
    assert answer.headers["Cache-Control"] == "no-store"


def test_hash_is_of_the_file_not_of_how_it_travels(active_world: World, browse: Browse) -> None:
    answer: Any = browse(active_world.staff).get(URL, headers={"accept-encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    file = gzip.decompress(b"".join(answer.streaming_content))
    assert hashlib.sha256(file).hexdigest() == Export.objects.get().sha256


def test_broken_download_leaves_a_receipt_without_hash(active_world: World, browse: Browse) -> None:
    answer: Any = browse(active_world.staff).get(URL)
    assert next(answer.streaming_content).startswith(b"\xef\xbb\xbfdate,")
    del answer  # the visitor is gone, and the rest is never made
    # The cursor behind it is closed now, not at any moment while another query holds the lock.
    gc.collect()
    receipt = Export.objects.get()
    assert (receipt.rows, receipt.sha256) == (None, "")
    page = browse(active_world.staff).get("/c/de-an-06-2023/exports/").content.decode()
    assert "chưa tải trọn" in page


def test_without_a_receipt_there_is_no_data(
    active_world: World, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(**given: Any) -> Export:
        raise DatabaseError

    monkeypatch.setattr("reports.police.exports.start_export", broken)
    client = browse(active_world.staff)
    client.raise_request_exception = False
    answer = client.get(URL)
    assert (answer.status_code, answer.streaming) == (500, False)
    assert b"activated" not in answer.content


def test_asking_for_the_head_leaves_no_receipt(active_world: World, browse: Browse) -> None:
    assert browse(active_world.staff).head(URL).status_code == 405
    assert not Export.objects.exists()


def test_each_role_gets_the_communes_of_its_scope(active_world: World, browse: Browse) -> None:
    seen = {
        role: sorted(
            {r["commune_code"] for r in rows_of(fetch(browse(getattr(active_world, role))))}
        )
        for role in ("staff", "liaison", "lead", "other_lead")
    }
    whole = ["14050", "14158", "14173"]
    assert seen == {
        "staff": whole,
        "liaison": whole,
        "lead": ["14158", "14173"],
        "other_lead": ["14050"],
    }


@pytest.mark.parametrize(
    ("role", "status"),
    [("liaison", 200), ("lead", 200), ("owner", 403), ("partner", 403), ("stranger", 404)],
)
def test_token_opens_the_file_to_whom_it_is_open(
    active_world: World, role: str, status: int
) -> None:
    secret = issue_token(user=getattr(active_world, role))
    client = Client(headers={"authorization": f"Bearer {secret}"})
    answer = client.get(URL)
    assert answer.status_code == status
    assert Export.objects.count() == (1 if status == 200 else 0)


def test_wrong_token_is_refused_even_beside_a_session(active_world: World, browse: Browse) -> None:
    answer = browse(active_world.staff).get(URL, headers={"authorization": "Bearer sai"})
    assert (answer.status_code, Export.objects.count()) == (401, 0)


def test_stranger_is_sent_to_sign_in_by_the_page_and_refused_as_a_machine(db: None) -> None:
    page = Client().get(f"{URL}?from=2023-06-01", headers={"accept": "text/html"})
    assert (
        page.headers["Location"]
        == "/sign-in/?next=/c/de-an-06-2023/exports/police.csv%3Ffrom%3D2023-06-01"
    )
    assert Client().get(URL).status_code == 401


BAD = {
    "from": {"from": "30/02/2023"},
    "to": {"from": "2023-05-02", "to": "2023-05-01"},
    "basis": {"basis": "all"},
}


@pytest.mark.parametrize("field", BAD)
def test_questions_without_an_answer_are_refused(
    active_world: World, browse: Browse, field: str
) -> None:
    client = browse(active_world.staff)
    answer = client.get(URL, BAD[field])
    assert (answer.status_code, [*answer.json()]) == (400, [field])
    page = client.get(URL, BAD[field], headers={"accept": "text/html"})
    assert (page.status_code, b'id="errors"' in page.content) == (400, True)
    assert not Export.objects.exists()


def test_receipts_are_seen_by_their_taker_and_the_province(
    active_world: World, browse: Browse
) -> None:
    fetch(browse(active_world.liaison), first="2023-06-20")
    digest = Export.objects.get().sha256
    seen = {
        role: digest
        in browse(getattr(active_world, role)).get("/c/de-an-06-2023/exports/").content.decode()
        for role in ("liaison", "staff", "lead")
    }
    assert seen == {"liaison": True, "staff": True, "lead": False}


def test_command_writes_the_same_file(active_world: World, browse: Browse, tmp_path: Path) -> None:
    target = tmp_path / "cong-an.csv"
    call_command(
        "export_police", "--output", str(target), "--from", "2023-06-19", stderr=io.StringIO()
    )
    receipt = Export.objects.get()
    assert (receipt.actor, receipt.rows) == (None, 6)
    assert receipt.sha256 == hashlib.sha256(target.read_bytes()).hexdigest()
    by_page = rows_of(fetch(browse(active_world.staff), first="2023-06-19"))
    by_command = rows_of(target.read_bytes())
    assert by_command == by_page


def test_command_knows_no_other_campaign(active_world: World) -> None:
    with pytest.raises(CommandError, match="Không có chiến dịch này"):
        call_command("export_police", "--campaign", "khac")
    assert not Export.objects.exists()
