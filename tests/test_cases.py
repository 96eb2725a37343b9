"""Cases that people complained of (A1–A27): each has a test that proves the value expected.

What had no test with the very input has it here, without a database where none is needed.
"""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from core.importing import table, workbook
from core.importing.table import Reading, read_table
from core.importing.widgets import text_of
from tests.core.ugly_making import OLE, csv_of
from tests.core.workbooks import DAY, TCVN3, styled
from tests.core.workbooks import sheet as sheet_of
from tests.core.workbooks import table as table_of
from tests.core.workbooks import workbook as workbook_of

# Where the value is proved; a file of this folder, and the name of the test.
PROVED: dict[str, tuple[str, ...]] = {
    "A1": (
        "reports/rollup/test_settings_change.py::test_district_is_the_sum_of_its_communes_on_both",
        "reports/rollup/test_self_check.py::test_total_changed_by_hand_is_named_and_healed",
    ),
    "A2": ("reports/daily/test_reconciliation.py::test_nothing_worked_out_is_below_zero",),
    "A3": (
        "reports/daily/test_reconciliation.py::"
        "test_covered_session_that_is_cancelled_or_corrected_is_asked_about",
    ),
    "A4": (
        "reports/daily/test_reconciliation.py::"
        "test_returned_report_falls_back_on_the_last_that_was_not",
        "reports/dashboards/test_returned.py::test_page_says_that_it_is_being_corrected",
    ),
    "A5": (
        "reports/daily/test_reconciliation.py::"
        "test_session_closed_after_the_report_is_asked_about_and_added",
        "reports/entry/test_reconcile_page.py::test_secretary_is_asked_at_once_with_both_figures",
    ),
    "A6": (
        "reports/daily/test_reconciliation.py::"
        "test_branch_is_heard_only_on_days_on_which_it_exists",
        "reports/rollup/test_from_a_day.py::test_rule_is_that_of_the_day_everywhere",
    ),
    "A7": ("reports/chat/test_page.py::test_three_figures_of_a_message_leave_the_other_four",),
    "A8": ("test_cases.py::test_sheets_are_named_and_asked_about",),
    "A9": (
        "volunteers/teams/test_files.py::"
        "test_a_year_that_could_not_be_read_stays_and_its_cell_is_named",
    ),
    "A10": ("test_cases.py::test_rows_hidden_by_a_filter_are_asked_about",),
    "A11": ("test_cases.py::test_old_font_is_offered_converted",),
    "A12": ("test_cases.py::test_day_in_either_order_is_asked_about",),
    "A13": ("volunteers/teams/test_files.py::test_a_mark_that_nobody_sees_makes_no_second_person",),
    "A14": ("test_cases.py::test_password_is_called_by_its_name",),
    "A15": ("test_cases.py::test_semicolons_divide_where_headings_hold_commas",),
    "A16": ("reports/public/test_public.py::test_number_of_a_landline_is_taken",),
    "A17": (
        "e2e/test_offline_pages.py::test_page_that_has_not_seen_what_waits_is_asked",
        "e2e/test_queue_pages.py::test_choice_between_two_pages",
    ),
    "A18": ("e2e/test_offline_typed.py::test_signing_out_without_a_network_takes_nothing_away",),
    "A19": (
        "e2e/test_offline_typed.py::"
        "test_who_is_no_secretary_any_more_is_told_whom_to_give_the_numbers",
    ),
    "A20": ("e2e/test_offline_typed.py::test_report_of_a_wrong_day_is_moved_to_the_right_one",),
    "A21": (
        "volunteers/certificates/test_certificates.py::"
        "test_who_signed_up_is_told_of_another_day_and_of_a_cancelled_session",
    ),
    "A22": (
        "reports/notifications/channels/test_web_push.py::"
        "test_phone_that_is_refused_for_days_is_forgotten",
    ),
    "A23": (
        "e2e/test_offline_typed.py::test_typed_numbers_survive_the_check_a_reload_and_another_day",
    ),
    "A24": (
        "e2e/test_offline_typed.py::test_links_of_the_page_are_the_same_each_time_it_is_opened",
    ),
    "A25": (
        "campaign/test_routing.py::test_question_names_the_campaigns_that_run",
        "e2e/test_campaigns.py::test_one_is_asked_which_campaign_and_stays_in_it",
    ),
    "A26": (
        "reports/police/test_same_bytes.py::test_line_is_another_where_it_has_changed_and_nowhere_else",
    ),
    "A27": (
        "reports/dashboards/test_branch_figures.py::"
        "test_page_of_the_task_force_shows_its_own_total",
    ),
}
HEAD = ["Tên tổ", "Mã xã", "Họ tên", "Ngày sinh"]
TEAM = "Tổ công nghệ số xóm 5"


