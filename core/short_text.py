"""Text that has to fit: cut where a reader would stop, and said to be cut."""

import re

# After a sentence, or at the end of a line.
END = re.compile(r"[.!?](?=\s)|\n")
CUT = "…"


def cut_to(text: str, most: int) -> str:
    """Return a text of at most ``most`` letters: whole lines and sentences, then “…”.

    An address in the last line stays, so that who reads can go on there.
    """
    if len(text) <= most:
        return text
    body, _break, last = text.rpartition("\n")
    address = last if body and last.startswith(("https://", "http://")) else ""
    tail = f"\n{CUT}\n{address}" if address else f"\n{CUT}"
    room = most - len(tail)
    if room <= 0:
        return text[: most - 1] + CUT
    head = (body if address else text)[: room + 1]
    ends = (found.end() for found in END.finditer(head) if found.end() <= room)
    end = max(ends, default=head.rfind(" ", 0, room))
    return head[: end if end > 0 else room].rstrip() + tail
