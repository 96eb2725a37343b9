"""Finds the unit that a row of the police's table means, by its code or by its name."""

import re
from collections import defaultdict
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from campaign.models import Level, Unit
from core.vietnamese import bare_name, fold, spellings

# What the police write before a unit, and how kinds are shortened.
POLICE = re.compile(r"^(?:công an|ca|cax|cap)[ .]+(?=\S)", re.IGNORECASE)
SHORT = (
    (re.compile(r"^(?:t\.?p|tp)\b[. ]*", re.IGNORECASE), "thành phố "),
    (re.compile(r"^(?:t\.?t|tt)\b[. ]*", re.IGNORECASE), "thị trấn "),
    (re.compile(r"^(?:t\.?x|tx)\b[. ]*", re.IGNORECASE), "thị xã "),
    (re.compile(r"^h\b[. ]+", re.IGNORECASE), "huyện "),
    (re.compile(r"^x\b[. ]+", re.IGNORECASE), "xã "),
    (re.compile(r"^p\b[. ]+", re.IGNORECASE), "phường "),
)
LEVELS = (Level.PROVINCE, Level.DISTRICT, Level.COMMUNE)


class Unclear(Exception):
    """A name that several units bear."""

    def __init__(self, name: str, units: list[Unit]) -> None:
        super().__init__(name)
        self.name, self.units = name, units


class UnitNames:
    """The units of one day; hamlets are reported by nobody's police."""

    def __init__(self, units: Iterable[Unit]) -> None:
        self.units = [unit for unit in units if unit.level in LEVELS]
        self.by_id = {unit.pk: unit for unit in self.units}
        self.by_code = {unit.code.casefold(): unit for unit in self.units}
        # By the folded name: what is written of it, and the unit.
        self.named: dict[str, list[tuple[str, Unit]]] = defaultdict(list)
        for unit in self.units:
            for name in {unit.name, bare_name(unit.name)}:
                self.named[fold(name)].append((name.casefold(), unit))

    def find(self, code: str, name: str, district: str = "") -> Unit:
        """Return the unit; raise ``Unclear`` where there are several, and ``ValidationError``."""
        by_code = self.by_code.get(code.casefold()) if code else None
        if code and by_code is None:
            raise ValidationError(_("Không có đơn vị mang mã “%(code)s”.") % {"code": code[:40]})
        if not name:
            if by_code is None:
                raise ValidationError(_("Ghi mã hoặc tên đơn vị."))
            return by_code
        if by_code is None and name.casefold() in self.by_code:
            return self.by_code[name.casefold()]
        named = self._named(name)
        if by_code is not None:
            if named and by_code not in named:
                raise ValidationError(
                    _("Mã %(code)s là %(name)s. Xem lại mã hoặc tên.")
                    % {"code": code[:40], "name": by_code.name}
                )
            return by_code
        if district and len(named) > 1:
            above = self._named(district) + list(
                filter(None, [self.by_code.get(district.casefold())])
            )
            inside = [u for u in named if any(u.path.startswith(one.path) for one in above)]
            named = inside or named
        if len(named) > 1:
            raise Unclear(name, named)
        if not named:
            raise ValidationError(
                _("Không có đơn vị tên “%(name)s”. Ghi đủ dấu, hoặc ghi mã.") % {"name": name[:40]}
            )
        return named[0]

    def _named(self, text: str) -> list[Unit]:
        """Return the units of a name; one typed without any marks will do, a wrong mark not."""
        found: dict[int, Unit] = {}
        for typed in _written(text):
            is_bare = typed.isascii()
            written = {spelt.casefold() for spelt in spellings(typed)}
            for name, unit in self.named.get(fold(typed), []):
                if is_bare or written & {spelt.casefold() for spelt in spellings(name)}:
                    found[unit.pk] = unit
            if found:
                break
        return sorted(found.values(), key=lambda unit: unit.sort_key)


def _written(text: str) -> list[str]:
    """Return a name as it is written, then without what the police write before it."""
    text = " ".join(text.split())
    bare = POLICE.sub("", text)
    found = [text, bare]
    for short, long in SHORT:
        if short.match(bare):
            found.append(short.sub(long, bare))
            if bare.isascii():
                found.append(fold(found[-1]))
            break
    return list(dict.fromkeys(found))
