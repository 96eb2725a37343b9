"""Appointments as a file."""

from collections import defaultdict
from collections.abc import Hashable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.resources.base import StrictResource
from accounts.resources.cells import Choice, Code, Column, Day
from accounts.resources.rows import Item
from campaign.coherence import check_appointment
from campaign.models import Appointment, Role
from campaign.resources.lookups import Codes, at, branches_of, units_of, within_scope


class AppointmentResource(StrictResource):
    """Appointments, known by user, role, place and first day."""

    keys = ("user", "role", "branch", "unit", "starts_on")
    related = ("user", "branch", "unit")

    user = Column("user__username", Code(), required=True, help=gettext_lazy("Tên đăng nhập."))
    role = Column(
        "role",
        Choice(Role.choices),
        required=True,
        help=gettext_lazy(
            "Vai trò: province_staff, district_lead, secretary, team_leader, "
            "police_liaison, partner."
        ),
    )
    branch = Column("branch__code", Code(), help=gettext_lazy("Mã tổ chức, hoặc để trống."))
    unit = Column(
        "unit__code", Code(), help=gettext_lazy("Mã đơn vị hành chính, nếu không ghi tổ chức.")
    )
    unit_on = Column(
        "unit__valid_from",
        Day(),
        help=gettext_lazy("Ngày mà mã đơn vị có hiệu lực. Trống: từ ngày phân công."),
    )
    starts_on = Column("starts_on", Day(), required=True, help=gettext_lazy("Từ ngày."))
    ends_on = Column("ends_on", Day(), help=gettext_lazy("Đến hết ngày. Trống: chưa kết thúc."))

    class Meta:
        model = Appointment

    def identity(self, values: Mapping[str, Any]) -> Hashable:
        """Return the key; the place that is not meant is None."""
        return tuple(values.get(key) for key in self.keys)

    def prepare(self) -> None:
        """Load people and places."""
        self.units = units_of(self.actor)
        self.branches = branches_of(self.actor)
        self.users = Codes(
            within_scope(self.actor, User), "username", _("Không có tài khoản “%(code)s”.")
        )
        self.of_user: dict[int, list[Appointment]] = {}

    def resolve(self, item: Item) -> dict[str, Any]:
        """Find the person and the place."""
        values = item.values
        unit_code, day = values.get("unit"), values.get("unit_on") or values["starts_on"]
        found = {
            "user": at("user", self.users.get, values["user"]),
            "branch": at("branch", self.branches.get, values.get("branch")),
            "unit": None if unit_code is None else at("unit", self.units.on, unit_code, day),
        }
        assign = self.plain(item) | found
        self.known.setdefault(self.identity(assign), Appointment())
        return assign

    def check(self, item: Item) -> None:
        """Check the place of the role, and that nobody holds a role twice."""
        if not self.of_user:
            self.of_user = defaultdict(list)
            for appointment in self.known.values():
                self.of_user[appointment.user_id].append(appointment)
        mine: Appointment = item.instance
        check_appointment(mine, self.of_user[mine.user_id])
