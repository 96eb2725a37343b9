"""What branches find difficult stands on the dashboard, for whom it is, and in a file."""

import csv
import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from reports.rollup.services.rollup import drain
from tests.conftest import TODAY, World
from tests.pages import read
from tests.reports.reporting import report

Browse = Callable[[User], Client]
BASE = "/c/de-an-06-2023"
DAY = dt.timedelta(days=1)


@pytest.fixture
def difficult(world: World) -> World:
    """Two branches say something, one of them twice, and one but a note."""
    report(world.owner, "XD-14173", {"level1": 1}, date=TODAY - DAY, difficulties="Mạng yếu")
    report(
        world.owner,
        "XD-14173",
        {"level1": 2},
        proposals="=Cấp thêm máy",
        evidence_url="https://example.vn/anh",
    )
    report(world.neighbour, world.neighbour_branch.code, {"level1": 3}, note="Đủ người")
    report(world.other_lead, "XD-14050", {"level1": 4}, difficulties="Thiếu người")
    report(world.owner, "XD-14173", {"level1": 2}, date=TODAY - 20 * DAY, difficulties="Đã lâu")
    drain()
    return world


def test_difficulties_stand_on_the_dashboard_newest_first(difficult: World, browse: Browse) -> None:
    def shown(user: User, path: str = "dashboard/") -> list[tuple[str, str, str]]:
        page = browse(user).get(f"{BASE}/{path}")
        return [(r.branch.code, r.difficulties, r.proposals) for r in page.context["remarks"]]

    own = [("XD-14173", "", "=Cấp thêm máy"), ("XD-14173", "Mạng yếu", "")]
    assert {*shown(difficult.staff)[:2]} == {own[0], ("XD-14050", "Thiếu người", "")}
    assert shown(difficult.staff)[2:] == own[1:]
    assert shown(difficult.lead) == own
    assert shown(difficult.staff, "units/14158/") == []
    # Who may not read the reports does not read them here, though figures are drawn once for all.
    assert shown(difficult.officer) == []
    words = read(browse(difficult.lead).get(f"{BASE}/dashboard/")).text
    assert "Khó khăn nổi bật" in words
    assert "Mạng yếu" in words
    assert "Khó khăn nổi bật" not in read(browse(difficult.officer).get(f"{BASE}/dashboard/")).text
    # What is corrected is read at once.
    report(difficult.owner, "XD-14173", {"level1": 2}, base_version=1, difficulties="Mất điện")
    drain()
    assert shown(difficult.lead)[0] == ("XD-14173", "Mất điện", "")


def test_all_that_reports_say_is_a_file_for_who_leads(difficult: World, browse: Browse) -> None:
    def lines(user: User) -> list[dict[str, str]]:
        answer: Any = browse(user).get(f"{BASE}/review/texts.csv")
        text = b"".join(answer.streaming_content).decode("utf-8-sig")
        return list(csv.DictReader(io.StringIO(text, newline="")))

    found = lines(difficult.lead)
    assert [line["difficulties"] for line in found] == ["Đã lâu", "Mạng yếu", "", ""]
    (last,) = [line for line in found if line["date"] == f"{TODAY}" and line["proposals"]]
    # Nothing runs as a formula.
    assert last["proposals"] == "'=Cấp thêm máy"
    assert last["evidence_url"] == "https://example.vn/anh"
    assert (last["branch_code"], last["unit"], last["status"]) == (
        "XD-14173",
        "Xã Giao Tiến",
        "submitted",
    )
    assert len(lines(difficult.staff)) == 5
    assert browse(difficult.liaison).get(f"{BASE}/review/texts.csv").status_code == 403
