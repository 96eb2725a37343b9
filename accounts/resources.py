"""Accounts as a file. Nobody's rights come or go with it, and no password."""

from collections.abc import Hashable, Mapping
from typing import Any

from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.keys import end_keys
from accounts.login_index import LoginIndex
from accounts.models import User
from core.importing.import_row import ImportRow
from core.importing.resource import StrictResource
from core.importing.widgets import CodeWidget, Column, PhoneWidget, TextWidget, YesNoWidget


class UserResource(StrictResource):
    """Accounts, known by their username. New ones come in by invitation."""

    keys = ("username",)

    username = Column(
        "username",
        CodeWidget(),
        required=True,
        help=gettext_lazy("Tên đăng nhập, không dấu; có thể dùng số điện thoại."),
    )
    full_name = Column("full_name", TextWidget(), help=gettext_lazy("Họ và tên."))
    phone = Column(
        "phone", PhoneWidget(), help=gettext_lazy("Số điện thoại 10 chữ số; mỗi số một tài khoản.")
    )
    email = Column("email", CodeWidget(), help=gettext_lazy("Email; có thể để trống."))
    is_active = Column(
        "is_active", YesNoWidget(), help=gettext_lazy("“có” là tài khoản mở, “không” là đóng.")
    )

    class Meta:
        model = User

    def identity(self, values: Mapping[str, Any]) -> Hashable:
        """Return the username as sign-in compares it: capital or not is the same."""
        return str(values["username"]).casefold()

    def index_rows(self) -> None:
        after = {name: (user.username, user.phone) for name, user in self.known.items()}
        listed: set[str] = set()
        for row in self.rows:
            username = row.values.get("username")
            name = str(username).casefold()
            # Of two rows for one account the first counts; the second is refused.
            if username is not None and name not in listed:
                listed.add(name)
                phone = after[name][1] if name in after else None
                after[name] = (username, row.values.get("phone", phone))
        self.logins = LoginIndex(after.values())

    def after_writing(self, rows: list[ImportRow]) -> None:
        for row in rows:
            if not row.instance.is_active:
                end_keys(row.instance)

    def check(self, row: ImportRow) -> None:
        user: User = row.instance
        if (user.is_staff or user.is_superuser) and not self.actor.is_superuser:
            raise ValidationError(_("Tài khoản cán bộ quản trị: bạn không sửa được."))
        self.logins.check(user.username, user.phone)
        if user._state.adding:
            user.password = make_password(None)
