"""A stand-in of the Zalo Bot API on loopback, for tests and for trying the bot without Zalo.

It speaks what is documented (bot.zaloplatforms.com/docs): POST /bot<TOKEN>/<method>, JSON in,
``{"ok": …}`` out; getMe, getUpdates, setWebhook, deleteWebhook, getWebhookInfo, sendMessage,
sendChatAction. Two addresses are its own: POST /say lets somebody write to the bot, GET /answers
says what the bot has written.

    python -m devserver.zalo_standin 8090 123:secret
"""

import json
import secrets
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.request import Request, urlopen

MOST_LETTERS = 2000
MOST_BYTES = 100_000
Content = dict[str, Any]


def refusal(code: int, description: str) -> Content:
    return {"ok": False, "error_code": code, "description": description}


@dataclass
class ZaloBot:
    """The bot as its service knows it; ``error`` is what every method answers while it is set.

    ``wait`` says whether getUpdates waits for a message for as long as it is asked to.
    """

    token: str
    wait: bool = False
    error: Content | None = None
    sent: list[Content] = field(default_factory=list)
    updates: list[Content] = field(default_factory=list)
    webhook: Content = field(default_factory=lambda: {"url": "", "secret_token": ""})

    def call(self, path: str, content_type: str, body: bytes) -> Content:
        """Answer a call of the API."""
        _empty, bot, method = [*path.split("/"), "", ""][:3]
        if bot != f"bot{self.token}":
            return refusal(401, "Unauthorized")
        if content_type.partition(";")[0] != "application/json":
            return refusal(400, "Bad request")
        if self.error:
            return {"ok": False, **self.error}
        asked = json.loads(body or b"{}")
        answer = getattr(self, f"_{method}", None)
        known = ("getMe", "getUpdates", "setWebhook", "deleteWebhook", "getWebhookInfo")
        if answer is None or method not in (*known, "sendMessage", "sendChatAction"):
            return refusal(404, "Not found")
        content: Content = answer(asked)
        return content

    def say(
        self,
        sender: str,
        text: str,
        chat_type: str = "PRIVATE",
        *,
        chat: str = "",
        date: int | None = None,
        message_id: str = "",
        **more: Any,
    ) -> Content:
        """Return an update as the API gives it; ``date`` is in milliseconds, now by default."""
        made = round(time.time() * 1000) if date is None else date
        return {
            "event_name": "message.text.received",
            "message": {
                "from": {"id": sender, "display_name": "Hoa", "is_bot": False},
                "chat": {"id": chat or sender, "chat_type": chat_type},
                "text": text,
                "message_id": message_id or secrets.token_hex(10),
                "date": made,
                **more,
            },
        }

    def write(self, update: Content) -> None:
        """Hand an update to the bot: to its webhook, or when it asks."""
        if not self.webhook["url"]:
            self.updates.append(update)
            return
        call = Request(  # noqa: S310  # the address that the bot's owner has set
            self.webhook["url"],
            json.dumps({"ok": True, "result": update}).encode(),
            {
                "Content-Type": "application/json",
                "X-Bot-Api-Secret-Token": self.webhook["secret_token"],
            },
        )
        with urlopen(call, timeout=5):  # noqa: S310
            pass

    def _getMe(self, asked: Content) -> Content:
        found = {"id": self.token.partition(":")[0], "account_name": "bot.VDKyGxQvc"}
        return {"ok": True, "result": {**found, "account_type": "BASIC", "can_join_groups": False}}

    def _getUpdates(self, asked: Content) -> Content:
        if self.webhook["url"]:
            return refusal(400, "A webhook is set")
        ends = time.monotonic() + (float(asked.get("timeout", 30)) if self.wait else 0)
        while not self.updates and time.monotonic() < ends:
            time.sleep(0.05)
        if self.updates:
            return {"ok": True, "result": self.updates.pop(0)}
        return refusal(408, "Request timeout")

    def _setWebhook(self, asked: Content) -> Content:
        url, secret = asked.get("url", ""), asked.get("secret_token", "")
        if not url or not 8 <= len(secret) <= 256:
            return refusal(400, "Bad request")
        self.webhook = {"url": url, "secret_token": secret}
        return self._getWebhookInfo(asked)

    def _deleteWebhook(self, asked: Content) -> Content:
        self.webhook = {"url": "", "secret_token": ""}
        return self._getWebhookInfo(asked)

    def _getWebhookInfo(self, asked: Content) -> Content:
        return {"ok": True, "result": {"url": self.webhook["url"], "updated_at": 1749538250568}}

    def _sendMessage(self, asked: Content) -> Content:
        text = asked.get("text", "")
        if not asked.get("chat_id") or not 1 <= len(text) <= MOST_LETTERS:
            return refusal(400, "Bad request")
        self.sent.append(asked)
        return {"ok": True, "result": {"message_id": f"m{len(self.sent)}", "date": 1749632637199}}

    def _sendChatAction(self, asked: Content) -> Content:
        return {"ok": True} if asked.get("action") == "typing" else refusal(400, "Bad request")


@contextmanager
def serving(bot: ZaloBot, port: int = 0) -> Iterator[str]:
    """Serve the bot's API on loopback for the block; yield the address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            body = self.rfile.read(min(length, MOST_BYTES))
            if self.path == "/say":
                asked = json.loads(body)
                bot.write(bot.say(asked.pop("from"), asked.pop("text"), **asked))
                self._answer({"ok": True})
                return
            self._answer(bot.call(self.path, self.headers.get("Content-Type", ""), body))

        def do_GET(self) -> None:
            self._answer({"sent": bot.sent})

        def _answer(self, content: Content) -> None:
            answer = json.dumps(content).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: Any) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


def main() -> None:
    port, token = int(sys.argv[1]), sys.argv[2]
    with serving(ZaloBot(token, wait=True), port) as address:
        print(f"Zalo stand-in: {address}", flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    main()
