"""Daily counts by file: from the template to the reports, and every way of going wrong."""

import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from core.importing.marked_copy import NOTES
from core.models import PendingUpload
from core.tasks import forget_uploads
from reports.daily.models import DailyReport, Revision, Source
from reports.daily.reconciliation import question_of
from reports.spreadsheet import services
from reports.spreadsheet.models import CountsFile
from tests.conftest import TODAY, World
from tests.factories import make_session
from tests.importing import as_csv, as_xlsx
from tests.reports.reporting import report
from tests.reports.spreadsheet.sending import (
    HEAD,
    PAGE,
    YESTERDAY,
    act,
    confirm,
    filled,
    one,
    problems,
    send,
    totals,
)
from volunteers.sessions.models import State as SessionState

Browse = Callable[[Any], Client]


# The portal's own file


def test_the_template_goes_out_and_comes_back(world: World, lead: Client) -> None:
    template = lead.get(PAGE + f"template/?first={YESTERDAY}&last={TODAY}")
    assert template["Content-Disposition"].endswith('"so-lieu-2023-06-19-2023-06-20.xlsx"')
    sheet = openpyxl.load_workbook(io.BytesIO(template.content)).active
    head, *rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=3)]
    assert head == [
        *("Mã cơ sở Đoàn", "Đơn vị", "Ngày", "Cài VNeID", "Mức 1", "Mức 2", "Nâng mức"),
        *("Không phát sinh", "Lý do số bất thường"),
    ]
    # Only the own communes, day by day; given cells are locked, the others are open.
    assert [(row[0], row[2].date()) for row in rows] == [
        (code, day) for day in (YESTERDAY, TODAY) for code in ("XD-14173", "XD-14158")
    ]
    assert sheet.protection.sheet
    assert [cell.protection.locked for cell in sheet[4]] == [True] * 3 + [False] * 6
    kinds = {one.type for one in sheet.data_validations.dataValidation}
    assert kinds == {"whole", "list"}
    data = filled(template.content, [5, 3], [None] * 4 + ["có"], [6, 0, 2])
    page = send(lead, data)
    assert totals(page) == (3, 0, 0, 0)
    assert not DailyReport.objects.exists()
    done = confirm(lead, page)
    assert "Đã ghi xong: <b>3</b> báo cáo mới" in done.content.decode()
    assert one(day=YESTERDAY).counts == {"installed": 5, "level1": 3}
    assert one().counts == {"installed": 6, "level1": 0, "level2": 2}
    assert one("XD-14158", YESTERDAY).no_activity
    assert not DailyReport.objects.filter(branch__code="XD-14158", date=TODAY).exists()
    assert set(Revision.objects.values_list("source", "actor")) == {(Source.FILE, world.lead.pk)}
    # The same file again changes nothing.
    again = send(lead, data)
    assert totals(again) == (0, 0, 3, 0)
    assert "Không có gì để ghi" in again.content.decode()


# What stands (C17, C18)


def test_what_would_change_is_listed_and_chosen(world: World, lead: Client) -> None:
    report(world.owner, "XD-14173", {"installed": 35, "level1": 20, "level2": 12})
    report(world.neighbour, "XD-14158", {"level1": 9})
    rows = [["XD-14173", "", TODAY, "", 21], ["XD-14158", "", TODAY, "", 8]]
    page = send(lead, as_xlsx(HEAD[:5], *rows))
    assert totals(page) == (0, 2, 0, 0)
    text = " ".join(page.content.decode().split())
    assert "Mức 1 <del>20</del>" in text
    assert "<ins>21</ins>" in text
    done = confirm(lead, page, take=[page.context["changes"][0]["key"]])
    assert "1 thay đổi không được chọn" in done.content.decode()
    assert one().counts == {"installed": 35, "level1": 21, "level2": 12}
    assert one("XD-14158").counts == {"level1": 9}


def test_blank_cells_take_away_only_where_that_is_said(world: World, lead: Client) -> None:
    report(world.owner, "XD-14173", {"installed": 35, "level1": 20})
    page = send(lead, as_xlsx(HEAD, ["XD-14173", "", TODAY, "", 21]))
    assert page.context["result"]["clearable"] == 1
    page = act(lead, page, again="1", clears="1")
    (change,) = page.context["changes"]
    assert change["items"] == [["Cài VNeID", "35", None], ["Mức 1", "20", "21"]]
    confirm(lead, page, take=[change["key"]])
    assert one().counts == {"level1": 21}
    # A file that does not show all figures of the day is not even asked.
    page = send(lead, as_xlsx([*HEAD[:3], "Mức 2"], ["XD-14173", "", TODAY, 1]))
    assert page.context["result"]["clearable"] == 0


def test_what_changed_meanwhile_is_asked_again(world: World, lead: Client) -> None:
    report(world.owner, "XD-14173", {"level1": 20})
    page = send(lead, as_xlsx(HEAD[:5], ["XD-14173", "", TODAY, "", 21]))
    report(world.owner, "XD-14173", {"level1": 30}, base_version=1)
    after = confirm(lead, page, take=[page.context["changes"][0]["key"]])
    assert "vừa có số khác" in problems(after)[0][2]
    assert one().counts == {"level1": 30}