def test_every_case_has_its_proof() -> None:
    here = Path(__file__).parent
    assert list(PROVED) == [f"A{number}" for number in range(1, 28)]
    for case, tests in PROVED.items():
        for test in tests:
            file, name = test.split("::")
            assert re.search(rf"\bdef {name}", (here / file).read_text()), (case, test)


@pytest.fixture(autouse=True)
def _one_process(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Read here, in Vietnamese: a process for each file is slow."""

    def read(data: bytes, sheets: str) -> str:
        return json.dumps(workbook.answer(data, json.loads(sheets)))

    monkeypatch.setattr(table, "_run_reader", read)
    with translation.override("vi"):
        yield


def column(reading: Reading, place: int) -> list[str]:
    assert reading.table is not None
    return [text_of(row[place]).removesuffix("T00:00:00") for row in reading.table]


def asked(data: bytes, name: str) -> list[str]:
    """Return the choices of the one question that a file asks; nothing is taken before."""
    [question] = read_table(data).questions
    assert question.name == name
    return [value for value, _label in question.choices]


def test_sheets_are_named_and_asked_about() -> None:
    """A8: a workbook with three sheets, one a hamlet."""
    sheets = {
        f"Xóm {number}": sheet_of(HEAD[:3], [f"Tổ {number}", "14173", "Nguyễn Văn An"])
        for number in (1, 2, 3)
    }
    data = workbook_of(sheets)
    assert read_table(data).table is None
    assert asked(data, "sheet") == ["Xóm 1", "Xóm 2", "Xóm 3"]
    assert column(read_table(data, {"sheet": "Xóm 2"}), 0) == ["Tổ 2"]


def test_rows_hidden_by_a_filter_are_asked_about() -> None:
    """A10: two of four rows are hidden."""
    rows = [[TEAM, "14173", f"Nguyễn Văn {name}"] for name in "ABCD"]
    data = table_of(HEAD[:3], *rows, hidden=(3, 5))
    assert asked(data, "rows") == ["take", "leave"]
    assert "dòng 3, 5" in read_table(data).questions[0].text
    left = read_table(data, {"rows": "leave"})
    assert column(left, 2) == ["Nguyễn Văn A", "Nguyễn Văn C"]
    assert len(column(read_table(data, {"rows": "take"}), 2)) == 4


def test_old_font_is_offered_converted() -> None:
    """A11: a sheet in .VnTime."""
    row = [styled(TCVN3, text) for text in ("Tæ c«ng nghÖ sè xãm 5", "14173", "NguyÔn V¨n B×nh")]
    data = table_of(HEAD[:3], row)
    assert asked(data, "font") == ["convert", "keep"]
    assert "thành “Tổ công nghệ số xóm 5”" in str(read_table(data).questions[0].choices)
    converted = read_table(data, {"font": "convert"})
    assert (column(converted, 0), column(converted, 2)) == ([TEAM], ["Nguyễn Văn Bình"])


def test_day_in_either_order_is_asked_about() -> None:
    """A12: the date cell 2023-03-04 beside the text “20/06/2023”."""
    rows: list[list[Any]]
    rows = [[TEAM, "14173", "Nguyễn Văn A", styled(DAY, 44989)], [TEAM, "14173", "B", "20/06/2023"]]
    data = table_of(HEAD, *rows)
    assert asked(data, "excel3") == ["keep", "turn"]
    assert column(read_table(data, {"excel3": "keep"}), 3)[0] == "2023-03-04"
    assert column(read_table(data, {"excel3": "turn"}), 3)[0] == "2023-04-03"


def test_password_is_called_by_its_name() -> None:
    """A14: an OLE file with EncryptedPackage, named .xlsx."""
    package = OLE + "EncryptedPackage".encode("utf-16-le") + bytes(512)
    with pytest.raises(ValidationError, match="mật khẩu"):
        read_table(package)


def test_semicolons_divide_where_headings_hold_commas() -> None:
    """A15: a file with semicolons and the header “Ngày, tháng, năm sinh”."""
    data = csv_of(
        "Tên tổ;Mã xã;Họ tên;Ngày, tháng, năm sinh", f"{TEAM};14173;Nguyễn Văn An;20/06/1990"
    )
    reading = read_table(data)
    assert reading.table is not None
    assert reading.table.headings == [*HEAD[:3], "Ngày, tháng, năm sinh"]
    assert column(reading, 3) == ["20/06/1990"]
