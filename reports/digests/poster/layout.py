"""What the template of the poster cannot work out by itself: few words, lists, heights.

Pixels. The sections follow each other; the template draws each from its own top.
"""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from core.templatetags.formatting import count, decimal, percent, percent_whole, signed
from reports.dashboards.selectors.ranking import RankedUnit
from reports.digests.poster.font_metrics import printable, wrap
from reports.digests.selectors import DayValue, Digest
from reports.digests.text.completeness import named
from reports.digests.text.figures import approval, left, value_of
from reports.digests.text.header_footer import code_words, head_address, notice, short, state
from reports.digests.text.ranking import position

WIDTH, LEAST_HEIGHT, MARGIN = 1080, 1350, 64
INNER = WIDTH - 2 * MARGIN
WEEK_HEIGHT = 180
QR_SIDE, QR_HEIGHT = 164, 234
MOST_NAMES, NAME_LINES = 9, 4


def layout(digest: Digest) -> dict[str, Any]:
    main, progress, by_target = digest.headline, digest.progress, digest.below.measure == "target"
    columns = [_rows(digest, units) for units in (digest.first, digest.last) if units]
    names, sources = _names(digest), _sources(digest)
    notes = wrap("".join(notice(digest)).strip("()"), INNER - 40, 21)
    progress_height = 60 if main is None else 196 if progress.percent is None else 296
    ranking_height = 84 * max(map(len, columns)) - 4 if columns else WEEK_HEIGHT + 114
    top_day = 388 + progress_height
    goals = _goals(digest)
    top_goals = top_day + 246
    top_ranking = top_goals + (goals[-1]["y"] + 96 if goals else 0)
    top_names = top_ranking + ranking_height + 36
    names_height = 54 + 38 * len(names) if names else 0
    notes_height = 34 * len(notes) + 32 if notes[0] else 0
    foot_height = max(94 + 34 * len(sources), QR_HEIGHT if digest.log_head else 0) + notes_height
    height = max(LEAST_HEIGHT, top_names + names_height + 28 + foot_height)
    since = short(digest.campaign.starts_on)
    return {
        "digest": digest,
        "label": main
        and (_("%(name)s đến nay") if main.indicator.is_state else _("%(name)s từ %(day)s"))
        % {"name": main.indicator.name, "day": since},
        "gone_x": min(max(MARGIN + INNER * progress.time_gone / 100, 200), WIDTH - 200),
        "remaining": "".join(left(digest)),
        "cells": _cells(digest),
        "columns": columns,
        "ranked_by": _("theo phần trăm chỉ tiêu") if by_target else _("theo số trên 100 dân"),
        # All bars have one length, so that they can be compared; beside them stands who was late.
        "bar_length": 308 if any(row["late"] for rows in columns for row in rows) else 398,
        "position": "".join(position(digest)).rstrip("."),
        "week": _week(digest.week),
        "names": names,
        "notes": notes,
        "notes_height": notes_height,
        "state": state(digest),
        "sources": sources,
        "log_address": head_address(digest),
        "qr_x": WIDTH - MARGIN - QR_SIDE,
        "qr_side": QR_SIDE,
        "top_day": top_day,
        "goals": goals,
        "top_goals": top_goals,
        "top_ranking": top_ranking,
        "top_names": top_names,
        "top_notes": height - foot_height,
        "top_foot": height - foot_height + notes_height,
        "height": height,
    }


def _cells(digest: Digest) -> list[tuple[int, str, str, str]]:
    """Return three figures of the day: where, what it is, how many, what to know of it."""
    main, closed = digest.headline, digest.sessions.closed
    people = next((f for f in digest.others if f.indicator.counts_people), None)
    third = people or next((f for f in digest.others if f.today is not None), None)
    received = f"{count(digest.received)}/{count(digest.expected)}"
    sessions = _("%(n)s buổi hỗ trợ") % {"n": count(closed)} if closed else _("trong ngày")
    return [
        (64, _("Trong ngày"), signed(main.today) if main else "–", _change(digest)),
        (409, _("Đã báo cáo"), received, _completeness(digest)),
        (727, third.indicator.short_name, count(value_of(third)), sessions)
        if third
        else (727, _("Buổi hỗ trợ"), count(closed), _("trong ngày")),
    ]


