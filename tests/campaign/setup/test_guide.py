"""A province begins: from an empty database to a campaign whose secretaries come in."""

import csv
import datetime as dt
import re
import zipfile
from collections.abc import Callable
from io import BytesIO, StringIO
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import User
from accounts.services import find_invitation, issue_invitation
from campaign.models import Appointment, Branch, Campaign, Level, Unit
from campaign.permissions import Role
from campaign.setup.campaign_templates import campaign_templates
from campaign.setup.territory import provinces
from core.models import Portal
from tests.conftest import World

pytestmark = pytest.mark.django_db
Browse = Callable[[User], Client]
PASSWORD = "mua-xuan-o-ban-lang-2026"


def text_of(answer: Any) -> str:
    text: str = answer.content.decode()
    return text


def links_in(sheet: Any) -> list[str]:
    """Return the secrets of a sheet, each once."""
    return sorted(set(re.findall(r"http://[^/]+/invitations/([\w-]+)/", text_of(sheet))))


def first_comer(client: Client) -> Client:
    """Come in by the link that the start prints."""
    out = StringIO()
    call_command("setup_link", stdout=out)
    address = re.sub(r"^https?://[^/]+", "", out.getvalue().strip())
    answer = client.post(address, {"new_password1": PASSWORD, "new_password2": PASSWORD})
    assert answer["Location"] == "/setup/"
    return client


def people_file(branches: list[Branch]) -> SimpleUploadedFile:
    out = StringIO()
    lines = csv.writer(out)
    lines.writerow(["STT", "Họ và tên bí thư", "SĐT", "Xã, phường"])
    for number, branch in enumerate(branches):
        lines.writerow([number + 1, f"Lò Thị {number}", f"09123{number:05}", branch.home_unit.name])
    return SimpleUploadedFile("bi-thu.csv", out.getvalue().encode(), "text/csv")


def test_province_without_districts_begins_in_the_browser(
    client: Client, settings: LazySettings
) -> None:
    """Every step in its turn, by one who holds nothing but the link; nothing else is opened."""
    settings.PORTAL_TODAY = dt.date(2026, 7, 25)
    browser = first_comer(client)
    page = text_of(browser.get("/setup/"))
    assert page.count("Còn thiếu:") == 9
    assert browser.get("/")["Location"] == "/setup/"

    browser.post("/setup/portal/", {"name": "Thanh niên số Điện Biên", "contact": ""})
    browser.post("/setup/units/", {"province": "2025-11"})
    units = Unit.objects.all()
    assert units.get(parent=None).name == "Tỉnh Điện Biên"
    assert set(units.values_list("level", flat=True)) == {Level.PROVINCE, Level.COMMUNE}
    assert units.filter(level="commune").count() == 45
    browser.post("/setup/branches/")
    assert Branch.objects.count() == 46
    reporting = list(Branch.objects.filter(reports_daily=True).select_related("home_unit"))
    assert len(reporting) == 45
    top = Branch.objects.get(parent=None)
    assert (top.name, {branch.parent for branch in reporting}) == ("Tỉnh Đoàn Điện Biên", {top})

    preview = browser.post("/setup/people/", {"import_file": people_file(reporting)})
    assert preview.context["totals"]["new"] == 45, text_of(preview)
    browser.post("/setup/people/", {"token": preview.context["token"]})
    assert Appointment.objects.filter(role=Role.SECRETARY).count() == 45
    sheet = browser.post("/setup/invitations/")
    links = links_in(sheet)
    assert len(links) == 45
    invited = find_invitation(links[0])
    assert invited is not None
    assert invited.user.full_name in text_of(sheet)

    new = {"template": "ky-nang-so", "slug": "ky-nang-so-2026", "starts_on": "2026-08-01"}
    browser.post("/setup/campaign/", new)
    campaign = Campaign.objects.get()
    assert str(campaign.ends_on) == "2026-09-13"
    assert campaign.indicators.count() == 12
    assert campaign.is_draft
    assert text_of(browser.get("/setup/")).count("Còn thiếu:") == 3
    published = browser.post(
        "/c/ky-nang-so-2026/state/", {"state": "running", "reason": "Mọi việc đã sẵn sàng"}
    )
    assert published.status_code == 302, text_of(published)
    assert text_of(browser.get("/setup/")).count("Còn thiếu:") == 1
    assert foreign_words(browser, "ky-nang-so-2026") == {}


