"""Teams with their members as a file: one row for each member of each team."""

from collections.abc import Hashable, Iterable, Mapping
from typing import Any

import tablib
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.resources.base import StrictResource
from accounts.resources.cells import Column, Day, Phone, Text
from accounts.resources.rows import Item
from accounts.resources.writing import BATCH
from campaign.resources.lookups import at
from volunteers.models import Membership, Team, Volunteer
from volunteers.resources.cells import AFFILIATIONS, KINDS, ROLES, BirthYear, Name, Spoken
from volunteers.resources.headers import canonical, is_serial, title_of
from volunteers.resources.persons import Persons
from volunteers.resources.places import Places
from volunteers.services.people import end_idle_lead
from volunteers.validators import TEAM_NAME_LENGTH, check_dates

# Column of the file to attribute, for what is said about the team or the person as a whole.
OF_TEAM = {
    "kind": "kind",
    "branch": "branch",
    "founded_on": "founded_on",
    "dissolved_on": "dissolved_on",
}
OF_PERSON = {"phone": "phone", "affiliation": "affiliation", "birth_year": "birth_year"}
# What a blank cell clears; the rest it leaves alone.
CLEARED = {"founded_on", "dissolved_on", "birth_year"}


class MembershipResource(StrictResource):
    """Members, known by team and person.

    A team is known by unit and name, a person by the telephone number, or without one by
    the name in the team. Those that do not exist are made with the row.
    """

    keys = ("team", "volunteer")
    related = ("team__unit", "team__branch__home_unit", "volunteer")

    team = Column(
        "team__name",
        Name(TEAM_NAME_LENGTH),
        required=True,
        help=gettext_lazy("Tên tổ. Tổ chưa có sẽ được lập."),
    )
    kind = Column(
        "team__kind",
        Spoken(KINDS),
        help=gettext_lazy(
            "Tổ công nghệ số cộng đồng (nếu để trống), Tổ tư vấn, Nhóm lưu động, Tổ xung kích."
        ),
    )
    unit = Column(
        "team__unit__code", Text(), help=gettext_lazy("Mã xã nơi tổ hoạt động, ví dụ 14173.")
    )
    unit_name = Column(
        "team__unit__name",
        Text(),
        help=gettext_lazy("Hoặc tên xã có đủ dấu, nếu chỉ một nơi mang tên đó."),
    )
    branch = Column(
        "team__branch__code",
        Text(),
        help=gettext_lazy("Tổ chức quản lý tổ, ví dụ XD-14173. Trống: Đoàn xã ở nơi đó."),
    )
    founded_on = Column("team__founded_on", Day(), help=gettext_lazy("Ngày thành lập tổ."))
    dissolved_on = Column(
        "team__dissolved_on", Day(), help=gettext_lazy("Ngày đầu tiên không còn tổ.")
    )
    full_name = Column(
        "volunteer__full_name", Name(), required=True, help=gettext_lazy("Họ và tên thành viên.")
    )
    phone = Column(
        "volunteer__phone",
        Phone(),
        help=gettext_lazy("Mỗi số một người. Ghi 0912345678 hoặc +84912345678; có thể để trống."),
    )
    role = Column(
        "role", Spoken(ROLES), help=gettext_lazy("Tổ trưởng, Tổ phó, Thành viên (nếu để trống).")
    )
    affiliation = Column(
        "volunteer__affiliation",
        Spoken(AFFILIATIONS),
        help=gettext_lazy(
            "Đoàn viên, thanh niên; Hội viên Phụ nữ; Công an; Không thuộc tổ chức nào "
            "(người mới nếu để trống)."
        ),
    )
    birth_year = Column(
        "volunteer__birth_year", BirthYear(), help=gettext_lazy("Năm sinh, bốn chữ số.")
    )
    joined_on = Column("joined_on", Day(), help=gettext_lazy("Ngày vào tổ."))
    left_on = Column("left_on", Day(), help=gettext_lazy("Ngày đầu tiên không còn trong tổ."))

    class Meta:
        model = Membership

    @classmethod
    def title_of(cls, name: str) -> str:
        """Return the Vietnamese name of a column."""
        return title_of(name)

    # Reading

    def before_import(self, dataset: tablib.Dataset, **kwargs: Any) -> None:
        """Read the headers as people write them, then the rows."""
        try:
            names = canonical(dataset.headers or [])
        except ValidationError:
            dataset.wipe()
            raise
        dataset.headers = names
        for name in [name for name in names if is_serial(name)]:
            del dataset[name]
        super().before_import(dataset, **kwargs)

    def prepare(self) -> None:
        """Load the places that the rows may name."""
        self.places = Places(self.actor)
        self.persons = Persons(self.visible_pks(Volunteer))
        self.said: dict[tuple[int, str], tuple[Any, int]] = {}
        self.befores: dict[int, list[str]] | None = None
        self.changed: dict[type[models.Model], dict[int, Any]] = {Team: {}, Volunteer: {}}

    def identity(self, values: Mapping[str, Any]) -> Hashable:
        """Return the keys of team and person; new ones are known by the object itself."""
        return tuple(values[key].pk or ("new", id(values[key])) for key in self.keys)

    def foresee(self) -> None:
        """Load teams and people, each as one object however many rows are about it."""
        teams = {t.pk: t for t in Team.objects.select_related("unit", "branch__home_unit")}
        phones = {i.values["phone"] for i in self.items if i.values.get("phone")}
        people = {v.pk: v for v in Volunteer.objects.filter(phone__in=phones)}
        for row in self.known.values():
            row.team = teams[row.team_id]
            row.volunteer = people.setdefault(row.volunteer_id, row.volunteer)
            self.persons.members[row.team_id].append(row.volunteer)
        self.places.know(teams.values())
        self.persons.know(people.values())
        self.persons.foresee(self.items)

    def resolve(self, item: Item) -> dict[str, Any]:
        """Find team and person; what rows say about them must be one thing."""
        team = self.places.team(item.values)
        volunteer = self.persons.person(item, team)
        values = dict(item.values)
        if values.get("branch") is not None:
            values["branch"] = self.places.branch(values["branch"])
        self._note(item, values, team, OF_TEAM)
        self._note(item, values, volunteer, OF_PERSON)
        return self.plain(item) | {"team": team, "volunteer": volunteer}

    def _note(
        self, item: Item, values: dict[str, Any], row: Team | Volunteer, columns: dict[str, str]
    ) -> None:
        """Remember what a row says; raise ``ValidationError`` where another says otherwise."""
        for column, attribute in columns.items():
            value = values.get(column)
            if value is None:
                continue
            before, number = self.said.setdefault((id(row), attribute), (value, item.number))
            if before != value:
                raise ValidationError(
                    {
                        column: _("Dòng %(n)s ghi khác về “%(what)s”. Ghi một cách ở mọi dòng.")
                        % {"n": number, "what": row}
                    }
                )

    def _settle(self) -> None:
        """Set what the file says about teams and people, after a look at how all rows were."""
        good = [item for item in self.items if not item.errors]
        self.befores = {i.number: self.texts(i.instance) for i in good if i.instance.pk is not None}
        for key, columns in (("team", OF_TEAM), ("volunteer", OF_PERSON)):
            for row in {id(i.assign[key]): i.assign[key] for i in good}.values():
                self._set(row, [c for c in columns if c in good[0].values], columns)

    def _set(self, row: Any, present: Iterable[str], columns: dict[str, str]) -> None:
        for column in present:
            attribute = columns[column]
            value, _number = self.said.get((id(row), attribute), (None, 0))
            if value is None and (column not in CLEARED or row.pk is None):
                continue
            if getattr(row, attribute) != value:
                setattr(row, attribute, value)
                if row.pk is not None:
                    self.changed[type(row)][row.pk] = row

    def _apply(self, item: Item) -> None:
        if self.befores is None:
            self._settle()
        super()._apply(item)
        item.before = (self.befores or {}).get(item.number)

    def check(self, item: Item) -> None:
        """Check the days of the membership and of the team."""
        mine: Membership = item.instance
        team = mine.team
        for column, begins, ends in (
            ("left_on", mine.joined_on, mine.left_on),
            ("dissolved_on", team.founded_on, team.dissolved_on),
        ):
            at(column, check_dates, begins, ends, column)

    # Writing

    def bulk_create(
        self,
        using_transactions: bool,
        dry_run: bool,
        raise_errors: bool,
        batch_size: int | None = None,
        result: Any = None,
    ) -> None:
        """Write teams and people first, then the members."""
        if not self.failed and not result.base_errors:
            try:
                with transaction.atomic():
                    self._write(Team, "team", [*OF_TEAM.values()])
                    self._write(Volunteer, "volunteer", [*OF_PERSON.values()])
            except Exception as error:
                self.failed = True
                self.handle_import_error(result, error, raise_errors)
        super().bulk_create(using_transactions, dry_run, raise_errors, result=result)

    def _write(self, model: Any, key: str, fields: list[str]) -> None:
        """Create the new rows that members refer to, and save those that have changed."""
        referred = {id(i.assign[key]): i.assign[key] for i in self.items}.values()
        new = [row for row in referred if row.pk is None]
        model.objects.bulk_create(new, batch_size=BATCH)
        if changed := [*self.changed[model].values()]:
            model.objects.bulk_create(
                changed,
                batch_size=BATCH,
                update_conflicts=True,
                unique_fields=["id"],
                update_fields=[*fields, "updated_at"],
            )

    def finish(self, items: list[Item]) -> None:
        """End the appointments of those who lead no team any more."""
        for item in items if not self.is_preview else ():
            if item.before is not None and item.instance.volunteer.user_id is not None:
                end_idle_lead(item.instance.volunteer, item.instance.team.branch)
