"""The notice that the digest of the day is there."""

import datetime as dt

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaign.models import Unit
from core import clock
from reports.digests.publications import publish
from reports.digests.selectors import digest
from reports.digests.text import link_of, text
from reports.digests.text.figures import day_words
from reports.digests.text.header_footer import title
from reports.notifications.channel import Message
from reports.notifications.models import Notice
from reports.notifications.registry import NoticeKind, register_kind

# What has waited for longer, because nobody was there to send it, is no news any more.
USEFUL_FOR = dt.timedelta(hours=3)


def _digest(notice: Notice) -> Message | None:
    """Give the day's digest: whole where there is room, its first figure on a phone's screen."""
    unit, day = notice.unit, notice.day
    if unit is None or clock.now() > notice.due_at + USEFUL_FOR:
        return None
    if not Unit.objects.visible_to(notice.user).filter(pk=unit.pk).exists():
        return None
    found = digest(campaign=notice.campaign, unit=unit, day=day)
    whole = text(found)
    publish(actor=None, digest=found, text=whole)
    words = {"unit": unit.name, "day": f"{day:%d/%m}", "figure": day_words(found)[0]}
    return Message(
        _("Báo cáo nhanh ngày %(day)s đã có") % words,
        _("%(unit)s. %(figure)s Mở ra xem, sao chép vào nhóm Zalo.") % words,
        link_of(found),
        long_title=title(found),
        long_body=whole,
    )


DIGEST = register_kind(NoticeKind("digest", gettext_lazy("Báo cáo nhanh"), _digest))
