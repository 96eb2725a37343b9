"""A mark that names who received a file, in what changes no data.

In a file that is made for one receiver the cell of the basis stands in quotes in about half of the
lines; in which ones follows from the receiver, the day and the commune. Whoever reads the file as
CSV reads the same, and any two dozen lines that leak as they were written name one receiver.
"""

import csv
from collections.abc import Iterable
from hashlib import blake2s

from django.utils.crypto import salted_hmac

# The place of the commune in a line.
CODE = 5
# Of so many lines at least, so many of a hundred have to be as the receiver's are.
LEAST_LINES, LEAST_ALIKE = 24, 0.95
Mark = tuple[str, str, bool]


class Marks:
    """Which lines of a receiver have their basis in quotes."""

    def __init__(self, receiver: int) -> None:
        self._key = salted_hmac(__name__, str(receiver), algorithm="sha256").digest()

    def has(self, date: str, code: str) -> bool:
        name = f"{date} {code}".encode()
        return bool(blake2s(name, key=self._key, digest_size=1).digest()[0] & 1)

    def set_in(self, text: str, basis: str) -> str:
        """Return lines of a file, each ended by CRLF, with the marks in them."""
        lines = text.split("\r\n")
        plain, quoted = f",{basis},", f',"{basis}",'
        for number, line in enumerate(lines):
            if line:
                cells = next(csv.reader([line]))
                if self.has(cells[0], cells[CODE]):
                    head, _plain, tail = line.rpartition(plain)
                    lines[number] = f"{head}{quoted}{tail}"
        return "\r\n".join(lines)


def receiver_of(marks: Iterable[Mark], receivers: Iterable[int]) -> int | None:
    """Return whose marks are in some lines; None where they are nobody's, or too few."""
    seen = list(marks)
    if len(seen) < LEAST_LINES:
        return None
    alike = {
        receiver: sum(of.has(date, code) == bit for date, code, bit in seen) / len(seen)
        for receiver in receivers
        for of in [Marks(receiver)]
    }
    best = max(alike, key=lambda receiver: alike[receiver], default=None)
    return best if best is not None and alike[best] >= LEAST_ALIKE else None
