"""Checks of a row against the others: what no single field can know.

Shared by the admin's forms and by imports. They read no database: whoever calls hands over
what is to be compared. All raise ``ValidationError`` by field.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaign.models import Appointment, Branch, Campaign, Indicator, Level, Phase, Unit
from campaign.permissions import Permission, grants

RANK = {level: rank for rank, level in enumerate(Level.values)}
# What means nothing without an organisation to act in.
IN_A_BRANCH = (Permission.REPORT, Permission.LEAD_TEAMS)


def _overlap(begins: object, ends: object, other_begins: object, other_ends: object) -> bool:
    """Whether two spans of days share a day; None is open, the end is the first day after."""
    before = ends is None or other_begins is None or other_begins < ends  # type: ignore[operator]
    after = other_ends is None or begins is None or begins < other_ends  # type: ignore[operator]
    return before and after


def check_unit(unit: Unit, bearers: Iterable[Unit]) -> None:
    """Check a unit against its superior and against the ``bearers`` of its code."""
    problems: dict[str, str] = {}
    if unit.valid_to is not None and unit.valid_to <= unit.valid_from:
        problems["valid_to"] = _("Phải sau ngày có hiệu lực.")
    parent = unit.parent
    if parent is None:
        if unit.level != Level.PROVINCE:
            problems["parent"] = _("Chọn địa bàn cấp trên: chỉ cấp tỉnh không có cấp trên.")
    elif RANK.get(parent.level, 0) >= RANK.get(unit.level, 0):
        problems["parent"] = _("“%(name)s” không phải cấp trên của cấp này.") % {
            "name": parent.name
        }
    elif not _overlap(unit.valid_from, unit.valid_to, parent.valid_from, parent.valid_to):
        problems["parent"] = _("“%(name)s” không có hiệu lực trong thời gian của địa bàn này.") % {
            "name": parent.name
        }
    for other in bearers:
        # Equal is what has the same id; a unit that is not saved equals itself only.
        if other != unit and _overlap(
            unit.valid_from, unit.valid_to, other.valid_from, other.valid_to
        ):
            problems["code"] = _("Mã %(code)s thuộc “%(name)s” từ %(day)s.") % {
                "code": unit.code,
                "name": other.name,
                "day": f"{other.valid_from:%d/%m/%Y}",
            }
    if problems:
        raise ValidationError(problems)


def check_branch(branch: Branch, bearers: Iterable[Branch]) -> None:
    """Check a branch against its superiors and against the ``bearers`` of its code."""
    problems: dict[str, str] = {}
    for other in bearers:
        if other != branch and _overlap(
            branch.opened_on, branch.closed_on, other.opened_on, other.closed_on
        ):
            problems["code"] = _("Mã %(code)s đã thuộc “%(name)s”.") % {
                "code": branch.code,
                "name": other.name,
            }
    if branch.opened_on and branch.closed_on and branch.closed_on <= branch.opened_on:
        problems["closed_on"] = _("Phải sau ngày thành lập.")
    if is_below_itself(branch):
        problems["parent"] = _("“%(name)s” trực thuộc chính nó. Chọn lại cơ sở Đoàn cấp trên.") % {
            "name": branch.name
        }
    if problems:
        raise ValidationError(problems)


def is_below_itself(node: Branch) -> bool:
    """Whether one comes back to the node on the way up; new nodes have no id yet."""
    above, seen = node.parent, [node]
    while above is not None:
        if any(above is other or (above.pk and above.pk == other.pk) for other in seen):
            return True
        seen.append(above)
        above = above.parent
    return False


CODE_IS_FIXED = gettext_lazy("Chiến dịch đã công bố: mã chỉ số không đổi được nữa.")
SLUG_IS_FIXED = gettext_lazy("Chiến dịch đã công bố: tên ngắn trong địa chỉ không đổi được nữa.")


def check_campaign(campaign: Campaign) -> None:
    problems: dict[str, str] = {}
    if campaign.ends_on < campaign.starts_on:
        problems["ends_on"] = _("Phải từ ngày bắt đầu trở đi.")
    if campaign.due_at < campaign.opens_at:
        problems["due_at"] = _("Hạn nộp phải sau giờ mở nhận.")
    if campaign.editable_days == 0 and campaign.closes_at < campaign.due_at:
        problems["closes_at"] = _("Khóa sổ trong ngày thì phải sau hạn nộp.")
    if problems:
        raise ValidationError(problems)


def check_phase(phase: Phase, campaign: Campaign) -> None:
    """Check that a phase lies within its campaign; its blank rules are the campaign's."""
    problems: dict[str, str] = {}
    if phase.ends_on < phase.starts_on:
        problems["ends_on"] = _("Phải từ ngày bắt đầu trở đi.")
    span = {"first": f"{campaign.starts_on:%d/%m/%Y}", "last": f"{campaign.ends_on:%d/%m/%Y}"}
    for name in ("starts_on", "ends_on"):
        if not campaign.starts_on <= getattr(phase, name) <= campaign.ends_on:
            problems.setdefault(
                name, _("Đợt phải nằm trong chiến dịch: %(first)s – %(last)s.") % span
            )
    if (phase.due_at or campaign.due_at) < (phase.opens_at or campaign.opens_at):
        problems["due_at"] = _("Hạn nộp phải sau giờ mở nhận.")
    if problems:
        raise ValidationError(problems)


