"""Check-in at a place without a network: who was ticked comes once, as whoever ticked them.

Every test ends by asking the database who is there.
"""

import re
from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser import DESK, PHONE, look
from tests.e2e.network_proxy import Network
from tests.e2e.phone import OWN, Phone, Start
from tests.portal import Portal, until

pytestmark = pytest.mark.slow

LEADER, OTHER = "totruong-14173", "xadoan-14158"
PLAN = """
import datetime as dt
from accounts.models import User
from core import clock
from volunteers.models import Team
from volunteers.sessions.services.session_planning import plan_sessions
from volunteers.sessions.services.session_validation import Plan
teams = Team.objects.filter(branch__code="XD-14173").order_by("pk").values_list("pk", flat=True)
session, = plan_sessions(actor=User.objects.get(username="xadoan-14173"), plan=Plan(
    campaign="de-an-06-2023", branch="XD-14173", date=clock.today(), begins_at=dt.time(0),
    ends_at=dt.time(23, 59), place_kind="culture_house", place={place!r}, teams=list(teams)))
print(session.pk)
"""
PRESENT = """
    SELECT volunteer_id, checkin_id::text, checked_in_at FROM volunteers_participation
    WHERE session_id = %s AND checked_in_at IS NOT NULL ORDER BY 1
"""
WAIT = """
    INSERT INTO volunteers_walkin (session_id, full_name, phone, arrived_at)
    VALUES (%s, 'Bùi Thị Chờ', '0977000222', now())
"""
END = """
from accounts.models import User
from volunteers.models import SupportSession
from volunteers.sessions.services.sessions import cancel_session, close_session
given = dict(actor=User.objects.get(username="xadoan-14173"),
             session=SupportSession.objects.get(pk={pk}))
{act}
"""
ENDS = {
    "closed": "close_session(**given, counts={'assisted': 2}, headcount=0, base_version=1)",
    "cancelled": "cancel_session(**given, reason='Mưa bão')",
}
SAVED = "đã lưu trên máy"
# A host holds one session at a place and time.
NUMBERS = count(101)
Here = Callable[[], list[tuple[Any, ...]]]


@pytest.fixture
def session(portal: Portal) -> int:
    """A session of today, of all teams of the commune."""
    place = f"Nhà văn hóa xóm {next(NUMBERS)}"
    return int(portal.manage("shell", "--no-imports", "--command", PLAN.format(place=place)))


@pytest.fixture
def here(portal: Portal, session: int) -> Here:
    """Who is there, with which id and since when, as the database has it."""
    return lambda: portal.rows(PRESENT, session)


def path_of(session: int) -> str:
    """Return where the list of a session is ticked."""
    return f"/c/de-an-06-2023/sessions/{session}/people/"


def tick(page: Page, *locations: int) -> list[int]:
    """Tick some lines, save, and return whom."""
    boxes = page.locator("[name=on]")
    for place in locations:
        boxes.nth(place).check()
    save(page)
    return sorted(int(str(boxes.nth(place).get_attribute("value"))) for place in locations)


def save(page: Page) -> None:
    """Save the list."""
    page.get_by_role("button", name="Lưu", exact=True).click()


def states(phone: Phone) -> list[str]:
    """Return the states of the check-ins on a phone."""
    return [row["state"] for row in checkins(phone)]


def checkins(phone: Phone) -> list[dict[str, Any]]:
    """Return the check-ins on a phone."""
    return [row for row in phone.store()["entries"] if row.get("kind") == "checkin"]


def people(rows: list[tuple[Any, ...]]) -> list[int]:
    """Return who they are."""
    return [row[0] for row in rows]


def sendings(net: Network, session: int) -> int:
    """Return how many check-ins went out."""
    return net.seen.count(("POST", f"/api/v1/sessions/{session}/checkins/"))


