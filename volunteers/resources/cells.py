"""Cells that only files of members have."""

import datetime as dt
import re
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from import_export.widgets import Widget

from accounts.resources.cells import Text, text_of
from campaign.names import fold
from volunteers.models import Affiliation, MemberRole, TeamKind
from volunteers.validators import NAME_LENGTH, check_birth_year, clean_name

# The first is what the portal writes; all are read in any case, with or without marks.
KINDS: dict[str, tuple[str, ...]] = {
    TeamKind.COMMUNITY: (
        "Tổ công nghệ số cộng đồng",
        "Công nghệ số cộng đồng",
        "Tổ CNSCĐ",
        "CNSCĐ",
        "Tổ CNS cộng đồng",
        "Cộng đồng",
    ),
    TeamKind.ADVISORY: ("Tổ tư vấn", "Tư vấn", "Tổ tư vấn, hỗ trợ"),
    TeamKind.MOBILE: ("Nhóm lưu động", "Lưu động", "Tổ lưu động", "Đội lưu động"),
    TeamKind.TASK_FORCE: ("Tổ xung kích", "Xung kích", "Đội xung kích", "Đội hình xung kích"),
}
ROLES: dict[str, tuple[str, ...]] = {
    MemberRole.LEADER: ("Tổ trưởng", "Trưởng", "Đội trưởng", "Nhóm trưởng", "Trưởng nhóm"),
    MemberRole.DEPUTY: (
        "Tổ phó",
        "Phó",
        "Đội phó",
        "Nhóm phó",
        "Phó nhóm",
        "Phó tổ trưởng",
        "Tổ phó thường trực",
    ),
    MemberRole.MEMBER: ("Thành viên", "Tổ viên", "Đội viên", "Ủy viên", "TV"),
}
AFFILIATIONS: dict[str, tuple[str, ...]] = {
    Affiliation.YOUTH_UNION: (
        "Đoàn viên, thanh niên",
        "Đoàn viên thanh niên",
        "Đoàn viên",
        "ĐVTN",
        "Đoàn Thanh niên",
        "Đoàn TN",
        "ĐTN",
        "Thanh niên",
        "Đoàn TNCS Hồ Chí Minh",
        "Cán bộ Đoàn",
        "Bí thư Đoàn",
    ),
    Affiliation.WOMENS_UNION: (
        "Hội viên Phụ nữ",
        "Phụ nữ",
        "Hội Phụ nữ",
        "Hội LHPN",
        "Hội viên Hội Phụ nữ",
        "Hội viên Hội LHPN",
        "Hội Liên hiệp Phụ nữ",
        "HVPN",
        "PN",
    ),
    Affiliation.POLICE: ("Công an", "Công an xã", "Công an viên", "CA"),
    Affiliation.NONE: ("Không thuộc tổ chức nào", "Không", "Không thuộc", "Không có", "Khác"),
}


class Spoken(Widget):  # type: ignore[misc]
    """One of a closed list, in the words that people use for it."""

    def __init__(self, words: dict[str, tuple[str, ...]]) -> None:
        super().__init__()
        self.words = words
        self.known = {_key(way): value for value, ways in words.items() for way in (value, *ways)}

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        """Return the stored value or None."""
        text = text_of(value)
        if not text:
            return None
        if _key(text) not in self.known:
            names = ", ".join(ways[0] for ways in self.words.values())
            raise ValidationError(
                _("Không có “%(text)s”. Ghi một trong: %(names)s.")
                % {"text": text[:40], "names": names}
            )
        return self.known[_key(text)]

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        """Return the first of the words."""
        return self.words[value][0] if value else ""


def _key(text: str) -> str:
    """Return a word without marks and punctuation."""
    return " ".join(re.sub(r"[^0-9a-z]+", " ", fold(text)).split())


class Name(Text):
    """A name on one line, of at most ``most`` characters."""

    def __init__(self, most: int = NAME_LENGTH) -> None:
        super().__init__()
        self.most = most

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        """Return the name or None."""
        return clean_name(text_of(value), self.most) or None


class BirthYear(Widget):  # type: ignore[misc]
    """The year of a birth: ``1998``, or the year of a whole date. Only the year is kept."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        """Return the year or None."""
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

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        """Return the number itself for Excel, else its digits."""
        if kwargs.get("force_native_type"):
            return value
        return "" if value is None else str(value)
