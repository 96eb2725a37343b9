"""Hours and participations, the volunteer's own page, and certificates that can be checked."""

import datetime as dt
import re
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.conftest import TODAY, World
from tests.factories import make_campaign, make_session, make_team
from tests.pages import read
from volunteers.certificates.models import Certificate, VolunteerLink
from volunteers.certificates.pdf import CertificateContent, draw_certificates, hours
from volunteers.certificates.services import issue_certificate, issue_link
from volunteers.certificates.views import volunteers as pages
from volunteers.sessions.models import Participation, State
from volunteers.sessions.selectors.participants import record_of

NOW = dt.datetime(2023, 6, 20, 1, 0, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
Browse = Callable[[Any], Client]


def attended(world: World, *, hours_long: int = 2, came: bool = True, **given: Any) -> Any:
    """Make a closed session to which the member came, or did not."""
    session = make_session(
        **{
            "campaign": world.campaign,
            "branch": world.branch,
            "teams": [world.team],
            "begins_at": dt.time(8, 0),
            "ends_at": dt.time(8 + hours_long, 30),
            "date": TODAY - DAY,
            "state": State.CLOSED,
            "headcount": 0,
            "participations": 1,
            **given,
        }
    )
    return Participation.objects.create(
        session=session, volunteer=world.member, checked_in_at=NOW if came else None
    )


def words_of(pdf: bytes) -> str:
    """Read the text of a PDF of ours: glyphs back to letters by the fonts' own tables."""
    streams = [
        zlib.decompressobj().decompress(data) if data[:1] == b"x" else data
        for data in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL)
        if not data.startswith(b"\x00\x01")
    ]
    tables = [s for s in streams if b"beginbfchar" in s]
    page = next(s for s in streams if b" Tj" in s or b" TJ" in s)
    letters = [
        {
            int(code, 16): bytes.fromhex(text.decode()).decode("utf-16-be")
            for code, text in re.findall(rb"<([0-9A-F]+)> <([0-9A-F]+)>", table)
        }
        for table in tables
    ]
    fonts = sorted(set(re.findall(rb"/F(\d+) ", page)), key=int)
    by_font = dict(zip(fonts, letters, strict=True))
    found, font = [], b""
    for name, shown in re.findall(rb"/F(\d+) [\d.]+ Tf|\((.*?)(?<!\\)\) Tj", page, re.DOTALL):
        font = name or font
        if not name:
            raw = re.sub(rb"\\([()\\])", rb"\1", shown).replace(b"\\r", b"\r")
            codes = [int.from_bytes(raw[n : n + 2]) for n in range(0, len(raw), 2)]
            found.append("".join(by_font[font][code] for code in codes))
    return "\n".join(found)


def test_hours_are_those_of_closed_sessions_with_a_check_in(world: World) -> None:
    attended(world)
    attended(world, hours_long=1, date=TODAY - 2 * DAY)
    attended(world, came=False)
    attended(world, state=State.CANCELLED, cancel_reason="Mưa", participations=None)
    attended(world, state=State.UNDER_WAY)
    record = record_of(world.member, world.campaign)
    assert (record.participations, record.minutes, record.missed) == (2, 150 + 90, 1)


@pytest.mark.parametrize(
    ("minutes", "text"), [(0, "0 phút"), (45, "45 phút"), (120, "2 giờ"), (150, "2 giờ 30 phút")]
)
def test_hours_are_written_out(minutes: int, text: str) -> None:
    assert hours(minutes) == text


def test_the_paper_says_who_did_what_and_where_to_check_it() -> None:
    paper = CertificateContent(
        issuer="Tỉnh Đoàn Nam Định",
        province="Nam Định",
        campaign="Đề án 06",
        name="Nguyễn Thị Phương Nhường " * 6,
        participations=12,
        minutes=1530,
        issued_on=TODAY,
        code="AB3D-9KXM-7QRT",
        url="https://example.vn/verify/AB3D-9KXM-7QRT/",
        number=15,
        signatory_title="Phó Bí thư",
        signatory_name="Trần Minh Ký",
    )
    words = words_of(draw_certificates([paper]))
    for text in (
        "TỈNH ĐOÀN NAM ĐỊNH",
        "GIẤY CHỨNG NHẬN",
        paper.name,
        "Đề án 06",
        "với 12 lượt tham gia, tổng thời gian 25 giờ 30 phút",
        "Nam Định, ngày 20 tháng 6 năm 2023",
        "AB3D-9KXM-7QRT",
        "Số: 0015",
        "PHÓ BÍ THƯ",
        "Trần Minh Ký",
    ):
        assert text in words


