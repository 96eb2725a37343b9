"""What lies between a phone and the portal: a network that can be told to misbehave."""

import http.client
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# "pass"; "refuse": nothing arrives; "drop": it arrives, and the answer does not; "busy": 503;
# "hold": it arrives, and the answer waits until the test lets it go.
Rule = Callable[[str, str], str]
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
        if how == "busy":
            self._answer(503, [("Content-Type", "text/html")], b"busy")
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
        self._answer(status, given, wording)

    def _answer(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
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
            self.wfile.write(body)

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
