"""What all imports and exports share.

An import reads the whole file before it writes anything: cells first, then what they refer
to (also in rows further down), then row by row what has changed. One bad row means that
nothing is taken, every problem is told with its row, and a file that was imported before
changes nothing. Only natural keys: ids of the database never leave it.
"""

import logging
from collections.abc import Hashable, Iterable, Mapping
from typing import Any

import tablib
from django.core.exceptions import (
    NON_FIELD_ERRORS,
    FieldDoesNotExist,
    ImproperlyConfigured,
    ValidationError,
)
from django.db import models
from django.utils.translation import gettext as _
from import_export.results import Result, RowResult

from accounts.models import User
from accounts.resources.files import MOST_ROWS
from accounts.resources.rows import Item
from accounts.resources.writing import BATCH, BulkWriting

# What a blank cell does to a column that may not be empty.
KEEP = object()

logger = logging.getLogger(__name__)


class NoLoader:
    """Stands where import-export looks for a loader: ``StrictResource`` finds rows itself."""

    def __init__(self, resource: Any, dataset: Any = None) -> None:
        pass


class StrictResource(BulkWriting):
    """A file of one model. Subclasses declare ``Column`` fields, ``keys`` and ``related``.

    ``keys`` are the attributes by which a row is known again; ``related`` are the foreign
    keys that columns read through.
    """

    related: tuple[str, ...] = ()

    class Meta:
        skip_unchanged = True
        report_skipped = True
        # We compare what people read (``Item.before``, ``Item.after``), without the copies
        # and the coloured HTML that import-export would make of 20,000 rows.
        skip_diff = True
        use_bulk = True
        batch_size = MOST_ROWS + 1
        chunk_size = BATCH
        instance_loader_class = NoLoader

    def __init__(self, *, user: User | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.user = user
        self.items: list[Item] = []
        self.known: dict[Hashable, Any] = {}
        self.visible: set[Any] = set()
        self.failed = False
        self.is_preview = False

    # What subclasses say

    def prepare(self) -> None:
        """Load what the rows of the file may refer to."""

    def foresee(self) -> None:
        """Look at all rows before any of them is resolved."""

    def resolve(self, item: Item) -> dict[str, Any]:
        """Return what goes where: attribute of the model to value.

        Raises ``ValidationError`` by column for what is unknown or outside the scope.
        """
        return self.plain(item)

    def check(self, item: Item) -> None:
        """Check the row as it would be saved; raise ``ValidationError`` by attribute."""

    def finish(self, items: list[Item]) -> None:
        """Write what follows from the rows that have changed."""

    # What is the same for all

    @property
    def actor(self) -> User:
        """The person who imports."""
        if self.user is None:
            raise ImproperlyConfigured(f"{type(self).__name__}: nobody imports.")
        return self.user

    @classmethod
    def get_display_name(cls) -> str:
        """Return the model's name."""
        return str(cls._meta.model._meta.verbose_name_plural)

    @classmethod
    def title_of(cls, name: str) -> str:
        """Return how people call the column ``name``; the name itself unless said otherwise."""
        return name

    def get_queryset(self) -> models.QuerySet[Any]:
        """Return all rows with what the columns read."""
        rows: models.QuerySet[Any] = self._meta.model._default_manager.all()
        return rows.select_related(*self.related) if self.related else rows

    def filter_export(self, queryset: models.QuerySet[Any], **kwargs: Any) -> Any:
        """Read what the columns need at once."""
        return queryset.select_related(*self.related) if self.related else queryset

    def visible_pks(self, model: type[models.Model]) -> set[Any]:
        """Return the keys of the rows that the actor may see."""
        rows: Any = model._default_manager.all()
        if not self.actor.is_superuser:
            rows = rows.visible_to(self.actor)
        return set(rows.values_list("pk", flat=True))

    def plain(self, item: Item) -> dict[str, Any]:
        """Return the values of the columns that stand for one attribute of the model."""
        return {
            column.attribute: item.values[name]
            for name, column in self.fields.items()
            if name in item.values and "__" not in column.attribute
        }

    def identity(self, values: Mapping[str, Any]) -> Hashable:
        """Return what a row is known by."""
        return tuple(values[key] for key in self.keys)

    def identity_of(self, instance: Any) -> Hashable:
        """Return what a row of the database is known by."""
        return self.identity({key: getattr(instance, key) for key in self.keys})

    def get_diff_headers(self) -> list[str]:
        """Return the titles over the preview."""
        return [self.title_of(name) for name in super().get_diff_headers()]

    def get_export_headers(self, selected_fields: Any = None) -> list[str]:
        """Return the first line of an exported file."""
        return [self.title_of(name) for name in super().get_export_headers(selected_fields)]

    def get_import_id_fields(self) -> list[str]:
        """Return the columns without which no row can be found."""
        return [name for name, column in self.fields.items() if column.required]

    # Reading

    def before_import(self, dataset: tablib.Dataset, **kwargs: Any) -> None:
        """Read the whole file, or say why it cannot be read."""
        self.items, self.failed = [], False
        try:
            self._check_headers(dataset.headers or [])
            self.prepare()
            self.known = {self.identity_of(row): row for row in self.get_queryset()}
            self.visible = self.visible_pks(self._meta.model)
            self._read(dataset)
        except ValidationError:
            dataset.wipe()
            raise

    def _check_headers(self, headers: list[str]) -> None:
        names = list(self.fields)
        unknown = [name for name in headers if name not in names]
        missing = [name for name in self.get_import_id_fields() if name not in headers]
        problems = []
        if missing:
            problems.append(
                _("Thiếu cột: %(names)s.") % {"names": ", ".join(map(self.title_of, missing))}
            )
        if unknown:
            shown = ", ".join(name[:40] for name in unknown[:10])
            problems.append(_("Không có cột nào tên là: %(names)s.") % {"names": shown})
        if problems:
            accepted = ", ".join(map(self.title_of, names))
            problems.append(_("Các cột nhận được: %(names)s.") % {"names": accepted})
            raise ValidationError(problems)

    def _read(self, dataset: tablib.Dataset) -> None:
        numbers: Iterable[int] = getattr(dataset, "numbers", range(2, len(dataset) + 2))
        for number, cells in zip(numbers, dataset, strict=True):
            item = Item(number)
            row = dict(zip(dataset.headers, cells, strict=True))
            for name, column in self.fields.items():
                if name not in row:
                    continue
                try:
                    item.values[name] = column.clean(row)
                except ValidationError as error:
                    item.errors[name] = error.messages
            self.items.append(item)
        self.foresee()
        seen: dict[Hashable, int] = {}
        for item in self.items:
            if not item.errors:
                try:
                    self._place(item, seen)
                except ValidationError as error:
                    item.refuse(error)
        # All rows are as they will be before the first of them is checked.
        for item in self.items:
            if not item.errors:
                self._apply(item)

    def _place(self, item: Item, seen: dict[Hashable, int]) -> None:
        """Find the row of the database, or begin a new one."""
        item.assign = self.resolve(item)
        identity = self.identity(item.assign)
        if identity in seen:
            raise ValidationError(
                _("Trùng với dòng %(n)s: cùng một mục chỉ ghi một lần.") % {"n": seen[identity]}
            )
        seen[identity] = item.number
        item.instance = self.known.get(identity) or self._meta.model()
        if item.instance.pk is not None and item.instance.pk not in self.visible:
            raise ValidationError(_("Mục này đã có và nằm ngoài phạm vi của bạn."))

    def _apply(self, item: Item) -> None:
        """Set what the file says.

        A blank cell clears what may be empty and leaves alone what may not.
        """
        item.before = None if item.instance.pk is None else self.texts(item.instance)
        for attribute, value in item.assign.items():
            if value is not None:
                setattr(item.instance, attribute, value)
            elif (blank := self._blank(attribute)) is not KEEP:
                setattr(item.instance, attribute, blank)
        item.after = self.texts(item.instance)

    def _blank(self, attribute: str) -> Any:
        """Return what a blank cell stands for."""
        try:
            spec = self._meta.model._meta.get_field(attribute)
        except FieldDoesNotExist:
            return None
        if spec.null:
            return None
        is_text = isinstance(spec, models.CharField | models.TextField)
        return "" if spec.blank and is_text else KEEP

    # Row by row

    def import_row(self, row: Any, instance_loader: Any, **kwargs: Any) -> RowResult:
        """Import one row, and remember whether all went well."""
        result = super().import_row(row, instance_loader, **kwargs)
        for error in result.errors:
            logger.error("import of a row failed", exc_info=error.error)
        self.failed = self.failed or not result.is_valid()
        return result

    def before_import_row(self, row: Any, **kwargs: Any) -> None:
        """Turn to the row that was read."""
        self.item = self.items[kwargs["row_number"] - 1]
        if self.item.errors:
            raise ValidationError({k or NON_FIELD_ERRORS: v for k, v in self.item.errors.items()})

    def get_or_init_instance(self, instance_loader: Any, row: Any) -> tuple[Any, bool]:
        """Return the row of the database that was found or begun."""
        return self.item.instance, self.item.instance.pk is None

    def import_instance(self, instance: Any, row: Any, **kwargs: Any) -> None:
        """Do nothing: the row has been set when the file was read."""

    def texts(self, instance: Any) -> list[str]:
        """Return what the columns of a row say."""
        return [str(self.export_field(column, instance)) for column in self.fields.values()]

    def skip_row(self, instance: Any, original: Any, row: Any, errors: Any = None) -> bool:
        """Whether the row says what the database says."""
        return not self.item.is_changed

    def validate_instance(
        self, instance: Any, import_validation_errors: Any = None, validate_unique: bool = True
    ) -> None:
        """Check the row with the checks of the forms; name problems by column."""
        column_of: dict[str, str] = {}
        for name, column in self.fields.items():
            column_of.setdefault(column.attribute.split("__")[0], name)
        for step in (self._clean_fields, self.check):
            try:
                step(self.item)
            except ValidationError as error:
                self.item.refuse(error)
            if self.item.errors:
                raise ValidationError(
                    {
                        column_of.get(k, k) if k else NON_FIELD_ERRORS: v
                        for k, v in self.item.errors.items()
                    }
                )

    def _clean_fields(self, item: Item) -> None:
        relations = {f.name for f in self._meta.model._meta.fields if f.is_relation}
        item.instance.clean_fields(exclude=relations | {"id", "password"})

    def after_import_row(self, row: Any, row_result: RowResult, **kwargs: Any) -> None:
        """Keep what the preview shows."""
        row_result.number = self.item.number
        row_result.diff = list(
            zip(self.item.before or [""] * len(self.item.after), self.item.after, strict=True)
        )

    # Writing

    def after_import(self, dataset: tablib.Dataset, result: Result, **kwargs: Any) -> None:
        """Name rows by their number in the file; then write what follows."""
        for failed in [*result.invalid_rows, *result.error_rows]:
            failed.number = self.items[failed.number - 1].number
        self.is_preview = self._is_dry_run(kwargs)
        if not self.failed and not result.base_errors:
            self.finish([item for item in self.items if item.is_changed])
