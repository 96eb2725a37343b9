"""One word for one thing: in the menu, on its page, in messages, scripts and documents."""

import csv
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import unescape

import pytest
from babel.messages.pofile import read_po
from django.conf import settings
from django.contrib.admin import site
from django.db.models import Choices
from django.test import Client
from django.utils import translation

from accounts.models import User
from tests.conftest import World
from tests.core.test_library_texts import OURS, below

Browse = Callable[[User], Client]


@dataclass(frozen=True)
class GlossaryTerm:
    """A line of data/glossary.csv; cells hold several forms between slashes."""

    vi: tuple[str, ...]
    en: tuple[str, ...]
    not_to_use: tuple[str, ...]


def glossary() -> list[GlossaryTerm]:
    with (settings.BASE_DIR / "data" / "glossary.csv").open(newline="") as file:
        return [
            GlossaryTerm(
                vi=tuple(row["vi"].casefold().split(" / ")),
                en=tuple(row["en"].casefold().split(" / ")),
                not_to_use=tuple(row["not_to_use"].split("; ")) if row["not_to_use"] else (),
            )
            for row in csv.DictReader(file)
        ]


def written() -> Iterator[tuple[str, str]]:
    """Yield where, and what: the texts of the code, the scripts, the documents."""
    path = settings.BASE_DIR / "locale" / "en" / "LC_MESSAGES" / "django.po"
    with path.open("rb") as file:
        for message in read_po(file, locale="en"):
            for text in (message.id,) if isinstance(message.id, str) else message.id:
                yield message.locations[0][0] if message.locations else "", text
    for folder, pattern in (("static", "*.js"), ("docs", "*.md")):
        for path in (settings.BASE_DIR / folder).rglob(pattern):
            yield path.name, path.read_text()
    yield "README.md", (settings.BASE_DIR / "README.md").read_text()


def variants(text: str, term: GlossaryTerm) -> list[str]:
    """Return the words in a text that should have been those of the term."""
    rest = re.sub("|".join(map(re.escape, term.vi)), "", " ".join(text.split()).casefold())
    return [w for w in term.not_to_use if re.search(rf"(?<!\w){re.escape(w)}(?!\w)", rest)]


def test_no_other_word_stands_for_a_term() -> None:
    terms = [term for term in glossary() if term.not_to_use]
    assert len(terms) > 10
    texts = list(written())
    assert len(texts) > 1500
    found = [
        (where, text[:80], wrong)
        for where, text in texts
        for term in terms
        if (wrong := variants(text, term))
    ]
    assert found == []


# Campaigns, provinces and their levels are data. Lists of what the law calls units are no names.
OF_ONE_PROVINCE = re.compile(r"nam định|giao thủy|vneid|đề án 06|de-an-06|\bhuyện", re.IGNORECASE)
OF_THE_LAW = {
    "Huyện",
    "Loại: tỉnh, huyện, xã, thị trấn…",
    "tỉnh, thành phố, thị xã, huyện, xã, phường, thị trấn, xóm…",
}


def test_no_text_knows_a_province_a_campaign_or_its_levels_by_name() -> None:
    texts = {(where, text) for where, text in written() if not where.endswith(".md")}
    folders = (("templates", "*.html"), ("static", "*.js"))
    for folder, pattern in folders:
        paths = list((settings.BASE_DIR / folder).rglob(pattern))
        assert len(paths) > 20
        texts |= {(path.name, line) for path in paths for line in path.read_text().splitlines()}
    found = [
        (where, text[:120])
        for where, text in sorted(texts)
        if text not in OF_THE_LAW and OF_ONE_PROVINCE.search(text)
    ]
    assert found == []


def test_a_variant_is_seen_in_a_sentence_and_not_in_a_longer_word() -> None:
    copied = GlossaryTerm(vi=("sao chép",), en=("copy",), not_to_use=("chép",))
    assert variants("Bấm Chép bản\ntin rồi dán.", copied) == ["chép"]
    assert variants("Bấm Sao chép rồi dán.", copied) == []
    assert variants("nơi", GlossaryTerm(("đơn vị",), ("unit",), ("nơi",))) == ["nơi"]
    assert variants("nơii", GlossaryTerm(("đơn vị",), ("unit",), ("nơi",))) == []


def test_glossary_knows_every_kind_state_and_role_of_the_interface() -> None:
    labels = {
        *(model._meta.verbose_name for model in site._registry),
        *(
            label
            for choices in below(Choices)
            if choices.__module__.split(".")[0] in OURS
            for label in getattr(choices, "labels", ())
        ),
    }
    assert len(labels) > 60
    missing = []
    for label in labels:
        with translation.override("vi"):
            vi = str(label).casefold()
        with translation.override("en"):
            en = str(label).casefold()
        if vi.isascii() and vi == en:
            continue
        if not any(vi in term.vi and en in term.en for term in glossary()):
            missing.append((vi, en))
    assert sorted(missing) == []


MENU = re.compile(r'<nav aria-label="Các mục">(.*?)</nav>', re.DOTALL)
LINK = re.compile(r'<a[^>]*?\shref="([^"]+)"[^>]*>(.*?)</a>', re.DOTALL)


def plain(markup: str) -> str:
    """Return the words of a piece of a page, without what a badge counts."""
    bare = re.sub(r"<[^>]+>", " ", re.sub(r'<b class="waiting">.*?</b>', "", markup))
    return " ".join(unescape(bare).split())


ROLES = ("owner", "lead", "staff", "liaison", "partner", "officer", "leader")


@pytest.mark.parametrize("role", ROLES)
def test_a_page_is_called_as_its_entry_in_the_menu(world: World, browse: Browse, role: str) -> None:
    client = browse(getattr(world, role))
    menus = MENU.findall(client.get("/account/").content.decode())
    entries = {(url, plain(words)) for menu in menus for url, words in LINK.findall(menu)}
    entries |= {("/account/", "Tài khoản của tôi"), ("/reminders/", "Nhắc việc")}
    assert len(entries) > 6
    terms = {form for term in glossary() for form in term.vi}
    for url, name in entries:
        assert name.casefold() in terms, name
        page = client.get(unescape(url), follow=True).content.decode()
        title = re.search(r"<title>(.*?)</title>", page, re.DOTALL)
        assert title is not None
        assert plain(title[1]).split(" · ")[0] == name, (url, plain(title[1]))
        heads = re.findall(r"<h1[^>]*>(.*?)</h1>|<div class=\"crumb\">(.*?)</div>", page, re.DOTALL)
        assert any(name in plain(" ".join(head)) for head in heads), (url, name)
