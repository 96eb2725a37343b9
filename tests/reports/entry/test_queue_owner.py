"""The door of the phone's queue: as whom it sends, and what a sending of counts leaves alone."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import User
from reports.daily.models import DailyReport, Revision, Source
from tests.conftest import World
from tests.reports.reporting import CAMPAIGN, report

Browse = Callable[[User], Client]
Api = Callable[[User], APIClient]

URL = "/api/v1/daily-reports/"


def entry(**given: Any) -> dict[str, Any]:
    """Return what a phone sends."""
    return {
        "id": str(uuid4()),
        "campaign": CAMPAIGN,
        "branch": "XD-14173",
        "unit": "14173",
        "date": "2023-06-20",
        "counts": {"installed": 5},
        **given,
    }


def send(client: APIClient, owner: object, **given: Any) -> Any:
    """Send as the queue does."""
    return client.post(URL, entry(**given), headers={"X-Queue-Owner": str(owner)})


def test_ticket_says_as_whom_and_nothing_to_strangers(world: World, browse: Browse) -> None:
    answer = browse(world.owner).get("/queue/ticket/")
    assert answer.json()["owner"] == world.owner.pk
    assert answer.json()["csrf"]
    assert answer.json()["restored"] is None
    assert "no-store" in answer["Cache-Control"]
    assert Client().get("/queue/ticket/").status_code == 401


def test_session_sends_with_the_ticket_and_not_without(world: World) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.owner, backend="accounts.backends.NameOrPhoneBackend")
    ticket = client.get("/queue/ticket/").json()
    owner = {"X-Queue-Owner": str(ticket["owner"])}
    options: dict[str, Any] = {"data": entry(), "content_type": "application/json"}
    assert client.post(URL, headers=owner, **options).status_code == 403
    assert client.post(URL, headers={**owner, "X-CSRFToken": ticket["csrf"]}, **options).json()
    assert Revision.objects.get().source == Source.QUEUE


@pytest.mark.parametrize("owner", ["", "0", "x", "999999999999999999999"])
def test_what_somebody_else_typed_is_refused(world: World, api: Api, owner: str) -> None:
    client = api(world.lead)  # may report for the branch, and yet did not type this
    for claimed in (owner, world.owner.pk):
        answer = send(client, claimed)
        assert (answer.status_code, answer.json()["code"]) == (403, "other_owner")
    assert not DailyReport.objects.exists()


def test_words_stay_as_they_stand(world: World, api: Api) -> None:
    first = report(world.owner, "XD-14173", {"installed": 3}, note="Mạng yếu", proposals="Thêm máy")
    client = api(world.owner)
    given = {"id": str(first.pk), "base_version": 1}
    assert send(client, world.owner.pk, **given).json()["version"] == 2
    first.refresh_from_db()
    assert (first.note, first.proposals) == ("Mạng yếu", "Thêm máy")
    # A word that is sent is taken; without the header what is not sent is blank, as ever.
    assert send(client, world.owner.pk, **given | {"base_version": 2}, note="Đã ổn").json()
    first.refresh_from_db()
    assert (first.note, first.proposals) == ("Đã ổn", "Thêm máy")
    answer = client.post(URL, entry(**given | {"base_version": 3}))
    first.refresh_from_db()
    assert (answer.status_code, first.note, first.proposals) == (200, "", "")
    sources = list(Revision.objects.order_by("version").values_list("source", flat=True))
    assert sources == ["api", "queue", "queue", "api"]


def test_sent_again_is_the_same_report(world: World, api: Api) -> None:
    client, sending = api(world.owner), entry()
    answers = [send(client, world.owner.pk, **sending) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [201, 200, 200]
    assert len({str(answer.json()) for answer in answers}) == 1
    assert Revision.objects.count() == 1
