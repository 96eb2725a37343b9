"""The address for reminders."""

from django import forms
from django.utils.translation import gettext_lazy as _


class EmailForm(forms.Form):
    email = forms.EmailField(
        label=_("Email"),
        required=False,
        max_length=254,
        help_text=_(
            "Chỉ để nhắc báo cáo, gửi báo cáo nhanh. Xóa trắng rồi lưu là thôi không nhận nữa."
        ),
        error_messages={
            "invalid": _("Email viết như ten@gmail.com. Xem lại dấu @ và phần sau nó."),
            "max_length": _("Email dài quá 254 ký tự. Xem lại giúp nhé."),
        },
        widget=forms.EmailInput(
            attrs={"autocomplete": "email", "inputmode": "email", "spellcheck": "false"}
        ),
    )
