"""The form on which a session is planned or changed, and the one to cancel it."""

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaign.count_fields import TWICE
from campaign.count_validation import Errors
from campaign.models import Branch, Unit
from core.form_fields import CheckboxGroup, DayField, HourField, parse_days
from core.number_parsing import parse_whole
from core.templatetags.formatting import WEEKDAYS
from core.validators import NOTE_LENGTH, clean_note, clean_text
from volunteers.sessions.forms.series import SeriesQuestion
from volunteers.sessions.models import POINT_KINDS, SupportSession
from volunteers.sessions.recurrence import CODES
from volunteers.sessions.selectors.series import SeriesLeft
from volunteers.sessions.services.session_validation import LOCATION_LENGTH, Plan
from volunteers.sessions.services.sessions import MOST_VOLUNTEERS
from volunteers.teams.models import Team

NONE, WEEKLY, DAILY = "", "weekly", "daily"
REPEATS = (
    (NONE, gettext_lazy("Không lặp lại")),
    (WEEKLY, gettext_lazy("Hằng tuần")),
    (DAILY, gettext_lazy("Hằng ngày")),
)
HELPERS = ("teams", "partners", "planned_volunteers", "capacity", "note")
SERIES = ("repeat", "weekdays", "until", "but")
UNKNOWN = gettext_lazy("Có mục không còn trong danh sách. Chọn lại.")
LOST = gettext_lazy("Trang này thiếu dữ liệu. Tải lại trang rồi sửa lại.")


def _offered() -> list[tuple[str, Any]]:
    return [("", gettext_lazy("Chọn loại điểm")), *POINT_KINDS.offered()]


class OccasionForm(forms.Form):
    """Where one meets, on which day, at what hours."""

    place = forms.CharField(
        label=gettext_lazy("Tên điểm hỗ trợ"),
        max_length=LOCATION_LENGTH,
        error_messages={
            "required": gettext_lazy("Ghi tên điểm hỗ trợ. Ví dụ: Nhà văn hóa xóm 5."),
            "max_length": gettext_lazy("Dài quá %(limit_value)s ký tự. Viết ngắn lại."),
        },
        widget=forms.TextInput(attrs={"list": "places", "autocomplete": "off"}),
    )
    date = DayField(
        label=gettext_lazy("Ngày"), error_messages={"required": gettext_lazy("Chọn ngày.")}
    )
    begins_at = HourField(
        label=gettext_lazy("Bắt đầu"),
        error_messages={"required": gettext_lazy("Nhập giờ bắt đầu.")},
    )
    ends_at = HourField(
        label=gettext_lazy("Kết thúc"),
        error_messages={"required": gettext_lazy("Nhập giờ kết thúc.")},
    )

    def clean_place(self) -> str:
        return clean_text(self.cleaned_data["place"])