def _change(digest: Digest) -> str:
    if digest.is_open:
        return _("chưa hết hạn báo cáo")
    if digest.change is None or digest.before is None:
        return _("chưa có số để so")
    words = _("tăng %(n)s so với %(day)s") if digest.change > 0 else _("giảm %(n)s so với %(day)s")
    if digest.change == 0:
        words = _("ngang ngày %(day)s")
    return words % {"n": percent_whole(abs(digest.change)), "day": short(digest.before.date)}


def _completeness(digest: Digest) -> str:
    if not digest.expected:
        return _("không phải ngày báo cáo")
    if digest.silent:
        return _("%(n)s đơn vị chưa báo cáo") % {"n": count(len(digest.silent))}
    if digest.quality.late:
        return _("đủ cả, %(n)s đơn vị muộn") % {"n": count(digest.quality.late)}
    return _("đủ cả")


def _goals(digest: Digest) -> list[dict[str, Any]]:
    """Return what else has a target, in two columns."""
    return [
        {
            "x": MARGIN + 504 * (n % 2),
            "y": 60 + 74 * (n // 2),
            "name": goal.indicator.short_name if goal.indicator else "",
            "value": percent(goal.percent),
            "share": goal.percent,
            "time": goal.time_gone,
            "level": goal.pace_level,
        }
        for n, goal in enumerate(digest.other_goals)
    ]


def _rows(digest: Digest, units: Sequence[RankedUnit]) -> list[dict[str, Any]]:
    rows = []
    for n, ranked in enumerate(units):
        row: dict[str, Any] = {"rank": ranked.rank, "y": 60 + 84 * n, "name": ranked.unit.name}
        row["level"], row["time"] = "", None
        if digest.below.measure == "target":
            row |= {"share": ranked.progress.percent, "time": ranked.progress.time_gone}
            row["value"] = percent(ranked.progress.percent)
            row["level"] = ranked.progress.pace_level
        else:
            row["share"] = (ranked.per_resident or 0) * 100 / (digest.first[0].per_resident or 1)
            row["value"] = decimal(ranked.per_resident)
        late = ranked.quality.late
        row["late"] = _("%(n)s muộn") % {"n": count(late)} if late else ""
        rows.append(row)
    return rows


def _week(week: Sequence[DayValue]) -> list[dict[str, Any]]:
    most = max([day.value or 0 for day in week] + [1])
    step = INNER / max(len(week), 1)
    bars = []
    for n, day in enumerate(week):
        height = max(WEEK_HEIGHT * (day.value or 0) / most, 3)
        bar = {"day": day, "middle": MARGIN + step * (n + 0.5), "height": height}
        bars.append(bar | {"value_y": -height - 14, "width": step * 0.72, "left": -step * 0.36})
    return bars


def _names(digest: Digest) -> list[str]:
    # A name is not parted at the end of a line.
    names = [printable(s.branch.name).replace(" ", "\u00a0") for s in digest.silent]
    if not names:
        return []
    listed = (wrap(named(names, most), INNER, 26) for most in range(MOST_NAMES, 0, -1))
    fitted = next((lines for lines in listed if len(lines) <= NAME_LINES), None)
    return fitted or wrap(named(names, 1), INNER, 26, lines=NAME_LINES)


def _sources(digest: Digest) -> list[str]:
    words = [_("Nguồn: báo cáo ngày của các cơ sở Đoàn."), *approval(digest)]
    if digest.first and digest.below.measure == "residents":
        words.append(_("100 dân: theo “%(name)s”.") % {"name": digest.below.baseline})
    words += (f"{line}." for line in code_words(digest))
    room = INNER - (QR_SIDE + 40 if digest.log_head else 0)
    return wrap(printable(" ".join(words)), room, 24)
