"""Machines read what there is to recount, and send what a recount found."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from rest_framework.test import APIClient

from accounts.models import User
from reports.checks.models import Check, CheckPlan
from reports.checks.services.planning import close_plan
from reports.notifications.models import Notice
from reports.notifications.registry import KINDS
from tests.conftest import World

Api = Callable[[User], APIClient]
CHECKS = "/api/v1/checks/"


def test_list_has_what_one_checks_and_not_what_was_reported(
    drawn: Check, plan: CheckPlan, world: World, api: Api
) -> None:
    found = api(world.owner).get(CHECKS, {"campaign": "de-an-06-2023"}).json()

    assert found["count"] == plan.checks.filter(checker=world.owner).count()
    line = next(one for one in found["results"] if one["id"] == str(drawn.pk))
    assert line == {
        "id": str(drawn.pk),
        "campaign": "de-an-06-2023",
        "plan": 1,
        "branch": "XD-14158",
        "unit": "14158",
        "date": str(drawn.date),
        "asked": ["installed", "level1", "level2", "upgraded"],
        "is_open": True,
        "version": 0,
    }
    assert api(world.staff).get(CHECKS).json()["count"] == plan.checks.count()
    assert api(world.staff).get(CHECKS, {"campaign": "khac"}).json()["count"] == 0
    assert api(world.partner).get(CHECKS).json()["count"] == 0


def test_outcome_is_taken_once_and_answers_as_reports_do(
    drawn: Check, plan: CheckPlan, world: World, api: Api
) -> None:
    counts = {"installed": 9, "level1": 2, "level2": 0, "upgraded": 0}
    sent: dict[str, Any] = {
        "id": str(uuid4()), "check": str(drawn.pk), "how": "telephone", "counts": counts,
    }  # fmt: skip

    def post(by: User = world.owner, **given: Any) -> Any:
        return api(by).post(CHECKS, {**sent, **given}, format="json")

    assert post(counts={"level1": "2"}).status_code == 400
    assert post(counts={"level1": 2}).json()["counts"].keys() == {"installed", "level2", "upgraded"}
    assert post(how="guess").status_code == 400
    assert post(remark="036099001234").status_code == 400
    assert post(world.neighbour).status_code == 404
    assert post(world.staff).status_code == 403
    first, again = post(), post()
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert first.json()["version"] == 1
    other = post(id=str(uuid4()))
    assert (other.status_code, other.json()["current"]["id"]) == (409, sent["id"])
    why: dict[str, Any] = {"how": "not_possible", "obstacle": "no_list", "base_version": 1}
    assert post(id=str(uuid4()), **why).status_code == 201
    close_plan(actor=world.staff, plan=plan)
    assert post(id=str(uuid4()), base_version=2).status_code == 409


def test_who_checks_is_told_how_many_wait_and_not_where(
    plan: CheckPlan, world: World, settings: Any
) -> None:
    number = plan.checks.filter(checker=world.owner).count()
    notice = Notice(kind="check", user=world.owner, campaign=world.campaign)

    message = KINDS["check"].message(notice)

    assert message is not None
    assert message.body.startswith(f"{number} lượt")
    assert "Đoàn xã" not in message.body
    assert message.path == "/c/de-an-06-2023/checks/mine/"
    close_plan(actor=world.staff, plan=plan)
    assert KINDS["check"].message(notice) is None
