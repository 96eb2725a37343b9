"""A campaign whose day totals lie in an archive says so, wherever they are asked for."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from campaign.models import Campaign
from core.middleware import Handler


class ArchivedError(Exception):
    """The day totals of ``campaign`` are not in the database."""

    def __init__(self, campaign: Campaign) -> None:
        super().__init__(campaign.slug)
        self.campaign = campaign

    @property
    def words(self) -> str:
        words = _(
            "Số từng ngày của chiến dịch “%(name)s” đã đưa vào lưu trữ ngày %(day)s. Báo cáo và "
            "lũy kế vẫn còn nguyên; cần xem từng ngày thì nhờ cán bộ kỹ thuật của cổng gắn lại."
        )
        assert self.campaign.archived_at is not None  # noqa: S101 - it would not be raised
        day = date_format(localtime(self.campaign.archived_at), "j/n/Y")
        return words % {"name": self.campaign.name, "day": day}


def refuse_archived(campaign: Campaign) -> None:
    """Raise ``ArchivedError`` where noughts would be read in place of what was counted."""
    if campaign.archived_at is not None:
        raise ArchivedError(campaign)


class ArchivedMiddleware:
    """Answers 410 for a page or a machine that asks for days of an archived campaign."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, ArchivedError):
            return None
        is_file = "text/html" not in request.headers.get("Accept", "")
        if request.path.startswith("/api/") or is_file:
            return JsonResponse({"detail": exception.words}, status=410)
        return render(
            request, "reports/rollup/archived.html", {"words": exception.words}, status=410
        )
