"""A returned report is being corrected: neither silent nor counted, wherever one looks."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from reports.daily.services.review import Decision, review_reports
from reports.rollup.services.rollup import drain
from tests.conftest import World
from tests.reports.reporting import report

Browse = Callable[[User], Client]
HOME = "/c/de-an-06-2023/"


@pytest.fixture
def returned(world: World) -> World:
    stored = report(world.owner, "XD-14173", {"level1": 16})
    report(world.owner, "XD-14173", {"level1": 1600}, report_id=stored.pk, base_version=1)
    review_reports(
        actor=world.lead, seen={stored.pk: 2}, decision=Decision.RETURN, reason="Thừa hai chữ số"
    )
    drain()
    return world


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("units/365/", "1 đang sửa"),
        ("completeness/", "1 đang sửa"),
        ("completeness/365/", "đã báo cáo, đang sửa"),
        ("digests/36/2023-06-20/", "1 báo cáo đang sửa"),
        ("branches/XD-14173/", "Đang sửa, tạm tính bản trước"),
    ],
)
def test_page_says_that_it_is_being_corrected(
    returned: World, browse: Browse, path: str, shown: str
) -> None:
    answer: Any = browse(returned.staff).get(f"{HOME}{path}")
    page = answer.content.decode()
    assert shown in page
    assert "1.600" not in page or path.startswith("branches/")


def test_file_has_the_version_before_and_counts_it_as_received(
    returned: World, browse: Browse
) -> None:
    address = f"{HOME}exports/police.csv?from=2023-06-20&basis=reported"
    file: Any = browse(returned.liaison).get(address)
    rows = b"".join(file.streaming_content).decode("utf-8-sig").splitlines()
    header = rows[0].split(",")
    [row] = [dict(zip(header, r.split(","), strict=True)) for r in rows if ",14173," in r]
    assert (row["level1"], row["reports_received"]) == ("16", "1")
