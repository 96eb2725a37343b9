"""``POST daily-reports/batch/``: each as it would be alone, all of them or none."""

import datetime as dt
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from rest_framework.test import APIClient

from accounts.models import User
from campaign.models import DirtyDay
from core import clock
from reports.daily.api import batch
from reports.daily.models import DailyReport, Revision, Source
from reports.daily.services import submit_many
from tests.conftest import TODAY, World
from tests.factories import make_session
from tests.reports.reporting import CAMPAIGN, report

URL = "/api/v1/daily-reports/batch/"
YESTERDAY = TODAY - dt.timedelta(days=1)
Api = Callable[[User], APIClient]


def one(branch: str = "XD-14173", day: dt.date = TODAY, **given: Any) -> dict[str, Any]:
    counts = {"installed": 35, "level1": 20, "level2": 12}
    return {"id": str(uuid4()), "branch": branch, "date": f"{day}", "counts": counts, **given}


def send(client: APIClient, *reports: Any, **given: Any) -> Any:
    return client.post(URL, {"campaign": CAMPAIGN, "reports": reports, **given})


def test_all_are_taken_and_sent_again_change_nothing(world: World, api: Api) -> None:
    make_session(
        branch=world.branch,
        date=YESTERDAY,
        state="closed",
        closed_at=clock.now(),
        **{"campaign": world.campaign, "counts": {"level1": 2}, "headcount": 1},
        participations=0,
    )
    stored = report(world.owner, "XD-14173", {"level1": 3})
    sent = [
        one(id=str(stored.pk), base_version=1, note="Mưa"),
        one("XD-14158"),
        one(day=YESTERDAY, sessions=[]),
    ]
    client = api(world.lead)
    first = send(client, *sent)
    assert first.status_code == 201
    body = first.json()
    assert [body[name] for name in ("created", "changed", "same")] == [2, 1, 0]
    receipts = body["results"]
    assert [line["id"] for line in receipts] == [line["id"] for line in sent]
    assert [line["outcome"] for line in receipts] == ["changed", "created", "created"]
    assert [line["unreconciled"] for line in receipts] == [False, False, True]
    assert [line["version"] for line in receipts] == [2, 1, 1]
    assert Revision.objects.filter(source=Source.API, actor=world.lead).count() == 3
    stored.refresh_from_db()
    assert (stored.note, stored.counts) == ("Mưa", sent[0]["counts"])
    DirtyDay.objects.all().delete()
    again = send(client, *sent)
    assert again.status_code == 200
    assert again.json()["same"] == 3
    assert [{**line, "outcome": ""} for line in again.json()["results"]] == [
        {**line, "outcome": ""} for line in receipts
    ]
    # As the single door answers the same report.
    alone = client.post("/api/v1/daily-reports/", {**sent[2], "campaign": CAMPAIGN})
    assert (alone.status_code, {**alone.json(), "outcome": "same"}) == (
        200,
        again.json()["results"][2],
    )
    assert not DirtyDay.objects.exists()
    assert Revision.objects.count() == 4


@pytest.mark.parametrize(
    ("bad", "status", "fields"),
    [
        (one(counts={"level1": "3"}), 400, {"counts": {"level1"}}),
        (one(counts={}), 400, {"counts"}),
        (one(campaign=CAMPAIGN), 400, {"campaign"}),
        (one("XD-14158"), 404, {"detail"}),
        (one(id="00000000-0000-0000-0000-000000000001", base_version=1), 400, {"id"}),
        (one(id="00000000-0000-0000-0000-000000000002", base_version=1), 409, {"current"}),
        (one(base_version=1, counts={"level1": 4}), 400, {"base_version"}),
        (one(day=dt.date(2023, 5, 1)), 409, {"detail"}),
    ],
)
def test_one_that_is_wrong_keeps_all_out(
    world: World, api: Api, bad: dict[str, Any], status: int, fields: set[str]
) -> None:
    """The owner sends one good report beside it, and learns by its place what is wrong."""
    world.campaign.editable_days = 3
    world.campaign.save()
    report(world.neighbour, "XD-14158", {"level1": 1}, report_id=UUID(int=1))
    report(world.owner, "XD-14173", {"level1": 1}, date=YESTERDAY, report_id=UUID(int=2))
    before = set(Revision.objects.values_list("pk"))
    answer = send(api(world.owner), one(day=TODAY - dt.timedelta(days=2)), bad)
    assert answer.status_code == status
    assert answer.json()["reports"].keys() == {"1"}
    assert set(fields) <= answer.json()["reports"]["1"].keys()
    assert set(Revision.objects.values_list("pk")) == before
    # Alone it would have been the same.
    alone = api(world.owner).post("/api/v1/daily-reports/", {"campaign": CAMPAIGN, **bad})
    if "campaign" not in bad:
        assert alone.status_code == status
    if status in (400, 409) and "campaign" not in bad:
        assert answer.json()["reports"]["1"] == alone.json()


def test_two_of_one_day_or_one_id_are_refused_both(world: World, api: Api) -> None:
    first, other = one(), one(unit="14173")
    answer = send(api(world.owner), first, other, one(day=YESTERDAY))
    assert (answer.status_code, answer.json()["reports"].keys()) == (400, {"0", "1"})
    answer = send(api(world.owner), first, one(day=YESTERDAY, id=first["id"]))
    assert answer.json()["reports"].keys() == {"0", "1"}
    assert not DailyReport.objects.exists()


def test_what_comes_first_with_one_report_decides_the_status(world: World, api: Api) -> None:
    wrong = one("XD-14173", counts={})
    assert send(api(world.owner), wrong, one("XD-14158")).status_code == 404
    assert send(api(world.liaison), wrong).status_code == 403
    assert send(api(world.stranger), wrong).status_code == 404
    assert send(api(world.owner), wrong, campaign="khong-co").status_code == 404


def test_a_batch_has_limits(
    world: World, api: Api, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    client = api(world.owner)
    assert send(client).status_code == 400
    many = send(client, *(0 for _ in range(batch.MOST + 1)))
    assert (many.status_code, many.json().keys()) == (400, {"reports"})
    big = send(client, one(note="a" * batch.MOST_BYTES))
    assert big.status_code == 413
    # As long as a single report may not be, and no longer than a note may.
    days = [TODAY - dt.timedelta(days=n) for n in range(40)]
    reports = [one(day=day, note="ă" * 1900) for day in days]
    long = send(client, *reports, *(one(f"X{n}", note="a" * 1900) for n in range(120)))
    assert long.status_code == 404
    monkeypatch.setattr(batch, "allow", lambda _key, limit, _seconds: limit > batch.PATIENCE)
    late = send(client, one())
    assert (late.status_code, late.headers["Retry-After"]) == (429, "60")
    assert "Chờ một phút" in late.json()["detail"]


def test_rules_that_change_while_it_is_weighed_hold(
    world: World, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = submit_many._lock

    def meanwhile(*given: Any) -> object:
        found = lock(*given)
        world.campaign.editable_days = 0
        world.campaign.save()
        return found

    monkeypatch.setattr(submit_many, "_lock", meanwhile)
    answer = send(api(world.owner), one(day=YESTERDAY))
    assert answer.status_code == 409
    assert "khóa sổ" in answer.json()["reports"]["0"]["detail"]
