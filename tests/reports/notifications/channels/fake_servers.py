"""Services on loopback that speak as the real ones are documented to."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.controller import Controller
from py_vapid import Vapid02

from tests.reports.browsers import padded

Answer = Callable[[str, dict[str, str], bytes], tuple[int, dict[str, str], bytes]]


@contextmanager
def http_server(answer: Answer) -> Iterator[str]:
    """Serve POST on loopback for the block; yield the address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, more, content = answer(self.path, headers, body)
            self.send_response(status)
            for name, value in more.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


@dataclass
class PushService:
    """A push service: takes what was signed with the subscriber's known key."""

    public_key: str
    status: int = 201
    headers: dict[str, str] = field(default_factory=dict)
    taken: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    claims: list[dict[str, Any]] = field(default_factory=list)

    def answer(
        self, path: str, headers: dict[str, str], body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        scheme, _space, rest = headers["authorization"].partition(" ")
        parts = dict(part.strip().split("=", 1) for part in rest.split(","))
        token = parts["t"]
        # RFC 8292: the key that signed is the one with which the browser subscribed.
        signed, _dot, signature = token.rpartition(".")
        known = Vapid02.from_raw_public(self.public_key.encode())
        if scheme != "vapid" or not known.verify_token(signed.encode(), signature):
            return 403, {}, b""
        self.claims.append(json.loads(padded(token.split(".")[1])))
        self.taken.append((path, headers, body))
        return self.status, self.headers, b""


@dataclass
class ZaloServer:
    """The Zalo Bot API: POST /bot<TOKEN>/<method>, JSON in, ``{"ok": …}`` out."""

    token: str
    error: dict[str, Any] | None = None
    sent: list[dict[str, Any]] = field(default_factory=list)
    updates: list[dict[str, Any]] = field(default_factory=list)

    def answer(
        self, path: str, headers: dict[str, str], body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        content = self._content(path, headers, body)
        return 200, {"Content-Type": "application/json"}, json.dumps(content).encode()

    def _content(self, path: str, headers: dict[str, str], body: bytes) -> dict[str, Any]:
        _empty, bot, method = path.split("/")
        if bot != f"bot{self.token}":
            return {"ok": False, "error_code": 401, "description": "Unauthorized"}
        if headers.get("content-type") != "application/json":
            return {"ok": False, "error_code": 400, "description": "Bad request"}
        if self.error:
            return {"ok": False, **self.error}
        asked = json.loads(body)
        if method == "sendMessage":
            if not asked.get("chat_id") or not 1 <= len(asked.get("text", "")) <= 2000:
                return {"ok": False, "error_code": 400, "description": "Bad request"}
            self.sent.append(asked)
            return {"ok": True, "result": {"message_id": f"m{len(self.sent)}", "date": 1}}
        if method == "getUpdates":
            if self.updates:
                return {"ok": True, "result": self.updates.pop(0)}
            return {"ok": False, "error_code": 408, "description": "Request timeout"}
        return {"ok": False, "error_code": 404, "description": "Not found"}

    @staticmethod
    def message(chat: str, text: str, chat_type: str = "PRIVATE") -> dict[str, Any]:
        """Return an update as the API gives it."""
        return {
            "event_name": "message.text.received",
            "message": {
                "from": {"id": chat, "display_name": "Hoa", "is_bot": False},
                "chat": {"id": chat, "chat_type": chat_type},
                "text": text,
                "message_id": "2d758cb5e222177a4e35",
                "date": 1750316131602,
            },
        }


class MailServer:
    """An SMTP server that keeps what it takes, or refuses every recipient."""

    def __init__(self) -> None:
        self.refusal = ""
        self.letters: list[Any] = []

    async def handle_RCPT(
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if self.refusal:
            return self.refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.letters.append(envelope)
        return "250 OK"


@contextmanager
def mail_server() -> Iterator[tuple[MailServer, int]]:
    """Run the mail server for the block; yield it and its port."""
    server = MailServer()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(server, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield server, port
    finally:
        controller.stop()
