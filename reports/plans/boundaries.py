"""Plans of branches when boundaries change."""

from collections import defaultdict

from django.utils.translation import gettext_lazy

from campaign.boundaries.carried import Carried, Ending, register_carrier
from campaign.boundaries.journal import Journal
from reports.plans.models import PlanAssumption, SessionDraft

DRAFTS = gettext_lazy("buổi đề xuất chuyển sang đơn vị mới")


def carry_plans(ending: Ending, journal: Journal, carried: Carried) -> None:
    """Move what is proposed from the day on; what is assumed goes along where it is one's alone."""
    drafts = SessionDraft.objects.filter(branch__in=ending.branches, date__gte=ending.day)
    for draft in drafts.order_by("pk"):
        branch = ending.branches[draft.branch_id]
        unit = ending.units.get(draft.unit_id, draft.unit)
        if branch is not None and unit is not None:
            journal.update(draft, branch=branch, unit=unit)
            carried.count(DRAFTS)
    assumed: dict[tuple[int, int], list[PlanAssumption]] = defaultdict(list)
    for row in PlanAssumption.objects.filter(branch__in=ending.branches).order_by("pk"):
        if (following := ending.branches[row.branch_id]) is not None:
            assumed[row.campaign_id, following.pk].append(row)
    known = set(PlanAssumption.objects.values_list("campaign_id", "branch_id"))
    for (campaign, branch_id), rows in assumed.items():
        if len(rows) == 1 and (campaign, branch_id) not in known:
            (row,) = rows
            journal.create(
                PlanAssumption(
                    campaign_id=campaign,
                    branch_id=branch_id,
                    persons=row.persons,
                    volunteers=row.volunteers,
                    weekly=row.weekly,
                    hamlets=row.hamlets,
                )
            )


register_carrier("sessions", carry_plans)
