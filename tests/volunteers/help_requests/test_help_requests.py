"""Help requests: who sees to them, who knows the person, and when all that is forgotten."""

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404

from accounts.models import User
from campaign.permissions import Role
from config.schedule import app
from core import clock
from demo.help_requests import add_help
from demo.territory import Territory
from privacy.tasks import purge as purge_job
from tests.conftest import TODAY, World
from tests.factories import make_appointment, make_help_request, make_indicator, make_team
from tests.pages import ParsedPage, read
from volunteers.errors import InvalidInput, NotNow
from volunteers.help_requests.models import HelpRequest, HelpState
from volunteers.help_requests.selectors import may_see_person
from volunteers.help_requests.services import (
    FORGOTTEN,
    assign,
    cannot,
    finish,
    mark_of,
    purge_requests,
    withdraw,
)
from volunteers.teams.models import Team

NAME, PHONE, HAMLET = "Bà Nguyễn Thị A.", "0190000001", "Xóm 3"
WHO = (NAME, PHONE, HAMLET)
ROLES = (
    *("owner", "neighbour", "lead", "other_lead", "staff", "leader"),
    *("liaison", "partner", "officer", "stranger"),
)


@pytest.fixture
def asked(world: World) -> HelpRequest:
    """A new request in Giao Tiến."""
    return make(world)


def make(world: World, **given: Any) -> HelpRequest:
    given = {"name": NAME, "phone": PHONE, "hamlet": HAMLET, "unit": world.commune, **given}
    return make_help_request(campaign=world.campaign, **given)


def closed(world: World, days: int, state: HelpState = HelpState.DONE, **given: Any) -> HelpRequest:
    """Make a request that was closed so many days ago."""
    when = clock.now() - dt.timedelta(days=days)
    return make(world, state=state, closed_at=when, note="Cổng xanh", **given)


def person_of(request: HelpRequest) -> tuple[str, ...]:
    request.refresh_from_db()
    return tuple(getattr(request, field) for field in FORGOTTEN)


def shown_of(page: ParsedPage) -> list[str]:
    """Return what of the person stands on the page."""
    return [part for part in WHO if part in page.text]


# Who sees what


def test_people_who_see_to_requests_see_their_own(
    world: World, browse: Any, asked: HelpRequest
) -> None:
    url = f"/c/de-an-06-2023/requests/{asked.pk}/"
    clients = {role: browse(getattr(world, role)) for role in ROLES}
    answers = {
        role: (client.get("/c/de-an-06-2023/requests/").status_code, client.get(url).status_code)
        for role, client in clients.items()
    }
    assert answers == {
        "owner": (200, 200),
        "neighbour": (200, 404),
        "lead": (200, 200),
        "other_lead": (200, 404),
        "staff": (200, 200),
        "leader": (200, 404),
        "liaison": (403, 403),
        "partner": (403, 403),
        "officer": (403, 403),
        "stranger": (404, 404),
    }


def test_leader_sees_what_is_given_to_the_own_team(
    world: World, browse: Any, asked: HelpRequest
) -> None:
    other = make(world, name="Ông B.", team=make_team(branch=world.branch), state="assigned")
    assign(actor=world.owner, request=asked, team=world.team, seen=mark_of(asked))
    leader = browse(world.leader)
    assert leader.get(f"/c/de-an-06-2023/requests/{asked.pk}/").status_code == 200
    assert leader.get(f"/c/de-an-06-2023/requests/{other.pk}/").status_code == 404
    assert "Ông B." not in read(leader.get("/c/de-an-06-2023/requests/")).text


@pytest.mark.parametrize("role", ["owner", "lead", "leader"])
def test_those_who_help_know_the_person(
    world: World, browse: Any, asked: HelpRequest, role: str
) -> None:
    assign(actor=world.owner, request=asked, team=world.team, seen=mark_of(asked))
    client = browse(getattr(world, role))
    for url in ("/c/de-an-06-2023/requests/", f"/c/de-an-06-2023/requests/{asked.pk}/"):
        page = read(client.get(url))
        assert (url, shown_of(page)) == (url, list(WHO))
        assert f"tel:{PHONE}" in page.links


def test_province_sees_that_somebody_waits_and_not_who(
    world: World, browse: Any, asked: HelpRequest
) -> None:
    client = browse(world.staff)
    for url in ("/c/de-an-06-2023/requests/", f"/c/de-an-06-2023/requests/{asked.pk}/"):
        page = read(client.get(url))
        assert (url, shown_of(page)) == (url, [])
        assert f"tel:{PHONE}" not in page.links
        for part in (asked.number, "Xã Giao Tiến", "Người cao tuổi", "22/06"):
            assert part in page.text


