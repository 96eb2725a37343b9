"""Forms with which people come in."""

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, SetPasswordForm
from django.utils.translation import gettext_lazy as _


class SignInForm(AuthenticationForm):
    """Username or telephone number, and password."""

    username = forms.CharField(
        label=_("Tên đăng nhập hoặc số điện thoại"),
        max_length=150,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    password = forms.CharField(
        label=_("Mật khẩu"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    error_messages = {
        "invalid_login": _("Tên đăng nhập hoặc mật khẩu chưa đúng. Xem lại rồi thử lần nữa."),
        "inactive": _("Tài khoản này đã đóng. Hỏi Huyện Đoàn hoặc Tỉnh Đoàn để mở lại."),
    }


class NewPasswordForm(SetPasswordForm):  # type: ignore[type-arg]
    """A password, typed once: it can be shown, so nobody has to type it twice on a phone."""

    new_password1 = forms.CharField(
        label=_("Mật khẩu mới"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Ít nhất 8 ký tự, không chỉ gồm chữ số."),
    )
    new_password2 = None  # type: ignore[assignment]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = forms.Form.clean(self) or self.cleaned_data
        self.validate_password_for_user(self.user, "new_password1")
        return cleaned
