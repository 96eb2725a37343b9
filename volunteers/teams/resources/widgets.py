"""Cells that only files of members have."""

import datetime as dt
import re
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from import_export.widgets import IntegerWidget

from core.importing.widgets import SpokenChoiceWidget, TextWidget, spoken_key, text_of
from volunteers.teams.models import TEAM_KINDS, Affiliation, MemberRole, TeamKind
from volunteers.teams.validators import NAME_LENGTH, check_birth_year, clean_name

# The first is what the portal writes; all are read in any case, with or without marks.
KINDS: dict[str, str] = {
    TeamKind.COMMUNITY: (
        "Tổ công nghệ số cộng đồng | Công nghệ số cộng đồng | Tổ CNSCĐ | CNSCĐ | "
        "Tổ CNS cộng đồng | Cộng đồng"
    ),
    TeamKind.ADVISORY: "Tổ tư vấn | Tư vấn | Tổ tư vấn, hỗ trợ",
    TeamKind.MOBILE: "Nhóm lưu động | Lưu động | Tổ lưu động | Đội lưu động",
    TeamKind.TASK_FORCE: "Tổ xung kích | Xung kích | Đội xung kích | Đội hình xung kích",
}
ROLES: dict[str, str] = {
    MemberRole.LEADER: "Tổ trưởng | Trưởng | Đội trưởng | Nhóm trưởng | Trưởng nhóm",
    MemberRole.DEPUTY: (
        "Tổ phó | Phó | Đội phó | Nhóm phó | Phó nhóm | Phó tổ trưởng | Tổ phó thường trực"
    ),
    MemberRole.MEMBER: "Thành viên | Tổ viên | Đội viên | Ủy viên | TV",
}
AFFILIATIONS: dict[str, str] = {
    Affiliation.YOUTH_UNION: (
        "Đoàn viên, thanh niên | Đoàn viên | ĐVTN | Đoàn Thanh niên | Đoàn TN | ĐTN | "
        "Thanh niên | Đoàn TNCS Hồ Chí Minh | Cán bộ Đoàn | Bí thư Đoàn"
    ),
    Affiliation.WOMENS_UNION: (
        "Hội viên Phụ nữ | Phụ nữ | Hội Phụ nữ | Hội LHPN | Hội viên Hội Phụ nữ | "
        "Hội viên Hội LHPN | Hội Liên hiệp Phụ nữ | HVPN | PN"
    ),
    Affiliation.POLICE: "Công an | Công an xã | Công an viên | CA",
    Affiliation.NONE: (
        "Không thuộc đoàn thể nào | Không thuộc tổ chức nào | Không | Không thuộc | Không có | Khác"
    ),
}


class TeamKindWidget(SpokenChoiceWidget):
    """A kind of team: as it is spoken of, or in the province's own words."""

    def __init__(self) -> None:
        super().__init__(KINDS)

    def find(self, text: str) -> str | None:
        own = {spoken_key(str(name)): code for code, name in TEAM_KINDS.choices()}
        return own.get(spoken_key(text)) or super().find(text)

    def names(self) -> str:
        return ", ".join(str(name) for _code, name in TEAM_KINDS.offered())

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        own = {row.code: row.name for row in TEAM_KINDS.rows()}
        return str(own.get(value, value)) if value else ""


class NameWidget(TextWidget):
    """A name on one line, of at most ``most`` characters."""

    def __init__(self, most: int = NAME_LENGTH) -> None:
        super().__init__()
        self.most = most

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        return clean_name(text_of(value), self.most) or None


class BirthYearWidget(IntegerWidget):  # type: ignore[misc]
    """The year of a birth: ``1998``, or the year of a whole date. Only the year is kept."""

    takes_days = True

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        if isinstance(value, dt.date):
            return check_birth_year(value.year)
        text = text_of(value)
        if not text:
            return None
        match = re.fullmatch(r"(?:[0-9]{1,2}[/.-][0-9]{1,2}[/.-])?([0-9]{4})", text)
        match = match or re.fullmatch(r"([0-9]{4})-[0-9]{2}-[0-9]{2}", text)
        if match is None:
            raise ValidationError(
                _("Chưa đọc được năm sinh “%(text)s”. Ghi bốn chữ số, ví dụ 1998.")
                % {"text": text[:20]}
            )
        return check_birth_year(int(match[1]))
