"""Faults in the phone's scripts: a written list of single changes of a text.

The tests of the queue serve the changed script (``PATCHED``).
"""

from dataclasses import dataclass
from pathlib import Path

LIST = Path(__file__).with_name("scripts.patches")


@dataclass(frozen=True)
class ScriptFault:
    path: str
    old: str
    new: str

    @property
    def words(self) -> str:
        return f"{self.old} → {self.new or 'nothing'}".replace("\n", "⏎")

    def __str__(self) -> str:
        return f"{self.path} {self.words}"


def script_faults() -> list[ScriptFault]:
    found, path = [], ""
    for block in LIST.read_text().split("\n\n"):
        lines = [line for line in block.splitlines() if not line.startswith("#")]
        for line in [one for one in lines if one.startswith("@@ ")]:
            path = line.removeprefix("@@ ")
        old, new = ("\n".join(o[2:] for o in lines if o.startswith(sign)) for sign in ("-", "+"))
        if old:
            found.append(ScriptFault(path, old, new))
    return found