@pytest.mark.parametrize("which", ["union", "police"])
def test_secretaries_of_other_branches_do_not_know_the_person(
    world: World, asked: HelpRequest, which: str
) -> None:
    """The secretary of the province's Union sees requests, as its staff does, without names."""
    secretary = make_appointment(role=Role.SECRETARY, branch=getattr(world, which)).user
    assert not may_see_person(secretary, asked)


def test_forgotten_person_is_known_to_nobody(world: World, asked: HelpRequest) -> None:
    assert may_see_person(world.owner, asked)
    withdraw(request=asked)
    assert not may_see_person(world.owner, asked)


def test_list_puts_overdue_requests_first_and_counts_the_states(
    world: World, browse: Any, asked: HelpRequest
) -> None:
    late = make(world, name="Bà Trễ", due_on=TODAY - dt.timedelta(days=1))
    closed(world, 1, name="Bà Xong")
    page = read(browse(world.owner).get("/c/de-an-06-2023/requests/"))
    text = " ".join(page.text.split())
    assert text.index("Bà Trễ") < text.index(NAME)
    assert "Bà Xong" not in text
    assert "Đang chờ 2 Quá hạn 1 Mới 2 Đã giao tổ 0 Đã giúp xong 1 Không giúp được 0" in text
    overdue = read(browse(world.owner).get("/c/de-an-06-2023/requests/?state=overdue"))
    links = [
        link
        for link in overdue.links
        if link.startswith("/c/de-an-06-2023/requests/") and link.count("-") > 5
    ]
    assert links == [f"/c/de-an-06-2023/requests/{late.pk}/"]
    assert "Bà Xong" in read(browse(world.owner).get("/c/de-an-06-2023/requests/?state=done")).text


def test_request_due_today_is_not_overdue(world: World, browse: Any) -> None:
    make(world, due_on=TODAY)
    assert (
        NAME not in read(browse(world.owner).get("/c/de-an-06-2023/requests/?state=overdue")).text
    )


@pytest.mark.parametrize("url", ["/c/de-an-06-2023/requests/?state=khac", "/c/khac/requests/"])
def test_unknown_lists_are_not_found(world: World, browse: Any, url: str) -> None:
    assert browse(world.owner).get(url).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_list_costs_the_same_for_any_number(
    world: World, browse: Any, django_assert_num_queries: Any, count: int
) -> None:
    for _n in range(count):
        make(world, team=world.team, state="assigned")
    client = browse(world.lead)
    with django_assert_num_queries(10):
        client.get("/c/de-an-06-2023/requests/")


def test_pages_of_the_list_keep_the_state(world: World, browse: Any) -> None:
    for _n in range(26):
        make(world)
    page = read(browse(world.owner).get("/c/de-an-06-2023/requests/?state=new"))
    assert "?state=new&page=2" in page.links


# Acting


def act(client: Any, request: HelpRequest, **sent: str) -> Any:
    hours = {"begins_at": "00:00", "ends_at": "00:15"}
    usual = {"seen": mark_of(request), "day": "2023-06-20", "people": "1", **hours}
    return client.post(f"/c/de-an-06-2023/requests/{request.pk}/", {**usual, **sent})


def test_secretary_gives_it_to_a_team_and_the_team_finishes(
    world: World, browse: Any, asked: HelpRequest
) -> None:
    given = act(browse(world.owner), asked, action="assign", team=str(world.team.pk))
    assert given.status_code == 302
    asked.refresh_from_db()
    assert (asked.state, asked.team) == (HelpState.ASSIGNED, world.team)
    assert asked.assigned_at is not None
    counts = {"count-installed": "1", "count-level1": "1", "count-level2": ""}
    done = act(browse(world.leader), asked, action="done", **counts)
    assert done.status_code == 302
    asked.refresh_from_db()
    assert (asked.state, asked.counts) == ("done", {"installed": 1, "level1": 1})
    assert asked.closed_by == world.leader


