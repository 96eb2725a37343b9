"""Reports that wait for a decision: approve many, return some with a reason."""

import datetime as dt
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from campaign.addresses import address_only, page_campaign
from campaign.models import Campaign, Unit
from campaign.page_tags import PageState, tagged
from campaign.scopes import scope_of
from campaign.selectors import find_unit, indicators_of, top_unit
from core import clock
from core.page_cache import cached
from reports.daily.anomalies import anomaly_labels
from reports.daily.forms import PHRASES, DecisionForm
from reports.daily.models import APPROVED_BASIS, Status
from reports.daily.querysets import DailyReportQuerySet
from reports.daily.selectors import may_review, reviewable, unusual_first, who_did
from reports.daily.services.report_input import InvalidReport
from reports.daily.services.review import Decision, ReviewConflict, review_reports

PAGE = 100
WAITING = Q(status=Status.SUBMITTED)
STATES: dict[str, tuple[Any, Q]] = {
    "waiting": (gettext_lazy("Chờ duyệt"), WAITING),
    "unusual": (gettext_lazy("Số liệu bất thường"), WAITING & ~Q(unusual=[])),
    "returned": (gettext_lazy("Đã trả lại"), Q(status=Status.RETURNED)),
    "approved": (gettext_lazy("Đã duyệt"), Q(status__in=APPROVED_BASIS)),
}


@login_required
@tagged()
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest) -> HttpResponse:
    if not scope_of(request.user).roles:
        raise Http404
    if not may_review(request.user):
        raise PermissionDenied
    work = ReviewPage(request)
    return work.decide() if request.method == "POST" else work.page(DecisionForm())


class ReviewPage:
    """The reports that the address asks for, and the page on which they are decided."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.user: Any = request.user
        asked = request.GET
        self.campaign: Campaign = page_campaign(request)
        self.state = asked.get("state", "waiting")
        if self.state not in STATES:
            raise Http404
        self.unit: Unit | None = None
        if code := asked.get("unit", ""):
            if "\0" in code:
                raise Http404
            self.unit = find_unit(self.user, self.campaign, code)
        self.day = _day(asked.get("day", ""))
        self.address = address_only(request, "state", "unit", "day", "page")

    def decide(self) -> HttpResponse:
        """Approve or return what is ticked; say who was quicker where somebody was."""
        form = DecisionForm(self.request.POST)
        try:
            decided = take_decision(self.user, form)
        except ReviewConflict as error:
            return self.page(form, status=409, conflict=error)
        if decided is None:
            return self.page(form, status=400)
        messages.success(self.request, decided)
        return redirect(self.request.get_full_path())

    def page(
        self, form: DecisionForm, *, status: int = 200, conflict: ReviewConflict | None = None
    ) -> HttpResponse:
        """Render the list; what was ticked stays ticked, but for what has changed."""
        asks_only = not form.is_bound and conflict is None
        tabs, decisions = self._shared(form) if asks_only else self._list(form, conflict)
        context = {
            "campaign": self.campaign,
            "form": form,
            "tabs": tabs,
            "decisions": decisions,
            "state": self.state,
            "conflict": conflict,
            "conflicts": [
                {
                    "report": one.report,
                    "last": one.last,
                    "who": who_did(one.last, self.user, one.report.branch) if one.last else "",
                }
                for one in (conflict.conflicts if conflict else ())
            ],
        }
        return render(self.request, "reports/daily/review.html", context, status=status)

    def _shared(self, form: DecisionForm) -> tuple[str, str]:
        """Return the list as it is drawn once for all with the same scope, until it changes."""
        state: PageState = self.request.page_state  # type: ignore[attr-defined]
        reach, address = scope_of(self.user).reach, self.address
        made_from = ("review", address.path, address.GET.urlencode(), get_language(), reach)
        tag = (state.tag, state.reports, clock.today())
        return cached(made_from, tag, lambda: self._list(form))

    def _list(self, form: DecisionForm, conflict: ReviewConflict | None = None) -> tuple[str, str]:
        """Draw what stands over the reports, and the reports; the second blank without any."""
        found = self._found()
        sizes = found.aggregate(
            **{name: Count("pk", filter=condition) for name, (_label, condition) in STATES.items()}
        )
        listed = unusual_first(found.filter(STATES[self.state][1]).mark_unreconciled())
        listed = listed.select_related("branch", "unit")
        page = Paginator(listed, PAGE).get_page(self.request.GET.get("page"))
        indicators = indicators_of(self.campaign)
        changed = {c.report.pk for c in conflict.conflicts} if conflict else set()
        ticked = self._ticked() if form.is_bound else {}
        lines = [
            {
                "report": report,
                "counts": [(i, report.counts.get(i.code)) for i in indicators.entered],
                "flags": anomaly_labels(report.unusual, indicators),
                "is_elsewhere": report.unit_id != report.branch.home_unit_id,
                "is_ticked": report.pk in ticked and report.pk not in changed,
                "is_changed": report.pk in changed,
                "may_decide": report.status != Status.LOCKED,
            }
            for report in page
        ]
        context = {
            "request": self.address,
            "campaign": self.campaign,
            "form": form,
            "page_obj": page,
            "lines": lines,
            "usual": [line["report"] for line in lines if line["may_decide"] and not line["flags"]],
            "indicators": indicators.entered,
            "tabs": [(name, label, sizes[name]) for name, (label, _q) in STATES.items()],
            "state": self.state,
            "unit": self.unit,
            "units": self._units(),
            "day": self.day,
            "phrases": PHRASES,
        }
        tabs = render_to_string("reports/daily/_review_tabs.html", context)
        if not lines:
            return tabs, ""
        return tabs, render_to_string("reports/daily/_review_form.html", context)

    def _found(self) -> DailyReportQuerySet:
        found = reviewable(self.user).filter(campaign=self.campaign)
        if self.unit is not None:
            found = found.filter(branch__home_unit__path__startswith=self.unit.path)
        return found if self.day is None else found.filter(date=self.day)

    def _units(self) -> list[Unit]:
        top = top_unit(self.user, self.campaign)
        below = Unit.objects.visible_to(self.user).on(self.campaign.shown_day)
        return list(below.filter(parent=top).order_by("sort_key"))

    def _ticked(self) -> Mapping[UUID, int]:
        try:
            _decision, seen, _reason = DecisionForm(self.request.POST).chosen()
        except ValidationError:
            return {}
        return seen


def _day(text: str) -> dt.date | None:
    """Return the day that the address asks for; one that no calendar has is no filter."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def take_decision(user: Any, form: DecisionForm) -> str | None:
    """Decide as the form says, and return what is said of it; None where it holds errors now.

    Raises ``ReviewConflict``.
    """
    form.is_valid()
    try:
        decision, seen, reason = form.chosen()
        done = review_reports(actor=user, seen=seen, decision=decision, reason=reason)
    except ValidationError as error:
        form.add_error(None, error)
        return None
    except InvalidReport as error:
        for name, problem in error.errors.items():
            texts: Any = problem
            form.add_error("reason" if name == "reason" else None, texts)
        return None
    return _success_message(decision, len(done))


def _success_message(decision: str, number: int) -> str:
    if decision == Decision.APPROVE:
        text = _("Đã duyệt %(n)d báo cáo.")
    else:
        text = _("Đã trả lại %(n)d báo cáo. Bí thư thấy lý do ngay trên trang đầu.")
    return text % {"n": number}
