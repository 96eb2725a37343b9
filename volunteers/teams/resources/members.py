"""Teams with their members as a file: one row for each member of each team."""

from collections.abc import Hashable, Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.importing.bulk import BATCH, save_changed
from core.importing.import_row import ImportRow
from core.importing.resource import StrictResource
from core.importing.widgets import Column, DayWidget, PhoneWidget, SpokenChoiceWidget, TextWidget
from core.validators import blamed_on
from volunteers.teams.models import Membership, Team, Volunteer
from volunteers.teams.resources.column_aliases import ALIASES
from volunteers.teams.resources.team_lookup import TeamLookup
from volunteers.teams.resources.volunteer_lookup import VolunteerLookup
from volunteers.teams.resources.widgets import (
    AFFILIATIONS,
    ROLES,
    BirthYearWidget,
    NameWidget,
    TeamKindWidget,
)
from volunteers.teams.services import end_idle_lead
from volunteers.teams.validators import TEAM_NAME_LENGTH, check_dates

# What rows say about the team or the person as a whole: attributes, and columns of that name.
OF_TEAM = ("kind", "branch", "founded_on", "dissolved_on")
OF_VOLUNTEER = ("phone", "affiliation", "birth_year")
# What a blank cell clears; the rest it leaves alone.
CLEARED = {"founded_on", "dissolved_on", "birth_year"}


