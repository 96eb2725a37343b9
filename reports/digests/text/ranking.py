"""Who leads and who needs more hands, in words."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from core.templatetags.formatting import count, decimal, percent
from core.vietnamese import one_line
from reports.dashboards.selectors.ranking import RankedUnit
from reports.digests.selectors import Digest
from reports.digests.text.completeness import named


def ranking_words(digest: Digest) -> list[str]:
    lines = []
    if digest.first:
        lines.append(
            _("Dẫn đầu về %(measure)s: %(names)s.")
            % {"measure": measure(digest), "names": _with_values(digest, digest.first)}
        )
    if digest.last:
        lines.append(
            _("Cần cố gắng thêm: %(names)s.") % {"names": _with_values(digest, digest.last)}
        )
    if digest.below.unranked and digest.first:
        names = [one_line(unranked.unit.name) for unranked in digest.below.unranked]
        lines.append(_("Chưa xếp hạng: %(names)s.") % {"names": named(names, 3)})
    if digest.has_counts:
        lines += per_resident(digest)
    if not digest.below.units:
        lines += position(digest)
    return lines


def per_resident(digest: Digest) -> list[str]:
    """Say who leads by residents, and of which baseline; nothing where that is said already."""
    below = digest.below
    leaders = below.by("residents").first
    if below.baseline is None or below.measure == "residents" or not leaders:
        return []
    words = _("Tính trên 100 dân (theo “%(baseline)s”): %(names)s.")
    names = ", ".join(f"{one_line(s.unit.name)} {decimal(s.per_resident)}" for s in leaders)
    return [words % {"baseline": one_line(below.baseline.name), "names": names}]


def position(digest: Digest) -> list[str]:
    own, peers = digest.own, digest.peers
    if own is None or peers is None or len(peers.ranked) < 2:
        return []
    words = _("Xếp thứ %(rank)s trong %(n)s đơn vị cùng cấp về %(measure)s.")
    return [words % {"rank": own.rank, "n": len(peers.ranked), "measure": _("phần trăm chỉ tiêu")}]


def measure(digest: Digest) -> str:
    if digest.below.measure == "residents":
        return _("số đã đạt trên 100 dân")
    return _("phần trăm chỉ tiêu")


def value(digest: Digest, ranked: RankedUnit) -> str:
    if digest.below.measure == "residents":
        return decimal(ranked.per_resident)
    return percent(ranked.progress.percent)


def _with_values(digest: Digest, units: Iterable[RankedUnit]) -> str:
    names = []
    for ranked in units:
        words = f"{one_line(ranked.unit.name)} {value(digest, ranked)}"
        if ranked.quality.late:
            words += _(" (%(n)s báo cáo muộn)") % {"n": count(ranked.quality.late)}
        names.append(words)
    return ", ".join(names)