def test_a_volunteers_page_is_for_those_who_run_or_lead_the_team(
    world: World, browse: Browse
) -> None:
    attended(world)
    page = f"/c/de-an-06-2023/volunteers/{world.member.pk}/"
    answers = {
        who: browse(getattr(world, who)).get(page).status_code
        for who in ("owner", "lead", "staff", "leader", "neighbour", "other_lead")
    }
    answers |= {
        who: browse(getattr(world, who)).get(page).status_code
        for who in ("liaison", "partner", "officer", "stranger")
    }
    may_see = {"owner", "lead", "staff", "leader"}
    assert answers == {who: 200 if who in may_see else 404 for who in answers}
    text = browse(world.owner).get(page).content.decode()
    assert "2 giờ 30 phút" in text
    assert "Tạo đường link" in text
    assert "Tạo đường link" not in browse(world.leader).get(page).content.decode()


def test_buttons_of_the_page_are_refused_to_the_leader(world: World, browse: Browse) -> None:
    attended(world)
    for button in ("link", "certificate"):
        answer = browse(world.leader).post(
            f"/c/de-an-06-2023/volunteers/{world.member.pk}/", {button: "1"}
        )
        assert answer.status_code == 403
    assert not VolunteerLink.objects.exists()
    assert not Certificate.objects.exists()


def test_a_new_link_ends_the_earlier_one(world: World, browse: Browse) -> None:
    old = issue_link(actor=world.owner, volunteer=world.member)
    answer = browse(world.owner).post(
        f"/c/de-an-06-2023/volunteers/{world.member.pk}/", {"link": "1"}
    )
    found = re.search(r"/me/([\w-]+)/", answer.content.decode())
    assert found is not None
    assert Client().get(f"/me/{old}/").status_code == 410
    page = Client().get(f"/me/{found[1]}/")
    assert "Lê Thị Thành Viên" in page.content.decode()
    assert page.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert "no-store" in page.headers["Cache-Control"]
    assert not VolunteerLink.objects.filter(digest=found[1]).exists()


@pytest.mark.parametrize("secret", ["x", "a" * 3000, "đường-dẫn"])
def test_a_link_that_is_none_says_so(db: None, secret: str) -> None:
    assert Client().get(f"/me/{secret}/").status_code == 410
    assert Client().post(f"/me/{secret}/", {"certificate": "de-an-06-2023"}).status_code == 410
    assert Client().get(f"/me/{secret}/de-an-06-2023.pdf").status_code == 404


def test_the_own_page_signs_up_and_off_by_one_tap(world: World) -> None:
    session = make_session(
        campaign=world.campaign, branch=world.branch, teams=[world.team], date=TODAY + DAY
    )
    mine = f"/me/{issue_link(actor=world.owner, volunteer=world.member)}/"
    for _double_tap in range(2):
        Client().post(mine, {"sign_up": session.pk})
    row = Participation.objects.get()
    assert (row.session, row.volunteer, row.is_own_choice) == (session, world.member, True)
    assert "Tôi không đi được" in Client().get(mine).content.decode()
    Client().post(mine, {"withdraw": session.pk})
    assert not Participation.objects.exists()


