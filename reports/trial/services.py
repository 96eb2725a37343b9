"""The door of a trial: the checks of ``submit_report``, and none of its writes."""

from uuid import uuid4

from django.db import transaction

from accounts.models import User
from campaign.models import Trial
from campaign.permissions import Permission
from campaign.report_day import ReportDay
from campaign.scopes import scope_of
from campaign.trials import find_trial
from reports.daily.models import DailyReport
from reports.daily.services.present import Present
from reports.daily.services.report_input import ReportInput
from reports.daily.services.submit import Outcome, weigh
from reports.daily.texts import TEXT_NAMES
from reports.trial.models import TrialReport
from reports.trial.rehearsal_day import rehearsal_day, within_hours

CONTENT = ("counts", "no_activity", "unusual", "explanation", "version", *TEXT_NAMES)


def rehearse_report(*, actor: User, entry: ReportInput, dry_run: bool = False) -> DailyReport:
    """Check a report as it will be checked once the campaign runs; return it, never saved.

    What was sent stands in ``TrialReport`` alone. Raises ``Http404`` where no trial is open to the
    actor, and of values and version what ``submit_report`` does. ``dry_run`` keeps nothing.
    """
    with transaction.atomic():
        found = find_trial(actor, entry.campaign)
        # Whoever publishes waits for who is sending, and then clears; or has cleared already.
        rows = Trial.objects.running().select_for_update(no_key=True, of=("self",))
        rows.filter(pk=found.trial.pk).or_404()
        day = rehearsal_day(actor, found, entry.branch, entry.unit)
        stored = TrialReport.objects.filter(trial=found.trial, branch=day.branch).first()
        present = Present(within_hours(day), present_report(stored, day))
        # Nobody can have closed a session of a draft.
        present.closed = present.around = []
        report, outcome = weigh(entry, present, is_asked=dry_run)
        if not dry_run and outcome is not Outcome.SAME:
            _store(actor, found.trial, stored, report, day)
    return report


def present_report(stored: TrialReport | None, day: ReportDay) -> DailyReport | None:
    """Return what stands for the day and unit, as the report that it will be; never saved."""
    if stored is None or (stored.date, stored.unit_id) != (day.day, day.unit.pk):
        return None
    return DailyReport(
        id=uuid4(),
        campaign=day.campaign,
        branch=day.branch,
        unit=day.unit,
        date=day.day,
        received_at=stored.sent_at,
        **{name: getattr(stored, name) for name in CONTENT},
    )


def _store(
    actor: User, trial: Trial, stored: TrialReport | None, report: DailyReport, day: ReportDay
) -> None:
    row = stored or TrialReport(trial=trial, branch=day.branch)
    row.unit, row.date, row.sent_at = day.unit, day.day, day.now
    for name in CONTENT:
        setattr(row, name, getattr(report, name))
    own = scope_of(actor).branches_with(Permission.REPORT)
    row.by_secretary |= any(branch.pk == day.branch.pk for branch in own)
    row.save()
