"""Reads pages as their readers do: headings, fields, messages."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from django.test import Client

# Differs each time, and stands for the secret in the cookie.
TOKEN = re.compile(rb'(?<=name="csrfmiddlewaretoken" value=")\w+')
VOID = {"input", "link", "meta", "br", "hr", "img", "path", "circle", "rect", "line", "polyline"}


@dataclass
class ParsedPage:
    """A page: what stands in its fields, its headings, its messages, what bears an id."""

    status: int
    heading: str = ""
    fields: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    by_id: dict[str, str] = field(default_factory=dict)
    rows: list[list[str]] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    text: str = ""


class _Reader(HTMLParser):
    def __init__(self, page: ParsedPage) -> None:
        super().__init__(convert_charrefs=True)
        self.page = page
        # Open elements: name, attributes, and the text that they gathered.
        self.open: list[tuple[str, dict[str, str], list[str]]] = []

    @property
    def _is_withheld(self) -> bool:
        """Whether this stands in a template, which nobody sees before a script takes it."""
        return any(name == "template" for name, _given, _texts in self.open)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "input" and "name" in given and not self._is_withheld:
            self.page.fields[given["name"]] = given.get("value", "")
        if tag == "a" and not self._is_withheld:
            self.page.links.append(given.get("href", ""))
        if tag == "tr":
            self.page.rows.append([])
        if tag not in VOID:
            self.open.append((tag, given, []))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_data(self, data: str) -> None:
        if self._is_withheld:
            return
        for _tag, _given, texts in self.open:
            texts.append(data)
        self.page.text += data

    def handle_endtag(self, tag: str) -> None:
        while self.open:
            name, given, texts = self.open.pop()
            self._close(name, given, texts)
            if name == tag:
                return

    def _close(self, name: str, given: dict[str, str], texts: list[str]) -> None:
        if self._is_withheld:
            return
        text = " ".join("".join(texts).split())
        if "id" in given:
            self.page.by_id[given["id"]] = text
        if name == "h1":
            self.page.heading = text
        if name == "textarea":
            # The first newline of a textarea is for its writer, not its reader.
            self.page.fields[given["name"]] = "".join(texts).removeprefix("\n")
        if name in ("td", "th") and self.page.rows:
            self.page.rows[-1].append(text)
        inside = {g.get("id") for _n, g, _t in self.open}
        if (name == "li" and "errors" in inside) or given.get("class") == "error":
            self.page.problems.append(text)


def read(response: Any) -> ParsedPage:
    """Return what a reader finds on the page."""
    page = ParsedPage(response.status_code)
    reader = _Reader(page)
    reader.feed(response.content.decode())
    reader.close()
    return page


def with_reasons(client: Client) -> Client:
    """Return the browser of somebody who says why when asked, and sends the form again."""
    send = client.post

    def post(path: str, data: Any = None, **how: Any) -> Any:
        page = send(path, data, **how)
        if "change" in (page.context or ()) and "is_unanswered" in page.context:
            page = send(path, {**(data or {}), "settings_reason": "rà soát lại"}, **how)
        return page

    client.post = post  # type: ignore[method-assign, assignment]
    return client
