"""Appointments as a file."""

from collections import defaultdict
from copy import copy
from typing import Any

from django.utils.translation import gettext_lazy

from campaign.cross_checks import check_appointment
from campaign.models import Appointment
from campaign.permissions import Role
from campaign.resources.lookups import branches_of, units_of, users_of
from campaign.services.appointments import note_given, propose
from core.importing.import_row import ImportRow
from core.importing.resource import StrictResource
from core.importing.widgets import ChoiceWidget, CodeWidget, Column, DayWidget


class AppointmentResource(StrictResource):
    """Appointments, known by user, role, branch or unit, and first day."""

    keys = ("user", "role", "branch", "unit", "starts_on")
    related = ("user", "branch", "unit")
    references = {"user": users_of, "branch": branches_of, "unit": units_of}

    user = Column(
        "user__username", CodeWidget(), required=True, help=gettext_lazy("Tên đăng nhập.")
    )
    role = Column(
        "role",
        ChoiceWidget(Role.choices),
        required=True,
        help=gettext_lazy(
            "Vai trò: province_staff, district_lead, secretary, team_leader, "
            "police_liaison, partner."
        ),
    )
    branch = Column(
        "branch__code", CodeWidget(), help=gettext_lazy("Mã cơ sở Đoàn, hoặc để trống.")
    )
    unit = Column(
        "unit__code", CodeWidget(), help=gettext_lazy("Mã địa bàn, nếu không ghi cơ sở Đoàn.")
    )
    unit_on = Column(
        "unit__valid_from",
        DayWidget(),
        help=gettext_lazy("Ngày mà mã địa bàn có hiệu lực. Trống: từ ngày phân công."),
    )
    starts_on = Column("starts_on", DayWidget(), required=True, help=gettext_lazy("Từ ngày."))
    ends_on = Column(
        "ends_on", DayWidget(), help=gettext_lazy("Đến hết ngày. Trống: chưa kết thúc.")
    )

    class Meta:
        model = Appointment

    def prepare(self) -> None:
        super().prepare()
        self.of_user: dict[int, list[Appointment]] = {}

    def resolve_references(self, row: ImportRow) -> dict[str, Any]:
        values = row.values
        day = values.get("unit_on") or values["starts_on"]
        return self.plain(row) | {
            "user": self.find("user", values["user"]),
            "branch": self.find("branch", values.get("branch")),
            "unit": self.find("unit", values.get("unit"), day),
        }

    def assign(self, rows: list[ImportRow]) -> None:
        self.was = {row.number: copy(row.instance) for row in rows if row.instance.pk}
        super().assign(rows)

    def after_writing(self, rows: list[ImportRow]) -> None:
        """Let those who have a password say yes, and a second person confirm: as in the form."""
        for row in rows:
            given: Appointment = row.instance
            before = self.was.get(row.number)
            if before is None:
                note_given(self.actor, given)
            propose(self.actor, given, before)
            if given.awaits_owner or given.proposed_by is not None:
                given.save(update_fields=["awaits_owner", "proposed_by", "confirmed_by"])

    def check(self, row: ImportRow) -> None:
        if not self.of_user:
            self.of_user = defaultdict(list)
            for appointment in self.known.values():
                self.of_user[appointment.user_id].append(appointment)
        mine: Appointment = row.instance
        check_appointment(mine, self.of_user[mine.user_id])
