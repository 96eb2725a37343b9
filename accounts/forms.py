"""Forms with which people come in, and look after what lets them in."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm, SetPasswordForm
from django.core.exceptions import ValidationError
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.backends import account_key
from accounts.known_phones import guesses_of
from core.guesses import Guesses
from core.validators import clean_text


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
        "inactive": _("Tài khoản này đã đóng. Hỏi Đoàn cấp trên để mở lại."),
    }
    # For how long nothing is looked at, after too many wrong passwords.
    wait = 0

    def clean(self) -> dict[str, Any]:
        """Let Django check, unless whoever asks has to wait; count what was wrong."""
        name = self.cleaned_data.get("username", "")
        if not name or "password" not in self.cleaned_data:
            return self.cleaned_data
        request: Any = self.request
        self.guesses = guesses_of(request, account_key(name))
        self.wait = self.guesses.begin()
        if self.wait:
            return self.cleaned_data
        try:
            cleaned: dict[str, Any] = super().clean()
        except ValidationError:
            self.wait = self.guesses.wait()
            raise
        self.guesses.forgive()
        return cleaned

    def is_valid(self) -> bool:
        return super().is_valid() and not self.wait


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


class OwnPasswordForm(NewPasswordForm):
    """The same for somebody who is in already: whoever holds the phone has to know the old one."""

    old_password = forms.CharField(
        label=_("Mật khẩu đang dùng"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    field_order = ("old_password", "new_password1")

    def __init__(self, user: Any, data: Any, *, guesses: Guesses) -> None:
        super().__init__(user, data)
        self.guesses = guesses

    def clean_old_password(self) -> str:
        typed: str = self.cleaned_data["old_password"]
        if problem := too_early(self.guesses.begin()):
            raise ValidationError(problem)
        if not self.user.check_password(typed):
            raise ValidationError(_("Mật khẩu đang dùng chưa đúng. Xem lại rồi thử lần nữa."))
        self.guesses.forgive()
        return typed


def too_early(seconds: int) -> str:
    """Say for how long no guess is looked at; nothing where it is."""
    if not seconds:
        return ""
    return _("Đã nhập sai nhiều lần. Chờ %(minutes)s phút rồi thử lại.") % {
        "minutes": -(-seconds // 60)
    }


class TokenForm(forms.Form):
    """What a new API token is for, and for how long."""

    name = forms.CharField(
        label=_("Khóa dùng cho việc gì"),
        max_length=60,
        help_text=_("Ví dụ: Máy đối soát của Công an tỉnh."),
    )
    days = forms.TypedChoiceField(
        label=_("Dùng được"),
        coerce=int,
        choices=[(days, format_lazy("{} {}", days, _("ngày"))) for days in settings.TOKEN_DAYS],
    )

    def clean_name(self) -> str:
        return clean_text(self.cleaned_data["name"])


class CodeForm(forms.Form):
    """The first code of an app that is being set up."""

    code = forms.CharField(
        label=_("Mã 6 số trong ứng dụng"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )

    def clean_code(self) -> str:
        return self.cleaned_data["code"].replace(" ", "")  # type: ignore[no-any-return]


class ProofForm(forms.Form):
    """A code, or the password of whoever has no second factor."""

    typed = forms.CharField(max_length=500, strip=False)

    def __init__(self, *args: Any, has_factor: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["typed"]
        if has_factor:
            field.label = _("Mã 6 số trong ứng dụng, hoặc một mã giấy")
            attrs = {"autocomplete": "one-time-code", "autocapitalize": "none"}
            field.widget = forms.TextInput(attrs=attrs)
        else:
            field.label = _("Mật khẩu đang dùng")
            field.widget = forms.PasswordInput(attrs={"autocomplete": "current-password"})
