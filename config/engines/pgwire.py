"""The few words of PostgreSQL's protocol that starting a server needs.

The engines use the standard library alone, so that they can be started before anything
else is known to work; and only a real session shows that a server answers.
Source: PostgreSQL manual, "Frontend/Backend Protocol", version 3.0.
"""

import socket
import struct
from pathlib import Path

PROTOCOL = 3 << 16


class Refused(RuntimeError):
    """The server answered, with an error; `code` is its SQLSTATE."""

    def __init__(self, code: str, message: str) -> None:
        """Keep the code beside the message."""
        super().__init__(f"{code}: {message}")
        self.code = code


def run(socket_path: Path, database: str, sql: str, timeout: float = 5.0) -> None:
    """Run one statement as user postgres. Raises Refused, or OSError if nobody answers."""
    with socket.socket(socket.AF_UNIX) as link:
        link.settimeout(timeout)
        link.connect(str(socket_path))
        names = f"user\0postgres\0database\0{database}\0\0".encode()
        link.sendall(struct.pack("!ii", len(names) + 8, PROTOCOL) + names)
        _until_ready(link)
        body = sql.encode() + b"\0"
        link.sendall(b"Q" + struct.pack("!i", len(body) + 4) + body)
        _until_ready(link)
        link.sendall(b"X" + struct.pack("!i", 4))


def _until_ready(link: socket.socket) -> None:
    while True:
        kind, length = struct.unpack("!ci", _exactly(link, 5))
        body = _exactly(link, length - 4)
        if kind == b"E":
            fields = {part[:1]: part[1:].decode(errors="replace") for part in body.split(b"\0")}
            raise Refused(fields.get(b"C", ""), fields.get(b"M", ""))
        if kind == b"Z":
            return


def _exactly(link: socket.socket, size: int) -> bytes:
    got = b""
    while len(got) < size:
        piece = link.recv(size - len(got))
        if not piece:
            raise ConnectionError("the server closed the connection")
        got += piece
    return got
