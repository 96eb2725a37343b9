"""A branch tries a draft: the form of the report, its check, and a receipt that counts nothing."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from campaign.addresses import path_of
from campaign.count_fields import CountRow, assign_errors, read_counts, summary
from campaign.models import Campaign
from campaign.report_day import ReportDay
from campaign.selectors import communes_to_choose
from campaign.trials import OpenTrial, find_trial
from reports.daily.anomalies import anomaly_labels
from reports.daily.models import DailyReport, Explanation, Lateness
from reports.daily.services.report_input import InvalidReport, ReportInput
from reports.daily.services.submit import VersionConflict, lateness_of
from reports.daily.texts import TEXTS, asking_on
from reports.entry.forms import ReportForm
from reports.trial.models import TrialReport
from reports.trial.rehearsal_day import refusal, rehearsal_day
from reports.trial.services import present_report, rehearse_report

FORM, CHECK = "reports/trial/trial_form.html", "reports/trial/trial_check.html"


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def trial_report(request: HttpRequest, slug: str) -> HttpResponse:
    try:
        page = _Page(request, slug)
    except Http404:
        return _lead_to_real(request, slug)
    if request.method == "GET":
        return page.blank()
    return page.take_in()


@login_required
@never_cache
@require_safe
def trial_receipt(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    try:
        found = find_trial(request.user, slug)
    except Http404:
        return _lead_to_real(request, slug)
    day = rehearsal_day(_user(request), found, code, "")
    rows = TrialReport.objects.visible_to(request.user).filter(trial=found.trial, branch=day.branch)
    sent = rows.select_related("unit").or_404()
    indicators, refused = day.indicators, refusal(day, sent.sent_at)
    whole = indicators.complete(sent.counts)
    lines = [(i, {"indicator": i, "value": whole.get(i.code)}) for i in indicators.all]
    context = {
        "sent": sent,
        "open": found,
        "campaign": found.campaign,
        "branch": day.branch,
        "refusal": refused,
        "lateness": "" if refused else Lateness(lateness_of(day.rules, sent.sent_at, None)),
        "flags": anomaly_labels(sent.unusual, indicators),
        "rows": [line for indicator, line in lines if not indicator.is_derived],
        "derived": [line for indicator, line in lines if indicator.is_derived],
        "texts": [(text.label, getattr(sent, text.name)) for text in TEXTS],
    }
    return render(request, "reports/trial/trial_receipt.html", context)


class _Page:
    """The form of one branch; 404 for whom no trial is open to."""

    def __init__(self, request: HttpRequest, slug: str) -> None:
        self.request = request
        self.open: OpenTrial = find_trial(request.user, slug)
        branch = request.GET.get("branch", "")
        home = rehearsal_day(_user(request), self.open, branch, "")
        self.units = communes_to_choose(home.branch, home.day)
        self.day, self.is_chosen = home, True
        if self.units is not None:
            code = request.POST.get("unit", request.GET.get("unit", ""))
            self.is_chosen = any(unit.code == code for unit in self.units)
            if self.is_chosen:
                self.day = rehearsal_day(_user(request), self.open, branch, code)
        stored = TrialReport.objects.filter(trial=self.open.trial, branch=home.branch).first()
        self.existing = present_report(stored, self.day)
        self.asking = asking_on(self.day.campaign, self.day.day)
        self.rows = [CountRow(indicator) for indicator in self.day.indicators.entered]

    def blank(self) -> HttpResponse:
        for row in self.rows:
            counts = self.existing.counts if self.existing else {}
            row.show(counts.get(row.indicator.code))
        return self._render(FORM, ReportForm.blank(self.existing, "", self.asking))

    def take_in(self) -> HttpResponse:
        """Check what was sent as a real report is checked; store it once it is confirmed."""
        sent = self.request.POST
        form = ReportForm.sent(sent, self.existing, self.asking)
        read_counts(sent, self.rows)
        is_right = form.is_valid() and self.is_chosen and not any(row.error for row in self.rows)
        if "back" in sent or not is_right:
            return self._render(FORM, form)
        is_confirmed = "confirm" in sent
        entry = _entry(self.day, self.rows, form)
        try:
            if not (is_confirmed and entry.explanation):
                asked = rehearse_report(actor=_user(self.request), entry=entry, dry_run=True)
                if asked.unusual or not is_confirmed:
                    return self._render(CHECK, form, asked=asked)
            rehearse_report(actor=_user(self.request), entry=entry)
        except InvalidReport as error:
            assign_errors(error.errors, form, self.rows)
        except VersionConflict as error:
            version = {"base_version": str(error.current.version)}
            form = ReportForm(dict(form.data.items()) | version, asking=self.asking)
            form.is_valid()
            form.add_error(None, str(error))
            for row in self.rows:
                row.last = error.current.counts.get(row.indicator.code)
            return self._render(FORM, form, status=409, conflict=error.current)
        else:
            return redirect("trial-receipt", self.open.campaign.slug, self.day.branch.code)
        return self._render(FORM, form)

    def _render(
        self,
        template: str,
        form: ReportForm,
        *,
        status: int = 200,
        asked: DailyReport | None = None,
        conflict: DailyReport | None = None,
    ) -> HttpResponse:
        day, indicators = self.day, self.day.indicators
        counts = {row.indicator.code: row.count for row in self.rows if row.count is not None}
        whole = indicators.complete(counts)
        errors = summary(self.rows, form)
        if form.is_bound and not self.is_chosen:
            text = _("Chọn địa bàn đã hỗ trợ.")
            errors.insert(0, {"name": "unit", "label": _("Địa bàn hỗ trợ"), "message": text})
        if asked is not None and asked.unusual and "confirm" in self.request.POST:
            text = _("Chọn một ý rồi bấm Gửi, hoặc bấm Sửa lại.")
            label = _("Số liệu bất thường")
            errors.append({"name": "explanation", "label": label, "message": text})
        context = {
            "open": self.open,
            "campaign": self.open.campaign,
            "report_day": day,
            "day": day.day,
            "is_today": True,
            "branch": day.branch,
            "branches": self.open.branches,
            "units": self.units,
            "unit": day.unit if self.is_chosen else None,
            "rows": self.rows,
            "form": form,
            "errors": errors,
            "conflict": conflict,
            "has_sent": self.existing is not None,
            "refusal": refusal(day),
            "flags": anomaly_labels(asked.unusual, indicators) if asked else [],
            "explanations": Explanation.choices,
            "word": form["explanation"].value() or "",
            "derived": [
                {"indicator": i, "value": whole[i.code]}
                for i in indicators.all
                if i.is_derived and i.code in whole
            ],
        }
        return render(self.request, template, context, status=status)


def _entry(day: ReportDay, rows: list[CountRow], form: ReportForm) -> ReportInput:
    return ReportInput(
        campaign=day.campaign.slug,
        branch=day.branch.code,
        unit=day.unit.code,
        date=day.day,
        counts={row.indicator.code: row.count for row in rows if row.count is not None},
        **form.entry_fields(),
    )


def _lead_to_real(request: HttpRequest, slug: str) -> HttpResponse:
    """Lead on to the real report once the campaign is published; to whom it is nothing, 404."""
    rows = Campaign.objects.visible_to(request.user).published()
    campaign = rows.filter(slug=slug).or_404()
    text = _("Tập dượt đã kết thúc và số tập dượt đã xóa. Từ đây là báo cáo thật.")
    messages.info(request, text)
    return redirect(path_of(campaign, "report"))


def _user(request: HttpRequest) -> Any:
    return request.user
