"""Writes the rows of an import in batches, and puts what the database refuses into words."""

import logging
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.utils.translation import gettext as _
from import_export.resources import Resource
from import_export.results import Result

from accounts.resources.rows import Item

BATCH = 2000

logger = logging.getLogger(__name__)


class BulkWriting(Resource):  # type: ignore[misc]
    """Creates and changes rows, if all rows of the file are good."""

    keys: tuple[str, ...] = ()
    items: list[Item]
    failed: bool

    def get_bulk_update_fields(self) -> list[str]:
        """Return the fields of the model that the file sets."""
        concrete = {f.name for f in self._meta.model._meta.concrete_fields}
        named = {name for item in self.items for name in item.assign} - set(self.keys)
        return sorted(named & concrete | {"updated_at"} & concrete)

    def bulk_create(self, *args: Any, **kwargs: Any) -> None:
        """Create the new rows, if all rows are good."""
        if self.failed:
            self.create_instances.clear()
        super().bulk_create(*args, **kwargs | {"batch_size": BATCH})

    def bulk_update(
        self,
        using_transactions: bool,
        dry_run: bool,
        raise_errors: bool,
        batch_size: int | None = None,
        result: Result | None = None,
    ) -> None:
        """Save the changed rows, if all rows are good.

        As rows that are there already: one ``ON CONFLICT`` for a batch takes a tenth of the
        time of Django's ``CASE`` for each value, and sets ``updated_at`` by itself.
        """
        changed = [] if self.failed else list(self.update_instances)
        self.update_instances.clear()
        if not changed:
            return
        try:
            self._meta.model._default_manager.bulk_create(
                changed,
                batch_size=BATCH,
                update_conflicts=True,
                unique_fields=[self._meta.model._meta.pk.name],
                update_fields=self.get_bulk_update_fields(),
            )
        except Exception as error:
            self.handle_import_error(result, error, raise_errors)

    def handle_import_error(
        self, result: Result, error: Exception, raise_errors: bool = False
    ) -> None:
        """Put what the database refuses into words."""
        if not isinstance(error, ValidationError):
            logger.error("import failed", exc_info=error)
            text = (
                _("Có mục trùng với dữ liệu đã có. Xuất tệp mới nhất, so lại rồi nhập.")
                if isinstance(error, IntegrityError)
                else _(
                    "Không ghi được vào cơ sở dữ liệu. Thử lại; nếu vẫn lỗi, báo người quản trị."
                )
            )
            error = ValidationError(text)
        super().handle_import_error(result, error, raise_errors)
