"""Finds the branch that a row means: by its code, by its name or by that of its home."""

from collections import defaultdict
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from campaign.models import Branch, BranchKind
from campaign.selectors import AT_HOME
from core.vietnamese import bare_name, fold, spellings


class BranchNames:
    """The branches that the sender may report for; of others nothing is known."""

    def __init__(self, branches: Iterable[Branch]) -> None:
        self.by_code = {branch.code.casefold(): branch for branch in branches}
        self.only = next(iter(self.by_code.values())) if len(self.by_code) == 1 else None
        self.named: dict[str, dict[str, Branch]] = defaultdict(dict)
        for branch in self.by_code.values():
            home = branch.home_unit
            names = {branch.name}
            if branch.kind == BranchKind.YOUTH_UNION and home.level in AT_HOME:
                names |= {home.name, bare_name(home.name), home.code}
            for name in names:
                self.named[fold(name)][f"{name}\n{branch.code}"] = branch

    def get(self, code: str, name: str) -> Branch:
        """Return the branch; raise ``ValidationError`` where there is none or more than one."""
        by_code = self.by_code.get(code.casefold()) or self._one(code) if code else None
        if code and by_code is None:
            raise ValidationError(
                _("Không có đơn vị mang mã “%(code)s” trong phạm vi của bạn.") % {"code": code[:40]}
            )
        if not name:
            if by_code is None:
                raise ValidationError(_("Ghi mã hoặc tên đơn vị."))
            return by_code
        named = self._named(name)
        if by_code is not None:
            if by_code not in named:
                raise ValidationError(
                    _("Mã %(code)s là %(name)s. Xem lại mã hoặc tên.")
                    % {"code": code[:40], "name": by_code.name}
                )
            return by_code
        if len(named) > 1:
            raise ValidationError(
                _("Có %(n)s đơn vị tên “%(name)s”: %(codes)s. Ghi mã.")
                % {
                    "n": len(named),
                    "name": name[:40],
                    "codes": ", ".join(f"{b.name} ({b.code})" for b in named),
                }
            )
        if not named:
            raise ValidationError(
                _("Không có đơn vị tên “%(name)s” trong phạm vi của bạn. Ghi đủ dấu, hoặc ghi mã.")
                % {"name": name[:40]}
            )
        return named[0]

    def _one(self, text: str) -> Branch | None:
        named = self._named(text)
        return named[0] if len(named) == 1 else None

    def _named(self, text: str) -> list[Branch]:
        """Return the branches of a name; one typed without any marks will do, a wrong mark not."""
        if text.casefold() in self.by_code:
            return [self.by_code[text.casefold()]]
        found = self.named.get(fold(text), {})
        is_bare = text.isascii()
        written = {spelt.casefold() for spelt in spellings(text)}
        same = {
            branch.pk: branch
            for name, branch in found.items()
            if is_bare or name.partition("\n")[0].casefold() in written
        }
        return list(same.values())
