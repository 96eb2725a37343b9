"""Forms of setting up."""

import datetime as dt
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaign.setup.by_hand import read_lines, words_of
from campaign.setup.campaign_templates import campaign_templates
from campaign.setup.territory import provinces
from core.clock import today
from core.form_fields import DayField
from core.lazy_module import lazy_module
from core.models import Portal
from core.validators import clean_text

if TYPE_CHECKING:
    from core import emblem
else:
    emblem = lazy_module("core.emblem")


CHOOSE = gettext_lazy("Chưa chọn.")
REQUIRED = {"required": gettext_lazy("Chưa nhập ô này.")}


class PortalForm(forms.ModelForm):  # type: ignore[type-arg]
    picture = forms.FileField(
        label=gettext_lazy("Biểu trưng"),
        help_text=gettext_lazy("Ảnh vuông PNG, JPEG hoặc WebP, tới 500 kB. Trống: giữ nguyên."),
        required=False,
    )
    without_picture = forms.BooleanField(
        label=gettext_lazy("Bỏ biểu trưng, dùng ngôi sao"), required=False
    )

    class Meta:
        model = Portal
        fields = ("name", "contact")
        help_texts = {
            "name": gettext_lazy("Hiện ở đầu mọi trang và trên điện thoại, ví dụ “Thanh niên số”."),
            "contact": gettext_lazy(
                "Bộ phận giúp khi vướng, số điện thoại cơ quan. Hiện cuối mọi trang."
            ),
        }
        error_messages = {"name": {"required": gettext_lazy("Chưa nhập tên cổng.")}}

    def clean_name(self) -> str:
        return clean_text(self.cleaned_data["name"])

    def clean_contact(self) -> str:
        return clean_text(self.cleaned_data["contact"])

    def clean_picture(self) -> bytes | None:
        """Return the picture as it is stored, or None where none was chosen."""
        file = self.cleaned_data["picture"]
        return emblem.read_emblem(file.read(emblem.MOST_BYTES + 1)) if file else None

    def clean(self) -> dict[str, Any] | None:
        """Ask where a picture is both sent and taken away."""
        if self.cleaned_data.get("picture") and self.cleaned_data["without_picture"]:
            text = _("Vừa chọn ảnh vừa bỏ biểu trưng. Chọn một trong hai.")
            raise ValidationError({"picture": text})
        return super().clean()


class ProvinceForm(forms.Form):
    province = forms.ChoiceField(
        label=gettext_lazy("Tỉnh, thành phố"),
        error_messages={"required": CHOOSE, "invalid_choice": CHOOSE},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups: dict[str, list[tuple[str, str]]] = {}
        for province in provinces().values():
            groups.setdefault(str(province.units.label), []).append((province.key, province.name))
        field: Any = self.fields["province"]
        field.choices = [("", _("Chọn")), *groups.items()]


class ByHandForm(forms.Form):
    """A province typed in; the words of its levels are its own."""

    top = forms.CharField(
        label=gettext_lazy("Tên đủ của tỉnh, thành phố"),
        help_text=gettext_lazy("Có loại đứng trước, ví dụ “Tỉnh Tân Tiến”."),
        max_length=200,
        error_messages=REQUIRED,
    )
    middle = forms.CharField(
        label=gettext_lazy("Cấp giữa gọi là"),
        help_text=gettext_lazy("Cách nhau bằng dấu phẩy. Trống nếu dưới tỉnh là xã ngay."),
        max_length=200,
        required=False,
    )
    lowest = forms.CharField(
        label=gettext_lazy("Cấp báo cáo gọi là"),
        help_text=gettext_lazy("Cách nhau bằng dấu phẩy."),
        initial="xã, phường",
        max_length=200,
        error_messages=REQUIRED,
    )
    valid_from = DayField(
        label=gettext_lazy("Có từ ngày"),
        help_text=gettext_lazy("Không sau ngày đầu của chiến dịch đầu tiên."),
        error_messages=REQUIRED,
    )
    lines = forms.CharField(
        label=gettext_lazy("Các đơn vị"),
        help_text=gettext_lazy(
            "Mỗi dòng một đơn vị, loại đứng trước: “Xã Tân Tiến”. Có cấp giữa thì ghi đơn vị cấp "
            "giữa, rồi các đơn vị dưới nó. Có mã thì ghi sau dấu phẩy; không thì cổng đánh số."
        ),
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false"}),
        max_length=100_000,
        error_messages=REQUIRED,
    )

    def clean_top(self) -> str:
        return clean_text(self.cleaned_data["top"])

    def clean_valid_from(self) -> dt.date:
        day: dt.date = self.cleaned_data["valid_from"]
        if day > today():
            raise ValidationError(_("Chưa đến ngày này."))
        return day

    def clean_middle(self) -> tuple[str, ...]:
        return words_of(self.cleaned_data["middle"])

    def clean_lowest(self) -> tuple[str, ...]:
        return words_of(self.cleaned_data["lowest"])

    def clean(self) -> dict[str, Any]:
        """Read the lines by the words of the levels."""
        given = self.cleaned_data
        if {"middle", "lowest", "lines"} <= given.keys():
            try:
                given["units"] = read_lines(given["lines"], given["middle"], given["lowest"])
            except ValidationError as error:
                self.add_error("lines", error)
        return given


class CampaignForm(forms.Form):
    """A campaign to begin with; its days are those of the template unless they are changed."""

    template = forms.ChoiceField(
        label=gettext_lazy("Mẫu"),
        widget=forms.RadioSelect,
        error_messages={"required": CHOOSE, "invalid_choice": CHOOSE},
    )
    name = forms.CharField(
        label=gettext_lazy("Tên chiến dịch"),
        help_text=gettext_lazy("Trống: lấy tên của mẫu."),
        max_length=200,
        required=False,
    )
    slug = forms.SlugField(
        label=gettext_lazy("Tên ngắn trong địa chỉ"),
        help_text=gettext_lazy("Chữ không dấu, số, gạch nối. Ví dụ: he-2026."),
        error_messages={
            "required": gettext_lazy("Chưa nhập ô này."),
            "invalid": gettext_lazy("Chỉ dùng chữ không dấu, chữ số và gạch nối."),
        },
        max_length=50,
    )
    starts_on = DayField(label=gettext_lazy("Ngày bắt đầu"))
    ends_on = DayField(
        label=gettext_lazy("Ngày kết thúc"),
        help_text=gettext_lazy("Trống: theo số ngày của mẫu."),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["template"]
        field.choices = [(one.slug, one.name) for one in campaign_templates()]

    def clean_name(self) -> str:
        return clean_text(self.cleaned_data["name"])

    def clean(self) -> dict[str, Any]:
        """Fill in from the template what was left blank."""
        given = self.cleaned_data
        by_slug = {one.slug: one for one in campaign_templates()}
        template = by_slug.get(given.get("template", ""))
        if template and given.get("starts_on"):
            last = given["starts_on"] + dt.timedelta(days=template.days - 1)
            given["ends_on"] = given.get("ends_on") or last
            given["name"] = given.get("name") or template.name
        given["template"] = template
        return given