def test_a_closed_session_is_reconciled_and_never_swallowed(world: World, lead: Client) -> None:
    closed = {"state": SessionState.CLOSED, "counts": {"level1": 30}, "headcount": 0}
    closed |= {"participations": 2}
    given = {"campaign": world.campaign, "branch": world.branch, **closed}
    session = make_session(date=TODAY, **given)
    before = make_session(date=YESTERDAY, **given)
    rows = [["XD-14173", "", day, "", 52] for day in (TODAY, YESTERDAY)]
    page = send(lead, as_xlsx(HEAD[:5], rows[0]))
    assert "đã kết thúc trong ngày" in page.content.decode()
    confirm(lead, page)
    assert one().covered_sessions == {}
    assert question_of(one(), [session]) is not None
    page = confirm(lead, send(lead, as_xlsx(HEAD[:5], rows[1])), sessions="included")
    assert list(one(day=YESTERDAY).covered_sessions) == [str(before.pk)]


# What is wrong


def test_errors_stand_at_their_cells_in_a_copy_and_nothing_is_taken(
    world: World, lead: Client
) -> None:
    rows = [
        ["XD-14173", "", TODAY, 5, "1.000", 2],
        ["", "Hồng Thuận", YESTERDAY, 5, 2.5],
        ["XD-14050", "", TODAY, 1],
        ["XD-14158", "", TODAY, -3],
        ["XD-14158", "Xã Giao Tiến", YESTERDAY, 1],
        ["XD-14173", "", TODAY + dt.timedelta(1), 1],
        ["XD-14173", "", "tuần trước", 1],
        ["XD-14158", "", dt.date(2023, 6, 2), 1, "=A9"],
        ["XD-14173", "", dt.date(2023, 6, 1), None, 1, 0, 9],
        ["XD-14173", "", TODAY, 8],
    ]
    data = as_xlsx(["Tháng 6"], HEAD, *rows)
    page = send(lead, data)
    assert totals(page)[3] == 10
    found = problems(page)
    assert {(row, title) for row, title, _text in found} == {
        (3, "Mức 1"),
        (4, "Mức 1"),
        (5, "Mã đơn vị"),
        (6, "Cài VNeID"),
        (7, "Mã đơn vị"),
        (8, "Ngày"),
        (9, "Ngày"),
        (10, "Mức 1"),
        (11, "Nâng mức"),
        (12, "Đơn vị"),
    }
    texts = {row: text for row, _title, text in found}
    assert "Chưa rõ “1.000”" in texts[3]
    assert "không có phần lẻ" in texts[4]
    assert "ngoài" in texts[5] or "trong phạm vi" in texts[5]
    assert "là Đoàn xã Hồng Thuận" in texts[7]
    assert "chưa tới" in texts[8]
    assert "chưa có kết quả" in texts[10]
    assert "không thể âm" in texts[11]
    assert "dòng 3" in texts[12]
    address = page.request["PATH_INFO"]
    assert lead.post(address, {"confirm": "1"}).status_code == 400
    assert not DailyReport.objects.exists()
    copy = openpyxl.load_workbook(io.BytesIO(lead.get(address + "marked/").content)).active
    assert copy["E3"].comment.text == texts[3]
    assert copy["E3"].fill.fgColor.rgb.endswith("FFC7CE")
    assert (copy["H1"].value, copy["H3"].value) == (NOTES, texts[3])
    assert [copy.cell(3, n).value for n in range(1, 6)] == [
        "XD-14173",
        None,
        copy["C3"].value,
        5,
        "1.000",
    ]


def test_the_marked_copy_put_right_is_taken_as_it_is(lead: Client) -> None:
    rows = [["XD-14173", "", TODAY, 5, 5, 3, 0], ["XD-14158", "", TODAY, 6, "1.000", 3, 0]]
    page = send(lead, as_xlsx(HEAD, *rows))
    data = lead.get(page.request["PATH_INFO"] + "marked/").content
    workbook = openpyxl.load_workbook(io.BytesIO(data))
    workbook.active["E3"] = 6
    out = io.BytesIO()
    workbook.save(out)
    assert totals(send(lead, out.getvalue())) == (2, 0, 0, 0)


def test_a_sum_at_the_foot_is_no_report(lead: Client) -> None:
    rows = [["", "Giao Tiến", TODAY, 5], ["", "Tổng cộng", TODAY, 5]]
    page = send(lead, as_xlsx(HEAD[:4], *rows))
    assert totals(page) == (1, 0, 0, 0)
    assert "Không lấy 1 dòng cộng." in page.content.decode()


