"""The header: everybody's entries fit on every desk, and the rest is one click away."""

import pytest
from playwright.sync_api import expect

from tests.e2e.browser import DESK, PHONE, Stage, barriers
from tests.e2e.pages import APPOINTED, STAFF

pytestmark = pytest.mark.slow

# From the narrowest with entries in a row, 1024 px, to a wide screen.
WIDTHS = (1024, 1279, 1280, 1366, 1920)
EDGES = """() => ['.brand', '.top > nav', '.menu'].flatMap((place) => {
  const box = document.querySelector(place).getBoundingClientRect();
  return [Math.round(box.left), Math.round(box.right)];
})"""


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("role", APPOINTED)
def test_entries_stand_beside_one_another(stage: Stage, role: str, language: str) -> None:
    page = stage.enter(role, DESK, language=language)
    page.goto("/c/de-an-06-2023/units/")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 768})
        edges = page.evaluate(EDGES)
        assert edges == sorted(edges), width
        assert edges[-1] <= width
        # A name is cut, never gone.
        assert page.locator(".menu .desk").bounding_box()["width"] > 60  # type: ignore[index]


@pytest.mark.parametrize("javascript", [True, False])
def test_the_rest_opens_without_a_script_and_closes_the_other_menu(
    stage: Stage, *, javascript: bool
) -> None:
    page = stage.enter(STAFF, DESK, javascript=javascript)
    page.goto("/c/de-an-06-2023/dashboard/")
    rest = page.locator(".top > nav").get_by_role("link", name="Chỉ tiêu")
    expect(rest).to_be_hidden()
    page.locator(".menu > summary").click()
    expect(page.get_by_role("link", name="Nhắc việc")).to_be_visible()
    page.get_by_text("Mục khác").click()
    expect(page.get_by_role("link", name="Nhắc việc")).to_be_hidden()
    if javascript:
        assert barriers(page) == []
    rest.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Chia chỉ tiêu")


def test_the_whole_menu_fits_a_phone(stage: Stage) -> None:
    page = stage.enter(STAFF, PHONE)
    page.goto("/c/de-an-06-2023/dashboard/")
    page.locator(".menu > summary").click()
    box = page.get_by_role("button", name="Đăng xuất").bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= PHONE["height"]
    assert barriers(page) == []
