"""Finds the person that a row of a file means: by telephone number, else by name in the team."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from core.importing.import_row import ImportRow
from core.lookups import TOO_MANY, count_lookup, may_look_up
from volunteers.teams.models import Affiliation, Team, Volunteer
from volunteers.teams.services import set_full_name
from volunteers.teams.validators import same_name


class VolunteerLookup:
    """The people of the database and of the file.

    ``visible`` are the keys of those whom the actor may see: only they are named. After too many
    numbers of others nothing is said of any number that is not of these.
    """

    def __init__(self, actor: Any, visible: set[int]) -> None:
        self.actor, self.visible = actor, visible
        self.may_look_up = may_look_up(actor)
        self.by_phone: dict[str, Volunteer] = {}
        self.members: dict[int, list[Volunteer]] = defaultdict(list)
        self.named: dict[str, tuple[int, str]] = {}
        self.without_number: set[Any] = set()
        self.new: dict[Any, Volunteer] = {}

    def add(self, volunteers: Iterable[Volunteer]) -> None:
        self.by_phone |= {v.phone: v for v in volunteers if v.phone}

    def index_rows(self, rows: Iterable[ImportRow]) -> None:
        """Remember the rows without number: a namesake with one is another person."""
        self.without_number = {_triple(row.values) for row in rows if not row.values.get("phone")}

    def get(self, row: ImportRow, team: Team) -> Volunteer:
        """Return whom a row means, new if need be; raise ``ValidationError`` by column."""
        name, phone = row.values["full_name"], row.values.get("phone")
        in_team = self.members[team.pk] if team.pk else []
        same = [v for v in in_team if same_name(v.full_name, name)]
        if phone is None:
            return self._without_number(name, team, same)
        number, other = self.named.setdefault(phone, (row.number, name))
        if not same_name(other, name):
            raise ValidationError(
                {
                    "phone": _("Dòng %(n)s ghi số này cho “%(name)s”. Mỗi số một người: xem lại.")
                    % {"n": number, "name": other}
                }
            )
        is_own = phone in self.by_phone and self.by_phone[phone].pk in self.visible
        if not is_own and not self.may_look_up:
            raise ValidationError({"phone": TOO_MANY})
        if phone in self.by_phone:
            return self._bearer(self.by_phone[phone], name)
        bare = [v for v in same if v.phone is None]
        # The number of somebody in the team has become known, unless there are two of the name.
        is_one = len(bare) == 1 and _triple(row.values) not in self.without_number
        found = bare[0] if is_one else _new(name)
        self.by_phone[phone] = found
        return found

    def _bearer(self, bearer: Volunteer, name: str) -> Volunteer:
        if same_name(bearer.full_name, name):
            return bearer
        if bearer.pk in self.visible:
            text = _("Số này đang là của “%(name)s”. Xem lại số hoặc tên.") % {"name": bearer}
        else:
            count_lookup(self.actor)
            self.may_look_up = may_look_up(self.actor)
            text = _("Số này đã thuộc tình nguyện viên có tên khác. Xem lại số hoặc tên.")
        raise ValidationError({"phone": text})

    def _without_number(self, name: str, team: Team, same: list[Volunteer]) -> Volunteer:
        bare = [v for v in same if v.phone is None]
        for found in (bare, same):
            if len(found) == 1:
                return found[0]
        if same:
            raise ValidationError(
                {"phone": _("Trong tổ có nhiều người tên này. Ghi số điện thoại để phân biệt.")}
            )
        return self.new.setdefault((id(team), name.casefold()), _new(name))


def _new(name: str) -> Volunteer:
    """Return a new person. Nobody counts as a member of the Youth Union unless it is said."""
    volunteer = Volunteer(affiliation=Affiliation.NONE)
    set_full_name(volunteer, name)
    return volunteer


def _triple(values: dict[str, Any]) -> tuple[str, str, str]:
    unit = values.get("unit") or values.get("unit_name") or ""
    team, name = str(values.get("team")), str(values.get("full_name"))
    return team.casefold(), str(unit).casefold(), name.casefold()
