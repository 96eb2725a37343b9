"""Who has tried, and who has not."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from campaign.models import Branch, Trial
from campaign.takes_part import takes_part
from campaign.trials import first_day
from core.clock import today
from core.vietnamese import one_line
from reports.trial.models import TrialReport


@dataclass(frozen=True)
class Attendance:
    """The branches that will take part; ``tried`` with what each sent last."""

    tried: list[TrialReport]
    missing: list[Branch]

    @property
    def total(self) -> int:
        return len(self.tried) + len(self.missing)


def attendance(user: Any, trial: Trial) -> Attendance:
    """Return who of the user's branches has tried, the latest first, and who has not (two queries).

    What somebody above sent for a branch to show it is not that the branch has tried.
    """
    day, campaign = first_day(trial.campaign), trial.campaign
    sent: dict[int, Any] = {
        report.branch_id: report
        for report in TrialReport.objects.filter(trial=trial, by_secretary=True)
        .select_related("branch__home_unit")
        .order_by("-sent_at", "pk")
    }
    seen = Branch.objects.visible_to(user).on(today()).select_related("home_unit")
    branches = seen.order_by("sort_key", "pk")
    expected = [branch for branch in branches if takes_part(campaign, branch, day)]
    keys = {branch.pk for branch in expected}
    return Attendance(
        tried=[report for key, report in sent.items() if key in keys],
        missing=[branch for branch in expected if branch.pk not in sent],
    )


def missing_text(found: Attendance, trial: Trial, address: str) -> str:
    """Return who has not tried as plain text for a chat group."""
    name = one_line(trial.campaign.name)
    lines = [_("Tập dượt báo cáo chiến dịch “%(name)s”, số không tính:") % {"name": name}, address]
    if found.missing:
        names = ", ".join(one_line(branch.name) for branch in found.missing)
        lines.append(_("Chưa tập dượt: %(names)s.") % {"names": names})
    return "\n".join(lines)
