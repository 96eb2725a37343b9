"""Who has reported, late or not at all, and which sessions there were, in words."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from core.templatetags.formatting import count
from core.vietnamese import one_line
from reports.digests.selectors import Digest

MOST_SILENT = 6


def report_words(digest: Digest) -> list[str]:
    if not digest.expected:
        return [_("Hôm đó không có đơn vị nào phải báo cáo.")]
    lines = [
        _("Báo cáo: %(received)s trên %(expected)s đơn vị đã gửi%(late)s.")
        % {
            "received": count(digest.received),
            "expected": count(digest.expected),
            "late": late(digest),
        }
    ]
    if digest.silent:
        words = _("Chưa có báo cáo: %(names)s.") if digest.is_open else _("Còn thiếu: %(names)s.")
        lines.append(words % {"names": silent_names(digest, MOST_SILENT)})
    return lines


def late(digest: Digest) -> str:
    words = ""
    if digest.quality.late:
        words += _(", %(n)s báo cáo gửi muộn") % {"n": count(digest.quality.late)}
    if digest.quality.offline_late:
        words += _(", %(n)s báo cáo ghi đúng hạn nhưng mất mạng nên tới sau") % {
            "n": count(digest.quality.offline_late)
        }
    if digest.quality.returned:
        words += _(", %(n)s báo cáo đang sửa") % {"n": count(digest.quality.returned)}
    return words


def silent_names(digest: Digest, most: int) -> str:
    names = [one_line(silent.branch.name) for silent in digest.silent]
    return named(names, most)


def named(names: Sequence[str], most: int) -> str:
    """Join names with commas; those beyond ``most`` are a number."""
    # One that is left over would be as short by its name.
    shown = names if len(names) <= most + 1 else names[:most]
    listed = ", ".join(shown)
    if len(shown) == len(names):
        return listed
    return _("%(names)s và %(n)s đơn vị nữa") % {
        "names": listed,
        "n": count(len(names) - len(shown)),
    }


def session_words(digest: Digest) -> list[str]:
    closed, planned = digest.sessions.closed, digest.sessions.planned
    lines = []
    if closed:
        words = _("Buổi hỗ trợ: %(closed)s buổi đã kết thúc, %(people)s lượt tham gia.")
        people = count(digest.sessions.participations)
        lines.append(words % {"closed": count(closed), "people": people})
    if planned and digest.is_open:
        lines.append(_("Còn %(n)s buổi hỗ trợ trong ngày.") % {"n": count(planned)})
    return lines
