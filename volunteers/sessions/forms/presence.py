"""Forms of the pages about who comes, and of closing a session."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaign.count_fields import TWICE
from campaign.count_validation import parse_count
from core.validators import normalise_phone
from core.vietnamese import given_name
from volunteers.teams.validators import NAME_LENGTH, clean_name

# More ids than any list of people has, and longer than any id is.
MOST_PEOPLE, LONGEST_ID = 2000, 12


class PhoneField(forms.CharField):
    """A telephone number, typed on a phone."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"inputmode": "tel", "autocomplete": "tel"}
        kwargs.setdefault("label", gettext_lazy("Số điện thoại của bạn"))
        kwargs.setdefault("error_messages", {"required": gettext_lazy("Nhập số điện thoại.")})
        super().__init__(widget=forms.TextInput(attrs=attrs), **kwargs)

    def clean(self, value: Any) -> str:
        """Return the number as it is kept; blank where it may be blank."""
        typed: str = super().clean(value)
        return normalise_phone(typed) if typed else ""


class GuestForm(forms.Form):
    """Who is there: the telephone number, and the given name that goes with it."""

    phone = PhoneField()
    name = forms.CharField(
        label=gettext_lazy("Tên của bạn"),
        help_text=gettext_lazy("Đã ở trong tổ thì tên là đủ: Hà. Mới đến thì ghi cả họ và tên."),
        max_length=NAME_LENGTH,
        error_messages={"required": gettext_lazy("Nhập tên của bạn.")},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )

    def clean_name(self) -> str:
        """Return the name on one line; some given name is in it."""
        name = clean_name(self.cleaned_data["name"])
        if not given_name(name):
            raise ValidationError(_("Nhập tên của bạn."))
        return name


class TicksForm(forms.Form):
    """A list of people, ticked: ``was`` are those ticked when the page was shown."""

    was = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        data = self.data
        ticked = data.getlist("on") if isinstance(data, QueryDict) else data.get("on", [])
        try:
            on, was = ids_of(ticked), ids_of((self.data.get("was") or "").split(","))
        except ValueError as error:
            raise ValidationError(
                _("Trang này thiếu dữ liệu. Tải lại trang rồi chọn lại.")
            ) from error
        return {**self.cleaned_data, "on": on - was, "off": was - on}


class PeopleForm(TicksForm):
    """The list of a session, ticked, and who is called by number."""

    phone = PhoneField(
        label=gettext_lazy("Thêm người bằng số điện thoại"),
        required=False,
        help_text=gettext_lazy("Số điện thoại của người đó."),
    )
    full_name = forms.CharField(
        label=gettext_lazy("Họ và tên, nếu là người mới"),
        required=False,
        max_length=NAME_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean(self) -> dict[str, Any]:
        """Ask for the number that goes with a name."""
        cleaned = super().clean()
        if cleaned.get("full_name") and not cleaned.get("phone") and "phone" not in self.errors:
            self.add_error("phone", _("Ghi số điện thoại của người mới."))
        return cleaned


class WalkInForm(forms.Form):
    """Somebody who waits, as the leader confirms them: number and name may be corrected."""

    full_name = forms.CharField(
        label=gettext_lazy("Họ và tên"),
        max_length=NAME_LENGTH,
        error_messages={"required": gettext_lazy("Ghi họ và tên.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    phone = PhoneField(label=gettext_lazy("Số điện thoại"))


def ids_of(texts: list[str]) -> set[int]:
    """Return the ids in some texts, blanks left out; ``ValueError`` for what is none."""
    found = [text for text in texts if text]
    if len(found) > MOST_PEOPLE or any(
        not (text.isascii() and text.isdigit() and len(text) <= LONGEST_ID) for text in found
    ):
        raise ValueError("not ids")
    return {int(text) for text in found}


class CloseForm(forms.Form):
    """What closing asks for besides the counts."""

    base_version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)
    headcount = forms.CharField(
        label=gettext_lazy("Người tham gia không ghi tên"),
        required=False,
        help_text=gettext_lazy(
            "Của đơn vị phối hợp, không có trong danh sách. Không có thì để trống."
        ),
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "off", "placeholder": "–"}
        ),
    )

    def clean_headcount(self) -> int:
        """Read the number; blank is nobody."""
        return parse_count(self.cleaned_data["headcount"]) or 0

    def clean(self) -> dict[str, Any]:
        """Say what to do about a hidden field that is missing, and about fields sent twice."""
        if "base_version" in self.errors:
            self.add_error(None, _("Trang này thiếu dữ liệu. Mở lại trang rồi nhập lại."))
        for name in self.fields:
            if isinstance(self.data, QueryDict) and len(self.data.getlist(name)) > 1:
                self.add_error(None if name == "base_version" else name, TWICE)
        return self.cleaned_data
