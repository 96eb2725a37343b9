"""How answers say counts and places."""

from collections.abc import Mapping

from django.conf import settings
from django.utils.translation import gettext as _

from campaign.selectors import IndicatorSet
from core.templatetags.formatting import count
from reports.chat.examples import examples


def counts_in_words(counts: Mapping[str, int], indicators: IndicatorSet) -> str:
    """Return counts as they are written in the group: “Cài đặt 35, Mức 1 20”."""
    return ", ".join(
        f"{i.short_name} {count(counts[i.code])}" for i in indicators.all if i.code in counts
    )


def link_to(path: str) -> str:
    return f"{settings.PORTAL_URL}{path}"


def numbered(labels: list[str]) -> str:
    return "\n".join(f"{number}. {label}" for number, label in enumerate(labels, start=1))


def help_text(indicators: IndicatorSet | None = None) -> str:
    """Return how to write; with examples where it is known what is counted."""
    found = examples(indicators) if indicators else []
    lines = [_("Nhắn số như trong nhóm, ví dụ:")] if found else [_("Nhắn số như trong nhóm.")]
    if found:
        values = {"counts": ", ".join(found), "count": found[0]}
        lines += [
            _("%(counts)s\nhôm qua %(count)s\nhôm nay không phát sinh\nsửa lại %(count)s") % values
        ]
    lines.append(_how())
    return "\n".join(lines)


def _how() -> str:
    return _(
        "Cổng nói đã hiểu gì, bạn trả lời “đúng” thì mới ghi.\n"
        "Hỏi được: còn ai chưa báo cáo, còn bao nhiêu nữa, đã nhận chưa."
    )
