"""What is typed into a long form outlives Back, a reload, a killed tab and a lost network."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.history import OTHER, TODAY, crash
from tests.e2e.network_proxy import Network
from tests.e2e.phone import OWN, Start
from tests.factories import PASSWORD
from tests.portal import Portal

pytestmark = pytest.mark.slow

CAMPAIGN = "/c/de-an-06-2023"
NEW = f"{CAMPAIGN}/sessions/new/"
LINE = "Đã lấy lại những gì bạn gõ dở"
LOCATION = "Nhà văn hóa xóm 9"
OF_BRANCH = """
    SELECT id FROM volunteers_{0} WHERE branch_id = (
        SELECT id FROM campaign_branch WHERE code = 'XD-14173' ORDER BY id LIMIT 1) {1}
    ORDER BY id DESC LIMIT 1
"""
ASKED = """
    SELECT r.id FROM volunteers_helprequest r JOIN campaign_unit u ON u.id = r.unit_id
    WHERE u.code = '14173' AND r.state = 'new' LIMIT 1
"""
NOTE = "UPDATE volunteers_supportsession SET note = %s WHERE id = %s"
TYPED_AT = """() => {{
  for (const key of Object.keys(localStorage).filter((key) => key.startsWith("draft "))) {{
    const draft = JSON.parse(localStorage.getItem(key));
    localStorage.setItem(key, JSON.stringify({{ ...draft, at: {} }}));
  }}
}}"""
DRAFTS = """() => Object.keys(localStorage).filter((key) => key.startsWith("draft "))"""


def drafts(page: Page) -> list[str]:
    """Return the keys of what the device keeps."""
    found: list[str] = page.evaluate(DRAFTS)
    return found


def field_of(page: Page, path: str, name: str) -> Locator:
    """Open a form, and what it folds away."""
    page.goto(path)
    field = page.locator(f"main [name={name}]")
    field.evaluate("(field) => field.closest('details')?.setAttribute('open', '')")
    return field


def forms(portal: Portal) -> dict[str, tuple[str, str, str, str]]:
    """Return by form where it is, a field of it, what is typed there, and the button."""
    [(session,)] = portal.rows(OF_BRANCH.format("supportsession", "AND state = 'closed'"))
    [(team,)] = portal.rows(OF_BRANCH.format("team", ""))
    [(asked,)] = portal.rows(ASKED)
    return {
        "a day of old": (f"{CAMPAIGN}/report/?date=2023-06-01", "count-installed", "44", "Xem lại"),
        "a session": (NEW, "place", LOCATION, "Lập buổi"),
        "its end": (f"{CAMPAIGN}/sessions/{session}/close/", "headcount", "17", "Xem lại và lưu"),
        "a request": (f"{CAMPAIGN}/requests/{asked}/", "outcome_note", "Đã chuyển", "Ghi không"),
        "a member": (f"{CAMPAIGN}/teams/{team}/members/new/", "full_name", "Trần Thử", "Thêm"),
    }


def test_every_long_form_outlives_a_killed_tab_and_a_lost_network(
    start: Start, portal: Portal, net: Network
) -> None:
    phone = start()
    found = {}
    for name, (path, field, text, button) in forms(portal).items():
        page = phone.tab()
        field_of(page, path, field).fill(text)
        crash(page)
        page = phone.tab()
        page.goto(path)
        typed_in = page.locator("main form", has=page.locator(f"[name={field}]"))
        expect(typed_in.locator("[data-draft]")).to_contain_text(LINE)
        given = [page.locator(f"main [name={field}]").input_value()]
        net.rule = lambda method, _path: "refuse" if method == "POST" else "pass"
        page.get_by_role("button", name=button).last.click()
        expect(page.locator("#unsent")).to_contain_text("vẫn còn ở đây")
        given.append(page.locator(f"main [name={field}]").input_value())
        net.rule = lambda _method, _path: "pass"
        found[name] = given
        page.close()
    assert found == {name: [text, text] for name, (_, _, text, _) in forms(portal).items()}


def test_draft_goes_when_it_is_taken_and_not_before(start: Start, portal: Portal) -> None:
    phone = start(path=NEW)
    page = phone.page
    field_of(page, NEW, "place").fill(LOCATION)
    page.goto(f"{CAMPAIGN}/dashboard/")
    page.go_back()
    expect(page.locator("#id_place")).to_have_value(LOCATION)
    # The session has run out: who signs in again finds everything.
    phone.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Lập buổi").last.click()
    page.get_by_label("Tên đăng nhập hoặc số điện thoại").fill(OWN)
    page.get_by_label("Mật khẩu", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Đăng nhập", exact=True).click()
    expect(page.locator("#id_place")).to_have_value(LOCATION)
    # What is wrong was not taken.
    page.locator("#id_date").fill("2023-06-28")
    page.get_by_role("button", name="Lập buổi").last.click()
    expect(page.locator("#errors")).to_be_visible()
    page.goto(NEW)
    expect(page.locator("#id_date")).to_have_value("2023-06-28")
    for name, text in (("begins_at", "08:00"), ("ends_at", "10:00")):
        page.locator(f"#id_{name}").fill(text)
    page.locator("[name=place_kind]").select_option(index=1)
    page.get_by_role("button", name="Lập buổi").last.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(LOCATION)
    assert drafts(page) == []
    page.goto(NEW)
    expect(page.locator("#id_place")).to_have_value("")


def test_where_the_page_has_changed_the_person_is_asked(start: Start, portal: Portal) -> None:
    phone = start(path=NEW)
    page = phone.page
    [(session,)] = portal.rows(OF_BRANCH.format("supportsession", "AND state = 'planned'"))
    path = f"{CAMPAIGN}/sessions/{session}/edit/"
    field_of(page, path, "note").fill("Mang theo sạc")
    portal.rows(NOTE, "Đã có sạc", session)
    page.goto(path)
    expect(page.locator("#id_note")).to_have_value("Đã có sạc")
    line = page.locator("form [data-draft]")
    expect(line).to_contain_text("trang đã đổi từ đó")
    line.get_by_role("button", name="Lấy lại phần gõ dở").click()
    expect(page.locator("#id_note")).to_have_value("Mang theo sạc")
    page.reload()
    expect(page.locator("#id_note")).to_have_value("Mang theo sạc")
    page.locator("form [data-draft]").get_by_role("button", name="Bỏ").click()
    page.reload()
    expect(page.locator("#id_note")).to_have_value("Đã có sạc")
    expect(page.locator("form [data-draft]")).to_be_hidden()
    portal.rows(NOTE, "", session)


def test_names_go_with_whoever_signs_out_and_are_nobody_elses(start: Start, portal: Portal) -> None:
    phone = start(path=NEW)
    page, known = phone.page, forms(portal)
    for name in ("a member", "a session"):
        path, field, text, _button = known[name]
        field_of(page, path, field).fill(text)
    assert sorted(key.split("|")[1] for key in drafts(page)) == ["", "personal"]
    # The phone's clock was in 1970, or in another year to come, and has been put right.
    for moment in ("0", "4e12"):
        page.evaluate(TYPED_AT.format(moment))
        page.goto("/account/")
        assert len(drafts(page)) == 2
    # After a day those of people go by themselves.
    page.evaluate(TYPED_AT.format("Date.now() - 9e7"))
    page.goto("/account/")
    assert [key.split("|")[1] for key in drafts(page)] == [""]
    path, field, text, _button = known["a member"]
    field_of(page, path, field).fill(text)
    page.goto("/account/")
    page.locator("main").get_by_role("button", name="Đăng xuất").click()
    expect(page.get_by_label("Mật khẩu", exact=True)).to_be_visible()
    assert [key.split("|")[1] for key in drafts(page)] == [""]
    phone.sign_in(OTHER)
    expect(field_of(page, NEW, "place")).to_have_value("")
    phone.sign_in(OWN)
    expect(field_of(page, NEW, "place")).to_have_value(LOCATION)


def test_residents_form_keeps_what_is_typed_in_its_tab(start: Start) -> None:
    page = start(path=NEW).page
    page.goto("/public/?unit=14173")
    page.locator("#id_name").fill("Bà Thử")
    page.locator("#id_consent").check()
    page.goto("/public/")
    page.goto("/public/?unit=14173")
    expect(page.locator("#id_name")).to_have_value("Bà Thử")
    expect(page.locator("#id_consent")).not_to_be_checked()
    assert drafts(page) == []
    for field in ("wish", "reason"):
        page.locator(f"[name={field}]").first.check()
    page.locator("#id_phone").fill("0912345678")
    page.locator("#id_hamlet").fill("Xóm 9")
    page.locator("#id_consent").check()
    page.get_by_role("button", name="Gửi yêu cầu").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Đã nhận yêu cầu")
    page.goto("/public/?unit=14173")
    expect(page.locator("#id_name")).to_have_value("")


def test_back_leads_from_the_check_to_the_form_and_from_what_came_of_it(start: Start) -> None:
    phone = start()
    page = phone.page
    phone.context.set_offline(True)
    page.goto(f"{CAMPAIGN}/report/?date={TODAY}")
    page.locator("#count-installed").fill("48")
    for leave in (page.go_back, page.get_by_role("button", name="Sửa lại").click):
        page.get_by_role("button", name="Xem lại và gửi").click()
        expect(page.locator(".step h1")).to_have_text("Xem lại trước khi gửi")
        leave()
        expect(page.locator("#count-installed")).to_be_visible()
        expect(page.locator("#count-installed")).to_have_value("48")
    phone.report(TODAY, 49)
    page.go_back()
    expect(page.locator("#count-installed")).to_have_value("49")
    expect(page.locator(".entries > li")).to_have_count(1)
    # Neither a day nor a branch that the phone does not know is a page of the browser's.
    for asked in ("date=2023-06-01", "branch=XD-14158"):
        page.goto(f"{CAMPAIGN}/report/?{asked}")
        expect(page.locator("main")).to_contain_text("không có sẵn trên điện thoại")
