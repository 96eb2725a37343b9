"""All that is written about differences: remarks, tolerance, and who is asked to look."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext as _

from accounts.models import User
from campaign.models import Campaign, Unit
from campaign.permissions import Permission
from campaign.scopes import may_set_up, scope_of
from core.validators import clean_note
from reports.reconciliation.lines import Line
from reports.reconciliation.models import (
    EXPLAINS,
    DifferenceRemark,
    DifferenceState,
    DifferenceTolerance,
)

LENGTH = 500


class RemarkedMeanwhile(Exception):
    """Somebody else wrote about this difference first; ``latest`` is what they wrote."""

    def __init__(self, latest: DifferenceRemark) -> None:
        super().__init__(str(latest))
        self.latest = latest


@dataclass(frozen=True)
class RemarkInput:
    """What somebody says; ``seen`` is the number of the last remark on the page, 0 for none."""

    state: str
    text: str
    owner: User | None
    seen: int


def require_reconciler(user: Any, unit: Unit | None = None) -> None:
    """Raise 404 for those who have no post, and 403 where it is not theirs to reconcile."""
    scope = scope_of(user)
    if not scope.roles:
        raise Http404
    if not scope.may(Permission.EXPORT, unit=unit):
        raise PermissionDenied


@transaction.atomic
def remark_difference(
    *, actor: Any, campaign: Campaign, unit: Unit, line: Line, given: RemarkInput
) -> DifferenceRemark:
    """Add what somebody says of a difference, as it was found in ``line``.

    Raises ``RemarkedMeanwhile`` where the last remark is not the one that was seen.
    """
    require_reconciler(actor, unit)
    text = clean_note(given.text, LENGTH)
    if given.state in EXPLAINS and not text:
        raise ValidationError({"text": [_("Ghi vì sao chênh: lời giải thích đi cùng số liệu.")]})
    if given.state not in DifferenceState.values:
        raise ValidationError({"state": [_("Không có tình trạng này.")]})
    # Who writes at the same time comes after us, and sees what we have written.
    Unit.objects.select_for_update(no_key=True).get(pk=unit.pk)
    latest = DifferenceRemark.objects.filter(campaign=campaign, unit=unit).last()
    if latest is not None and latest.number != given.seen:
        raise RemarkedMeanwhile(latest)
    figures = next(iter(line.finding.figures.values()), None)
    return DifferenceRemark.objects.create(
        campaign=campaign,
        unit=unit,
        number=latest.number + 1 if latest is not None else 1,
        author=actor,
        state=given.state,
        owner=given.owner,
        text=text,
        kind=line.kind or "",
        difference=figures.difference if figures else 0,
        covers=line.size - line.explained,
        day=line.day,
    )


def set_tolerance(
    *, actor: Any, campaign: Campaign, percent: Decimal, accounts: int
) -> DifferenceTolerance:
    """Have differences of a campaign judged by another tolerance from now on."""
    if not may_set_up(actor):
        raise PermissionDenied
    row = DifferenceTolerance(campaign=campaign, author=actor, percent=percent, accounts=accounts)
    row.full_clean()
    row.save()
    return row
