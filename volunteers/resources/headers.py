"""What people call the columns of a file of members; how the file of the portal calls them."""

import re
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from campaign.names import fold

# The first is what the portal writes. All are read in any case, with or without marks. The
# words of a file are Vietnamese in every language of the pages: it goes from hand to hand.
TITLES: dict[str, tuple[str, ...]] = {
    "team": (
        "Tên tổ",
        "Tổ",
        "Tên đội",
        "Đội",
        "Tên nhóm",
        "Tổ công nghệ số cộng đồng",
        "Tổ CNSCĐ",
        "Tên tổ CNSCĐ",
        "Tổ công nghệ số",
        "Tên tổ công nghệ số",
        "Tên tổ công nghệ số cộng đồng",
        "Team name",
    ),
    "kind": ("Loại tổ", "Loại", "Loại hình", "Loại đội", "Loại nhóm"),
    "unit": (
        "Mã đơn vị",
        "Mã xã",
        "Mã địa bàn",
        "Mã xã phường",
        "Mã ĐVHC",
        "Unit code",
        "Commune code",
    ),
    "unit_name": (
        "Tên đơn vị",
        "Tên xã",
        "Xã",
        "Phường",
        "Thị trấn",
        "Xã phường",
        "Xã, phường, thị trấn",
        "Xã/phường/thị trấn",
        "Xã thị trấn",
        "Thị trấn/xã",
        "Đơn vị",
        "Địa bàn",
        "Đơn vị hành chính",
        "Commune",
    ),
    "branch": (
        "Mã tổ chức",
        "Tổ chức",
        "Đơn vị quản lý",
        "Tổ chức quản lý",
        "Cơ sở Đoàn",
        "Đoàn cơ sở",
        "Đơn vị chủ quản",
        "Branch code",
    ),
    "founded_on": ("Ngày thành lập", "Thành lập", "Thành lập ngày", "Thành lập từ"),
    "dissolved_on": ("Giải thể từ", "Ngày giải thể", "Giải thể"),
    "full_name": (
        "Họ và tên",
        "Họ tên",
        "Tên thành viên",
        "Họ và tên thành viên",
        "Họ tên thành viên",
        "Thành viên",
        "Tình nguyện viên",
        "Name",
        "Member",
        "Member name",
    ),
    "phone": (
        "Số điện thoại",
        "SĐT",
        "Điện thoại",
        "Số ĐT",
        "ĐT",
        "Di động",
        "Số di động",
        "Điện thoại liên hệ",
        "Số điện thoại liên hệ",
        "Số Zalo",
        "Zalo",
        "Phone number",
        "Mobile",
    ),
    "role": (
        "Vai trò",
        "Chức vụ",
        "Chức danh",
        "Vai trò trong tổ",
        "Nhiệm vụ",
        "Vị trí",
        "Position",
    ),
    "affiliation": (
        "Thuộc tổ chức",
        "Thuộc",
        "Đối tượng",
        "Tổ chức đoàn thể",
        "Đoàn thể",
        "Thành phần",
        "Thuộc đoàn thể",
        "Thuộc tổ chức đoàn thể",
        "Organisation",
    ),
    "birth_year": (
        "Năm sinh",
        "Sinh năm",
        "Ngày sinh",
        "Ngày tháng năm sinh",
        "Ngày, tháng, năm sinh",
    ),
    "joined_on": ("Tham gia từ", "Ngày tham gia", "Vào tổ từ", "Tham gia", "Ngày vào tổ"),
    "left_on": (
        "Thôi từ",
        "Ngày thôi",
        "Nghỉ từ",
        "Thôi tham gia từ",
        "Ngày nghỉ",
        "Ra khỏi tổ từ",
    ),
}
# Numbers the lines of a table on paper; says nothing.
SERIAL = {"stt", "tt", "so tt", "so thu tu", "thu tu", "no"}


def title_of(name: str) -> str:
    """Return how the portal's own files call a column."""
    return TITLES[name][0] if name in TITLES else name


def _plain(header: str) -> str:
    """Return a header without marks, remarks in brackets and punctuation."""
    bare = re.sub(r"\([^)]*\)", " ", fold(header).replace("_", " "))
    return " ".join(re.sub(r"[^0-9a-z]+", " ", bare).split())


NAMES = {_plain(way): name for name, ways in TITLES.items() for way in (name, *ways)}


def canonical(headers: Iterable[str]) -> list[str]:
    """Return the names of the columns that headers stand for; unknown ones as they are.

    Serial numbers keep their header. Raises ``ValidationError`` where two say the same.
    """
    found: dict[str, str] = {}
    names = []
    for header in headers:
        name = NAMES.get(_plain(header), header)
        if name in found:
            raise ValidationError(
                _("Cột “%(one)s” và cột “%(other)s” cùng một nghĩa. Chỉ giữ một cột.")
                % {"one": found[name][:40], "other": header[:40]}
            )
        found[name] = header
        names.append(name)
    return names


def is_serial(header: str) -> bool:
    """Whether a column only numbers the lines."""
    return _plain(header) in SERIAL