def test_ticks_outlive_the_browser(
    start: Start, session: int, here: Here, net: Network, portal: Portal
) -> None:
    phone = start(LEADER, path_of(session), is_closed=True)
    phone.context.set_offline(True)
    expected = tick(phone.page, 0, 2, 3)
    state = phone.page.locator("#state")
    expect(state).to_contain_text("3 lần điểm danh đã lưu trên máy")
    expect(phone.page.get_by_text(SAVED, exact=True)).to_have_count(3)
    assert look(phone.page, "people-saved", PHONE) == []
    # Without a network there are no names: a plain page says so, and how many wait.
    phone.page.reload()
    expect(phone.page.get_by_role("heading", level=1)).to_have_text("Chưa có mạng")
    expect(phone.page.get_by_text("tên người không lưu trên điện thoại")).to_be_visible()
    waiting = phone.page.locator("#waiting-checkins")
    expect(waiting).to_have_text(re.compile("3 lần điểm danh đang chờ"))
    phone.close()
    assert (here(), sendings(net, session)) == ([], 0)
    phone.open()
    phone.page.goto("/c/de-an-06-2023/sessions/")  # any page sends
    until(lambda: people(here()) == expected, 20)
    expect(phone.page.locator("#waiting-checkins")).to_be_hidden()
    assert sendings(net, session) == 3
    phone.page.goto(path_of(session))
    expect(phone.page.get_by_role("checkbox", checked=True)).to_have_count(3)
    # The server's page says it now: whom somebody else takes off the list stays off.
    portal.rows("DELETE FROM volunteers_participation WHERE volunteer_id = %s", expected[0])
    phone.page.reload()
    expect(phone.page.get_by_role("checkbox", checked=True)).to_have_count(2)
    # A receipt is kept, in case that the server loses what it is of, but not of whom she takes off.
    phone.page.locator(f"[name=on][value='{expected[1]}']").uncheck()
    with phone.page.expect_navigation():
        save(phone.page)
    assert people(here()) == expected[2:]
    assert sorted(row["volunteer"] for row in checkins(phone)) == [expected[0], expected[2]]


def test_online_each_line_says_when(start: Start, session: int, here: Here) -> None:
    phone = start(LEADER, path_of(session))
    expected = tick(phone.page, 1, 4)
    expect(phone.page.get_by_text(re.compile(r"^có mặt \d\d:\d\d$"))).to_have_count(2)
    expect(phone.page.locator("#state")).to_have_text("Đã lưu danh sách.")
    expect(phone.page.locator("[data-present]")).to_have_text("2")
    assert [look(phone.page, "people-received", size) for size in (DESK, PHONE)] == [[], []]
    assert people(here()) == expected


def test_sends_itself_when_the_network_is_back(start: Start, session: int, here: Here) -> None:
    phone = start(LEADER, path_of(session))
    phone.context.set_offline(True)
    expected = tick(phone.page, 0, 1)
    tick(phone.page, 2)
    # A slip of the finger that has not been sent is taken back without a network.
    phone.page.locator("[name=on]").nth(2).uncheck()
    save(phone.page)
    expect(phone.page.get_by_text(SAVED, exact=True)).to_have_count(2)
    expect(phone.page.locator("#unsent")).to_be_hidden()
    phone.context.set_offline(False)
    expect(phone.page.get_by_text(re.compile(r"^có mặt \d\d:\d\d$"))).to_have_count(2)
    assert people(here()) == expected


def test_answer_dropped_after_the_server_committed(
    start: Start, session: int, here: Here, net: Network
) -> None:
    phone = start(LEADER, path_of(session), is_closed=True)
    # After the first, which is answered to nobody, none arrives until the browser is back.
    left = iter(["drop"])
    net.rule = lambda method, _path: next(left, "refuse") if method == "POST" else "pass"
    expected = tick(phone.page, 0)
    until(lambda: people(here()) == expected, 20)
    until(lambda: states(phone) == ["saved"], 20)
    [entry], first = checkins(phone), here()
    assert [row[1] for row in first] == [entry["id"]]
    phone.close()
    net.rule = lambda _method, _path: "pass"
    net.forget()
    phone.open()
    phone.page.goto("/c/de-an-06-2023/sessions/")
    until(lambda: states(phone) == ["received"], 20)
    # The very same check-in, sent again.
    assert (here(), sendings(net, session)) == (first, 1)


def test_two_phones_tick_the_same_person(start: Start, session: int, here: Here) -> None:
    first, second = start(LEADER, path_of(session)), start(OWN, path_of(session))
    for phone in (first, second):
        phone.context.set_offline(True)
    expected = tick(first.page, 0, 1)
    assert tick(second.page, 0, 1) == expected
    for phone in (first, second):
        phone.context.set_offline(False)
    for phone in (first, second):
        until(lambda phone=phone: states(phone) == ["received"] * 2, 20)  # type: ignore[misc]
    assert people(here()) == expected