def test_nought_is_an_outcome_and_nothing_is_not(
    world: World, browse: Any, asked: HelpRequest
) -> None:
    client = browse(world.owner)
    empty = act(client, asked, action="done")
    assert (empty.status_code, "Chưa có số nào" in read(empty).text) == (400, True)
    assert act(client, asked, action="done", **{"count-level1": "0"}).status_code == 302


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"count-level1": "1.000"}, "Chưa rõ"),
        ({"count-level1": "một"}, "Chưa đọc được"),
        ({"count-level1": "-1"}, "số âm"),
        ({"count-level2": "1", "count-upgraded": "2"}, "không thể nhiều hơn"),
        ({"count-level1": ["1", "2"]}, "gửi hai lần"),
        ({"count-level1": "1\0"}, "Chưa đọc được"),
    ],
)
def test_wrong_counts_are_explained(
    world: World, browse: Any, asked: HelpRequest, typed: Any, message: str
) -> None:
    answer = act(browse(world.owner), asked, action="done", **typed)
    assert answer.status_code == 400
    assert message in " ".join(read(answer).problems)
    asked.refresh_from_db()
    assert asked.state == "new"


def test_who_took_part_is_not_asked(world: World, browse: Any, asked: HelpRequest) -> None:
    make_indicator(campaign=world.campaign, code="people", counts_people=True, required=True)
    page = read(browse(world.owner).get(f"/c/de-an-06-2023/requests/{asked.pk}/"))
    assert "count-level1" in page.fields
    assert {"count-people", "count-activated"} & page.fields.keys() == set()
    with pytest.raises(InvalidInput):
        finish(actor=world.owner, request=asked, counts={"people": 1}, seen=mark_of(asked))
    finish(actor=world.owner, request=asked, counts={"level1": 1}, seen=mark_of(asked))


def test_it_could_not_be_done_for_a_reason(world: World, browse: Any, asked: HelpRequest) -> None:
    client = browse(world.owner)
    for note in ("", "CCCD 036123456789", "a\0"):
        answer = act(client, asked, action="cannot", outcome_note=note)
        assert (note, answer.status_code) == (note, 400)
    assert act(client, asked, action="cannot", outcome_note="Đã chuyển đi").status_code == 302
    asked.refresh_from_db()
    assert (asked.state, asked.outcome_note) == ("cannot", "Đã chuyển đi")


def test_team_of_another_commune_cannot_be_given_it(
    world: World, browse: Any, asked: HelpRequest
) -> None:
    far = make_team(branch=world.neighbour_branch)
    for wrong in (str(far.pk), "", "x", "9" * 30, "1\0"):
        answer = act(browse(world.lead), asked, action="assign", team=wrong)
        assert (wrong, answer.status_code) == (wrong, 400)
        assert read(answer).problems[0].startswith("Tổ ở xã này: ")
    with pytest.raises(InvalidInput):
        assign(actor=world.lead, request=asked, team=far, seen=mark_of(asked))


def test_dissolved_team_is_not_offered(world: World, asked: HelpRequest) -> None:
    Team.objects.filter(pk=world.team.pk).update(dissolved_on=TODAY)
    with pytest.raises(InvalidInput):
        assign(actor=world.owner, request=asked, team=world.team, seen=mark_of(asked))


def test_leader_who_passes_it_on_is_led_back_to_the_list(
    world: World, browse: Any, asked: HelpRequest
) -> None:
    other = make_team(branch=world.branch)
    assign(actor=world.owner, request=asked, team=world.team, seen=mark_of(asked))
    asked.refresh_from_db()
    answer = act(browse(world.leader), asked, action="assign", team=str(other.pk))
    assert answer.headers["Location"] == "/c/de-an-06-2023/requests/"


def test_second_of_two_gets_a_clear_answer(world: World, browse: Any, asked: HelpRequest) -> None:
    other = make_team(branch=world.branch, name="Tổ xóm 9")
    before = HelpRequest.objects.get(pk=asked.pk)
    assign(actor=world.owner, request=asked, team=other, seen=mark_of(asked))
    answer = act(browse(world.lead), before, action="assign", team=str(world.team.pk))
    assert answer.status_code == 409
    assert "Vừa có người giao yêu cầu này cho Tổ xóm 9" in read(answer).text
    asked.refresh_from_db()
    assert asked.team == other
    finish(actor=world.owner, request=asked, counts={"level1": 1}, seen=mark_of(asked))
    late = act(browse(world.lead), asked, action="cannot", outcome_note="Không gặp")
    assert (late.status_code, "đã có người đóng" in read(late).text) == (409, True)


def test_same_action_twice_is_done_once(world: World, browse: Any, asked: HelpRequest) -> None:
    client = browse(world.owner)
    for _twice in range(2):
        answer = act(client, asked, action="assign", team=str(world.team.pk))
        assert answer.status_code == 302
    given = HelpRequest.objects.get(pk=asked.pk)
    for _twice in range(2):
        answer = act(client, given, action="done", **{"count-level1": "1"})
        assert answer.status_code == 302


