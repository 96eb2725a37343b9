"""What the police's liaison hands in: a file, a pasted table, or figures typed for a day."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaign.models import Indicator, Unit
from core.form_fields import WholeField
from core.importing.forms import ImportFileForm
from core.templatetags.formatting import day as shown
from reports.official.models import FigureKind
from reports.official.services import MOST

PASTED_NAME = gettext_lazy("Bảng dán")


class TableForm(ImportFileForm):
    """A file, or the cells of a table as a spreadsheet puts them on the clipboard."""

    pasted = forms.CharField(
        label=gettext_lazy("Hoặc dán bảng, cả dòng tiêu đề"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["import_file"].required = False

    def clean_import_file(self) -> Any:
        return super().clean_import_file() if self.cleaned_data["import_file"] else None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and not cleaned.get("import_file") and not cleaned["pasted"].strip():
            self.add_error("import_file", ValidationError(_("Chọn tệp, hoặc dán bảng.")))
        return cleaned

    @property
    def sent(self) -> tuple[str, bytes]:
        """The name and the bytes of what was sent."""
        file = self.cleaned_data["import_file"]
        if file is not None:
            return file.name, file.read()
        return str(PASTED_NAME), self.cleaned_data["pasted"].encode()


class TypedForm(forms.Form):
    """Figures of the units below one, or of itself, for a day; a blank cell says nothing."""

    day = forms.TypedChoiceField(label=gettext_lazy("Ngày"), coerce=dt.date.fromisoformat)
    kind = forms.ChoiceField(label=gettext_lazy("Loại số"), choices=FigureKind.choices)
    above = forms.TypedChoiceField(label=gettext_lazy("Trong"), coerce=int)

    def __init__(
        self, data: Any, *, days: Sequence[dt.date], above: Sequence[Unit], **given: Any
    ) -> None:
        super().__init__(data, **given)
        self.fields["day"].choices = [(day.isoformat(), shown(day)) for day in days]  # type: ignore[attr-defined]
        self.fields["above"].choices = [(unit.pk, unit.name) for unit in above]  # type: ignore[attr-defined]


class FiguresForm(forms.Form):
    """A field for each unit and indicator; what stands is in it."""

    def __init__(
        self,
        *args: Any,
        units: Sequence[Unit],
        indicators: Sequence[Indicator],
        present: Mapping[tuple[int, str], int],
        **given: Any,
    ) -> None:
        super().__init__(*args, **given)
        self.units, self.indicators = units, indicators
        for unit in units:
            for one in indicators:
                name = cell_name(unit, one)
                self.fields[name] = WholeField(
                    label=f"{unit.name}, {one.name}",
                    most=MOST,
                    required=False,
                    initial=present.get((unit.pk, one.code)),
                )

    @property
    def rows(self) -> list[tuple[Unit, list[forms.BoundField]]]:
        return [
            (unit, [self[cell_name(unit, one)] for one in self.indicators]) for unit in self.units
        ]

    @property
    def values(self) -> dict[tuple[int, str], int]:
        """The figures that were typed, by unit and indicator."""
        found = {}
        for unit in self.units:
            for one in self.indicators:
                value = self.cleaned_data.get(cell_name(unit, one))
                if value is not None:
                    found[unit.pk, one.code] = value
        return found


def cell_name(unit: Unit, indicator: Indicator) -> str:
    return f"u{unit.pk}-{indicator.code}"
