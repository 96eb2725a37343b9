"""Two people at one row: whoever saves later is shown what stands now, and keeps what was typed."""

import json
from typing import TYPE_CHECKING, Any
from zlib import crc32

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from campaign.services.settings_change import value_words

if TYPE_CHECKING:
    AnyForm = forms.BaseModelForm[Any]
else:
    AnyForm = object


class NoticesOthers(AnyForm):
    """A form that carries, hidden, over which values it is typed (``stands``, by field)."""

    _stands = ""

    @property
    def stands(self) -> str:
        """What goes along with the form: of the row as it was when its reader saw it."""
        sent = str(self.data.get("stands", "")) if self.is_bound else ""
        return self._stands or sent or json.dumps(self._marks())

    def check_meanwhile(self, stored: "NoticesOthers") -> None:
        """Refuse to write over what somebody else has changed since.

        ``stored`` is the same form of the row as it stands, locked. Raises ``ValidationError``
        that shows at each such field what stands; sent once more, what was typed is meant.
        """
        try:
            seen = json.loads(self.stands)
            moved = [name for name, mark in stored._marks().items() if seen.get(name, mark) != mark]
        except (ValueError, AttributeError):
            moved = list(stored._marks())
        lost = {
            name: _("Người khác vừa sửa, nay là: %(value)s") % {"value": stored._words(name)}
            for name in moved
            if self.fields[name].has_changed(stored[name].initial, self[name].data)
        }
        if lost:
            self._stands = json.dumps(stored._marks())
            words = _("Chưa lưu: người khác vừa sửa mục này. Xem lại; bấm Lưu lần nữa để ghi đè.")
            raise ValidationError({"__all__": words, **lost})

    def _marks(self) -> dict[str, str]:
        open_fields = (name for name, field in self.fields.items() if not field.disabled)
        return {name: f"{crc32(str(self[name].initial).encode()):x}" for name in open_fields}

    def _words(self, name: str) -> str:
        field: Any = self.fields[name]
        value = self[name].initial
        if isinstance(field, forms.ModelChoiceField):
            chosen: Any = field.queryset
            chosen = chosen.filter(pk=value).first()
            return value_words(chosen and str(chosen))
        choices: dict[Any, Any] = dict(getattr(field, "choices", ()))
        if isinstance(field, forms.MultipleChoiceField):
            return value_words(", ".join(str(choices.get(one, one)) for one in value or ""))
        return value_words(choices.get(value, value))
