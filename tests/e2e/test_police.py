"""The police's file, byte by byte, and the receipt by which it can be checked."""

import csv
import hashlib
import re
from io import StringIO
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.browser import DESK, Stage
from tests.portal import Portal

pytestmark = pytest.mark.slow

COLUMNS = (
    "date,province_code,province,district_code,district,commune_code,commune,"
    "assisted,installed,level1,level2,upgraded,activated,activated_to_date,"
    "target,percent_of_target,reports_expected,reports_received,basis,as_of"
)
# The demo's days up to its today, of all communes.
DAYS, COMMUNES = 81, 226
APPROVED = """
    SELECT coalesce(sum((counts ->> 'level1')::int), 0) FROM reports_dailyreport
    WHERE status IN ('approved', 'locked') AND date <= '2023-06-20' AND campaign_id = (
        SELECT id FROM campaign_campaign WHERE slug = 'de-an-06-2023')
"""


def test_liaison_downloads_the_file_and_its_hash_is_on_the_receipt(
    stage: Stage, portal: Portal, tmp_path: Path
) -> None:
    portal.wait_settled(30)
    page = stage.enter("congan", DESK)
    page.goto("/")
    page.locator(".top > nav").get_by_text("Mục khác").click()
    page.locator(".top > nav").get_by_role("link", name="Xuất dữ liệu").click()
    with page.expect_download(timeout=60_000) as coming:
        page.get_by_role("button", name="Tải tệp CSV").click()
    file = tmp_path / "police.csv"
    coming.value.save_as(file)
    assert re.fullmatch(
        r"cong-an_de-an-06-2023_2023-04-01_2023-06-20_approved_\d{8}T\d{6}\.csv",
        coming.value.suggested_filename,
    )
    content = file.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.count(b"\n") == content.count(b"\r\n") == 1 + DAYS * COMMUNES
    text = content.decode("utf-8-sig")
    assert text.splitlines()[0] == COLUMNS
    rows = list(csv.DictReader(StringIO(text)))
    assert len(rows) == DAYS * COMMUNES
    assert sum(int(row["level1"] or 0) for row in rows) == portal.rows(APPROVED)[0][0]

    page.goto("/c/de-an-06-2023/exports/")
    receipt = page.get_by_role("table").first.locator("tbody tr").first
    expect(receipt.locator("code")).to_have_text(hashlib.sha256(content).hexdigest())
    expect(receipt).to_contain_text(f"{DAYS * COMMUNES:,}".replace(",", "."))
    expect(receipt).to_contain_text("Cán bộ đối soát Công an tỉnh")
