"""A team's leaders are told that a request for help is given to their team."""

from collections.abc import Sequence
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from campaign.addresses import path_of
from core import clock
from core.templatetags.formatting import weekday_day
from reports.notifications.channel import Message
from reports.notifications.models import Notice
from reports.notifications.outbox import enqueue
from reports.notifications.registry import NoticeKind, register_kind
from volunteers.help_requests.models import HelpRequest, HelpState
from volunteers.help_requests.telling import Notices, leaders_of, tell_by


def _given(notice: Notice) -> Message | None:
    """Say where and until when, while the request waits for the same team; who asked, nowhere."""
    requests = HelpRequest.objects.select_related("campaign", "unit", "team")
    request = requests.filter(pk=UUID(notice.about.split()[0]), state=HelpState.ASSIGNED).first()
    if request is None or request.team is None or _about(request) != notice.about:
        return None
    if notice.user not in leaders_of(request.team):
        return None
    words = {
        "team": request.team.name,
        "unit": request.unit.name,
        "wish": request.get_wish_display(),
        "due": weekday_day(request.due_on),
    }
    return Message(
        _("Tổ bạn được giao một yêu cầu hỗ trợ"),
        _("%(team)s, %(unit)s: “%(wish)s”. Trả lời chậm nhất %(due)s. Mở ra để xem người nhờ.")
        % words,
        path_of(request.campaign, "request", request.pk),
    )


GIVEN = register_kind(NoticeKind("help-given", gettext_lazy("Yêu cầu hỗ trợ mới giao"), _given))


def _about(request: HelpRequest) -> str:
    """Tell one assignment from the next: a team may be given the same request twice."""
    at = request.assigned_at
    return f"{request.pk} {at.timestamp():.0f}" if at is not None else str(request.pk)


class Outbox:
    def tell(self, request: HelpRequest, leaders: Sequence[User]) -> None:
        enqueue(
            leaders,
            kind=GIVEN,
            campaign=request.campaign,
            day=clock.today(),
            about=_about(request),
            unit=request.unit,
        )

    def notices_about(self, request: HelpRequest) -> Notices:
        notices = Notice.objects.filter(kind=GIVEN.code, about=_about(request))
        states = list(notices.values_list("sent", "closed_at"))
        return Notices(
            sent=sum(sent for sent, _closed in states),
            waiting=sum(closed is None for _sent, closed in states),
        )


tell_by(Outbox())
