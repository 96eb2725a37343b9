"""Who read whose name and number: every page of the admin, what is not recorded, who sees it.

The pages, files and the API of all roles are walked in ``tests/test_matrix.py``, which names a
route that shows somebody and keeps no record.
"""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.db import DatabaseError
from django.test import Client
from django.urls import NoReverseMatch, reverse

from accounts.models import User
from core.personal_fields import key_of, noting
from privacy import middleware
from privacy.models import PersonalDataRead
from tests.conftest import World
from tests.factories import make_help_request, make_volunteer
from volunteers.teams.models import Membership, Volunteer

Browse = Callable[[User], Client]
NAME, PHONE = "Lê Thị Thành Viên", "0911000002"


def team_page(world: World) -> str:
    return f"/c/de-an-06-2023/teams/{world.team.pk}/"


def test_one_record_says_who_when_where_and_how_many(world: World, browse: Browse) -> None:
    assert NAME in browse(world.owner).get(team_page(world) + "?q=0912345678").content.decode()
    read = PersonalDataRead.objects.get()
    leader = Volunteer.objects.get(user=world.leader)
    assert (read.reader, read.page, read.path) == (world.owner, "team", team_page(world))
    assert read.people == sorted([key_of(world.member), key_of(leader)])
    assert (read.size, read.numbers) == (2, 2)


def test_own_data_and_pages_that_show_nobody_leave_no_record(world: World, browse: Browse) -> None:
    client = browse(world.leader)
    for path in ("account/", "dashboard/", "teams/", "sessions/", "units/", "digests/"):
        client.get(f"/c/de-an-06-2023/{path}", follow=True)
    assert not PersonalDataRead.objects.exists()
    client.get(team_page(world))
    assert PersonalDataRead.objects.get().people == [key_of(world.member)]


def test_what_cannot_be_recorded_is_not_shown(
    world: World, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_given: Any) -> None:
        raise DatabaseError("full")

    monkeypatch.setattr(middleware, "record_read", broken)
    answer = browse(world.owner).get(team_page(world))
    assert (answer.status_code, NAME in answer.content.decode()) == (503, False)


def test_an_address_that_is_a_secret_is_not_kept(world: World, browse: Browse) -> None:
    page = browse(world.owner).post(
        f"/c/de-an-06-2023/volunteers/{world.member.pk}/", {"link": "1"}
    )
    found = re.search(r"/me/[\w-]+/", page.content.decode())
    assert found is not None
    Client().get(found[0])
    read = PersonalDataRead.objects.get(page="volunteer-own")
    assert (read.reader, read.path, read.people) == (None, "", [key_of(world.member)])


def test_fields_are_noted_from_every_model_with_people(world: World) -> None:
    requester = make_help_request(campaign=world.campaign, unit=world.commune)
    with noting() as noted:
        rows = [Volunteer.objects.get(pk=world.member.pk), User.objects.get(pk=world.owner.pk)]
        assert all(str(row) for row in rows)
        assert requester.phone
    assert set(noted.people) == {key_of(row) for row in (*rows, requester)}
    assert noted.numbers == {key_of(requester)}


ROW_PAGES = ("change", "history", "delete")


def test_every_page_of_the_admin_records_whom_it_shows(world: World, browse: Browse) -> None:
    """Each model's pages, and those of its first row, as the province's staff sees them."""
    client = browse(world.staff)
    planted = {t: key_of(row) for row in Volunteer.objects.all() for t in (row.full_name,)}
    planted |= {u.full_name: key_of(u) for u in User.objects.exclude(pk=world.staff.pk)}
    missed, opened = [], 0
    for model in admin.site._registry:
        kind = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        row = model._default_manager.order_by("pk").last()
        urls: list[tuple[str, list[Any]]] = [
            (f"{kind}_{page}", []) for page in ("changelist", "add", "import", "export")
        ]
        urls += [(f"{kind}_choices", [])]
        urls += [(f"{kind}_{page}", [row.pk]) for page in ROW_PAGES if row is not None]
        for name, args in urls:
            try:
                url = reverse(name, args=args)
            except NoReverseMatch:
                continue  # a model without files, or without suggestions
            PersonalDataRead.objects.all().delete()
            answer = client.get(url)
            opened += 1
            body = answer.content.decode(errors="ignore")
            noted = {key for one in PersonalDataRead.objects.all() for key in one.people}
            missed += [
                (name, text)
                for text, key in planted.items()
                if re.search(rf"{re.escape(text)}(?!\d)", body) and key not in noted
            ]
    assert missed == []
    assert opened > 50


def test_log_of_the_admin_names_nobody(world: World, browse: Browse) -> None:
    client = browse(world.staff)
    sent = {"full_name": "Vũ Thị Ghi Sổ", "affiliation": "none", "phone": "", "birth_year": ""}
    assert client.post("/admin/volunteers/volunteer/add/", sent).status_code == 302
    added = Volunteer.objects.get(full_name="Vũ Thị Ghi Sổ")
    entry = LogEntry.objects.get()
    assert entry.object_repr == f"tình nguyện viên {added.pk}"
    client.get("/admin/")  # says once more what was just done
    assert "Ghi Sổ" not in client.get("/admin/").content.decode()


@pytest.mark.parametrize(
    ("role", "sees"),
    [
        ("staff", {"owner", "lead", "leader", "other_lead", None}),
        ("lead", {"owner", "lead", "leader"}),
        ("owner", {"owner", "leader"}),
        ("other_lead", {"other_lead"}),
        ("neighbour", set()),
    ],
)
def test_reads_are_shown_to_oneself_and_the_superiors(
    world: World, browse: Browse, role: str, sees: set[str | None]
) -> None:
    for reader in ("owner", "lead", "leader", "other_lead", None):
        PersonalDataRead.objects.create(
            reader=getattr(world, reader) if reader else None,
            at="2023-06-20T01:00Z", page="team", path="", people=["volunteer:1"], size=1, numbers=1,
        )  # fmt: skip
    page = browse(getattr(world, role)).get("/c/de-an-06-2023/reads/")
    shown = {one.reader.username.replace("-", "_") if one.reader else None
             for one, _name in page.context["lines"]}  # fmt: skip
    assert shown == sees


def test_page_of_reads_costs_the_same_for_one_and_three(
    world: World, browse: Browse, django_assert_num_queries: Any
) -> None:
    client = browse(world.lead)
    url = "/c/de-an-06-2023/reads/?who=" + str(world.owner.pk)
    for count in (1, 3):
        for _n in range(count):
            browse(world.owner).get(team_page(world))
        with django_assert_num_queries(10):
            client.get(url)


def test_members_by_another_way_are_not_noted_twice(world: World) -> None:
    """A row without its own id in the database yet is nobody's."""
    with noting() as noted:
        assert Volunteer(full_name="Chưa Có").full_name
        assert Membership(volunteer=make_volunteer()).role
    assert noted.people == {}
