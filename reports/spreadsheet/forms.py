"""What is typed on the page of files of counts."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaign.models import Campaign
from core.form_fields import DayField


class TemplateForm(forms.Form):
    """The days that a template asks for."""

    first = DayField(label=gettext_lazy("Từ ngày"))
    last = DayField(label=gettext_lazy("Đến ngày"))

    def __init__(self, campaign: Campaign, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.campaign = campaign

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last and first > last:
            raise ValidationError({"last": _("Ngày cuối phải sau ngày đầu.")})
        campaign = self.campaign
        if first and last and (last < campaign.starts_on or first > campaign.ends_on):
            raise ValidationError(
                {
                    "first": _("Chiến dịch diễn ra từ %(first)s đến %(last)s.")
                    % {
                        "first": f"{campaign.starts_on:%d/%m/%Y}",
                        "last": f"{campaign.ends_on:%d/%m/%Y}",
                    }
                }
            )
        return cleaned
