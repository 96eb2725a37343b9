"""What a report weighs on a slow network, and whether the phone's checks are the server's."""

import itertools
import json
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.browser import Stage
from tests.e2e.network_proxy import network
from tests.e2e.phone import Phone
from tests.e2e.stopwatch import first_and_next, sign_in
from tests.portal import REPOSITORY, Portal

pytestmark = pytest.mark.slow

CASES = REPOSITORY / "tests" / "reports" / "daily" / "unusual_cases.json"
JUDGE = """async ([address, cases]) => {
  const { questionsAbout } = await import(address);
  return cases.map(({ counts, yesterday, limits, at_most: atMost, states }) =>
    questionsAbout(counts, { yesterday, limits, atMost, states })
      .map((one) => [one.kind, one.code]));
}"""
READ = """async ([address, texts]) => {
  const { readCount } = await import(address);
  return texts.map((text) => readCount(text).word ?? readCount(text).count);
}"""
WANTED = """() => {
  const files = "link[rel=stylesheet], link[rel=modulepreload], script[src]";
  return [...document.querySelectorAll(files)].map((one) => new URL(one.href ?? one.src).pathname);
}"""
# As campaign/numbers.py reads them (tests/campaign/test_numbers.py).
TYPED = {
    "": None,
    " ": None,
    "\u200b35\ufeff": 35,
    "0": 0,
    "007": 7,
    "1000000": 1_000_000,
    "1000001": "most",
    "9" * 30: "most",
    "1.000": "unclear",
    "1,000": "unclear",
    "1 000": "unclear",
    "12.5": "fraction",
    "3,": "fraction",
    "-5": "negative",
    "−5": "negative",
    "1e3": "unread",
    "３５": "unread",
    "ba mươi": "unread",
    "+5": "unread",
}


def test_phone_asks_what_the_server_asks(stage: Stage) -> None:
    page = stage.enter("xadoan-14173")
    page.goto("/c/de-an-06-2023/report/?full=1")
    module = page.locator("link[rel=modulepreload][href*=validation]").get_attribute("href")
    cases = json.loads(CASES.read_text())
    kinds = page.evaluate(JUDGE, [module, cases])
    wrong = [
        (case["name"], case["kinds"], found)
        for case, found in zip(cases, kinds, strict=True)
        if sorted(found) != sorted(case["kinds"])
    ]
    assert wrong == []


def test_phone_reads_numbers_as_the_server_does(stage: Stage) -> None:
    page = stage.enter("xadoan-14173")
    page.goto("/c/de-an-06-2023/report/?full=1")
    module = page.locator("link[rel=modulepreload][href*=validation]").get_attribute("href")
    assert page.evaluate(READ, [module, list(TYPED)]) == list(TYPED.values())


def test_first_report_weighs_60_kb_and_the_next_5(
    browser: Browser, portal: Portal, tmp_path: Path
) -> None:
    # Bytes do not depend on the processor, and a slow one costs a whole one to play.
    with network(portal.port) as between:
        first, following = first_and_next(
            browser, tmp_path, between, portal, "xadoan-14158", processor=1
        )
    assert first.bytes <= 60_000
    assert following.bytes <= 5_000


def test_while_name_and_password_are_typed_the_files_of_the_form_come(
    browser: Browser, portal: Portal, tmp_path: Path
) -> None:
    with network(portal.port) as between:
        phone = Phone(browser, tmp_path, between, portal)
        try:
            phone.page.goto("/c/de-an-06-2023/report/", wait_until="networkidle")
            between.forget()
            sign_in(phone.page, "xadoan-14158")
            expect(phone.page.locator("#count-installed")).to_be_visible()
            wanted = phone.page.evaluate(WANTED)
            phone.page.wait_for_load_state("networkidle")
            # What the worker keeps, it asks for once more by itself.
            paths = [path for _method, path in between.seen]
            fetched = set(itertools.takewhile("/sw.js".__ne__, paths))
        finally:
            phone.close()
    assert "/c/de-an-06-2023/report/" in fetched
    assert len(wanted) > 10
    assert fetched & set(wanted) == set()


def test_a_file_is_what_its_header_says_and_bears_no_other_guards(portal: Portal) -> None:
    with portal.client() as client:
        page = client.get("/sign-in/").text
        script = page.partition('src="/static/')[2].partition('"')[0]
        headers = client.get(f"/static/{script}").headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "immutable" in headers["Cache-Control"]
    assert {"Referrer-Policy", "Last-Modified", "Content-Security-Policy"} & {*headers} == set()
