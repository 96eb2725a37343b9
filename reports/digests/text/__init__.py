"""The digest in words: plain text, ready for Zalo and to be read out.

Short sentences, no tables, no names of people.
"""

from django.utils.translation import gettext as _

from campaign.addresses import path_of
from reports.digests.selectors import Digest
from reports.digests.text.completeness import report_words, session_words
from reports.digests.text.figures import (
    day_words,
    goal_words,
    other_words,
    past_words,
    to_date_words,
    verified_words,
)
from reports.digests.text.header_footer import code_words, log_head, notice, state, thanks, title
from reports.digests.text.ranking import ranking_words


def text(digest: Digest, link: str = "") -> str:
    """Return the digest as text; ``link`` is the address of its page."""
    blocks = (
        [title(digest), state(digest)],
        [*day_words(digest), *to_date_words(digest), *past_words(digest), *verified_words(digest)],
        goal_words(digest),
        other_words(digest),
        [*report_words(digest), *session_words(digest)],
        ranking_words(digest),
        [thanks(digest), *notice(digest), *log_head(digest), *code_words(digest, link)],
        [_("Xem thêm: %(link)s") % {"link": link}] if link else [],
    )
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def link_of(digest: Digest) -> str:
    return path_of(digest.campaign, "digest", digest.unit.code, digest.day)
