"""Follows the links of pages as a reader would, and tells which of them change what is read."""

import re
import zipfile
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from io import BytesIO
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from django.test import Client
from django.urls import resolve
from django.urls.exceptions import Resolver404

from config.urls import pages

VOID = {"area", "input", "link", "meta", "br", "hr", "img"}
PAGES = {page.name for page in pages}
# Pages with a period of their own; within them it is kept, and the menu begins anew.
WITH_PERIOD = {"completeness-unit": "to", "digest": "day", "digest-poster": "day"}
READ = ("campaign", "basis", "by", "period")
# How many pages of a kind are opened, told by route and by what the query asks: one, but a
# session that is to come links elsewhere than one that was closed.
MOST = {"session": 2}


@dataclass(frozen=True)
class Link:
    """A link or the question of a form, what it says that it changes, and whether it is asked."""

    address: str
    switches: frozenset[str]
    is_in_main: bool
    is_read: bool = True  # a form that is sent is not followed


@dataclass
class _Form:
    address: str
    switches: frozenset[str]
    is_in_main: bool
    is_read: bool
    fields: list[tuple[str, str]] = field(default_factory=list)


class _Finder(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.page, self.links = page, list[Link]()
        self.open: list[tuple[str, frozenset[str]]] = []
        self.form: _Form | None = None
        self.select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        above = self.open[-1][1] if self.open else frozenset[str]()
        switches = above | frozenset(given.get("data-switch", "").split())
        is_in_main = any(name == "main" for name, _switches in self.open)
        if tag not in VOID:
            self.open.append((tag, switches))
        for name in ("href", "hx-get", "src"):
            if given.get(name) and (name != "href" or tag in ("a", "area")):
                self.links.append(Link(self._whole(given[name]), switches, is_in_main))
        if tag == "form" and any(name == "template" for name, _switches in self.open):
            return  # a script takes its answers
        if tag == "form":
            is_read = given.get("method", "get").lower() == "get"
            address = self._whole(given.get("action", "") or self.page)
            self.form = _Form(address, switches, is_in_main, is_read)
        elif self.form is not None:
            self._field(tag, given)

    def _whole(self, address: str) -> str:
        if address.startswith("?"):  # "?" alone takes the query away, which urljoin forgets
            return self.page.partition("?")[0] + address
        return urljoin(self.page, address).partition("#")[0]

    def _field(self, tag: str, given: dict[str, str]) -> None:
        fields = self.form.fields if self.form else []
        if tag == "select":
            self.select = given.get("name", "")
        elif tag == "option" and self.select:
            others = [one for one in fields if one[0] != self.select]
            if "selected" in given or len(others) == len(fields):
                fields[:] = [*others, (self.select, given.get("value", ""))]
        elif tag == "input" and given.get("name"):
            is_button = given.get("type") in ("submit", "image", "reset", "button")
            is_off = given.get("type") in ("checkbox", "radio") and "checked" not in given
            if not is_button and not is_off:
                fields.append((given["name"], given.get("value", "")))

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self.select = ""
        if tag == "form" and self.form is not None:
            form, self.form = self.form, None
            address = form.address
            if form.is_read:  # its answers take the place of the query
                address = f"{address.partition('?')[0]}?{urlencode(form.fields)}"
            self.links.append(Link(address, form.switches, form.is_in_main, form.is_read))
        while self.open:
            if self.open.pop()[0] == tag:
                return


def links_of(page: str, html: str) -> list[Link]:
    """Return the links of a page that lead to the portal."""
    finder = _Finder(page)
    finder.feed(html)
    finder.close()
    return [link for link in finder.links if link.address.startswith("/")]


@cache
def route_of(address: str) -> str:
    """Return the name of the route of an address; empty for what is no page."""
    try:
        return resolve(urlsplit(address).path).url_name or ""
    except Resolver404:
        return ""


def reading_of(address: str) -> dict[str, str]:
    """Return what an address says of how one reads: campaign, basis, measure, period."""
    parts = urlsplit(address)
    query = dict(parse_qsl(parts.query))
    found = re.match(r"/c/([-\w]+)/", parts.path)
    period = ""
    if name := WITH_PERIOD.get(route_of(address)):
        period = str(resolve(parts.path).kwargs.get(name) or query.get(name, ""))
    campaign = found[1] if found else query.get("campaign", "")
    return {
        "campaign": campaign,
        **{n: query.get(n, "") for n in ("basis", "by")},
        "period": period,
    }


def changes(page: str, link: Link) -> list[str]:
    """Return what a link changes unasked of what is read on its page."""
    is_page = link.address.startswith("/c/")
    route = route_of(link.address)
    if not is_page and route not in PAGES and route != "public":
        return []
    before, after = reading_of(page), reading_of(link.address)
    if not link.is_in_main or not (before["period"] and route in WITH_PERIOD):
        after["period"] = before["period"]
    if route == "public":  # it shows no basis and no measure
        after |= {"basis": before["basis"], "by": before["by"]}
    return [
        f"{page} → {link.address}: {name} {before[name]!r} → {after[name]!r}"
        for name in READ
        if before[name] != after[name] and name not in link.switches
    ]


def _text_of(answer: Any) -> str:
    """Return what can be read in a file; of a workbook in all of its parts."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if body[:2] == b"PK":
        with zipfile.ZipFile(BytesIO(body)) as parts:
            body = b"".join(parts.read(name) for name in parts.namelist())
    return str(body.decode(errors="replace"))


@dataclass
class Crawl:
    """What was seen: addresses with their status, pages with their text, and what was wrong."""

    client: Client
    seen: dict[str, int] = field(default_factory=dict)
    kinds: Counter[tuple[str, frozenset[str]]] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)

    def follow(self, addresses: Iterable[str]) -> None:
        """Open pages and whatever they lead to without changing what is read."""
        waiting = deque(addresses)
        while waiting:
            address = waiting.popleft()
            if self._is_new(address):
                waiting.extend(self._open(address))

    def _is_new(self, address: str) -> bool:
        if address in self.seen or not address.startswith("/c/"):
            return False
        route = route_of(address)
        kind = (route, frozenset(dict(parse_qsl(urlsplit(address).query))))
        self.kinds[kind] += 1
        return self.kinds[kind] <= MOST.get(route, 1)

    def _open(self, address: str) -> Iterator[str]:
        """Yield where a page leads, and note what it changes."""
        answer: Any = self.client.get(address)
        self.seen[address] = answer.status_code
        if answer.status_code == 302:
            links = [Link(answer.headers["Location"], frozenset(), is_in_main=False)]
        elif answer.headers["Content-Type"].startswith("text/html") and not answer.streaming:
            self.texts[address] = answer.content.decode()
            links = links_of(address, self.texts[address])
        else:
            self.texts[address] = _text_of(answer)
            return
        for link in links:
            found = changes(address, link)
            self.wrong += found
            if link.is_read and not found and not link.switches:
                yield link.address