def test_nothing_is_sent_as_somebody_else(
    start: Start, session: int, here: Here, net: Network
) -> None:
    phone = start(LEADER, path_of(session))
    phone.context.set_offline(True)
    expected = tick(phone.page, 0)
    phone.context.clear_cookies()
    phone.context.set_offline(False)
    expect(phone.page.locator("#state")).to_contain_text("Đăng nhập lại để gửi")
    expect(phone.page.get_by_text("đã lưu trên máy, đăng nhập lại để gửi")).to_be_visible()
    # The worker may have said so first; the page tries once with the token that it came with.
    until(lambda: sendings(net, session) == 1, 10)
    # Somebody who leads the session as well, and yet did not tick.
    net.forget()
    phone.prepare(OWN, path_of(session))
    expect(phone.page.get_by_role("checkbox", checked=True)).to_have_count(0)
    expect(phone.page.locator("#waiting-checkins")).to_be_hidden()
    answer = phone.page.evaluate(
        """async ([session, owner, volunteer]) => {
          const said = await (await fetch("/queue/ticket/")).json();
          const answer = await fetch(`/api/v1/sessions/${session}/checkins/`, {
            method: "POST",
            headers: { "Content-Type": "application/json", "X-CSRFToken": said.csrf,
                       "X-Queue-Owner": String(owner) },
            body: JSON.stringify({ id: crypto.randomUUID(), volunteer }),
          });
          return [answer.status, (await answer.json()).code];
        }""",
        [session, checkins(phone)[0]["owner"], expected[0]],
    )
    assert answer == [403, "other_owner"]
    assert (here(), states(phone), sendings(net, session)) == ([], ["saved"], 1)
    phone.prepare(LEADER, path_of(session))
    until(lambda: people(here()) == expected, 20)


def test_phone_keeps_numbers_only(start: Start, session: int, here: Here) -> None:
    phone = start(LEADER, path_of(session))
    phone.context.set_offline(True)
    expected = tick(phone.page, 0)
    until(lambda: any("tries" in entry for entry in checkins(phone)), 10)
    [entry] = checkins(phone)
    assert entry.keys() == {
        "key", "kind", "owner", "session", "volunteer", "id", "sent", "next", "state",
        "saved_at", "tries", "retry_at",
    }  # fmt: skip
    assert entry["next"].keys() == {"op"}
    assert (entry["session"], [entry["volunteer"]]) == (session, expected)
    values: dict[str, Any] = {row["name"]: row.get("value") for row in phone.store()["kept"]}
    assert values.keys() <= {"book", "language", "lease", "menu", "phone", "reader"}
    assert values["menu"].keys() == {"owner", "links"}
    names = phone.page.locator(".tick b").all_inner_texts()
    assert names
    assert not [name for name in names if name in str(values)]
    assert phone.page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]
    stored = phone.page.evaluate(
        """async () => {
          const urls = [];
          for (const name of await caches.keys()) {
            for (const one of await (await caches.open(name)).keys()) urls.push(one.url);
          }
          return urls;
        }"""
    )
    assert stored
    assert not [url for url in stored if "/c/de-an-06-2023/sessions/" in url]
    assert here() == []


@pytest.mark.parametrize(
    ("state", "why"),
    [("closed", "Buổi này đã kết thúc, danh sách"), ("cancelled", "Buổi này đã hủy.")],
)
def test_session_that_ended_meanwhile_asks_for_attention(
    start: Start, session: int, here: Here, portal: Portal, state: str, why: str
) -> None:
    phone = start(LEADER, path_of(session))
    phone.context.set_offline(True)
    tick(phone.page, 0, 1)
    portal.manage("shell", "--no-imports", "--command", END.format(pk=session, act=ENDS[state]))
    phone.context.set_offline(False)
    line = phone.page.locator(".tick").first
    expect(line).to_contain_text(f"cần xem lại: {why}")
    assert look(phone.page, f"people-{state}-meanwhile", PHONE) == []
    phone.page.goto("/c/de-an-06-2023/sessions/")
    notice = phone.page.locator("#waiting-checkins")
    expect(notice).to_contain_text("2 lần điểm danh trên điện thoại cần bạn xem lại")
    notice.get_by_role("link").click()
    problems = phone.page.locator("#problems")
    expect(problems).to_contain_text(why)
    assert [look(phone.page, f"people-{state}-later", size) for size in (DESK, PHONE)] == [[], []]
    problems.get_by_role("button", name="Đã xem, bỏ đi").click()
    expect(problems).to_be_hidden()
    expect(phone.page.locator("#waiting-checkins")).to_be_hidden()
    assert (here(), checkins(phone)) == ([], [])


