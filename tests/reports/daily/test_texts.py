"""One list of a report's texts: a field of the model is on the page, in the API, in the history."""

import ast
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from reports.daily.api.reports import EntrySerializer
from reports.daily.models import DailyReport, ReportTexts
from reports.daily.texts import TEXT_NAMES, TEXTS, ReportText
from reports.entry.forms import ReportForm
from reports.entry.offline_snapshot import has_texts
from tests.conftest import TODAY, World
from tests.pages import read
from tests.reports.daily.test_bad_inputs.sending import ID, URL, Api, Browse, body, post
from tests.reports.reporting import report

every_text = pytest.mark.parametrize("text", TEXTS, ids=TEXT_NAMES)
# What else of a report a client sends.
OF_THE_REPORT = {
    *("id", "campaign", "branch", "unit", "date"),
    *("counts", "no_activity", "explanation", "captured_at"),
}
WORDS = "https://tinhdoannamdinh.vn/bai-1"


def test_texts_stand_in_the_order_of_the_page() -> None:
    assert TEXT_NAMES == ("difficulties", "proposals", "note", "evidence_url")


def test_every_client_and_the_history_know_the_texts_of_the_model(world: World) -> None:
    fields = {field.name for field in DailyReport._meta.fields}
    texts = {field.name for field in ReportTexts._meta.fields}
    assert set(TEXT_NAMES) == texts < fields
    assert [text.name for text in ReportForm().texts] == list(TEXT_NAMES)
    assert set(EntrySerializer().fields) & fields - OF_THE_REPORT == texts
    stored = report(world.owner, "XD-14173", {"installed": 3})
    content = stored.revisions.get().content.keys()
    others = {"counts", "no_activity", "explanation", "unusual", "status", "covered_sessions"}
    assert content - others == texts
    assert not has_texts(stored)
    assert all(has_texts(DailyReport(**{name: WORDS})) for name in TEXT_NAMES)


@every_text
def test_text_sent_by_the_api_is_kept_and_asked_for_again_on_the_page(
    world: World, api: Api, browse: Browse, text: ReportText
) -> None:
    sent = body(date=TODAY.isoformat(), **{text.name: WORDS})
    assert api(world.owner).post(URL, sent).status_code == 201
    stored = DailyReport.objects.get()
    assert getattr(stored, text.name) == WORDS
    assert stored.revisions.get().content[text.name] == WORDS
    [line] = api(world.owner).get("/api/v1/report-book/").json()["branches"][0]["reports"]
    assert line["texts"] is True
    form = read(browse(world.owner).get("/c/de-an-06-2023/report/"))
    assert form.fields[text.name] == WORDS
    assert str(text.label) in form.text


@every_text
def test_text_typed_on_the_page_goes_through_the_check_into_the_history(
    world: World, browse: Browse, text: ReportText
) -> None:
    client = browse(world.owner)
    typed: dict[str, Any] = {"report_id": ID, "count_installed": "3", text.name: WORDS}
    checked = read(post(client, **typed))
    assert checked.fields[text.name] == WORDS
    assert f"{text.label}{WORDS}" in checked.text
    post(client, **typed, confirm="1")
    stored = DailyReport.objects.get()
    assert getattr(stored, text.name) == WORDS
    history = client.get(f"/c/de-an-06-2023/report/{stored.pk}/history/").content.decode()
    assert str(text.label) in history
    assert WORDS in history


@every_text
def test_text_is_as_long_as_the_model_allows(
    world: World, api: Api, browse: Browse, text: ReportText
) -> None:
    longest = (WORDS + "x" * text.max_length)[: text.max_length]
    refused = api(world.owner).post(URL, body(**{text.name: longest + "x"}))
    assert (refused.status_code, list(refused.json())) == (400, [text.name])
    page = read(post(browse(world.owner), count_installed="3", **{text.name: longest + "x"}))
    assert f"quá {text.max_length} ký tự" in page.problems[-1]
    assert api(world.owner).post(URL, body(**{text.name: longest})).status_code == 201


def test_no_other_file_lists_the_texts() -> None:
    base = Path(settings.BASE_DIR)
    found = set()
    for app in ("core", "campaign", "reports", "demo"):
        for path in (base / app).rglob("*.py"):
            if "migrations" not in path.parts:
                named = {_name(node) for node in ast.walk(ast.parse(path.read_text()))}
                found |= {path.name for name in ("proposals", "evidence_url") if name in named}
    for kind in ("templates/**/*.html", "static/**/*.js"):
        for path in base.glob(kind):
            if any(name in path.read_text() for name in ("proposals", "evidence_url")):
                found.add(path.name)
    # Two pages show them, by one file; the dashboard has two of them, what is hard and proposed.
    assert found == {"models.py", "_texts.html", "action_items.py", "_remarks.html"}


def _name(node: ast.AST) -> Any:
    """What a node names: a value, an attribute, a name or an argument."""
    for field in ("value", "attr", "id", "arg"):
        if isinstance(name := getattr(node, field, None), str):
            return name
    return None
