"""Takes in what a recount found: once for each id, and never over what the sender has not seen."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from campaign.count_validation import Errors, check_count, check_counts
from campaign.scopes import scope_of
from campaign.selectors import IndicatorSet, indicators_of
from core import clock
from core.validators import clean_note
from reports.checks.models import Check, CheckOutcome, How, Obstacle
from reports.checks.services.planning import is_own
from volunteers.errors import InvalidInput, NotNow


@dataclass(frozen=True)
class OutcomeInput:
    """What a checker sends; ``base_version`` is how many outcomes the sender knew of."""

    id: UUID
    check: UUID
    how: str
    counts: Mapping[str, int] = field(default_factory=dict)
    obstacle: str = ""
    remark: str = ""
    base_version: int = 0


class OutcomeConflict(Exception):
    """Another outcome stands there by now, or bears the id: ``current``."""

    def __init__(self, current: CheckOutcome | None) -> None:
        super().__init__(_("Lượt này vừa có kết quả khác. Xem lại rồi gửi nếu vẫn cần."))
        self.current = current


def asked_codes(check: Check, indicators: IndicatorSet) -> list[str]:
    """Return what is recounted: what was reported, but for who took part and what stands."""
    people = indicators.of_people
    return [
        i.code for i in indicators.of_sessions.entered if i.code in check.reported and i != people
    ]


def record_outcome(*, actor: User, entry: OutcomeInput) -> tuple[CheckOutcome, bool]:
    """Add an outcome; return it, and whether it is new.

    Raises ``Http404`` for a check that the actor does not see, ``PermissionDenied`` for one that
    is not the actor's, ``InvalidInput``, ``NotNow`` once the plan is closed, and
    ``OutcomeConflict``.
    """
    try:
        with transaction.atomic():
            return _record(actor, entry)
    except IntegrityError:
        # Another check got the id at this moment.
        raise OutcomeConflict(None) from None


def _record(actor: User, entry: OutcomeInput) -> tuple[CheckOutcome, bool]:
    rows = Check.objects.visible_to(actor).select_for_update(no_key=True, of=("self",))
    check = rows.select_related("plan", "campaign", "branch").filter(pk=entry.check).or_404()
    if check.checker_id != actor.pk or is_own(scope_of(actor).appointments, check.branch):
        raise PermissionDenied
    content = _validated(entry, check)
    same = CheckOutcome.objects.filter(pk=entry.id).first()
    if same is not None:
        if same.of_id != check.pk or any(getattr(same, n) != v for n, v in content.items()):
            raise OutcomeConflict(same if same.of_id == check.pk else None)
        return same, False
    if check.plan.is_closed:
        raise NotNow(_("Đợt kiểm tra này đã kết thúc, không nhận thêm kết quả."))
    if entry.base_version != check.version:
        raise OutcomeConflict(check.outcomes.order_by("-version").first())
    check.version += 1
    check.save(update_fields=["version"])
    outcome = CheckOutcome.objects.create(
        id=entry.id, of=check, version=check.version, actor=actor, at=clock.now(), **content
    )
    return outcome, True


def _validated(entry: OutcomeInput, check: Check) -> dict[str, object]:
    """Return the content clean. Raises ``InvalidInput``."""
    errors: Errors = {}
    counts: dict[str, int] = {}
    if entry.how not in How.values:
        errors["how"] = [_("Chọn cách kiểm tra.")]
    is_recounted = entry.how != How.NOT_POSSIBLE
    if is_recounted:
        counts = dict(entry.counts)
        if problems := _wrong_counts(counts, check):
            errors["counts"] = problems
    elif entry.obstacle not in Obstacle.values:
        errors["obstacle"] = [_("Chọn lý do không kiểm tra được.")]
    remark = ""
    try:
        remark = clean_note(entry.remark)
    except ValidationError as error:
        errors["remark"] = error.messages
    if errors:
        raise InvalidInput(errors)
    obstacle = "" if is_recounted else entry.obstacle
    return {"how": entry.how, "counts": counts, "obstacle": obstacle, "remark": remark}


def _wrong_counts(counts: dict[str, int], check: Check) -> dict[str, list[str]]:
    indicators = indicators_of(check.campaign)
    asked, problems = asked_codes(check, indicators), {}
    for code, value in counts.items():
        try:
            check_count(value)
        except ValidationError as error:
            problems[code] = error.messages
        if code not in asked:
            problems[code] = [_("Lượt kiểm tra này không hỏi chỉ số đó.")]
    for code in asked:
        if code not in counts:
            problems[code] = [_("Chưa nhập. Đếm lại không có ai thì nhập 0.")]
    if problems:
        return problems
    of_sessions = indicators.of_sessions
    found = check_counts(counts, of_sessions, no_activity=False, parts_may_exceed=True)
    return {code: texts for code, texts in found.items() if code in asked}
