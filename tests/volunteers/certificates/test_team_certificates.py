"""The papers of a whole team in one file: each with a number and who signs, made once."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from tests.conftest import TODAY, World
from tests.factories import make_campaign, make_membership, make_session, make_volunteer
from tests.test_matrix import Browse
from volunteers.certificates.models import Certificate, Signatory
from volunteers.certificates.selectors import certificates_of_team
from volunteers.certificates.services import (
    issue_certificate,
    issue_link,
    revoke_certificate,
)
from volunteers.sessions.models import SupportSession

BASE = "/c/de-an-06-2023"
SIGNED = {"title": "Phó Bí thư", "full_name": "Trần Minh Ký"}


@pytest.fixture
def people(world: World) -> list[Any]:
    """Return four members: two came once, one came never, one has left since."""
    world.team.memberships.exclude(volunteer=world.member).delete()
    found = [world.member, *(make_volunteer() for _more in range(3))]
    for person in found[1:]:
        make_membership(team=world.team, volunteer=person)
    attend(world, found[0], found[1], found[3])
    world.team.memberships.filter(volunteer=found[3]).update(left_on=TODAY)
    return found


def attend(world: World, *people: Any, begins: int = 8, **given: Any) -> None:
    session = make_session(
        **{
            "campaign": world.campaign, "branch": world.branch, "begins_at": dt.time(begins),
            "ends_at": dt.time(begins + 2), "state": "closed", "headcount": 0,
            "participations": len(people), **given,
        }
    )  # fmt: skip
    for person in people:
        session.attendance.create(volunteer=person, checked_in_at=timezone.now())


def numbers(world: World) -> list[tuple[str, int, str]]:
    made = Certificate.objects.filter(campaign=world.campaign).order_by("number")
    return [(p.volunteer.full_name, p.number, p.signatory_name) for p in made]


def test_a_team_has_its_papers_in_one_file_with_numbers_that_stay(
    world: World, browse: Browse, people: list[Any]
) -> None:
    url, owner = f"{BASE}/teams/{world.team.pk}/certificates/", browse(world.owner)
    file = url.removesuffix("/") + ".pdf"
    assert owner.get(file).status_code == 404
    assert "Lập 2 giấy còn thiếu" in owner.get(url).content.decode()
    browse(world.staff).post(f"{BASE}/certificates/signatory/", SIGNED)
    one, two = sorted(people[:2], key=lambda person: person.sort_key)
    # Another campaign counts for itself.
    other = make_campaign(slug="mua-he-xanh")
    attend(world, one, campaign=other)
    assert issue_certificate(actor=world.owner, volunteer=one, campaign=other).number == 1
    for _twice in range(2):
        assert "Tệp có 2 tờ giấy" in owner.post(url, follow=True).content.decode()
    assert numbers(world) == [
        (one.full_name, 1, "Trần Minh Ký"),
        (two.full_name, 2, "Trần Minh Ký"),
    ]
    assert set(Certificate.objects.values_list("issued_by", flat=True)) == {world.owner.pk}
    first = owner.get(file)
    assert first.content.count(b"/Type /Page\n") == 2
    assert first.content == owner.get(file).content
    assert first.headers["Content-Type"] == "application/pdf"
    # New hours are a new paper with the next number; an overlapping session adds none.
    attend(world, two, begins=9)
    assert "Lập 1 giấy còn thiếu" in owner.get(url).content.decode()
    owner.post(url)
    assert numbers(world)[2:] == [(two.full_name, 3, "Trần Minh Ký")]
    assert Certificate.objects.get(campaign=world.campaign, number=3).minutes == 180
    assert owner.get(file).content.count(b"/Type /Page\n") == 2
    # What is revoked is in no file, and made anew with a number of its own.
    revoke_certificate(actor=world.owner, certificate=Certificate.objects.get(number=3))
    shown = certificates_of_team(world.team, world.campaign)
    assert {paper.certificate.number for paper in shown if paper.certificate} == {1, 2}
    owner.post(url)
    assert numbers(world)[3:] == [(two.full_name, 4, "Trần Minh Ký")]


def test_a_paper_that_says_more_than_was_done_is_valid_no_more(
    world: World, browse: Browse, people: list[Any]
) -> None:
    """A session is cancelled after papers were made: nobody hands them out, the check says so."""
    person, owner = people[0], browse(world.owner)
    own = f"/me/{issue_link(actor=world.owner, volunteer=person)}/"
    attend(world, person, begins=12)
    pages = {
        "team": f"{BASE}/teams/{world.team.pk}/certificates/",
        "person": f"{BASE}/volunteers/{person.pk}/",
    }

    def make() -> Certificate:
        return issue_certificate(actor=world.owner, volunteer=person, campaign=world.campaign)

    def handed_out(paper: Certificate) -> list[int]:
        urls = (
            f"/verify/{paper.code}/",
            f"{pages['person']}certificates/{paper.code}.pdf",
            f"{own}{world.campaign.slug}.pdf",
            pages["team"].removesuffix("/") + ".pdf",
        )
        return [owner.get(url).status_code for url in urls]

    paper = make()
    assert handed_out(paper) == [200] * 4
    cancelled = SupportSession.objects.filter(begins_at=dt.time(12))
    cancelled.update(state="cancelled", cancel_reason="Ghi nhầm")
    assert handed_out(paper) == [410, 404, 404, 404]
    for page in pages.values():
        assert "không còn hiệu lực" in owner.get(page).content.decode()
    assert make().number == paper.number + 1
    assert handed_out(paper) == [410, 404, 200, 200]
    # It was cancelled by mistake: the paper is the same one.
    cancelled.update(state="closed")
    assert (handed_out(paper), make().pk) == ([200] * 4, paper.pk)


def test_who_signs_is_filled_in_where_there_was_room_and_changes_no_paper_made(
    world: World, browse: Browse, people: list[Any]
) -> None:
    url, staff = f"{BASE}/certificates/signatory/", browse(world.staff)

    def make() -> Certificate:
        return issue_certificate(actor=world.owner, volunteer=people[0], campaign=world.campaign)

    assert make().signatory_name == ""
    assert "Ghi chức vụ" in staff.post(url, {"title": " "}).content.decode()
    assert not Signatory.objects.exists()
    for name in ("Trần Minh Ký", "Lê Thay"):
        staff.post(url, {**SIGNED, "full_name": f"  {name} "})
        assert Signatory.objects.get().full_name == name
        assert (make().signatory_name, make().number) == ("Trần Minh Ký", 1)