def test_what_needs_the_network_stays_in_the_form(
    start: Start, session: int, here: Here, portal: Portal
) -> None:
    phone = start(LEADER, path_of(session))
    first = tick(phone.page, 0)
    expect(phone.page.get_by_text(re.compile(r"^có mặt \d\d:\d\d$"))).to_have_count(1)
    phone.context.set_offline(True)
    phone.page.locator("[name=on]").nth(0).uncheck()
    phone.page.get_by_label("Thêm người bằng số điện thoại").fill("0912 345")
    second = tick(phone.page, 1)
    unsent = phone.page.locator("#unsent")
    expect(unsent).to_contain_text("vẫn còn ở đây, chưa gửi")
    assert look(phone.page, "people-needs-network", PHONE) == []
    expect(phone.page.locator("[name=on]").nth(0)).not_to_be_checked()
    expect(phone.page.get_by_label("Thêm người bằng số điện thoại")).to_have_value("0912 345")
    assert people(here()) == first
    phone.context.set_offline(False)
    until(lambda: len(here()) == 2, 20)
    phone.page.get_by_label("Thêm người bằng số điện thoại").fill("")
    save(phone.page)
    expect(phone.page.get_by_text("Đã lưu danh sách.").first).to_be_visible()
    until(lambda: people(here()) == second, 10)
    # Newcomers are kept with number and name until they are received: added, and confirmed.
    portal.rows(WAIT, session)
    waiting = phone.context.new_page()
    waiting.goto(path_of(session).replace("people", "walk-ins"))
    phone.context.set_offline(True)
    phone.page.get_by_label("Thêm người bằng số điện thoại").fill("0977 000 111")
    phone.page.get_by_label("Họ và tên, nếu là người mới").fill("Vũ Văn Mới")
    save(phone.page)
    expect(phone.page.locator("#newcomers")).to_have_text(f"Vũ Văn Mới: {SAVED}")
    expect(phone.page.locator("#unsent")).to_be_hidden()
    assert look(phone.page, "people-newcomer-saved", PHONE) == []
    tick(phone.page, 2)
    waiting.get_by_role("button", name="Điểm danh Bùi Thị Chờ").click()
    expect(waiting.get_by_text(f"Bùi Thị Chờ: {SAVED}, có mạng là tự gửi")).to_be_visible()
    assert sum("newcomer" in row for row in checkins(phone)) == 2
    phone.context.set_offline(False)
    until(lambda: len(here()) == 4, 20)
    until(lambda: not [row for row in checkins(phone) if "newcomer" in row], 10)
    assert portal.rows("SELECT id FROM volunteers_walkin WHERE session_id = %s", session) == []


def test_signing_up_ahead_stays_in_the_form(start: Start, session: int, portal: Portal) -> None:
    move = "UPDATE volunteers_supportsession SET date = date + 1 WHERE id = %s"
    listed = "SELECT count(*) FROM volunteers_participation WHERE session_id = %s"
    portal.rows(move, session)
    phone = start(LEADER, path_of(session))
    phone.context.set_offline(True)
    tick(phone.page, 0, 1)
    expect(phone.page.locator("#unsent")).to_contain_text("Chưa có mạng nên chưa lưu được")
    assert portal.rows(listed, session) == [(0,)]
    assert phone.store()["entries"] == []
    phone.context.set_offline(False)
    save(phone.page)
    expect(phone.page.get_by_role("checkbox", checked=True)).to_have_count(2)
    expect(phone.page.get_by_text("Đã lưu danh sách.")).to_be_visible()
    assert portal.rows(listed, session) == [(2,)]
