"""The page of a table: what it says, where it leads, and the files that go out of it."""

import csv
import datetime as dt
import io
from collections.abc import Callable

import openpyxl
import pytest
from django.test import Client

from accounts.models import User
from campaign.models import Unit
from reports.exports.models import Export
from reports.rollup.services.rollup import drain
from tests.conftest import TODAY, World
from tests.pages import ParsedPage, read
from tests.reports.reporting import report

pytestmark = pytest.mark.django_db
Browse = Callable[[User], Client]
PAGE = "/c/de-an-06-2023/explore/"
MONDAY = TODAY - dt.timedelta(days=1)


@pytest.fixture
def reported(world: World) -> World:
    world.commune.name = "=Xã Giao Tiến"
    world.commune.save()
    report(world.owner, "XD-14173", {"level1": 1200}, date=MONDAY)
    report(world.neighbour, "XD-14158", {"level1": 0}, date=TODAY)
    drain()
    return world


def look(client: Client, status: int = 200, **asked: str) -> ParsedPage:
    asked = {"from" if name == "first" else name: value for name, value in asked.items()}
    page = read(client.get(PAGE, asked))
    assert page.status == status
    return page


def test_a_row_leads_to_what_it_is_made_of(reported: World, browse: Browse) -> None:
    client = browse(reported.staff)
    page = look(client, columns="day", first=f"{MONDAY}")
    assert ["Huyện Giao Thủy", "1.200", "0", "1.200"] in page.rows
    assert ["Tỉnh Nam Định", "1.200", "0", "1.200"] in page.rows
    assert ["Huyện Trực Ninh", "–", "–", "–"] in page.rows
    (deeper,) = [to for to in page.links if "unit=365" in to and "rows=commune" in to]
    page = read(client.get(deeper))
    assert ["Xã Hồng Thuận", "–", "0", "0"] in page.rows
    assert page.heading == "Huyện Giao Thủy"
    assert any("unit=14173" in to and "rows=branch" in to for to in page.links)


def test_where_there_is_no_level_between_a_row_leads_to_the_next(
    world: World, browse: Browse
) -> None:
    """A province of 2025 has communes right below."""
    client = browse(world.staff)
    Unit.objects.filter(level="commune").update(level="hamlet")
    page = look(client, unit="36", rows="province")
    assert any("rows=district" in to for to in page.links if "unit=36" in to)
    Unit.objects.filter(level="district").update(level="commune")
    page = look(client, unit="36", rows="province")
    assert any("rows=commune" in to for to in page.links if "unit=36" in to)
    assert not any("rows=district" in to for to in page.links)


def test_a_dash_means_what_is_written_under_the_table(world: World, browse: Browse) -> None:
    client = browse(world.staff)
    for measure, words in (
        ("value", "– là chưa có báo cáo, 0 là"),
        ("target", "hoặc chưa giao chỉ tiêu"),
        ("rank", "chưa xếp hạng"),
        ("completeness", "– là không đơn vị nào phải báo cáo"),
        ("official", "– là Công an chưa công bố"),
    ):
        text = look(client, rows="commune", measure=measure).text
        assert words in text, measure
        assert text.count("– là ") == 1


def test_what_has_no_meaning_is_said_and_stays_typed(reported: World, browse: Browse) -> None:
    client = browse(reported.staff)
    page = look(client, 400, rows="weekday", measure="target", names="giao, <b>", to="abc")
    assert page.fields["names"] == "giao, <b>"
    assert page.fields["to"] == "abc"
    assert "Chưa lập được bảng" in page.text
    page = look(client, 400, rows="weekday", measure="target", names="giao")
    assert "không tính được theo thứ trong tuần" in page.text
    assert client.get(PAGE, {"view": "pie"}).status_code == 404
    assert client.get(PAGE, {"format": "pdf"}).status_code == 404
    empty = look(client, names="không ai cả")
    assert "Không dòng nào trong 2 dòng hợp với bộ lọc" in empty.text


def test_every_view_shows_the_same_figures(reported: World, browse: Browse) -> None:
    client = browse(reported.staff)
    for view in ("table", "heat", "bars", "lines"):
        page = look(client, rows="commune", columns="day", first=f"{MONDAY}", view=view)
        assert "1.200" in page.text, view
    # Of a secretary it is her commune alone.
    assert "1.200" not in look(browse(reported.neighbour), rows="commune").text


def test_files_are_what_is_seen_and_are_recorded(reported: World, browse: Browse) -> None:
    client = browse(reported.staff)
    asked = {"rows": "commune", "columns": "day", "from": f"{MONDAY}", "indicator": "level1"}
    answer = client.get(PAGE, {**asked, "format": "xlsx"})
    workbook = openpyxl.load_workbook(io.BytesIO(answer.content))
    rows = list(workbook.worksheets[0].iter_rows(values_only=True))
    assert rows[0] == ("Mã", "Cấp xã", "19/06", "20/06", "Cả kỳ")
    assert ("14173", "=Xã Giao Tiến", 1200, None, 1200) in rows
    assert ("14158", "Xã Hồng Thuận", None, 0, 0) in rows
    assert rows[-1][1:] == ("Tỉnh Nam Định", 1200, 0, 1200)
    cell = next(c for row in workbook.worksheets[0].iter_rows() for c in row if c.value == 1200)
    assert (cell.data_type, cell.number_format) == ("n", "#,##0")
    assert {cell.data_type for cell in workbook.worksheets[0]["B"]} == {"s"}
    assert workbook.worksheets[0].freeze_panes == "C2"
    about = dict(workbook.worksheets[1].iter_rows(values_only=True))
    assert (about["Từ ngày"], about["Hàng"]) == ("19/06/2023", "Cấp xã")
    record = Export.objects.get()
    assert (record.kind, record.rows, record.file) == ("explore", 3, answer.content)
    assert record.file_name.endswith(".xlsx")
    # A year later it is fetched as what it is.
    again = client.get(f"/c/de-an-06-2023/exports/{record.pk}/?file")
    assert again.content == answer.content
    assert again.headers["Content-Type"] == answer.headers["Content-Type"]
    giao = {**asked, "format": "csv", "names": "giao"}
    lines = client.get(PAGE, giao).content.decode("utf-8-sig")
    assert [*csv.reader(io.StringIO(lines))] == [
        ["Mã", "Cấp xã", "19/06", "20/06", "Cả kỳ"],
        ["14173", "'=Xã Giao Tiến", "1200", "", "1200"],
        ["", "Cộng các dòng đang xem", "1200", "", "1200"],
        ["", "Tỉnh Nam Định", "1200", "0", "1200"],
    ]
    assert Export.objects.count() == 2
