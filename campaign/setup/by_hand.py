"""Units that a province types itself: what its levels are called, then one unit a line."""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import User
from campaign.models import Level, Unit
from campaign.services.paths import rebuild_paths
from campaign.services.settings_change import settings_change
from campaign.setup.territory import become_staff
from core.validators import clean_text

NAME_LENGTH, KIND_LENGTH, MOST_LINES = 200, 20, 2_000
CODE = re.compile(r"[0-9A-Za-z-]{1,12}")


@dataclass(frozen=True)
class Typed:
    """One line: a unit of the middle or of the lowest level; a code where one was given."""

    name: str
    kind: str
    level: Level
    code: str = ""


def words_of(text: str) -> tuple[str, ...]:
    """Read what units of a level are called: ``xã, phường, thị trấn``."""
    found = tuple(word for part in text.split(",") if (word := clean_text(part).lower()))
    if long := next((word for word in found if len(word) > KIND_LENGTH), ""):
        raise ValidationError(_("“%(word)s” dài quá.") % {"word": long})
    return found


def read_lines(text: str, middle: Sequence[str], lowest: Sequence[str]) -> list[Typed]:
    """Read one unit a line, each beginning with the word of its level: ``Xã Tân Tiến``.

    Where there is a middle level, what follows one of its units lies below it. A code may stand
    behind a comma. Raises ``ValidationError`` with a message for each line that is wrong.
    """
    kinds = [(word, Level.DISTRICT) for word in middle] + [(word, Level.COMMUNE) for word in lowest]
    # The longest first: “thị trấn” before “thị”.
    kinds.sort(key=lambda kind: -len(kind[0]))
    found: list[Typed] = []
    problems: list[str] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            try:
                typed = _read_line(line, kinds)
                is_orphan = middle and typed.level == Level.COMMUNE and not found
                if is_orphan:
                    raise ValidationError(_("ghi cấp trên của đơn vị này ở dòng trước nó."))
                found.append(typed)
            except ValidationError as error:
                words = _("Dòng %(number)s: %(text)s")
                problems += [words % {"number": number, "text": text} for text in error.messages]
    if len(found) > MOST_LINES:
        problems = [_("Quá %(most)s dòng. Nạp bằng tệp.") % {"most": MOST_LINES}]
    if not found and not problems:
        problems = [_("Chưa nhập ô này.")]
    if problems:
        raise ValidationError(problems[:10])
    return found


def _read_line(line: str, kinds: Sequence[tuple[str, Level]]) -> Typed:
    name, _comma, code = (clean_text(part) for part in line.partition(","))
    for word, level in kinds:
        if name.lower().startswith(f"{word} ") and len(name) <= NAME_LENGTH:
            if code and not CODE.fullmatch(code):
                text = _("mã “%(code)s” chỉ gồm 1 đến 12 chữ không dấu, số, gạch nối.")
                raise ValidationError(text % {"code": code})
            return Typed(name[0].upper() + name[1:], word, level, code)
    known = ", ".join(word for word, _level in kinds)
    raise ValidationError(
        _("“%(name)s” phải bắt đầu bằng một trong: %(known)s.")
        % {"name": name[:40], "known": known}
    )


def save_typed(
    *, actor: User, top: str, kind: str, units: Sequence[Typed], valid_from: dt.date
) -> Unit:
    """Make the province and its units; those without a code get a number.

    Raises ``ValidationError`` where units are there already, and for a code that comes twice.
    """
    given = [unit.code for unit in units if unit.code]
    if twice := sorted({code for code in given if given.count(code) > 1}):
        raise ValidationError(_("Mã “%(code)s” có hai lần.") % {"code": twice[0]})
    with settings_change(actor=actor, reason=_("Nhập địa bàn bằng tay: %(name)s") % {"name": top}):
        if Unit.objects.exists():
            raise ValidationError(_("Địa bàn đã có. Thêm từng địa bàn ở danh sách."))
        numbers = (f"{n:04}" for n in range(1, 10_000) if f"{n:04}" not in given)
        province = Unit.objects.create(
            code=next(numbers), name=top, kind=kind, level=Level.PROVINCE, valid_from=valid_from
        )
        above = province
        for unit in units:
            is_middle = unit.level == Level.DISTRICT
            made = Unit.objects.create(
                code=unit.code or next(numbers),
                name=unit.name,
                kind=unit.kind,
                level=unit.level,
                parent=province if is_middle else above,
                valid_from=valid_from,
            )
            above = made if is_middle else above
        rebuild_paths(Unit)
        become_staff(actor)
    return province