class MembershipResource(StrictResource):
    """Members, known by team and person.

    A team is known by unit and name, a person by the telephone number, or without one by
    the name in the team. Those that do not exist are made with the row. The titles are
    Vietnamese in every language of the pages: a file goes from hand to hand.
    """

    keys = ("team", "volunteer")
    related = ("team__unit", "team__branch__home_unit", "volunteer")
    telling = ("team", "unit", "unit_name", "branch", "full_name", "phone")
    aliases = ALIASES

    team = Column(
        "team__name",
        NameWidget(TEAM_NAME_LENGTH),
        required=True,
        help=gettext_lazy("Tên tổ. Tổ chưa có sẽ được lập."),
        column_name="Tên tổ",
    )
    kind = Column(
        "team__kind",
        TeamKindWidget(),
        help=gettext_lazy(
            "Tổ công nghệ số cộng đồng (nếu để trống), Tổ tư vấn, Nhóm lưu động, Tổ xung kích."
        ),
        column_name="Loại tổ",
    )
    unit = Column(
        "team__unit__code",
        TextWidget(),
        help=gettext_lazy("Mã xã mà tổ hoạt động, ví dụ 14173."),
        column_name="Mã địa bàn",
    )
    unit_name = Column(
        "team__unit__name",
        TextWidget(),
        help=gettext_lazy("Hoặc tên xã có đủ dấu, nếu chỉ một địa bàn mang tên đó."),
        column_name="Tên địa bàn",
    )
    branch = Column(
        "team__branch__code",
        TextWidget(),
        help=gettext_lazy("Cơ sở Đoàn quản lý tổ, ví dụ XD-14173. Trống: Đoàn xã ở đó."),
        column_name="Mã cơ sở Đoàn",
    )
    founded_on = Column(
        "team__founded_on",
        DayWidget(),
        help=gettext_lazy("Ngày thành lập tổ."),
        column_name="Ngày thành lập",
    )
    dissolved_on = Column(
        "team__dissolved_on",
        DayWidget(),
        help=gettext_lazy("Ngày đầu tiên không còn tổ."),
        column_name="Giải thể từ",
    )
    full_name = Column(
        "volunteer__full_name",
        NameWidget(),
        required=True,
        help=gettext_lazy("Họ và tên thành viên."),
        column_name="Họ và tên",
    )
    phone = Column(
        "volunteer__phone",
        PhoneWidget(),
        help=gettext_lazy("Mỗi số một người. Ghi 0912345678 hoặc +84912345678; có thể để trống."),
        column_name="Số điện thoại",
    )
    role = Column(
        "role",
        SpokenChoiceWidget(ROLES),
        help=gettext_lazy("Tổ trưởng, Tổ phó, Thành viên (nếu để trống)."),
        column_name="Vai trò",
    )
    affiliation = Column(
        "volunteer__affiliation",
        SpokenChoiceWidget(AFFILIATIONS),
        help=gettext_lazy(
            "Đoàn viên, thanh niên; Hội viên Phụ nữ; Công an; Không thuộc đoàn thể nào "
            "(người mới nếu để trống)."
        ),
        column_name="Thuộc đoàn thể",
    )
    birth_year = Column(
        "volunteer__birth_year",
        BirthYearWidget(),
        help=gettext_lazy("Năm sinh, bốn chữ số."),
        column_name="Năm sinh",
    )
    joined_on = Column(
        "joined_on", DayWidget(), help=gettext_lazy("Ngày vào tổ."), column_name="Tham gia từ"
    )
    left_on = Column(
        "left_on",
        DayWidget(),
        help=gettext_lazy("Ngày đầu tiên không còn trong tổ."),
        column_name="Thôi từ",
    )

    class Meta:
        model = Membership

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.stated: dict[tuple[int, str], tuple[Any, int]] = {}
        # Of whom a row does not say what: there is no such column, or it could not be read.
        self.unsaid: set[tuple[int, str]] = set()
        self.changed: dict[type[models.Model], dict[int, Any]] = {Team: {}, Volunteer: {}}

    # Reading

    def prepare(self) -> None:
        self.team_lookup = TeamLookup(self.actor)
        self.volunteer_lookup = VolunteerLookup(self.actor, self.visible_pks(Volunteer))

    def identity(self, values: Mapping[str, Any]) -> Hashable:
        """Return the keys of team and person; new ones are known by the object itself."""
        return tuple(values[key].pk or ("new", id(values[key])) for key in self.keys)

    def identity_of(self, instance: Membership) -> Hashable:
        return instance.team_id, instance.volunteer_id

    def stored_rows(self) -> models.QuerySet[Membership]:
        """Return the memberships; ``index_rows`` loads their teams, once each."""
        return Membership.objects.select_related("volunteer")

    def index_rows(self) -> None:
        teams = {t.pk: t for t in Team.objects.select_related("unit", "branch__home_unit")}
        phones = {row.values["phone"] for row in self.rows if row.values.get("phone")}
        people = {v.pk: v for v in Volunteer.objects.filter(phone__in=phones)}
        for membership in self.known.values():
            membership.team = teams[membership.team_id]
            membership.volunteer = people.setdefault(membership.volunteer_id, membership.volunteer)
            self.volunteer_lookup.members[membership.team_id].append(membership.volunteer)
        self.team_lookup.add(teams.values())
        self.volunteer_lookup.add(people.values())
        self.volunteer_lookup.index_rows(self.rows)

    def resolve_references(self, row: ImportRow) -> dict[str, Any]:
        """Find team and person; what rows say about them must be one thing."""
        team = self.team_lookup.get(row.values)
        volunteer = self.volunteer_lookup.get(row, team)
        branch = self.team_lookup.branch(row.values.get("branch"))
        values = row.values | {"branch": branch}
        self._note(row, values, team, OF_TEAM)
        self._note(row, values, volunteer, OF_VOLUNTEER)
        return self.plain(row) | {"team": team, "volunteer": volunteer}

    def _note(
        self, row: ImportRow, values: dict[str, Any], whole: Team | Volunteer, names: Iterable[str]
    ) -> None:
        """Note what a row says; raise ``ValidationError`` where another says otherwise."""
        for name in names:
            value = values.get(name)
            if value is None:
                if name not in row.values:
                    self.unsaid.add((id(whole), name))
                continue
            before, number = self.stated.setdefault((id(whole), name), (value, row.number))
            if before != value:
                raise ValidationError(
                    {
                        name: _("Dòng %(n)s ghi khác về “%(what)s”. Ghi một cách ở mọi dòng.")
                        % {"n": number, "what": whole}
                    }
                )

    def assign(self, rows: list[ImportRow]) -> None:
        for key, names in (("team", OF_TEAM), ("volunteer", OF_VOLUNTEER)):
            for whole in {id(row.assign[key]): row.assign[key] for row in rows}.values():
                for name in names:
                    self._set(whole, name)
        super().assign(rows)

    def _set(self, whole: Any, name: str) -> None:
        value, _number = self.stated.get((id(whole), name), (None, 0))
        stays = name not in CLEARED or whole.pk is None or (id(whole), name) in self.unsaid
        if value is None and stays:
            return
        if getattr(whole, name) != value:
            setattr(whole, name, value)
            if whole.pk is not None:
                self.changed[type(whole)][whole.pk] = whole

    def check(self, row: ImportRow) -> None:
        mine: Membership = row.instance
        team = mine.team
        for column, begins, ends in (
            ("left_on", mine.joined_on, mine.left_on),
            ("dissolved_on", team.founded_on, team.dissolved_on),
        ):
            with blamed_on(column):
                check_dates(begins, ends, column)

    # Writing

    def before_writing(self) -> None:
        self._write(Team, "team", OF_TEAM)
        self._write(Volunteer, "volunteer", OF_VOLUNTEER)

    def _write(self, model: Any, key: str, fields: Iterable[str]) -> None:
        referred = {id(row.assign[key]): row.assign[key] for row in self.rows}.values()
        model.objects.bulk_create([r for r in referred if r.pk is None], batch_size=BATCH)
        save_changed(list(self.changed[model].values()), model, [*fields, "updated_at"])

    def after_writing(self, rows: list[ImportRow]) -> None:
        for row in rows:
            if row.before is not None and row.instance.volunteer.user_id is not None:
                end_idle_lead(row.instance.volunteer, row.instance.team.branch)
