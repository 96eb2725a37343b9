"""The reader of files against files as people have them (``ugly_files``)."""

import json
import os
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from core.importing import table, workbook
from core.importing.inspection import Unread
from core.importing.table import Reading, read_table
from core.importing.widgets import text_of
from tests.core.ugly_files import FILES
from tests.core.ugly_making import AN, HEAD
from tests.core.workbooks import table as made_of

SECONDS = 5


# What is about the limits is read as in production, by a process of its own.
BOMBS = ("1,200,000 formats", "900,000 rows", "900,000 short rows", "a row without end")


def worked() -> float:
    """Return the seconds of processor of this process, and of those that it has seen end."""
    return sum(os.times()[:4])


@pytest.fixture(autouse=True)
def _vietnamese() -> Any:
    with translation.override("vi"):
        yield


@pytest.fixture
def _one_process(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Read here, which saves a process for each of the many files."""
    if request.node.callspec.params["name"] not in BOMBS:

        def read(data: bytes, sheets: str) -> str:
            return json.dumps(workbook.answer(data, json.loads(sheets)))

        monkeypatch.setattr(table, "_run_reader", read)


def _cells(reading: Reading) -> list[list[str]]:
    assert reading.table is not None
    return [
        [str(None) if cell is None else text_of(cell).removesuffix("T00:00:00") for cell in row]
        for row in reading.table
    ]


def test_there_are_enough_of_them() -> None:
    assert len(FILES) >= 60


@pytest.mark.usefixtures("_one_process")
@pytest.mark.parametrize("name", FILES)
def test_an_ugly_file_is_seen_for_what_it_is(name: str) -> None:
    ugly = FILES[name]
    data = ugly.make()
    began = worked()
    if ugly.refused:
        with pytest.raises(ValidationError) as refusal:
            read_table(data, ugly.answers)
        assert ugly.refused in " ".join(refusal.value.messages)
        assert worked() - began < SECONDS
        return
    asked = read_table(data)
    assert tuple(question.name for question in asked.questions) == ugly.questions
    reading = read_table(data, ugly.answers) if ugly.answers else asked
    if ugly.rows is None:
        # Answered with what was no choice: asked again.
        assert tuple(q.name for q in reading.questions) == ugly.questions
    else:
        assert reading.questions == []
        assert [row[: len(want)] for row, want in zip(_cells(reading), ugly.rows, strict=True)] == (
            ugly.rows
        )
    noted = " ".join(reading.notes)
    assert all(words in noted for words in ugly.notes), noted
    assert bool(reading.notes) == bool(ugly.notes) or ugly.questions, noted


def test_what_could_not_be_read_is_no_blank() -> None:
    reading = read_table(FILES["a formula without value"].make())
    assert reading.table is not None
    assert [type(cell) for cell in reading.table[0]] == [str, Unread, str]


def test_twenty_thousand_rows_are_read_in_seconds() -> None:
    data = made_of(HEAD, *([f"Nguyễn Văn {n}", *AN[1:]] for n in range(20_000)))
    began = worked()
    reading = read_table(data)
    assert reading.table is not None
    assert len(reading.table) == 20_000
    assert worked() - began < SECONDS
