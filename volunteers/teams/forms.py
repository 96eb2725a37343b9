"""Forms about teams and their members."""

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from campaign.forms import CHOOSE, REQUIRED
from campaign.models import Branch, BranchKind, Level, Unit
from core.clock import today
from core.number_parsing import parse_whole
from core.validators import normalise_phone
from volunteers.teams.models import TEAM_KINDS, Affiliation, MemberRole, Team, TeamKind
from volunteers.teams.services import may_run
from volunteers.teams.validators import TEAM_NAME_LENGTH, check_birth_year, clean_name

UNKNOWN = {**CHOOSE, "invalid_choice": gettext_lazy("Chọn lại trong danh sách.")}
LONG = {"max_length": gettext_lazy("Dài quá %(limit_value)d ký tự. Viết ngắn lại.")}


class OptionalDayField(forms.DateField):
    """A day, as ``<input type="date">`` sends it or as people type it; may be blank."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            required=False,
            input_formats=["%Y-%m-%d", "%d/%m/%Y"],
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            error_messages={"invalid": gettext_lazy("Không có ngày này. Ghi như 20/06/2023.")},
            **kwargs,
        )

    def to_python(self, value: Any) -> dt.date | None:
        day = super().to_python(value)
        if day is not None and not 1930 <= day.year <= 2200:
            raise ValidationError(
                _("Năm %(year)s không hợp lý. Xem lại ngày.") % {"year": day.year}
            )
        return day


class TeamForm(forms.Form):
    """A team. Where there is but one place or one branch to choose, it is not asked."""

    name = forms.CharField(
        label=gettext_lazy("Tên tổ"),
        error_messages={**REQUIRED, **LONG},
        max_length=TEAM_NAME_LENGTH,
        help_text=gettext_lazy("Ví dụ: Tổ công nghệ số cộng đồng xóm 5"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Loại tổ"), choices=TEAM_KINDS.offered, error_messages=UNKNOWN
    )
    unit: Any = forms.ModelChoiceField(
        label=gettext_lazy("Địa bàn"), queryset=None, error_messages=UNKNOWN, empty_label="–"
    )
    branch: Any = forms.ModelChoiceField(
        label=gettext_lazy("Cơ sở Đoàn quản lý"),
        queryset=None,
        required=False,
        error_messages=UNKNOWN,
        empty_label=gettext_lazy("Đoàn Thanh niên ở địa bàn đó"),
    )
    founded_on = OptionalDayField(label=gettext_lazy("Ngày thành lập"))
    dissolved_on = OptionalDayField(
        label=gettext_lazy("Giải thể từ ngày"),
        help_text=gettext_lazy("Ngày đầu tiên không còn tổ. Để trống nếu đang hoạt động."),
    )

    def __init__(self, actor: User, team: Team | None, data: Any = None) -> None:
        initial: dict[str, Any] = {"kind": TeamKind.COMMUNITY}
        if team is not None:
            initial = {name: getattr(team, name) for name in self.base_fields}
        super().__init__(data, initial=initial)
        if team is None:
            del self.fields["dissolved_on"]
        units = Unit.objects.visible_to(actor).on(today()).exclude(level=Level.HAMLET)
        branches = Branch.objects.visible_to(actor).on(today()).select_related("home_unit")
        if team is not None:
            units = units | Unit.objects.visible_to(actor).filter(pk=team.unit_id)
        self.actor = actor
        self.single: dict[str, Any] = {}
        self._offer("unit", units.order_by("depth", "sort_key", "pk"))
        self._offer("branch", branches.order_by("depth", "sort_key", "pk"))

    def _offer(self, name: str, rows: Any) -> None:
        first = list(rows[:2])
        field: Any = self.fields[name]
        field.queryset = rows
        if len(first) == 1:
            self.single[name] = first[0]
            del self.fields[name]

    def clean_name(self) -> str:
        return clean_name(self.cleaned_data["name"], TEAM_NAME_LENGTH)

    def clean(self) -> dict[str, Any]:
        """Add what was not asked; without a branch the Youth Union at home there is meant."""
        cleaned: dict[str, Any] = {**self.cleaned_data, **self.single}
        cleaned.setdefault("dissolved_on", None)
        unit = cleaned.get("unit")
        if unit is None or "branch" in self.errors:
            return cleaned
        at_home = Branch.objects.visible_to(self.actor).filter(
            home_unit=unit, kind=BranchKind.YOUTH_UNION
        )
        cleaned["branch"] = cleaned.get("branch") or at_home.order_by("depth", "pk").first()
        if cleaned["branch"] is None:
            self.add_error("branch", _("Ở đó chưa có Đoàn Thanh niên. Chọn cơ sở Đoàn quản lý tổ."))
        elif not may_run(self.actor, branch=cleaned["branch"], unit=unit):
            self.add_error(
                "branch" if "branch" in self.fields else None,
                _("Bạn không quản lý tổ của cơ sở Đoàn này ở đó. Chọn cơ sở Đoàn khác."),
            )
        return cleaned


class MemberForm(forms.Form):
    full_name = forms.CharField(
        label=gettext_lazy("Họ và tên"),
        error_messages={**REQUIRED, **LONG},
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "words"}),
    )
    phone = forms.CharField(
        label=gettext_lazy("Số điện thoại"),
        required=False,
        max_length=30,
        error_messages=LONG,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    role = forms.ChoiceField(
        label=gettext_lazy("Vai trò"), choices=MemberRole.choices, error_messages=UNKNOWN
    )
    affiliation = forms.ChoiceField(
        label=gettext_lazy("Thuộc đoàn thể"), choices=Affiliation.choices, error_messages=UNKNOWN
    )
    birth_year = forms.CharField(
        label=gettext_lazy("Năm sinh"),
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    joined_on = OptionalDayField(label=gettext_lazy("Tham gia từ ngày"))
    left_on = OptionalDayField(
        label=gettext_lazy("Thôi từ ngày"),
        help_text=gettext_lazy("Ngày đầu tiên không còn trong tổ. Để trống nếu đang tham gia."),
    )

    def __init__(self, *args: Any, is_new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_new:
            self.initial = {
                "role": MemberRole.MEMBER,
                "affiliation": Affiliation.YOUTH_UNION,
                **(self.initial or {}),
            }
            del self.fields["left_on"]

    def clean_full_name(self) -> str:
        return clean_name(self.cleaned_data["full_name"])

    def clean_phone(self) -> str | None:
        """Write the number in one way; none is None."""
        phone = self.cleaned_data["phone"]
        return normalise_phone(phone) if phone else None

    def clean_birth_year(self) -> int | None:
        year = parse_whole(self.cleaned_data["birth_year"], most=9999)
        return None if year is None else check_birth_year(year)