# Of another province, of its campaign and its levels: on nothing that this one shows or sends.
FOREIGN = re.compile(r"Nam Định|VNeID|Đề án 06|de-an-06|Giao Thủy|Giao Tiến|\bHuyện\b")
EVERYBODYS = (
    "/manifest.webmanifest",
    "/sw.js",
    "/shell/report/vi/",
    "/public/",
    "/api/schema/",
    "/setup/",
    "/setup/kinds/",
    "/setup/units/list/",
    "/setup/people/?template=1",
)
OF_CAMPAIGN = (
    "dashboard/",
    "branches/",
    "units/",
    "teams/",
    "sessions/",
    "requests/",
    "review/",
    "completeness/",
    "digests/",
    "settings/",
    "settings/indicators/",
    "state/",
    "targets/",
    "taking-part/",
    "exports/",
    "report/files/",
    "report/paste/",
    "reminders/",
    "calendar/",
)


def foreign_words(browser: Client, slug: str) -> dict[str, str]:
    """Return what words of another province a province's pages, files and schema have."""
    found = {}
    for path in (*EVERYBODYS, *(f"/c/{slug}/{path}" for path in OF_CAMPAIGN)):
        answer: Any = browser.get(path)
        if answer.status_code != 200:
            found[path] = str(answer.status_code)
            continue
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        if body[:2] == b"PK":
            with zipfile.ZipFile(BytesIO(body)) as parts:
                body = b"".join(parts.read(name) for name in parts.namelist())
        # Forms may offer the provinces that there are.
        text = re.sub(r"<select.*?</select>", "", body.decode(errors="replace"), flags=re.S)
        if word := FOREIGN.search(text):
            found[path] = text[max(0, word.start() - 60) : word.end() + 20]
    return found


def test_link_works_once_and_is_refused_where_somebody_has_come_in(client: Client) -> None:
    first_comer(client)
    with pytest.raises(CommandError, match="quantri"):
        call_command("setup_link", stdout=StringIO())


def test_link_is_refused_where_a_superuser_is_there(db: None) -> None:
    User.objects.create_superuser("admin", password=PASSWORD)
    with pytest.raises(CommandError, match="admin"):
        call_command("setup_link", stdout=StringIO())


@pytest.mark.parametrize("path", ["", "portal/", "units/", "branches/", "people/", "invitations/"])
def test_set_up_is_for_those_who_set_up(path: str, world: World, browse: Browse) -> None:
    url = f"/setup/{path}"
    assert browse(world.staff).get(url).status_code == 200
    for user in (world.owner, world.lead, world.liaison, world.partner):
        assert browse(user).get(url).status_code == 403
        assert browse(user).post(url).status_code in (403, 405)
    assert not Portal.objects.exists()


def test_units_that_are_there_are_not_loaded_over(world: World, browse: Browse) -> None:
    before = set(Unit.objects.values_list("code", flat=True))
    answer = browse(world.staff).post("/setup/units/", {"province": "2025-37"})
    assert answer.status_code == 200
    assert set(Unit.objects.values_list("code", flat=True)) == before


def test_all_provinces_of_2025_are_whole() -> None:
    """34 provinces, 3,321 communes: what the country has since 1 July 2025."""
    of_2025 = [province for province in provinces().values() if province.units.code == "2025"]
    assert len(of_2025) == 34
    assert sum(len(province.rows) - 1 for province in of_2025) == 3321
    assert len(provinces()["2023-36"].rows) == 1 + 10 + 226


def test_branches_that_are_missing_are_made_and_none_twice(world: World, browse: Browse) -> None:
    before = Branch.objects.count()
    staff = browse(world.staff)
    staff.post("/setup/branches/")
    made = Branch.objects.count() - before
    homes = list(Branch.objects.filter(kind="youth_union").values_list("home_unit", flat=True))
    assert made > 0
    assert len(homes) == len(set(homes))
    assert "Địa bàn nào cũng có cơ sở Đoàn" in text_of(staff.get("/setup/branches/"))
    staff.post("/setup/branches/")
    assert Branch.objects.count() == before + made


@pytest.mark.parametrize(
    ("line", "answer_says"),
    [
        ("Lê Thị Mai,0912000001,XD-99999", "Không có cơ sở Đoàn"),
        ("Lê Thị Mai,12,XD-14173", "điện thoại"),
        ("Lê Thị Mai,{owner},XD-14158", "của người tên khác"),
        ("{staff_name},{staff},XD-14158", "còn giữ việc khác"),
        (",0912000001,XD-14173", "Họ và tên"),
    ],
)
def test_line_that_cannot_be_taken_is_named(
    line: str, answer_says: str, world: World, browse: Browse
) -> None:
    User.objects.filter(pk=world.owner.pk).update(phone="0912000002")
    User.objects.filter(pk=world.staff.pk).update(phone="0912000003", full_name="Trần Văn Tỉnh")
    filled = line.format(owner="0912000002", staff="0912000003", staff_name="Trần Văn Tỉnh")
    text = f"Họ tên,SĐT,Cơ sở Đoàn\n{filled}\n"
    upload = SimpleUploadedFile("a.csv", text.encode(), "text/csv")
    answer = browse(world.staff).post("/setup/people/", {"import_file": upload})
    assert answer_says in text_of(answer)
    assert not User.objects.filter(phone="0912000001").exists()


