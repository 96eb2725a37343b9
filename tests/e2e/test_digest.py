"""The digest in the hand: copied with one tap, shared, posted, and read without JavaScript."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser import Stage

pytestmark = pytest.mark.slow

DISTRICT = "/c/de-an-06-2023/digests/365/2023-06-19/"
# A phone's list of applications, as far as a page sees it.
SHARING = """
    window.shared = [];
    navigator.share = async (what) => { window.shared.push(what); };
    navigator.canShare = () => true;
"""


def shown(page: Page) -> str:
    """Return the text in the box."""
    return page.get_by_role("textbox", name="Bản chữ, để gửi Zalo").input_value()


def test_lead_copies_the_digest_with_one_tap(stage: Stage) -> None:
    page = stage.enter("huyendoan-365")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/c/de-an-06-2023/digests/")
    expect(page).to_have_url(re.compile(r"/c/de-an-06-2023/digests/365/2023-06-20/$"))
    with page.expect_response(re.compile("/published/$")) as stored:
        page.get_by_role("button", name="Sao chép").click()
    assert stored.value.status == 204
    expect(page.get_by_role("status")).to_have_text("Đã sao chép. Mở Zalo và dán vào nhóm.")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == shown(page)
    assert copied.startswith("BÁO CÁO NHANH ngày 20/6/2023 – Huyện Giao Thủy\n")
    page.reload()
    expect(page.get_by_text("Các bản đã công bố (1)")).to_be_visible()
    # Where there is nothing to share with, nothing is offered.
    expect(page.get_by_role("button", name="Gửi ảnh…")).to_be_hidden()


def test_phone_that_lets_no_page_copy_has_the_text_selected(stage: Stage) -> None:
    page = stage.enter("huyendoan-365")
    page.add_init_script("navigator.clipboard.writeText = () => Promise.reject(new Error())")
    page.goto(DISTRICT)
    page.get_by_role("button", name="Sao chép").click()
    expect(page.get_by_role("status")).to_contain_text("Chữ đã được chọn sẵn")
    chosen = page.evaluate("""() => {
        const box = document.activeElement;
        return box.value.slice(box.selectionStart, box.selectionEnd);
    }""")
    assert chosen == shown(page)


def test_phone_shares_text_and_poster(stage: Stage) -> None:
    page = stage.enter("huyendoan-365")
    page.add_init_script(SHARING)
    page.goto(DISTRICT)
    page.get_by_role("button", name="Gửi qua ứng dụng…").click()
    page.get_by_role("button", name="Gửi ảnh…").click()
    page.wait_for_function("window.shared.length === 2")
    text, name, kind, size = page.evaluate("""() => {
        const [file] = shared[1].files;
        return [shared[0].text, file.name, file.type, file.size];
    }""")
    assert text == shown(page)
    assert (name, kind) == ("bao-cao-nhanh-365-2023-06-19.png", "image/png")
    assert size > 10_000


def test_poster_is_1080_wide_and_can_be_kept(stage: Stage) -> None:
    page = stage.enter("huyendoan-365")
    page.goto(DISTRICT)
    image = page.get_by_role("img", name=re.compile("Ảnh: BÁO CÁO NHANH"))
    expect(image).to_be_visible()
    page.wait_for_function("document.querySelector('#poster img').naturalWidth === 1080")
    with page.expect_download() as stored:
        page.get_by_role("link", name="Tải ảnh").click()
    assert stored.value.suggested_filename == "bao-cao-nhanh-365-2023-06-19.png"


def test_digest_is_read_without_javascript(stage: Stage) -> None:
    page = stage.enter("xadoan-14173", javascript=False)
    page.goto("/c/de-an-06-2023/digests/")
    assert shown(page).startswith("BÁO CÁO NHANH ngày 20/6/2023 – Xã Giao Tiến\n")
    expect(page.get_by_role("button", name="Sao chép")).to_be_hidden()
    expect(page.get_by_role("link", name="Tải ảnh")).to_be_visible()
    page.get_by_role("link", name="← 19/06").click()
    expect(page).to_have_url(re.compile(r"/c/de-an-06-2023/digests/14173/2023-06-19/$"))
