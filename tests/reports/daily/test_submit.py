"""The only door: what becomes of a report."""

import datetime as dt
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.conf import LazySettings
from rest_framework.test import APIClient

from accounts.models import User
from campaign.models import DirtyDay
from reports.daily.models import DailyReport, Revision
from reports.rollup.models import BranchTotal, UnitTotal
from reports.rollup.services.rollup import drain
from tests.conftest import World

URL = "/api/v1/daily-reports/"
Api = Callable[[User], APIClient]


def body(**given: Any) -> dict[str, Any]:
    """Return a report as a client sends it."""
    return {
        "id": str(uuid4()),
        "campaign": "de-an-06-2023",
        "branch": "XD-14173",
        "date": "2023-05-12",
        "counts": {"installed": 35, "level1": 20, "level2": 12},
        "base_version": 0,
        **given,
    }


def test_first_report_is_created_with_a_receipt(world: World, api: Api) -> None:
    sent = body()
    answer = api(world.owner).post(URL, sent)
    assert answer.status_code == 201
    assert answer.json()["id"] == sent["id"]
    assert answer.json()["version"] == 1
    assert answer.json()["counts"] == sent["counts"]
    report = DailyReport.objects.get()
    assert (report.unit, report.date) == (world.commune, dt.date(2023, 5, 12))
    assert Revision.objects.get().actor == world.owner


def test_same_report_again_gets_the_same_receipt(world: World, api: Api) -> None:
    sent = body()
    first = api(world.owner).post(URL, sent)
    again = api(world.owner).post(URL, sent)
    assert again.status_code == 200
    assert again.json() == first.json()
    assert Revision.objects.count() == 1


def test_same_content_under_another_id_is_the_same_report(world: World, api: Api) -> None:
    first = api(world.owner).post(URL, body())
    again = api(world.owner).post(URL, body())
    assert (again.status_code, again.json()) == (200, first.json())


@pytest.mark.parametrize("same_id", [True, False])
def test_other_content_without_the_version_shows_both(
    world: World, api: Api, same_id: bool
) -> None:
    sent = body()
    api(world.owner).post(URL, sent)
    other = body(counts={"installed": 40}, **({"id": sent["id"]} if same_id else {}))
    answer = api(world.owner).post(URL, other)
    assert answer.status_code == 409
    assert answer.json()["detail"].startswith("Báo cáo ngày này đã có số khác.")
    assert answer.json()["current"]["counts"] == sent["counts"]
    assert answer.json()["yours"]["counts"] == {"installed": 40}
    assert DailyReport.objects.get().counts == sent["counts"]


def test_correction_with_the_version_is_taken(world: World, api: Api) -> None:
    sent = body()
    api(world.owner).post(URL, sent)
    answer = api(world.owner).post(URL, {**sent, "counts": {"installed": 36}, "base_version": 1})
    assert (answer.status_code, answer.json()["version"]) == (200, 2)
    assert list(Revision.objects.values_list("version", flat=True)) == [1, 2]


def test_values_are_checked_before_versions(world: World, api: Api) -> None:
    sent = body()
    api(world.owner).post(URL, sent)
    answer = api(world.owner).post(URL, {**sent, "counts": {"level1": -1}})
    assert answer.status_code == 400
    assert list(answer.json()["counts"]) == ["level1"]


def test_id_cannot_be_moved_to_another_day(world: World, api: Api) -> None:
    sent = body()
    api(world.owner).post(URL, sent)
    answer = api(world.owner).post(URL, {**sent, "date": "2023-05-13", "base_version": 1})
    assert answer.status_code == 409
    assert DailyReport.objects.get().date == dt.date(2023, 5, 12)


def test_who_may_report(world: World, api: Api) -> None:
    answers = {
        name: api(getattr(world, name)).post(URL, body(id=str(uuid4()))).status_code
        for name in ("neighbour", "other_lead", "stranger", "liaison", "partner", "lead", "staff")
    }
    assert answers == {
        "neighbour": 404,
        "other_lead": 404,
        "stranger": 404,
        "liaison": 403,
        "partner": 403,
        "lead": 201,
        "staff": 200,
    }
    assert Revision.objects.get().actor == world.lead


def test_anonymous_is_asked_to_authenticate(world: World) -> None:
    assert APIClient().post(URL, body()).status_code == 401


def test_task_force_reports_in_any_commune(world: World, api: Api) -> None:
    sent = body(branch="CA-36", unit="14158", counts={"level2": 900})
    assert api(world.officer).post(URL, sent).status_code == 201
    drain()
    assert UnitTotal.objects.get(node=world.sibling).reported == {"level2": 900}
    assert UnitTotal.objects.get(node=world.province).reported == {"level2": 900}
    assert BranchTotal.objects.get(node=world.police).reported == {"level2": 900}


def test_task_force_has_to_name_a_commune(world: World, api: Api) -> None:
    answer = api(world.officer).post(URL, body(branch="CA-36"))
    assert (answer.status_code, list(answer.json())) == (400, ["unit"])


def test_commune_branch_cannot_report_elsewhere(world: World, api: Api) -> None:
    assert api(world.owner).post(URL, body(unit="14158")).status_code == 404
    answer = api(world.lead).post(URL, body(unit="14158"))
    assert (answer.status_code, list(answer.json())) == (400, ["unit"])


def test_closed_day_says_why(world: World, api: Api) -> None:
    world.campaign.editable_days = 2
    world.campaign.save()
    answer = api(world.owner).post(URL, body())
    assert answer.status_code == 409
    assert "14/05/2023" in answer.json()["detail"]
    assert not DailyReport.objects.exists()


def test_same_report_again_is_answered_after_closing_too(world: World, api: Api) -> None:
    sent = body()
    first = api(world.owner).post(URL, sent)
    world.campaign.editable_days = 2
    world.campaign.save()
    again = api(world.owner).post(URL, sent)
    assert (again.status_code, again.json()) == (200, first.json())


@pytest.mark.parametrize(
    "date", ["2023-06-21", "2023-03-31", "2023-02-30", "26-05-12", "12/5/2023"]
)
def test_impossible_days_are_refused(world: World, api: Api, date: str) -> None:
    answer = api(world.owner).post(URL, body(date=date))
    assert (answer.status_code, list(answer.json())) == (400, ["date"])


def test_blank_is_not_zero(world: World, api: Api) -> None:
    api(world.owner).post(URL, body(counts={"installed": 0}))
    drain()
    assert UnitTotal.objects.get(node=world.commune).reported == {"installed": 0}


def test_no_activity_counts_as_a_report(world: World, api: Api) -> None:
    answer = api(world.owner).post(URL, body(counts={}, no_activity=True))
    assert answer.status_code == 201
    drain()
    assert UnitTotal.objects.get(node=world.province).received == 1


def test_report_is_taken_without_a_broker(
    world: World, api: Api, settings: LazySettings, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        assert api(world.owner).post(URL, body()).status_code == 201
    assert DirtyDay.objects.count() == 1
