"""People as a file: secretaries of branches, leads of units, by name and number.

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
from campaign.models import Appointment, Branch, Level, Unit
from campaign.permissions import Permission, Role, grants_only
from campaign.services.appointments import check_given, note_given, propose
from core.clock import today
from core.importing.import_row import ImportRow
from core.importing.resource import StrictResource
from core.importing.widgets import Column, PhoneWidget, SpokenChoiceWidget, TextWidget
from core.querysets import scoped
from core.validators import blamed_on
from core.vietnamese import bare_name, fold

ALIASES = {
    "full_name": (
        "Họ tên | Bí thư | Họ và tên bí thư | Họ tên bí thư | Người báo cáo | Cán bộ | Name"
    ),
    "phone": (
        "SĐT | Số điện thoại di động | Điện thoại | Số ĐT | ĐT | Di động | Số Zalo | Zalo | Phone"
    ),
    "role": "Chức vụ | Chức danh | Nhiệm vụ | Vai trò trên cổng | Role",
    "place": (
        "Cơ sở Đoàn, địa bàn | Địa bàn | Huyện | Cụm | "
        "Mã cơ sở Đoàn | Đơn vị | Tên đơn vị | Xã | Phường | Xã phường | Xã, phường | Tên xã | "
        "Mã | Mã xã | Đoàn cơ sở | Đơn vị công tác | Tên cơ sở | Branch"
    ),
}
# As people write them; the first is what the portal calls it. Team leaders come with their teams.
ROLES: dict[str, str] = {
    Role.SECRETARY: "Bí thư | Bí thư Đoàn | Bí thư Đoàn xã | Bí thư Đoàn phường | Người báo cáo",
    Role.DISTRICT_LEAD: (
        "Phụ trách địa bàn | Phụ trách | Phụ trách huyện | Phụ trách cụm | Cụm trưởng | "
        "Trưởng cụm | Bí thư Huyện Đoàn | Phụ trách xã"
    ),
    Role.PROVINCE_STAFF: "Cán bộ cấp tỉnh | Cán bộ tỉnh | Cán bộ Tỉnh Đoàn | Cán bộ",
    Role.POLICE_LIAISON: "Cán bộ đối soát Công an | Công an | Cán bộ Công an | Đối soát Công an",
    Role.PARTNER: "Đơn vị phối hợp (chỉ xem) | Đơn vị phối hợp | Phối hợp | Chỉ xem",
}


class OfficeNames:
    """Branches for those who report, units for the rest."""

    def __init__(self, actor: Any) -> None:
        self.branches, self.units = BranchNames(actor), UnitNames(actor)

    def get(self, text: str, role: str) -> Branch | Unit:
        if grants_only(role, Permission.REPORT):
            if not text:
                raise ValidationError(_("Chưa điền."))
            return self.branches.get(text)
        return self.units.get(text)


class UnitNames:
    """Units by code and by name, with or without marks; blank is what stands above all."""

    def __init__(self, actor: Any) -> None:
        self.named: dict[str, list[Unit]] = defaultdict(list)
        units = scoped(actor, Unit.objects.on(today()))
        for unit in units.exclude(level=Level.HAMLET):
            for name in {fold(name) for name in (unit.code, unit.name, bare_name(unit.name))}:
                self.named[name].append(unit)
            if unit.parent_id is None:
                self.named[""].append(unit)

    def get(self, text: str) -> Unit:
        found = self.named.get(fold(" ".join(text.split())), [])
        if len(found) == 1:
            return found[0]
        if found:
            codes = ", ".join(sorted(unit.code for unit in found))
            text = _("Có nhiều địa bàn tên này: %(codes)s. Ghi mã.") % {"codes": codes[:120]}
            raise ValidationError(text)
        raise ValidationError(_("Không có địa bàn “%(text)s”.") % {"text": text[:60]})


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


class PeopleResource(StrictResource):
    """People in office, known by telephone number, role and where they hold it."""

    keys = ("user", "role", "branch", "unit")
    related = ("user", "branch__home_unit", "unit")
    references = {"place": OfficeNames}
    telling = ("phone", "role", "place")
    aliases = ALIASES
    asks_columns = True

    full_name = Column(
        "user__full_name",
        TextWidget(),
        required=True,
        help=gettext_lazy("Như trên giấy tờ."),
        column_name="Họ và tên",
    )
    phone = Column(
        "user__phone",
        PhoneWidget(),
        required=True,
        help=gettext_lazy("Số điện thoại, cũng là tên đăng nhập. Mỗi số một người."),
        column_name="Số điện thoại",
    )
    role = Column(
        "role",
        SpokenChoiceWidget(ROLES),
        help=gettext_lazy(
            "Bí thư, Phụ trách địa bàn, Cán bộ đối soát Công an, Cán bộ cấp tỉnh. Trống: Bí thư."
        ),
        column_name="Vai trò",
    )
    place = Column(
        "place__code",
        TextWidget(),
        help=gettext_lazy(
            "Bí thư: mã hoặc tên cơ sở Đoàn, hoặc tên xã, phường. Người khác: mã hoặc tên địa bàn; "
            "trống là cả tỉnh."
        ),
        column_name="Cơ sở Đoàn",
    )

    class Meta:
        model = Appointment

    def stored_rows(self) -> models.QuerySet[Appointment]:
        owned = Appointment.objects.not_ended(today()).filter(role__in=ROLES)
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
        """Return the keys of person, role and place; somebody new is known by the number."""
        ids = (values[name].pk if values[name] else None for name in ("branch", "unit"))
        return values["user"].phone, values["role"], *ids

    def resolve_references(self, row: ImportRow) -> dict[str, Any]:
        """Find place and person; somebody new is made, once for all rows of the number."""
        role = row.values.get("role") or Role.SECRETARY
        with blamed_on("place"):
            place = self.lookups["place"].get(row.values.get("place") or "", role)
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
            "branch": place if isinstance(place, Branch) else None,
            "unit": place if isinstance(place, Unit) else None,
            "role": role,
            "starts_on": today(),
        }

    def assign(self, rows: list[ImportRow]) -> None:
        """Leave alone since when somebody is in office who is."""
        for row in rows:
            if row.instance.pk:
                row.assign["starts_on"] = row.instance.starts_on
        super().assign(rows)

    def check(self, row: ImportRow) -> None:
        """Refuse a place that is not the actor's, and people whose superior the actor is not."""
        appointment: Appointment = row.instance
        check_given(self.actor, appointment, self.owned[appointment.user.pk or 0])

    def before_writing(self) -> None:
        new = [user for user in self.accounts.values() if user._state.adding]
        User.objects.bulk_create(new)

    def after_writing(self, rows: list[ImportRow]) -> None:
        """Let those who have a password say yes, and a second person confirm who sets up."""
        for row in rows:
            given: Appointment = row.instance
            note_given(self.actor, given)
            propose(self.actor, given, None)
            if given.awaits_owner or given.proposed_by is not None:
                given.save(update_fields=["awaits_owner", "proposed_by", "confirmed_by"])