def check_appointment(appointment: Appointment, others: Iterable[Appointment]) -> None:
    branch, unit = appointment.branch, appointment.unit
    problems: dict[str, str] = {}
    if (branch is None) == (unit is None):
        problems["branch"] = _("Chọn một cơ sở Đoàn hoặc một địa bàn, không cả hai.")
    elif unit is not None and grants(appointment.role, *IN_A_BRANCH):
        problems["branch"] = _("Vai trò này gắn với một cơ sở Đoàn, không gắn với địa bàn.")
    ends_on = appointment.ends_on
    if ends_on is not None and ends_on < appointment.starts_on:
        problems["ends_on"] = _("Phải từ ngày bắt đầu trở đi.")
    for other in others:
        same = (other.role, other.branch_id, other.unit_id) == (
            appointment.role,
            branch.pk if branch else None,
            unit.pk if unit else None,
        )
        separate = (ends_on is not None and ends_on < other.starts_on) or (
            other.ends_on is not None and other.ends_on < appointment.starts_on
        )
        if other != appointment and same and not separate:
            problems["starts_on"] = _("Người này đã giữ vai trò này ở đây từ %(day)s.") % {
                "day": f"{other.starts_on:%d/%m/%Y}"
            }
    if problems:
        raise ValidationError(problems)


@dataclass(frozen=True)
class IndicatorDraft:
    """An indicator as it is to be: saved or only typed so far, its links by codes alone.

    With ``terms`` (code to factor) it is derived.
    """

    indicator: Indicator
    part_of: str = ""
    terms: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, indicator: Indicator) -> "IndicatorDraft":
        """Return the draft of a saved indicator (``terms__source`` is read)."""
        return cls(
            indicator,
            part_of=indicator.at_most.code if indicator.at_most else "",
            terms={term.source.code: term.factor for term in indicator.terms.all()},
        )

    @property
    def code(self) -> str:
        return self.indicator.code