def test_who_signed_up_is_told_of_another_day_and_of_a_cancelled_session(
    world: World, browse: Browse
) -> None:
    session = make_session(
        campaign=world.campaign, branch=world.branch, teams=[world.team], date=TODAY + DAY
    )
    mine = f"/me/{issue_link(actor=world.owner, volunteer=world.member)}/"
    own, owner = Client(), browse(world.owner)
    own.post(mine, {"sign_up": session.pk})
    detail = f"/c/de-an-06-2023/sessions/{session.pk}/"
    asked, notice = "Ngày giờ mới bạn có đi được không?", "1 người đã đăng ký"
    assert asked not in own.get(mine).content.decode()
    form = read(owner.get(f"{detail}edit/")).fields
    sent = {name: value for name, value in form.items() if name not in ("teams", "partners")}
    moved = {**sent, "date": "2023-06-23", "place_kind": session.place_kind}
    answer = owner.post(f"{detail}edit/", {**moved, "teams": world.team.pk}, follow=True)
    assert notice in answer.content.decode()
    assert "1 người chưa trả lời" in owner.get(detail).content.decode()
    page = own.get(mine).content.decode()
    assert all(part in page for part in (asked, "21/06/2023", "Tôi vẫn tham gia"))
    own.post(mine, {"sign_up": session.pk})
    assert asked not in own.get(mine).content.decode()
    assert "chưa trả lời" not in owner.get(detail).content.decode()
    answer = owner.post(f"{detail}cancel/", {"reason": "Mưa to"}, follow=True)
    assert notice in answer.content.decode()
    assert "Đã hủy: Mưa to" in own.get(mine).content.decode()


@pytest.mark.parametrize("sent", ["", "abc", "9" * 40, "999999999999", "\0", "٣"])
def test_the_own_page_takes_no_session_that_is_none(world: World, sent: str) -> None:
    mine = f"/me/{issue_link(actor=world.owner, volunteer=world.member)}/"
    assert Client().post(mine, {"sign_up": sent}).status_code == 404


def test_the_own_page_does_not_sign_up_for_another_branchs_session(world: World) -> None:
    session = make_session(campaign=world.campaign, branch=world.far_branch, date=TODAY + DAY)
    mine = f"/me/{issue_link(actor=world.owner, volunteer=world.member)}/"
    answer = Client().post(mine, {"sign_up": session.pk}, follow=True)
    assert "không phải của tổ bạn" in answer.content.decode()
    assert not Participation.objects.exists()


def test_the_own_page_shows_the_own_teams_sessions_only(world: World) -> None:
    near = make_session(
        campaign=world.campaign, branch=world.branch, teams=[world.team], date=TODAY + DAY
    )
    other = make_team(branch=world.branch)
    far = make_session(
        campaign=world.campaign, branch=world.branch, teams=[other], date=TODAY + DAY
    )
    mine = f"/me/{issue_link(actor=world.owner, volunteer=world.member)}/"
    text = Client().get(mine).content.decode()
    assert (near.place in text, far.place in text) == (True, False)


def test_the_same_figures_of_a_day_are_one_certificate(world: World) -> None:
    attended(world)
    mine = f"/me/{issue_link(actor=world.owner, volunteer=world.member)}/"
    files = [
        Client().post(mine, {"certificate": "de-an-06-2023"}, follow=True) for _twice in range(2)
    ]
    assert files[0].content == files[1].content
    assert files[0].headers["Content-Type"] == "application/pdf"
    made = Certificate.objects.get()
    assert (made.participations, made.minutes) == (1, 150)
    name = files[0].headers["Content-Disposition"]
    assert name == f'attachment; filename="giay-chung-nhan-{made.code}.pdf"'
    assert "Lê Thị Thành Viên" in words_of(files[0].content)
    attended(world, date=TODAY)
    assert (
        issue_certificate(
            actor=world.owner, volunteer=world.member, campaign=world.campaign
        ).minutes
        == 300
    )
    assert Certificate.objects.count() == 2


def test_every_campaign_has_a_certificate_of_its_own(world: World, browse: Browse) -> None:
    """The paper names the campaign whose sessions it counts, however many have begun since."""
    attended(world)
    later = make_campaign(
        slug="mua-he-xanh", name="Mùa hè xanh", starts_on=TODAY - 2 * DAY, ends_on=TODAY + 30 * DAY
    )
    mine = f"/me/{issue_link(actor=world.owner, volunteer=world.member)}/"
    answer = Client().post(mine, {"certificate": "de-an-06-2023"}, follow=True)
    assert world.campaign.name in words_of(answer.content)
    assert Client().post(mine, {"certificate": later.slug}).status_code == 404
    page = f"/c/{later.slug}/volunteers/{world.member.pk}/"
    answer = browse(world.owner).post(page, {"certificate": "1"}, follow=True)
    assert "chưa lập được giấy" in answer.content.decode()
    attended(world, campaign=later, hours_long=1)
    text = Client().get(mine).content.decode()
    assert text.index("Mùa hè xanh") < text.index("1 giờ 30 phút") < text.index("2 giờ 30 phút")
    browse(world.owner).post(page, {"certificate": "1"})
    words = words_of(Client().get(f"{mine}{later.slug}.pdf").content)
    assert ("Mùa hè xanh" in words, "1 giờ 30 phút" in words) == (True, True)
    words = words_of(Client().get(f"{mine}de-an-06-2023.pdf").content)
    assert (world.campaign.name in words, "2 giờ 30 phút" in words) == (True, True)