def test_same_file_again_changes_nothing(world: World, browse: Browse) -> None:
    staff = browse(world.staff)
    text = "Họ tên,SĐT,Cơ sở Đoàn\nLê Thị Mai,0912000001,XD-14173\n"
    for new in (1, 0):
        upload = SimpleUploadedFile("a.csv", text.encode(), "text/csv")
        preview = staff.post("/setup/people/", {"import_file": upload})
        assert preview.context["totals"]["new"] == new
        if new:
            staff.post("/setup/people/", {"token": preview.context["token"]})
    user = User.objects.get(phone="0912000001")
    assert not user.has_usable_password()
    assert user.appointments.get().branch.code == "XD-14173"


def test_who_has_a_password_or_a_link_is_not_invited_again(world: World, browse: Browse) -> None:
    staff = browse(world.staff)
    text = "Họ tên,SĐT,Cơ sở Đoàn\nLê Thị Mai,0912000001,XD-14173\n"
    upload = SimpleUploadedFile("a.csv", text.encode(), "text/csv")
    token = staff.post("/setup/people/", {"import_file": upload}).context["token"]
    staff.post("/setup/people/", {"token": token})
    first = links_in(staff.post("/setup/invitations/"))
    assert len(first) == 1
    assert not links_in(staff.post("/setup/invitations/"))
    again = links_in(staff.post("/setup/invitations/", {"all": "1"}))
    assert len(again) == 1
    assert find_invitation(first[0]) is None


@pytest.mark.parametrize("template", campaign_templates(), ids=lambda one: one.slug)
def test_campaign_of_each_template_can_be_begun(
    template: Any, world: World, browse: Browse
) -> None:
    sent = {"template": template.slug, "slug": f"{template.slug}-x", "starts_on": "2023-07-01"}
    answer = browse(world.staff).post("/setup/campaign/", sent)
    assert answer.status_code == 302, text_of(answer)
    campaign = Campaign.objects.get(slug=f"{template.slug}-x")
    assert campaign.indicators.filter(is_headline=True).count() == 1
    assert (campaign.ends_on - campaign.starts_on).days + 1 == template.days


@pytest.mark.parametrize(
    ("changed", "answer_says"),
    [
        ({"slug": "de-an-06-2023"}, "ngắn"),
        ({"slug": "Có dấu"}, "không dấu"),
        ({"template": "nothing"}, "Chưa chọn"),
        ({"starts_on": "32/13/2026"}, "Không có ngày"),
        ({"ends_on": "2023-06-30"}, "Ngày kết thúc"),
        ({"ends_on": "2026-06-30"}, "Ngày kết thúc"),
    ],
)
def test_campaign_that_is_mistaken_is_asked_about(
    changed: dict[str, str], answer_says: str, world: World, browse: Browse
) -> None:
    sent = {"template": "hien-mau", "slug": "hien-mau-x", "starts_on": "2023-07-01", **changed}
    before = Campaign.objects.count()
    answer = browse(world.staff).post("/setup/campaign/", sent)
    assert answer_says in text_of(answer)
    assert Campaign.objects.count() == before


def test_account_that_rules_all_is_not_made_a_secretary_by_a_file(
    world: World, browse: Browse
) -> None:
    """It holds no appointment that would say so: an invitation would open it."""
    User.objects.create_superuser(
        "admin", password=PASSWORD, phone="0912000004", full_name="Trần Văn Quản"
    )
    text = "Họ tên,SĐT,Cơ sở Đoàn\nTrần Văn Quản,0912000004,XD-14173\n"
    upload = SimpleUploadedFile("a.csv", text.encode(), "text/csv")
    answer = browse(world.staff).post("/setup/people/", {"import_file": upload})
    assert "còn giữ việc khác" in text_of(answer)


def test_who_has_a_password_makes_no_link_to_a_new_one(db: None) -> None:
    """Not even the first account: whoever is at its screen for a minute would keep it."""
    admin = User.objects.create_superuser("admin", password=PASSWORD)
    with pytest.raises(PermissionDenied):
        issue_invitation(actor=admin, user=admin)
