"""What all imports and exports share.

An import reads the whole file before it writes anything: cells first, then what they refer
to (also in rows further down), then all rows as they are to be, and only then it checks them.
One bad row means that nothing is taken, every problem is named with its row, and a file that
was imported before changes nothing. Only natural keys: ids of the database never leave it.
"""

import logging
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from typing import Any

import tablib
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import connection, models
from django.utils.translation import gettext as _
from import_export.instance_loaders import BaseInstanceLoader
from import_export.results import Result, RowResult

from core.collecting import without_collecting
from core.importing.bulk import BATCH, BulkWriting
from core.importing.column_names import name_columns
from core.importing.import_row import ImportRow
from core.importing.inspection import Unread
from core.querysets import scoped
from core.validators import blamed_on

# What a blank cell does to an attribute that may not be empty.
UNCHANGED = object()

logger = logging.getLogger(__name__)


class StrictResource(BulkWriting):
    """A file of one model. Subclasses declare ``Column`` fields and:

    - ``keys``: the attributes by which a row is known again;
    - ``related``: the foreign keys that columns read through;
    - ``references``: for columns that name rows of other models, what finds those that the
      actor may refer to. Called with the actor; its answer has ``get(key, …)``, which raises
      ``ValidationError`` for what is unknown;
    - ``telling``: the columns by which a row is known again, if not those of ``keys``. What
      could not be read is left as it is, but not where it says which row is meant.
    - ``aliases``: what else people call the columns (``core.importing.column_names``); with them
      a column that numbers the lines of a table on paper is passed over;
    - ``asks_columns``: whether the sender is asked what columns are that nobody knows, rather than
      refused (``core.importing.unknown_columns``).
    """

    related: tuple[str, ...] = ()
    references: Mapping[str, Callable[[Any], Any]] = {}
    telling: tuple[str, ...] = ()
    aliases: Mapping[str, str] = {}
    asks_columns = False

    class Meta:
        # We compare what people read (``ImportRow.before``, ``ImportRow.after``), without the
        # copies and the coloured HTML that import-export would make of 20,000 rows.
        skip_diff = True
        use_bulk = True
        # All at the end: a row may refer to one further down.
        batch_size = None
        chunk_size = BATCH
        store_instance = True
        # Rows are found when the file is read.
        instance_loader_class = BaseInstanceLoader

    def __init__(self, *, user: Any = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.actor = user
        self.rows: list[ImportRow] = []
        self.name_titles()

    def name_titles(self) -> None:
        # The column that an error is about, by name of the field or attribute of the model.
        self.titles = {name: column.column_name for name, column in self.fields.items()}
        for column in self.fields.values():
            self.titles.setdefault(column.attribute.split("__")[0], column.column_name)

    # What subclasses say

    def prepare(self) -> None:
        self.lookups = {name: load(self.actor) for name, load in self.references.items()}

    def index_rows(self) -> None:
        """Look at all rows before any of them is resolved."""

    def resolve_references(self, row: ImportRow) -> dict[str, Any]:
        """Return what goes where: attribute of the model to value.

        Raises ``ValidationError`` by column for what is unknown or outside the scope.
        """
        named = self.references.keys() & row.values.keys()
        return self.plain(row) | {name: self.find(name, row.values[name]) for name in named}

    def check(self, row: ImportRow) -> None:
        """Check the row as it would be saved; raise ``ValidationError`` by attribute."""

    def before_writing(self) -> None:
        """Write what the rows refer to; called if all rows are good."""

    def after_writing(self, rows: list[ImportRow]) -> None:
        """Write what follows from the rows that have changed; not called for a preview."""

    def shown(self) -> dict[str, Any]:
        """Return what the page shows of a preview besides the rows."""
        return {}

    # What is the same for all

    @classmethod
    def get_display_name(cls) -> str:
        return str(cls._meta.model._meta.verbose_name_plural)

    def filter_export(self, queryset: models.QuerySet[Any], **kwargs: Any) -> Any:
        return queryset.select_related(*self.related) if self.related else queryset

    def stored_rows(self) -> models.QuerySet[Any]:
        rows: models.QuerySet[Any] = self.filter_export(self._meta.model._default_manager.all())
        return rows

    def visible_pks(self, model: type[models.Model]) -> set[Any]:
        rows = scoped(self.actor, model._default_manager.all())
        return set(rows.values_list("pk", flat=True))

    def plain(self, row: ImportRow) -> dict[str, Any]:
        """Return the values of the columns that stand for one attribute of the model."""
        return {
            column.attribute: row.values[name]
            for name, column in self.fields.items()
            if name in row.values and "__" not in column.attribute
        }

    def find(self, column: str, key: Any, *args: Any) -> Any:
        """Return the row of another model that a cell names; None for a blank cell."""
        if key is None:
            return None
        with blamed_on(column):
            return self.lookups[column].get(key, *args)

    def identity(self, values: Mapping[str, Any]) -> Hashable:
        return tuple(values.get(key) for key in self.keys)

    def identity_of(self, instance: Any) -> Hashable:
        return self.identity({key: getattr(instance, key) for key in self.keys})

    def texts(self, instance: Any) -> list[str]:
        return [str(column.export(instance)) for column in self.fields.values()]

    def import_data(self, *args: Any, **kwargs: Any) -> Result:
        """Take a file in, or show what would come of it."""
        with without_collecting():
            return super().import_data(*args, **kwargs)

    # Reading

    @property
    def good_rows(self) -> Iterator[ImportRow]:
        return (row for row in self.rows if not row.errors)

    def before_import(self, dataset: tablib.Dataset, **kwargs: Any) -> None:
        try:
            if self.aliases:
                self._name_columns(dataset)
            # 20,000 rows are read between two questions to the database.
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL idle_in_transaction_session_timeout = '5min'")
            self._check_headers(dataset.headers or [])
            self.prepare()
            # The rows of the database, and those that the file begins.
            self.known: dict[Hashable, Any] = {
                self.identity_of(row): row for row in self.stored_rows()
            }
            self.visible = self.visible_pks(self._meta.model)
            self.rows = list(self._read(dataset))
            self.index_rows()
            self._resolve()
            good = list(self.good_rows)
            for row in good:
                row.before = None if row.instance.pk is None else self.texts(row.instance)
            self.assign(good)
            for row in good:
                row.after = self.texts(row.instance)
            self._check()
            self.is_refused = any(row.errors for row in self.rows)
            if not self.is_refused:
                self.before_writing()
        except Exception:
            dataset.wipe()
            raise

    def _name_columns(self, dataset: tablib.Dataset) -> None:
        titles = {name: column.column_name for name, column in self.fields.items()}
        name_columns(dataset, titles, self.aliases)

    def _check_headers(self, headers: list[str]) -> None:
        columns = self.fields.values()
        titles = [column.column_name for column in columns]
        unknown = [header[:40] for header in headers if header not in titles]
        missing = [c.column_name for c in columns if c.required and c.column_name not in headers]
        problems = []
        if missing:
            problems.append(_("Thiếu cột: %(names)s.") % {"names": ", ".join(missing)})
        if unknown:
            shown = ", ".join(unknown[:10])
            problems.append(_("Không có cột nào tên là: %(names)s.") % {"names": shown})
        if problems:
            problems.append(_("Các cột nhận được: %(names)s.") % {"names": ", ".join(titles)})
            raise ValidationError(problems)

    def _read(self, dataset: tablib.Dataset) -> Iterator[ImportRow]:
        numbers: Iterable[int] = getattr(dataset, "numbers", range(2, len(dataset) + 2))
        for number, line in zip(numbers, dataset, strict=True):
            row = ImportRow(number)
            cells = dict(zip(dataset.headers, line, strict=True))
            for name, column in self.fields.items():
                if column.column_name not in cells:
                    continue
                try:
                    if not self._is_left(name, column, cells[column.column_name]):
                        row.values[name] = column.clean(cells)
                except ValidationError as error:
                    row.errors[column.column_name] = error.messages
            yield row

    def _is_left(self, name: str, column: Any, cell: Any) -> bool:
        """Whether a cell changes nothing, since it could not be read.

        Raises ``ValidationError`` where the row cannot do without.
        """
        if not isinstance(cell, Unread):
            return False
        if column.required or name in (self.telling or self.keys):
            raise ValidationError(cell.text)
        return True

    def _resolve(self) -> None:
        numbers: dict[Hashable, int] = {}
        for row in self.good_rows:
            try:
                row.assign = self.resolve_references(row)
                identity = self.identity(row.assign)
                if identity in numbers:
                    raise ValidationError(
                        _("Trùng với dòng %(n)s: cùng một mục chỉ ghi một lần.")
                        % {"n": numbers[identity]}
                    )
                numbers[identity] = row.number
                if identity not in self.known:
                    self.known[identity] = self._meta.model()
                row.instance = self.known[identity]
                if row.instance.pk is not None and row.instance.pk not in self.visible:
                    raise ValidationError(_("Mục này đã có và nằm ngoài phạm vi của bạn."))
            except ValidationError as error:
                row.refuse(error, self.titles)

    def assign(self, rows: list[ImportRow]) -> None:
        """Set what the file says.

        A blank cell clears what may be empty and leaves alone what may not.
        """
        for row in rows:
            for attribute, value in row.assign.items():
                new = self._blank(attribute) if value is None else value
                if new is not UNCHANGED:
                    setattr(row.instance, attribute, new)

    def _blank(self, attribute: str) -> Any:
        try:
            field = self._meta.model._meta.get_field(attribute)
        except FieldDoesNotExist:
            return None
        if field.null:
            return None
        is_text = isinstance(field, models.CharField | models.TextField)
        return "" if field.blank and is_text else UNCHANGED

    def _check(self) -> None:
        relations = {f.name for f in self._meta.model._meta.fields if f.is_relation}
        for row in self.good_rows:
            if row.is_changed:
                try:
                    row.instance.clean_fields(exclude=relations | {"id", "password"})
                    self.check(row)
                except ValidationError as error:
                    row.refuse(error, self.titles)

    # Row by row, as import-export goes through the file

    def before_import_row(self, row: Any, **kwargs: Any) -> None:
        self.row = self.rows[kwargs["row_number"] - 1]
        if self.row.errors:
            raise ValidationError(self.row.errors)

    def get_or_init_instance(self, instance_loader: Any, row: Any) -> tuple[Any, bool]:
        return self.row.instance, self.row.before is None

    def import_instance(self, instance: Any, row: Any, **kwargs: Any) -> None:
        """Do nothing: the row has been set when the file was read."""

    def skip_row(self, instance: Any, original: Any, row: Any, errors: Any = None) -> bool:
        return not self.row.is_changed

    def save_instance(self, instance: Any, is_create: bool, row: Any, **kwargs: Any) -> None:
        if not self.is_refused:
            super().save_instance(instance, is_create, row, **kwargs)

    def after_import_row(self, row: Any, row_result: RowResult, **kwargs: Any) -> None:
        row_result.number = self.row.number
        row_result.diff = list(
            zip(self.row.before or [""] * len(self.row.after), self.row.after, strict=True)
        )

    def after_import(self, dataset: tablib.Dataset, result: Result, **kwargs: Any) -> None:
        """Name rows by their number in the file; then write what follows."""
        for refused in (*result.invalid_rows, *result.error_rows):
            refused.number = self.rows[refused.number - 1].number
        for failed in result.error_rows:
            logger.error("import of a row failed", exc_info=failed.errors[0].error)
        if not (self._is_dry_run(kwargs) or result.has_errors() or result.has_validation_errors()):
            self.after_writing([row for row in self.rows if row.is_changed])
