"""Secretaries as a file: who answers for which branch, by name and number.

Accounts that are not there yet are made with the rows; nobody's rights beyond this appointment
come with them, and nobody gets a password: they are invited.
"""

from collections import defaultdict
from collections.abc import Hashable, Mapping
from typing import Any

from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from campaign.models import Appointment, Branch
from campaign.permissions import Permission, Role, grants_only
from campaign.scopes import scope_of
from campaign.services.appointments import note_given
from core.clock import today
from core.importing.import_row import ImportRow
from core.importing.resource import StrictResource
from core.importing.widgets import Column, PhoneWidget, TextWidget
from core.querysets import scoped
from core.vietnamese import bare_name, fold

ALIASES = {
    "full_name": "Họ tên | Bí thư | Họ và tên bí thư | Họ tên bí thư | Người báo cáo | Name",
    "phone": "SĐT | Điện thoại | Số ĐT | ĐT | Di động | Số Zalo | Zalo | Phone",
    "branch": (
        "Mã cơ sở Đoàn | Đơn vị | Tên đơn vị | Xã | Phường | Xã phường | Xã, phường | Tên xã | "
        "Mã | Mã xã | Đoàn cơ sở | Branch"
    ),
}


class BranchNames:
    """Branches by code, by their name and by that of their home, with or without marks."""

    def __init__(self, actor: Any) -> None:
        self.named: dict[str, list[Branch]] = defaultdict(list)
        branches = scoped(actor, Branch.objects.on(today()))
        for branch in branches.select_related("home_unit", "parent"):
            unit = branch.home_unit
            names = {branch.code, branch.name}
            if branch.reports_daily and branch.kind == "youth_union":
                names |= {unit.code, unit.name, bare_name(unit.name)}
            for name in {fold(name) for name in names}:
                self.named[name].append(branch)

    def get(self, text: str) -> Branch:
        """Return the one that a cell names; raise ``ValidationError`` for none and for several."""
        found = self.named.get(fold(" ".join(text.split())), [])
        if len(found) == 1:
            return found[0]
        if found:
            codes = ", ".join(sorted(branch.code for branch in found))
            text = _("Có nhiều cơ sở Đoàn tên này: %(codes)s. Ghi mã.") % {"codes": codes[:120]}
            raise ValidationError(text)
        raise ValidationError(_("Không có cơ sở Đoàn “%(text)s”.") % {"text": text[:60]})


class SecretaryResource(StrictResource):
    """Secretaries in office, known by telephone number and branch."""

    keys = ("user", "branch")
    related = ("user", "branch__home_unit")
    references = {"branch": BranchNames}
    telling = ("phone", "branch")
    aliases = ALIASES

    full_name = Column(
        "user__full_name",
        TextWidget(),
        required=True,
        help=gettext_lazy("Họ và tên bí thư."),
        column_name="Họ và tên",
    )
    phone = Column(
        "user__phone",
        PhoneWidget(),
        required=True,
        help=gettext_lazy("Số điện thoại, cũng là tên đăng nhập. Mỗi số một người."),
        column_name="Số điện thoại",
    )
    branch = Column(
        "branch__code",
        TextWidget(),
        required=True,
        help=gettext_lazy("Mã hoặc tên cơ sở Đoàn, hoặc tên xã, phường."),
        column_name="Cơ sở Đoàn",
    )

    class Meta:
        model = Appointment

    def stored_rows(self) -> models.QuerySet[Appointment]:
        owned = Appointment.objects.on(today()).filter(role=Role.SECRETARY)
        return owned.select_related(*self.related)

    def index_rows(self) -> None:
        phones = {row.values["phone"] for row in self.rows if row.values.get("phone")}
        self.accounts = {user.phone: user for user in User.objects.filter(phone__in=phones)}
        named = User.objects.filter(username__in=phones)
        self.names = set(named.values_list("username", flat=True))
        self.owned: dict[int, list[Appointment]] = defaultdict(list)
        owned = Appointment.objects.not_ended(today()).filter(user__phone__in=phones)
        for appointment in owned.select_related("branch__home_unit", "unit"):
            self.owned[appointment.user_id].append(appointment)

    def identity(self, values: Mapping[str, Any]) -> Hashable:
        """Return the keys of person and branch; somebody new is known by the number."""
        return values["user"].phone, values["branch"].pk

    def resolve_references(self, row: ImportRow) -> dict[str, Any]:
        """Find branch and person; somebody new is made, once for all rows of the number."""
        branch = self.find("branch", row.values["branch"])
        name, phone = row.values["full_name"], row.values["phone"]
        user = self.accounts.get(phone)
        if user is None:
            if phone in self.names:
                raise ValidationError({"phone": _("Số này là tên đăng nhập của người khác.")})
            user = User(username=phone, phone=phone, full_name=name, password=make_password(None))
            self.accounts[phone] = user
        elif fold(user.full_name) != fold(name):
            text = _("Số này là của người tên khác. Xem lại số hoặc tên.")
            raise ValidationError({"phone": text})
        return {
            "user": user,
            "branch": branch,
            "role": Role.SECRETARY,
            "starts_on": today(),
        }

    def assign(self, rows: list[ImportRow]) -> None:
        """Leave alone since when somebody is in office who is."""
        for row in rows:
            if row.instance.pk:
                row.assign["starts_on"] = row.instance.starts_on
        super().assign(rows)

    def check(self, row: ImportRow) -> None:
        """Refuse a branch that the actor does not lead, and whoever is more than a secretary."""
        appointment: Appointment = row.instance
        scope, user = scope_of(self.actor), appointment.user
        if appointment.branch is None or not scope.may_invite_in(appointment.branch):
            raise ValidationError({"branch": _("Bạn không phân công ở cơ sở Đoàn này.")})
        is_more = user.is_staff or user.is_superuser or user.is_demo
        if is_more or not all(
            grants_only(one.role, Permission.REPORT) and scope.is_above(one)
            for one in self.owned[user.pk or 0]
        ):
            text = _("Người này còn giữ việc khác. Phân công ở trang của cơ sở Đoàn.")
            raise ValidationError({"phone": text})

    def before_writing(self) -> None:
        new = [user for user in self.accounts.values() if user._state.adding]
        User.objects.bulk_create(new)

    def after_writing(self, rows: list[ImportRow]) -> None:
        for row in rows:
            given: Appointment = row.instance
            note_given(self.actor, given)
            if given.awaits_owner:
                given.save(update_fields=["awaits_owner"])
