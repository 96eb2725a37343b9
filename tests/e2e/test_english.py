"""In English the pages say nothing in Vietnamese but what is data."""

import re

import pytest
from babel.messages.pofile import read_po
from django.conf import settings
from playwright.sync_api import Page, expect

from tests.e2e.browser import DESK, PHONE, Stage
from tests.portal import Portal

pytestmark = pytest.mark.slow

PAGES = {
    "": ("/sign-in/", "/invitations/dung-roi/", "/khong-co/"),
    "bo-vo": ("/", "/account/"),
    "xadoan-14173": (
        *(
            "/c/de-an-06-2023/report/",
            "/c/de-an-06-2023/report/?date=2023-06-18",
            "/c/de-an-06-2023/dashboard/",
            "/c/de-an-06-2023/targets/",
        ),
        *(
            "/c/de-an-06-2023/report/paste/",
            "/c/de-an-06-2023/report/progress/",
            "/c/de-an-06-2023/digests/",
            "/c/de-an-06-2023/reminders/",
            "/shell/away/en/",
        ),
    ),
    "huyendoan-365": (
        *(
            "/c/de-an-06-2023/dashboard/",
            "/c/de-an-06-2023/branches/XD-14173/",
            "/c/de-an-06-2023/branches/XD-14173/invite/",
        ),
        *(
            "/c/de-an-06-2023/review/",
            "/c/de-an-06-2023/review/?state=unusual",
            "/c/de-an-06-2023/review/?state=returned",
            "/c/de-an-06-2023/completeness/",
        ),
        *(
            "/c/de-an-06-2023/digests/",
            "/c/de-an-06-2023/reminders/",
            "/c/de-an-06-2023/branches/XD-14173/open-day/",
        ),
    ),
    "tinhdoan": (
        *(
            "/c/de-an-06-2023/completeness/",
            "/c/de-an-06-2023/completeness/365/?to=2023-06-15",
            "/c/de-an-06-2023/digests/",
        ),
        *(
            "/c/de-an-06-2023/dashboard/",
            "/c/de-an-06-2023/dashboard/?basis=approved",
            "/c/de-an-06-2023/units/14173/",
            "/c/de-an-06-2023/units/",
            "/c/de-an-06-2023/branches/",
        ),
        *(
            "/c/de-an-06-2023/report/?branch=CA-36",
            "/c/de-an-06-2023/targets/",
            "/c/de-an-06-2023/exports/",
            "/admin/",
        ),
        *("/admin/campaign/campaign/add/", "/admin/campaign/unit/import/"),
    ),
}
# All that is read out or shown, piece by piece, but for what somebody typed and what says of
# itself that it is Vietnamese.
WORDING = """() => {
    const said = [document.title];
    const meant = (element) => element.closest("[lang]").lang === "vi";
    const typed = (element) => element.matches("textarea, input:not([type=submit])");
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walk.nextNode(); node; node = walk.nextNode())
        if (!meant(node.parentElement) && !typed(node.parentElement)) said.push(node.data);
    for (const name of ["aria-label", "placeholder", "title", "alt", "value", "data-label"])
        for (const element of document.querySelectorAll(`[${name}]`))
            if (!meant(element) && !(name === "value" && typed(element)))
                said.push(element.getAttribute(name));
    return said.map((text) => text.replace(/\\s+/g, " ").trim()).filter(Boolean);
}"""


@pytest.fixture(scope="module")
def vietnamese() -> re.Pattern[str]:
    """What matches a whole text of the code as it is written, whatever is filled in."""
    path = settings.BASE_DIR / "locale" / "en" / "LC_MESSAGES" / "django.po"
    with path.open("rb") as file:
        messages = [m for m in read_po(file, locale="en") if m.id and m.string != m.id]
    texts: list[str] = []
    for message in messages:
        texts += [message.id] if isinstance(message.id, str) else message.id
    patterns = sorted({pattern(text) for text in texts} - {""}, key=len, reverse=True)
    return re.compile("|".join(patterns))


def pattern(text: str) -> str:
    """Return what a text of the catalogue looks like with something in its gaps."""
    words = re.split(
        r"(?:%\(\w+\)[sd]|\{\w*\}|<[^>]+>)+", " ".join(text.split()).replace("%%", "%")
    )
    # Mere gaps and marks would match everything.
    if not re.search(r"[^\W\d_]{2}", "".join(words)):
        return ""
    first, *rest = map(re.escape, words)
    # Words between gaps are taken where they first stand: trying every other place takes hours.
    inner = "".join(f"(?>.+?{part})" for part in rest[:-1])
    return first + inner + "".join(f".+?{part}" for part in rest[-1:])


def left(page: Page, vietnamese: re.Pattern[str]) -> list[str]:
    """Return the texts of a page that nobody translated."""
    return sorted({text for text in page.evaluate(WORDING) if vietnamese.fullmatch(text)})


def test_catalogue_is_complete(portal: Portal) -> None:
    assert "all in English" in portal.manage("extract_catalogue", "--check")


@pytest.mark.parametrize("role", PAGES)
def test_pages_are_in_english(stage: Stage, vietnamese: re.Pattern[str], role: str) -> None:
    page = stage.enter(role, DESK, language="en")
    found = {}
    for path in PAGES[role]:
        page.goto(path)
        expect(page.locator("html")).to_have_attribute("lang", "en")
        found[path] = left(page, vietnamese)
    assert found == {path: [] for path in PAGES[role]}


@pytest.mark.parametrize("role", ["xadoan-14173", "huyendoan-365"])
def test_english_is_no_wider_than_a_phone(stage: Stage, role: str) -> None:
    page = stage.enter(role, PHONE, language="en")
    wide = []
    for path in PAGES[role]:
        page.goto(path)
        if page.evaluate("document.scrollingElement.scrollWidth") > PHONE["width"]:
            wide.append(path)
    assert wide == []


def test_comparison_sees_what_was_not_translated(stage: Stage, vietnamese: re.Pattern[str]) -> None:
    page = stage.enter("tinhdoan", DESK)
    page.goto("/c/de-an-06-2023/exports/")
    page.evaluate("document.documentElement.lang = 'en'")
    assert {"Xuất dữ liệu", "Chọn dữ liệu", "Tải tệp CSV"} <= set(left(page, vietnamese))


def test_reader_changes_the_language_and_stays_where_they_are(stage: Stage) -> None:
    page = stage.enter("tinhdoan", DESK)
    page.goto("/c/de-an-06-2023/units/365/")
    page.locator("details.menu summary").click()
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page).to_have_url(re.compile("/c/de-an-06-2023/units/365/$"))
