"""What is said of a reminder that a superior asked for: who gets it, who does not, and why."""

from collections import defaultdict
from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaign.models import Branch
from reports.reminders.services import REFUSALS, Nudged, Refusal

# So many are named with a reason; the page lists all.
MOST_NAMES = 5


def nudged_in_words(done: Nudged) -> str:
    sentences = []
    if done.branches:
        text = ngettext(
            "Đang gửi lời nhắc cho %(count)d đơn vị.",
            "Đang gửi lời nhắc cho %(count)d đơn vị.",
            len(done.branches),
        )
        sentences.append(text % {"count": len(done.branches)})
    sentences += refused_in_words(done.refused)
    if not sentences:
        sentences.append(_("Lúc này không có đơn vị nào phải nhắc."))
    return " ".join(sentences)


def refused_in_words(refused: Iterable[tuple[Branch, Refusal]]) -> list[str]:
    """Return a sentence for each reason."""
    sentences = []
    by_reason: dict[Refusal, list[str]] = defaultdict(list)
    for branch, refusal in refused:
        by_reason[refusal].append(branch.name)
    for refusal, names in by_reason.items():
        shown = ", ".join(names[:MOST_NAMES])
        if len(names) > MOST_NAMES:
            shown = _("%(names)s và %(count)d đơn vị khác") % {
                "names": shown,
                "count": len(names) - MOST_NAMES,
            }
        words = {"reason": REFUSALS[refusal], "names": shown}
        sentences.append(_("Không nhắc, vì %(reason)s: %(names)s.") % words)
    return sentences