def test_withdrawn_request_needs_no_work(world: World, browse: Any, asked: HelpRequest) -> None:
    withdraw(request=asked)
    answer = act(browse(world.owner), asked, action="done", **{"count-level1": "1"})
    assert answer.status_code == 409
    assert "đã rút" in read(answer).text


@pytest.mark.parametrize("role", ["neighbour", "other_lead", "leader", "partner", "officer"])
def test_nobody_else_acts(world: World, browse: Any, asked: HelpRequest, role: str) -> None:
    actor: User = getattr(world, role)
    status = 403 if role in ("partner", "officer") else 404
    assert act(browse(actor), asked, action="done", **{"count-level1": "1"}).status_code == status
    with pytest.raises((Http404, PermissionDenied)):
        finish(actor=actor, request=asked, counts={"level1": 1}, seen=mark_of(asked))
    asked.refresh_from_db()
    assert asked.state == "new"


def test_unknown_action_is_not_found(world: World, browse: Any, asked: HelpRequest) -> None:
    assert act(browse(world.owner), asked, action="reopen").status_code == 404


def test_stale_page_is_not_taken_for_the_present(world: World, asked: HelpRequest) -> None:
    assign(actor=world.owner, request=asked, team=world.team, seen=mark_of(asked))
    with pytest.raises(NotNow):
        cannot(actor=world.lead, request=asked, note="Không gặp", seen="new.")


# Forgetting


def test_person_is_forgotten_when_the_time_is_over_and_the_count_stays(world: World) -> None:
    stored = world.campaign.help_retention_days
    old = closed(world, stored + 1, counts={"level1": 1})
    refused = closed(world, stored + 1, HelpState.CANNOT, outcome_note="Đã chuyển đi")
    recent, waiting = closed(world, stored - 1), make(world)
    assert purge_requests() == 2
    assert person_of(old) == person_of(refused) == ("", "", "", "")
    assert person_of(recent) == (NAME, PHONE, HAMLET, "Cổng xanh")
    assert person_of(waiting) == (NAME, PHONE, HAMLET, "")
    assert (old.state, old.counts, old.reason, old.unit) == (
        "done",
        {"level1": 1},
        "elderly",
        world.commune,
    )
    assert old.purged_at is not None
    assert HelpRequest.objects.count() == 4
    assert purge_requests() == 0


def test_campaign_that_is_long_over_leaves_no_person(world: World) -> None:
    waiting, recent = make(world), closed(world, 0)
    world.campaign.ends_on = TODAY - dt.timedelta(days=world.campaign.help_retention_days + 1)
    world.campaign.save()
    assert purge_requests() == 2
    assert person_of(waiting) == person_of(recent) == ("", "", "", "")
    assert (waiting.state, recent.state) == ("cannot", "done")
    assert waiting.closed_at is not None


def test_campaign_that_has_just_ended_keeps_them(world: World) -> None:
    waiting = make(world)
    world.campaign.ends_on = TODAY - dt.timedelta(days=1)
    world.campaign.save()
    assert purge_requests() == 0
    assert person_of(waiting)[0] == NAME


def test_many_are_forgotten_in_batches(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("volunteers.help_requests.services.BATCH", 2)
    for _n in range(5):
        closed(world, 100)
    assert purge_requests() == 5
    assert not HelpRequest.objects.filter(purged_at=None).exists()


def test_job_runs_every_night(world: World) -> None:
    closed(world, 100)
    assert purge_job()["requesters"] == 1
    tasks = [entry["task"] for entry in app.conf.beat_schedule.values()]
    assert purge_job.name in tasks


# The demo


def test_demo_has_synthetic_people_and_has_forgotten_the_old_ones(world: World) -> None:
    territory = Territory(
        world.province,
        {u.code: u for u in (world.district, world.other_district)},
        {u.code: u for u in (world.commune, world.sibling, world.far_commune)},
    )
    assert (add_help(world.campaign, territory), add_help(world.campaign, territory)) == (8, 0)
    at_home = HelpRequest.objects.filter(unit=world.commune)
    states = sorted(at_home.values_list("state", flat=True))
    assert states == ["assigned", "done", "done", "done", "new", "new"]
    assert at_home.overdue(TODAY).count() == 1
    assert HelpRequest.objects.visible_to(world.leader).count() == 3 + 1
    known = HelpRequest.objects.filter(purged_at=None)
    assert all(phone.startswith("0190") for phone in known.values_list("phone", flat=True))
    assert at_home.exclude(purged_at=None).count() == 1
    assert purge_requests() == 0
