"""The phone's queue in a page without a portal, and the server that it believes to meet."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from playwright.sync_api import Browser, Page, Route

ORIGIN = "http://localhost"
ME, CAPTURED = 7, "2023-06-20T08:00:00+07:00"
TARGET = {"owner": ME, "campaign": "c", "branch": "XD-1", "unit": "", "date": "2023-06-20"}
KEY = "7|c|XD-1||2023-06-20"
STEP = 5000  # the first pause, in milliseconds
ENDLESS = 40  # more than any test asks for: what would go on for ever loses its network
LOAD = """async () => {
  for (const name of ["queue", "idb", "offline_snapshot", "restored"]) {
    self[name] = await import(`/static/core/offline/${name}.js`);
  }
  // What would go on for ever fails.
  const late = (_good, bad) => setTimeout(() => bad(new Error("endless")), 4000);
  self.within = (work) => Promise.race([work(), new Promise(late)]);
  self.checkins = await import("/static/volunteers/sessions/checkin_queue.js");
}"""
EMPTY = """async () => {
  for (const [store, key] of [["entries", "key"], ["kept", "name"]]) {
    for (const row of await idb.all(store)) await idb.change(store, row[key], () => null);
  }
}"""
LOCKLESS = "Object.defineProperty(Navigator.prototype, 'locks', { get: () => undefined })"

Answer = Callable[[Route], None]
# A change of a script's text, which a fault is planted by; see tests/mutants/scripts.py.
PATCHED: dict[str, tuple[str, str]] = {}


def receipt(version: int = 1, **given: Any) -> Answer:
    body = {"id": "0000-server", "version": version, "counts": {"a": 1}, **given}
    return says(201, body)


def says(status: int, body: Any = None, kind: str = "application/json") -> Answer:
    text = body if isinstance(body, str) else json.dumps(body)
    return lambda route: route.fulfill(status=status, body=text, content_type=kind)


def breaks(route: Route) -> None:
    route.abort()


@dataclass
class Server:
    """Answers in turn, and then takes everything; ``sent`` is what came."""

    answers: list[Answer] = field(default_factory=list)
    tickets: list[Answer] = field(default_factory=list)
    sent: list[dict[str, Any]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    asked: int = 0
    pending: list[Route] = field(default_factory=list)

    def __call__(self, route: Route) -> None:
        path = route.request.url.removeprefix(ORIGIN)
        if path == "/":
            route.fulfill(body="<!doctype html>", content_type="text/html")
        elif path.startswith("/static/"):
            text = (Path(settings.BASE_DIR) / path[1:]).read_text()
            old, new = PATCHED.get(path[1:], ("", ""))
            assert old in text
            route.fulfill(body=text.replace(old, new, 1), content_type="text/javascript")
        elif self.asked + len(self.sent) > ENDLESS:
            route.abort()
        elif path == "/queue/ticket/":
            self.asked += 1
            (self.tickets.pop(0) if self.tickets else says(200, {"owner": ME, "csrf": "t"}))(route)
        else:
            request = route.request
            self.paths.append(path)
            body: dict[str, Any] = request.post_data_json or {}
            self.sent.append({**body, "headers": request.headers})
            (self.answers.pop(0) if self.answers else receipt(len(self.sent)))(route)


class Queue:
    """The queue in a page."""

    def __init__(self, page: Page, server: Server) -> None:
        self.page, self.server = page, server

    def run(self, script: str, *given: Any) -> Any:
        return self.page.evaluate(f"(given) => within(async () => {{ {script} }})", list(given))

    def save(self, counts: dict[str, int], existing: Any = None, **target: Any) -> dict[str, Any]:
        nothing = target.pop("no_activity", False)
        content = {"counts": counts, "no_activity": nothing, "explanation": "", "sessions": [3]}
        captured = target.pop("captured", CAPTURED)
        if "texts" in target:
            content["texts"] = target.pop("texts")
        saved: dict[str, Any] = self.run(
            "return queue.save(...given)", {**TARGET, **target}, content, existing, captured
        )
        return saved

    def seen(self) -> dict[str, Any]:
        """What a page saw that knows what waits here."""
        return {"op": self.run("return queue.seenOf(await idb.read('entries', given[0]))", KEY)}

    def flush(self, *, is_forced: bool = False) -> Any:
        return self.run("return queue.flush({ isForced: given[0] })", is_forced)

    def entry(self, key: str = KEY) -> dict[str, Any]:
        return self.entries()[key]

    def entries(self) -> dict[str, dict[str, Any]]:
        rows = self.run("return idb.all('entries')")
        return {row["key"]: row for row in rows}

    def put(self, row: dict[str, Any], store: str = "entries") -> None:
        key = row["key" if store == "entries" else "name"]
        self.run("return idb.change(given[0], given[1], () => given[2])", store, key, row)

    def pass_time(self, milliseconds: int) -> None:
        self.page.clock.fast_forward(milliseconds)

    def numbers(self) -> list[int]:
        return [body["counts"]["a"] for body in self.server.sent]


class QueueTab:
    """The one page of this file: a new document and an empty store for each test."""

    def __init__(self, browser: Browser, script: str = "") -> None:
        self.context = browser.new_context(base_url=ORIGIN)
        self.page = self.context.new_page()
        self.errors: list[str] = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.clock.install()
        if script:
            self.page.add_init_script(script)
        self.server = Server()
        self.page.route("**/*", lambda route: self.server(route))

    def queue(self, server: Server) -> Queue:
        self.server = server
        self.errors.clear()
        self.page.goto("/")
        self.page.evaluate(LOAD)
        self.page.evaluate(EMPTY)
        return Queue(self.page, server)


# What a report is not taken with.
CURRENT = {"id": "0000-current", "version": 5, "counts": {"a": 8}}
NO = {
    "conflict": (409, {"current": CURRENT}),
    "closed": (409, {"detail": "Đã khóa sổ"}),
    "values": (400, {"counts": {"a": ["?"]}}),
    "refused": (404, {"detail": "?"}),
}
