"""Whether today's log goes on from a head that somebody holds."""

import re
from dataclasses import dataclass

from core.log.checkpoint import Head, heads_in
from core.log.models import SignedHead
from core.log.proof_texts import proofs

# What somebody typed of a head: the two lines of a note, or the one line of a message.
LONGEST = 2000


@dataclass(frozen=True)
class Comparison:
    """What became of a head that somebody holds.

    ``state`` is ``unread``, ``ahead`` (of more leaves than there are), ``other`` or ``continued``.
    """

    state: str
    head: Head | None = None
    last: SignedHead | None = None
    signed: SignedHead | None = None


def compared(typed: str) -> Comparison:
    """Hold a head that somebody holds against the log as it is now."""
    one_line = re.sub(r"\s+", " ", typed[:LONGEST])
    head, last = next(heads_in(one_line), None), SignedHead.objects.first()
    if head is None or not head.size or last is None:
        return Comparison("unread")
    if head.size > last.size:
        return Comparison("ahead", head, last)
    if proofs().root(head.size) != head.root:
        return Comparison("other", head, last)
    return Comparison("continued", head, last, SignedHead.objects.filter(size=head.size).first())