def problems_of_indicators(drafts: Iterable[IndicatorDraft]) -> dict[str, dict[str, str]]:
    """Return what is wrong among all indicators of one campaign: code, field, text.

    The fields are ``code``, ``part_of``, ``terms``, ``required``, ``is_headline``,
    ``counts_people``, ``aggregation`` and ``next_step``.
    """
    listed = list(drafts)
    known = {draft.code: draft for draft in listed}
    counted = Counter(draft.code for draft in listed)
    headlines = [draft.code for draft in listed if draft.indicator.is_headline]
    found: dict[str, dict[str, str]] = {}
    for draft in listed:
        problems: dict[str, str] = {}
        if counted[draft.code] > 1:
            problems["code"] = _("Mã “%(code)s” có hai lần.") % {"code": draft.code}
        if draft.indicator.is_headline and len(headlines) > 1:
            problems["is_headline"] = _("Chỉ một chỉ số chính; đang đánh dấu: %(codes)s.") % {
                "codes": ", ".join(headlines)
            }
        if draft.indicator.counts_people and sum(d.indicator.counts_people for d in listed) > 1:
            problems["counts_people"] = _("Chỉ một chỉ số đếm lượt tham gia.")
        if draft.indicator.counts_people and draft.terms:
            problems["counts_people"] = _("Lượt tham gia được đếm, không tính từ chỉ số khác.")
        if draft.terms and draft.indicator.required:
            problems["required"] = _("Chỉ số được tính ra không nhập, nên không thể bắt buộc.")
        if draft.indicator.is_reason and _is_result(draft, listed):
            problems["next_step"] = _(
                "Lý do chưa làm được không phải kết quả: không bắt buộc, không phải chỉ số chính, "
                "không vào tệp gửi Công an, không tính từ hay là một phần của chỉ số khác."
            )
        if text := _wrong_aggregation(draft, listed):
            problems["aggregation"] = text
        if text := _wrong_part(draft, known):
            problems["part_of"] = text
        if text := _wrong_terms(draft, known):
            problems["terms"] = text
        if problems:
            found[draft.code] = problems
    return found


def _is_result(draft: IndicatorDraft, listed: Iterable[IndicatorDraft]) -> bool:
    row, code = draft.indicator, draft.code
    of_others = any(code in (other.part_of, *other.terms) for other in listed)
    marks = (row.required, row.is_headline, row.in_police_csv, row.counts_people, row.is_state)
    return bool(draft.part_of or draft.terms or of_others or any(marks))


def _wrong_aggregation(draft: IndicatorDraft, listed: Iterable[IndicatorDraft]) -> str:
    """Say which one adds up otherwise of those that it is measured by or made of, or they of it."""
    aggregation = draft.indicator.aggregation
    if draft.indicator.counts_people and draft.indicator.is_state:
        return _("Lượt tham gia được cộng các ngày.")
    for other in listed:
        is_tied = other.code in (draft.part_of, *draft.terms) or draft.code in (
            other.part_of,
            *other.terms,
        )
        if is_tied and other.indicator.aggregation != aggregation:
            return _("“%(code)s” liên quan đến chỉ số này mà có cách cộng khác.") % {
                "code": other.code
            }
    return ""


def _wrong_part(draft: IndicatorDraft, known: Mapping[str, IndicatorDraft]) -> str:
    if not draft.part_of:
        return ""
    whole = known.get(draft.part_of)
    if draft.terms:
        return _("Chỉ số được tính ra không thể là một phần của chỉ số khác.")
    if whole is None:
        return _("Chiến dịch không có chỉ số “%(code)s”.") % {"code": draft.part_of}
    if whole.terms:
        return _("“%(code)s” được tính ra, không nhập: chọn chỉ số khác.") % {"code": whole.code}
    passed = [draft.code]
    while whole is not None:
        if whole.code in passed:
            return _("Vòng tròn: %(codes)s.") % {"codes": " → ".join([*passed, whole.code])}
        passed.append(whole.code)
        whole = known.get(whole.part_of)
    return ""


def _wrong_terms(draft: IndicatorDraft, known: Mapping[str, IndicatorDraft]) -> str:
    for code in draft.terms:
        source = known.get(code)
        if source is None:
            return _("Chiến dịch không có chỉ số “%(code)s”.") % {"code": code}
        if source.terms:
            return _("“%(code)s” cũng được tính ra: chỉ cộng trừ các chỉ số nhập vào.") % {
                "code": code
            }
    return ""