def test_unusual_counts_need_a_word(world: World, lead: Client) -> None:
    rows = [["XD-14173", "", TODAY, 5000], ["XD-14158", "", TODAY, 5]]
    page = send(lead, as_xlsx(HEAD[:4], *rows))
    assert [one["name"] for one in page.context["unusual"]] == ["Đoàn xã Giao Tiến"]
    refused = lead.post(page.request["PATH_INFO"], {"confirm": "1"})
    assert "Chọn lý do" in refused.content.decode()
    confirm(lead, page, explanation="drive")
    assert (one().explanation, one("XD-14158").explanation) == ("drive", "")


# As people draw them


def test_a_csv_will_do_and_gets_its_copy_too(lead: Client) -> None:
    page = send(lead, as_csv(HEAD[:4], ["XD-14173", "", "20/06/2023", "1.000"]), "so.csv")
    copy = lead.get(page.request["PATH_INFO"] + "marked/").content
    assert openpyxl.load_workbook(io.BytesIO(copy)).active["D2"].comment is not None


# Who


def test_only_who_leads_sends_and_sees_the_own_file(
    world: World, lead: Client, browse: Browse
) -> None:
    page = send(lead, as_xlsx(HEAD[:4], ["XD-14173", "", TODAY, 5]))
    address = page.request["PATH_INFO"]
    for user, expected in ((world.owner, 403), (world.partner, 403), (world.liaison, 403)):
        client = browse(user)
        assert client.get(PAGE).status_code == expected
        assert client.get(PAGE + "template/").status_code == expected
        file = SimpleUploadedFile("a.xlsx", b"PK")
        assert client.post(PAGE, {"import_file": file}).status_code == expected
    for user in (world.owner, world.other_lead, world.staff):
        for path in (address, address + "marked/"):
            assert browse(user).get(path).status_code == 404
    assert browse(world.other_lead).post(address, {"confirm": "1"}).status_code == 404
    assert not DailyReport.objects.exists()


def test_who_lost_the_appointment_takes_nothing_in(world: World, lead: Client) -> None:
    page = send(lead, as_xlsx(HEAD[:4], ["XD-14173", "", TODAY, 5]))
    lead.post(page.request["PATH_INFO"], {"confirm": "1"})
    world.lead.appointments.update(ends_on=YESTERDAY)
    services.work_off()
    assert not DailyReport.objects.exists()
    assert CountsFile.objects.get().state != "taken"


def test_the_page_says_how_far_one_is_and_a_worker_takes_a_file_once(lead: Client) -> None:
    data = as_xlsx(HEAD[:4], ["XD-14173", "", TODAY, 5])
    address = lead.post(PAGE, {"import_file": SimpleUploadedFile("a.xlsx", data)})["Location"]
    file = CountsFile.objects.get()
    services.cache_progress(file, 300, 6780)
    text = lead.get(address).content.decode()
    assert '<progress value="300" max="6780"' in text
    assert "300 trên 6.780 dòng" in text
    assert services.work_off() == 1
    assert services.work_off() == 0
    assert lead.get(address, headers={"HX-Request": "true"})["HX-Refresh"] == "true"


def test_a_busy_database_loses_neither_the_file_nor_its_preview(
    lead: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = send(lead, as_xlsx(HEAD[:4], ["XD-14173", "", TODAY, 5]))
    finish = services._finish

    def interrupted(*given: Any) -> None:
        finish(*given)
        raise OperationalError("lock timeout")

    with monkeypatch.context() as patch:
        patch.setattr(services, "_finish", interrupted)
        again = confirm(lead, page)
    assert "Cổng đang bận nên chưa ghi gì" in again.content.decode()
    assert not DailyReport.objects.exists()
    confirm(lead, again)
    assert one().counts == {"installed": 5}


def test_old_files_go(lead: Client) -> None:
    send(lead, as_xlsx(HEAD[:4], ["XD-14173", "", TODAY, 5]))
    CountsFile.objects.update(made_at=timezone.now() - services.LIFE - dt.timedelta(1))
    services.work_off()
    assert not CountsFile.objects.exists()


def test_a_file_that_nobody_confirms_is_gone_within_the_hour(lead: Client) -> None:
    page = send(lead, as_xlsx(HEAD[:4], ["XD-14173", "", TODAY, 5]))
    assert PendingUpload.objects.count() == 1
    an_hour_ago = timezone.now() - dt.timedelta(minutes=56)
    PendingUpload.objects.update(made_at=an_hour_ago)
    forget_uploads()
    assert not PendingUpload.objects.exists()
    # Confirmed in the moment before the portal has noticed.
    gone = confirm(lead, page).content.decode()
    assert "Tệp xem trước không còn. Chọn lại tệp." in gone
    send(lead, as_xlsx(HEAD[:4], ["XD-14173", "", TODAY, 5]))
    CountsFile.objects.update(made_at=an_hour_ago)
    services.work_off()
    assert [file.state for file in CountsFile.objects.all()] == ["refused", "refused"]
    assert not DailyReport.objects.exists()


def test_a_file_that_is_no_table_is_called_by_its_name(lead: Client) -> None:
    page = send(lead, b"%PDF-1.7\n")
    assert "tệp PDF" in page.content.decode()