def test_without_participations_there_is_no_certificate(world: World, browse: Browse) -> None:
    page = f"/c/de-an-06-2023/volunteers/{world.member.pk}/"
    answer = browse(world.owner).post(page, {"certificate": "1"}, follow=True)
    assert "chưa lập được giấy" in answer.content.decode()
    assert not Certificate.objects.exists()


def test_a_certificate_is_checked_by_anybody_who_learns_nothing_else(world: World) -> None:
    attended(world)
    made = issue_certificate(actor=world.owner, volunteer=world.member, campaign=world.campaign)
    for code in (made.code, made.code.lower()):
        answer = Client().get(f"/verify/{code}/")
        assert answer.status_code == 200
        text = answer.content.decode()
        assert "có hiệu lực" in text
        for secret in ("Thành Viên", "Tổ công nghệ", "2 giờ", "Giao Tiến"):
            assert secret not in text
    assert Client().get("/verify/AB3D-9KXM-7QRT/").status_code == 410


def test_a_revoked_certificate_is_not_valid_and_not_made_again_by_the_volunteer(
    world: World, browse: Browse
) -> None:
    attended(world)
    made = issue_certificate(actor=None, volunteer=world.member, campaign=world.campaign)
    client, page = browse(world.owner), f"/c/de-an-06-2023/volunteers/{world.member.pk}/"
    assert client.get(f"{page}certificates/{made.code}.pdf").status_code == 200
    for _double_tap in range(2):
        assert client.post(page, {"revoke": made.code}).status_code == 302
    answer = Client().get(f"/verify/{made.code}/")
    assert (answer.status_code, "không còn hiệu lực" in answer.content.decode()) == (410, True)
    assert client.get(f"{page}certificates/{made.code}.pdf").status_code == 404
    mine = f"/me/{issue_link(actor=world.owner, volunteer=world.member)}/"
    again = Client().post(mine, {"certificate": "de-an-06-2023"}, follow=True)
    assert "đã bị thu hồi" in again.content.decode()
    assert Certificate.objects.filter(revoked_at=None).count() == 0
    anew = issue_certificate(actor=world.owner, volunteer=world.member, campaign=world.campaign)
    assert anew.code != made.code


def test_certificates_of_people_elsewhere_are_not_found(world: World, browse: Browse) -> None:
    attended(world)
    made = issue_certificate(actor=world.owner, volunteer=world.member, campaign=world.campaign)
    url = f"/c/de-an-06-2023/volunteers/{world.member.pk}/certificates/{made.code}.pdf"
    answers = {
        who: browse(getattr(world, who)).get(url).status_code
        for who in ("owner", "leader", "neighbour", "liaison", "stranger")
    }
    assert answers == {
        "owner": 200,
        "leader": 403,
        "neighbour": 404,
        "liaison": 404,
        "stranger": 404,
    }
    answer = browse(world.owner).post(
        f"/c/de-an-06-2023/volunteers/{world.member.pk}/", {"revoke": "\0"}
    )
    assert answer.status_code == 404


def test_checking_codes_by_the_thousand_is_slowed_down(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "CHECKS", 2)
    codes = [Client().get(f"/verify/AAAA-{n}/").status_code for n in range(3)]
    assert codes == [410, 410, 429]
    # A paper that stands is told of all the same: who guesses is kept out, not who is beside.
    attended(world)
    made = issue_certificate(actor=world.owner, volunteer=world.member, campaign=world.campaign)
    assert Client().get(f"/verify/{made.code}/").status_code == 200
