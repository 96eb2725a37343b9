"""The notice that ours is higher than the police's for days, and nothing says why."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from campaign.addresses import path_of
from core.templatetags.formatting import count
from reports.notifications.channel import Message
from reports.notifications.models import Notice
from reports.notifications.registry import NoticeKind, register_kind
from reports.reconciliation.models import HigherSpell

MOST_NAMES = 3


def _higher(notice: Notice) -> Message | None:
    """Name the units of which a spell began with the one that ``about`` names, if it goes on."""
    first = HigherSpell.objects.filter(pk=int(notice.about)).first()
    if first is None:
        return None
    spells = (
        HigherSpell.objects.visible_to(notice.user)
        .select_related("unit")
        .filter(campaign=first.campaign_id, begun_at=first.begun_at, ended_at=None)
    )
    names = [spell.unit.name for spell in spells.order_by("unit__sort_key")]
    if not names:
        return None
    shown = ", ".join(names[:MOST_NAMES])
    if len(names) > MOST_NAMES:
        shown = _("%(names)s và %(count)d đơn vị khác") % {
            "names": shown,
            "count": len(names) - MOST_NAMES,
        }
    title = ngettext(
        "%(n)s đơn vị báo cáo cao hơn số Công an từ 3 ngày",
        "%(n)s đơn vị báo cáo cao hơn số Công an từ 3 ngày",
        len(names),
    )
    body = _("%(names)s. Chưa có lời giải thích: mở ra xem và ghi lý do.") % {"names": shown}
    if len(names) == 1:
        path = path_of(notice.campaign, "difference", spells[0].unit.code)
    else:
        path = path_of(notice.campaign, "reconciliation")
    return Message(title % {"n": count(len(names))}, body, path)


HIGHER = register_kind(
    NoticeKind("reported_higher", gettext_lazy("Báo cáo cao hơn Công an"), _higher)
)
