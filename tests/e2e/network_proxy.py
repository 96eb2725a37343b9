"""What lies between a phone and the portal: a network that can be told to misbehave."""

import http.client
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# "pass"; "refuse": nothing arrives; "drop": it arrives, and the answer does not; "half": it
# arrives, and half of the answer does; "hold": it arrives, and the answer waits until the test
# lets it go. Or a name of ``FOREIGN``.
Rule = Callable[[str, str], str]
HTML, JSON = ("Content-Type", "text/html"), ("Content-Type", "application/json")
# What somebody in between answers in the portal's place, where nothing arrives.
FOREIGN: dict[str, tuple[int, list[tuple[str, str]], bytes]] = {
    "busy": (503, [HTML], b"busy"),
    "429": (429, [JSON, ("Retry-After", "1")], b'{"detail": "Too many requests"}'),
    "cafe": (200, [HTML], "<h1>Mời đăng nhập Wi-Fi</h1>".encode()),
    "cafe in JSON": (200, [JSON], b'{"login": "http://cafe.example/"}'),
    "redirect": (302, [("Location", "/sign-in/?next=/")], b""),
}
# They speak of one connection, or of the answer's length, which is given anew.
OWN = {"connection", "keep-alive", "transfer-encoding", "content-length"}


class Network(ThreadingHTTPServer):
    """A proxy before the portal; ``rule`` says what becomes of a request, ``seen`` what came."""

    daemon_threads = True

    def __init__(self, port: int) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.portal_port = port
        self.seen: list[tuple[str, str]] = []
        self.sizes: list[tuple[str, int, int]] = []
        self.bytes = 0
        self.owned, self.let_go = threading.Event(), threading.Event()
        self.rule: Rule = lambda _method, _path: "pass"

    @property
    def url(self) -> str:
        """Where phones find the portal."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def forget(self) -> None:
        """Begin to count anew."""
        self.seen, self.sizes, self.bytes = [], [], 0

    def sendings(self) -> int:
        """Return how many reports were sent."""
        return self.seen.count(("POST", "/api/v1/daily-reports/"))

    def fail_sendings(self, how: str, times: int = 1) -> None:
        """Let the next reports that are sent fail."""
        left = [times]

        def rule(method: str, path: str) -> str:
            if method == "POST" and path.startswith("/api/") and left[0] > 0:
                left[0] -= 1
                return how
            return "pass"

        self.rule = rule

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: that a browser hangs up is what these tests are about."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Network

    def _pass_on(self) -> None:
        network = self.server
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length) if length else None
        how = network.rule(self.command, self.path)
        network.seen.append((self.command, self.path))
        if how == "refuse":
            self.close_connection = True
            return
        if how in FOREIGN:
            self._answer(*FOREIGN[how])
            return
        link = http.client.HTTPConnection("127.0.0.1", network.portal_port, timeout=30)
        try:
            headers = {n: v for n, v in self.headers.items() if n.lower() not in OWN}
            link.request(self.command, self.path, body, headers)
            answer = link.getresponse()
            wording = answer.read()
            given = [(n, v) for n, v in answer.getheaders() if n.lower() not in OWN]
            status = answer.status
        finally:
            link.close()
        if how == "hold":
            network.owned.set()
            network.let_go.wait(30)
        if how in ("drop", "hold"):
            self.close_connection = True
            return
        self._answer(status, given, wording, is_half=how == "half")

    def _answer(
        self, status: int, headers: list[tuple[str, str]], body: bytes, *, is_half: bool = False
    ) -> None:
        self.send_response_only(status)
        head = len("HTTP/1.1 200 OK\r\n\r\n")
        for name, value in headers:
            self.send_header(name, value)
            head += len(f"{name}: {value}\r\n")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.server.bytes += head + len(body)
        self.server.sizes.append((self.path, head, len(body)))
        if self.command != "HEAD":
            self.wfile.write(body[: len(body) // 2] if is_half else body)
        self.close_connection = self.close_connection or is_half

    do_GET = do_POST = do_HEAD = do_OPTIONS = _pass_on

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def network(port: int) -> Iterator[Network]:
    """Run a network before the portal for the block."""
    between = Network(port)
    thread = threading.Thread(target=between.serve_forever, daemon=True)
    thread.start()
    yield between
    between.let_go.set()
    between.shutdown()
    between.server_close()
    thread.join()