class PlanForm(OccasionForm, SeriesQuestion):
    """One session, or with ``repeat`` a series.

    ``units`` are the communes to choose from where the host is at home in a wider unit.
    For a session that stands there is ``base_version``, and instead of the fields of a series
    the question how much is ``left`` of its own is meant.
    """

    field_order = ("reach", "with_own", "unit", "place_kind")

    base_version = forms.IntegerField(
        widget=forms.HiddenInput,
        min_value=0,
        max_value=2**31 - 1,
        error_messages={"required": LOST},
    )
    unit = forms.ChoiceField(
        label=gettext_lazy("Xã, phường"),
        error_messages={
            "required": gettext_lazy("Chọn địa bàn có buổi hỗ trợ."),
            "invalid_choice": gettext_lazy("Chọn một địa bàn trong danh sách."),
        },
    )
    place_kind = forms.ChoiceField(
        label=gettext_lazy("Loại điểm"),
        choices=_offered,
        error_messages={
            "required": gettext_lazy("Chọn loại điểm."),
            "invalid_choice": gettext_lazy("Chọn loại điểm trong danh sách."),
        },
    )
    teams = forms.MultipleChoiceField(
        label=gettext_lazy("Các tổ"),
        required=False,
        widget=CheckboxGroup,
        error_messages={"invalid_choice": UNKNOWN},
    )
    partners = forms.MultipleChoiceField(
        label=gettext_lazy("Đơn vị phối hợp"),
        required=False,
        widget=CheckboxGroup,
        error_messages={"invalid_choice": UNKNOWN},
    )
    planned_volunteers = forms.CharField(
        label=gettext_lazy("Số người dự kiến"),
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    capacity = forms.CharField(
        label=gettext_lazy("Nhận nhiều nhất"),
        required=False,
        help_text=gettext_lazy(
            "Ai đăng ký thêm thì vào danh sách chờ. Để trống là không giới hạn."
        ),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    note = forms.CharField(
        label=gettext_lazy("Ghi chú"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=NOTE_LENGTH,
        error_messages={
            "max_length": gettext_lazy("Dài quá %(limit_value)s ký tự. Viết ngắn lại.")
        },
    )
    repeat = forms.ChoiceField(
        label=gettext_lazy("Lặp lại"),
        required=False,
        choices=REPEATS,
        error_messages={"invalid_choice": gettext_lazy("Chọn một cách trong danh sách.")},
    )
    weekdays = forms.MultipleChoiceField(
        label=gettext_lazy("Vào các thứ"),
        required=False,
        choices=list(zip(CODES, WEEKDAYS, strict=True)),
        widget=CheckboxGroup,
        error_messages={"invalid_choice": UNKNOWN},
        help_text=gettext_lazy("Để trống là cùng thứ với ngày đầu."),
    )
    until = DayField(
        label=gettext_lazy("Đến hết ngày"),
        required=False,
        help_text=gettext_lazy("Để trống là đến hết chiến dịch."),
    )
    but = forms.CharField(
        label=gettext_lazy("Trừ những ngày"),
        required=False,
        max_length=2000,
        help_text=gettext_lazy("Ví dụ: 25/06, 02/07."),
    )

    def __init__(
        self,
        data: Any = None,
        *,
        initial: dict[str, Any],
        units: list[Unit] | None,
        teams: list[Team],
        partners: list[Branch],
        left: SeriesLeft | None = None,
    ) -> None:
        super().__init__(data, initial=initial)
        self.ask_about(left)
        if units is None:
            del self.fields["unit"]
        else:
            blank = ("", _("Chọn địa bàn"))
            choices = [blank, *((unit.code, unit.name) for unit in units)]
            self.fields["unit"].choices = choices  # type: ignore[attr-defined]
        if "base_version" in initial:
            for name in SERIES:
                del self.fields[name]
        else:
            del self.fields["base_version"]
        choices_of: Any = self.fields
        choices_of["teams"].choices = [(str(team.pk), team.name) for team in teams]
        choices_of["partners"].choices = [(branch.code, branch.name) for branch in partners]

    def clean_note(self) -> str:
        return clean_note(self.cleaned_data["note"])

    def clean_planned_volunteers(self) -> int | None:
        return parse_whole(self.cleaned_data["planned_volunteers"], most=MOST_VOLUNTEERS)

    def clean_capacity(self) -> int | None:
        return parse_whole(self.cleaned_data["capacity"], most=MOST_VOLUNTEERS)

    def clean(self) -> dict[str, Any]:
        values = self.cleaned_data
        day = values.get("date")
        if "but" in values:
            try:
                values["but"] = parse_days(values["but"], day.year if day else dt.date.max.year)
            except ValidationError as error:
                self.add_error("but", error)
        if not values.get("repeat") and self._says_days():
            self.add_error(
                "repeat", _("Chọn hằng tuần hoặc hằng ngày, hay xóa thứ, ngày cuối và ngày nghỉ.")
            )
        sent = self.data.getlist if isinstance(self.data, QueryDict) else lambda name: [name]
        for name, field in self.fields.items():
            if len(sent(name)) > 1 and not isinstance(field, forms.MultipleChoiceField):
                self.add_error(None if name == "base_version" else name, TWICE)
        if "base_version" in self.errors:
            self.add_error(None, LOST)
        return values

    def _says_days(self) -> bool:
        """Whether a series was described; its last day alone stands in the form from the first."""
        given = self.cleaned_data
        is_new = given.get("until") != self.initial.get("until")
        return bool(given.get("weekdays") or given.get("but") or (is_new and given.get("until")))

    @property
    def has_helpers(self) -> bool:
        return any(self[name].errors or self[name].value() for name in HELPERS)

    @property
    def has_series(self) -> bool:
        names = [name for name in SERIES if name in self.fields]
        is_asked = any(self[name].value() for name in names if name != "until")
        return is_asked or any(self[name].errors for name in names)

    def plan(self, campaign: str, branch: str) -> Plan:
        values = dict(self.cleaned_data)
        for name in ("base_version", "reach", "with_own"):
            values.pop(name, None)
        repeat, weekdays = values.pop("repeat", NONE), values.pop("weekdays", [])
        day: dt.date = values["date"]
        if repeat == WEEKLY:
            chosen = weekdays or [CODES[day.weekday()]]
            values["rule"] = "FREQ=WEEKLY;BYDAY=" + ",".join(chosen)
        elif repeat == DAILY:
            by_day = ";BYDAY=" + ",".join(weekdays) if weekdays else ""
            values["rule"] = f"FREQ=DAILY{by_day}"
        values["teams"] = [int(pk) for pk in values["teams"]]
        return Plan(campaign=campaign, branch=branch, **values)

    def go_on_from(self, current: SupportSession) -> None:
        """Let what was typed be the change of a version that came meanwhile."""
        data: Any = self.data.copy()  # type: ignore[attr-defined]
        data["base_version"] = str(current.version)
        self.data = data

    def assign_errors(self, errors: Errors) -> None:
        for name, wording in errors.items():
            target = "repeat" if name == "rule" else name
            # Of a plan no error is by indicator.
            self.add_error(
                target if target in self.fields else None, ValidationError(list(wording))
            )


def values_of(session: SupportSession) -> dict[str, Any]:
    return {
        "unit": session.unit.code,
        "place_kind": session.place_kind,
        "place": session.place,
        "date": session.date,
        "begins_at": session.begins_at,
        "ends_at": session.ends_at,
        "teams": [str(team.pk) for team in session.teams.all()],
        "partners": [branch.code for branch in session.partners.all()],
        "planned_volunteers": session.planned_volunteers,
        "capacity": session.capacity,
        "note": session.note,
    }


def ids_of(texts: list[str]) -> set[int]:
    """Return those of some texts that are ids; the others are for the form to refuse."""
    return {int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 10}


class CancelForm(SeriesQuestion):
    """Why a session is called off, and how many of its series."""

    reason = forms.CharField(
        label=gettext_lazy("Lý do hủy"),
        help_text=gettext_lazy("Các tổ và người dân sẽ đọc. Không ghi tên, số điện thoại."),
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": gettext_lazy("Ghi lý do hủy để các tổ và người dân biết.")},
    )

    def __init__(self, data: Any = None, *, left: SeriesLeft | None = None) -> None:
        super().__init__(data)
        self.ask_about(left)

    def clean(self) -> dict[str, Any]:
        if isinstance(self.data, QueryDict) and len(self.data.getlist("reason")) > 1:
            self.add_error("reason", TWICE)
        return self.cleaned_data
