"""The figures of the digest in words."""

from django.utils.translation import gettext as _

from campaign.indicator_parts import behind_wholes, of_which
from core.templatetags.formatting import count, percent, percent_whole
from core.vietnamese import one_line
from reports.digests.changes import PastCorrection
from reports.digests.selectors import Digest, DigestFigure
from reports.digests.text.header_footer import short


def day_words(digest: Digest) -> list[str]:
    main = digest.headline
    if main is None:
        return [_("Chiến dịch chưa có chỉ số nào.")]
    name = one_line(main.indicator.name)
    if digest.took_over and main.indicator.is_state:
        return [_("%(name)s: vừa nhận số của địa bàn cũ.") % {"name": name}]
    if main.today is None:
        words = _("%(name)s: trong ngày không phát sinh.")
        return [
            (words if digest.received else _("%(name)s: trong ngày chưa có số.")) % {"name": name}
        ]
    if main.indicator.is_state:
        words = _("%(name)s: trong ngày %(change)s.")
        return [words % {"name": name, "change": changed(main)}]
    words = _("%(name)s trong ngày: %(n)s") % {"name": name, "n": count(main.today)}
    return [f"{words}{compared(digest)}."]


def changed(figure: DigestFigure) -> str:
    """Say by how much there is more or less of what stands than the day before."""
    change = figure.today or 0
    if not change:
        return _("không đổi")
    words = _("thêm %(n)s") if change > 0 else _("bớt %(n)s")
    return words % {"n": count(abs(change))}


def compared(digest: Digest) -> str:
    """Say how the day lies to the one before it; blank where nothing can be said."""
    before, change = digest.before, digest.change
    if before is None or before.value is None:
        return ""
    if digest.is_open:
        words = _(" (cả ngày %(day)s: %(n)s)")
        return words % {"day": short(before.date), "n": count(before.value)}
    if change is None:
        return ""
    if change == 0:
        return _(", ngang ngày %(day)s") % {"day": short(before.date)}
    words = (
        _(", tăng %(n)s so với ngày %(day)s")
        if change > 0
        else _(", giảm %(n)s so với ngày %(day)s")
    )
    return words % {"n": percent_whole(abs(change)), "day": short(before.date)}


def to_date_words(digest: Digest) -> list[str]:
    main, progress = digest.headline, digest.progress
    if main is None:
        return []
    since = short(digest.campaign.starts_on)
    words = (
        _("Đến nay: %(n)s") if main.indicator.is_state else _("Lũy kế từ %(since)s: %(n)s")
    ) % {"since": since, "n": count(main.to_date)}
    if progress.percent is None:
        lines = [f"{words}. " + _("Chưa giao chỉ tiêu cho đơn vị này.")]
    else:
        lines = [
            f"{words}, "
            + _("bằng %(percent)s chỉ tiêu %(target)s khi đã qua %(gone)s thời gian.")
            % {
                "percent": percent(progress.percent),
                "target": count(progress.target),
                "gone": percent_whole(progress.time_gone),
            }
        ]
    return [*lines, *approved(main), *left(digest)]


def past_words(digest: Digest) -> list[str]:
    """Say in one line what is not any more as it was published, and what changed most."""
    past = digest.past
    if past is None:
        return []
    words = _("Lũy kế đến ngày %(day)s đã công bố %(published)s, nay là %(now)s%(why)s.")
    return [
        words
        % {
            "day": short(past.day),
            "published": count(past.published),
            "now": count(past.now),
            "why": _why(past),
        }
    ]


def verified_words(digest: Digest) -> list[str]:
    """Say how much of what was reported recounts confirm."""
    found = digest.verified
    if found is None:
        return []
    words = _(
        "Kiểm tra chọn mẫu %(n)s lượt của %(first)s–%(last)s: đếm lại được %(low)s–%(high)s số đã "
        "báo cáo."
    )
    return [
        words
        % {
            "n": count(found.checked),
            "first": short(found.first_day),
            "last": short(found.last_day),
            "low": percent_whole(found.low),
            "high": percent_whole(found.high),
        }
    ]


def _why(past: PastCorrection) -> str:
    if not past.reasons:
        return ""
    first, more = past.reasons[0], len(past.reasons) - 1
    words = _("%(branch)s ngày %(day)s: %(before)s → %(after)s") % {
        "branch": one_line(first.branch.name),
        "day": short(first.date),
        "before": count(first.before),
        "after": count(first.after),
    }
    if more:
        words = _("%(first)s và %(n)s chỗ khác") % {"first": words, "n": count(more)}
    return f" ({words})"


def approved(main: DigestFigure) -> list[str]:
    if not main.to_date:
        return []
    if main.to_date_approved == main.to_date:
        return [_("Toàn bộ số này đã được duyệt.")]
    if not main.to_date_approved:
        return [_("Số này chưa được duyệt.")]
    words = _("Trong đó đã duyệt %(n)s") % {"n": count(main.to_date_approved)}
    if main.today and not main.today_approved:
        return [_("%(approved)s; số của ngày này còn chờ duyệt.") % {"approved": words}]
    return [f"{words}."]


def left(digest: Digest) -> list[str]:
    progress = digest.progress
    if progress.percent is None or progress.remaining is None or progress.due_on is None:
        return []
    if not progress.remaining:
        return [_("Đã hoàn thành chỉ tiêu.")]
    words = {"left": count(progress.remaining), "due": short(progress.due_on)}
    if not progress.days_left:
        return [_("Còn %(left)s nữa là đạt; hạn là %(due)s.") % words]
    words["n"] = count(progress.needed_per_day)
    return [_("Còn %(left)s nữa; để kịp %(due)s, mỗi ngày cần %(n)s.") % words]


def goal_words(digest: Digest) -> list[str]:
    """Say how far the unit is by whatever else it has a target for."""
    if not digest.other_goals:
        return []
    words = _("- %(name)s: %(n)s trên %(target)s, đạt %(percent)s")
    return [
        _("So với chỉ tiêu khác:"),
        *(
            words
            % {
                "name": one_line(str(goal.indicator)),
                "n": count(goal.to_date or 0),
                "target": count(goal.target),
                "percent": percent(goal.percent),
            }
            for goal in digest.other_goals
        ),
    ]


def approval(digest: Digest) -> list[str]:
    main = digest.headline
    if main is None or not main.to_date:
        return []
    return [_("Đã duyệt %(n)s.") % {"n": count(main.to_date_approved or 0)}]


def other_words(digest: Digest) -> list[str]:
    known = [f for f in digest.others if value_of(f) is not None]
    if not known:
        return []
    return [
        _("Trong ngày còn có:"),
        *(
            f"- {one_line(f.indicator.name)}: {amount(value_of(f), f)}"
            + (f" ({changed(f)})" if f.indicator.is_state and not digest.took_over else "")
            + "".join(f" ({of_which(part.indicator, value_of(part))})" for part in parts)
            for f, parts in behind_wholes(known)
        ),
    ]


def value_of(figure: DigestFigure) -> int | None:
    """Return what a figure is on the day: what it brought, or of a state what stands."""
    return figure.to_date if figure.indicator.is_state else figure.today


def amount(value: int | None, figure: DigestFigure) -> str:
    """1234 → 1.234 tài khoản."""
    return f"{count(value)} {one_line(figure.indicator.measure)}".strip()
