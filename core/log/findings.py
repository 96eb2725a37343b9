"""What does not agree with the log, and what is known of it already."""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from core import clock
from core.log.models import Remark

MARK = 24


@dataclass(frozen=True)
class Finding:
    """Something that is not as the log has it.

    ``mark`` is the hash of what stands there: whoever alters it once more makes another mark, and
    no remark can hold its own. Without a mark it goes by itself, and cannot be taken for known.
    """

    text: str
    mark: str = ""
    known: Remark | None = None

    def __str__(self) -> str:
        if self.known is None:
            return f"{self.mark} {self.text}".strip()
        since = f"known since {self.known.at:%Y-%m-%d %H:%M} UTC ({self.known.reason})"
        return f"{self.mark} {since}: {self.text}"


def finding(text: str, *what: Any) -> Finding:
    """Return a finding with the mark of ``what``."""
    return Finding(text, sha256(repr(what).encode()).hexdigest()[:MARK])


def known_marks() -> dict[str, Remark]:
    """Return the remark that first knew of each mark (one query)."""
    known: dict[str, Remark] = {}
    for remark in Remark.objects.exclude(known={}):
        for mark in remark.known:
            known.setdefault(mark, remark)
    return known


def remarks_in(lines: str) -> list[Remark]:
    """Return the remarks that know of findings, given as the lines that they are written as."""
    marks = [line.split(" ", 1)[0] for line in lines.splitlines()]
    return list(Remark.objects.filter(known__has_any_keys=marks))


def acknowledge(findings: Iterable[Finding], *, actor: Any, reason: str) -> Remark:
    """Write down that findings are known, by whom and why; the remark is a leaf of the log."""
    known = {one.mark: one.text for one in findings}
    return Remark.objects.create(at=clock.now(), actor=actor, reason=reason, known=known)
