"""What every page of the admin shares: who may come in, and which rows are there.

Permissions are not Django's table of them: the admin is for the province's staff, and what
a member of the staff sees there is what ``visible_to`` gives everywhere else. Superusers
see all. Each ``ModelAdmin`` of the portal derives from ``ScopedAdmin``.
"""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin, messages
from django.contrib.admin.models import ADDITION, CHANGE, DELETION, LogEntry
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.db.models import ProtectedError, Q, RestrictedError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from core.deletion import blockers_of
from core.personal_fields import noting
from core.querysets import ScopedQuerySet, scoped
from core.validators import MOST_ROWS
from core.vietnamese import fold

if TYPE_CHECKING:
    Base = admin.ModelAdmin[Any]
else:
    Base = admin.ModelAdmin


# What the log says in place of a person.
UNNAMED = "…"


def log_rows(user_id: Any, rows: Any, flag: int, message: Any) -> list[LogEntry]:
    """Write into the admin's log that rows were added, changed or deleted.

    Django keeps what a row is called; of people it keeps which row it was.
    """
    rows = list(rows)
    with noting() as noted:
        made: list[LogEntry] = list(LogEntry.objects.log_actions(user_id, rows, flag, message))
    if noted.people:
        for entry, row in zip(made, rows, strict=True):
            entry.object_repr = f"{row._meta.verbose_name} {row.pk}"
        LogEntry.objects.bulk_update(made, ["object_repr"])
    return made


class StaffOnly:
    """Opens pages and inlines to staff, in place of Django's table of permissions."""

    def may_administer(self, request: HttpRequest) -> bool:
        user: Any = request.user
        return bool(user.is_active and user.is_staff)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.may_administer(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may_administer(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may_administer(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may_administer(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may_administer(request)


class LabelledSelect(AutocompleteSelect):
    """A field to search in whose suggestions say enough to tell namesakes apart."""

    def get_url(self) -> str:
        opts = self.field.remote_field.model._meta
        return reverse(f"{self.admin_site.name}:{opts.app_label}_{opts.model_name}_choices")

    def optgroups(self, name: str, value: Any, attr: Any = None) -> Any:
        """Show no row for what is no key, instead of asking the database for it."""
        texts = [str(key) for key in value]
        keys = [text for text in texts if re.fullmatch(r"[0-9]{1,18}", text)]
        return super().optgroups(name, keys, attr)


class LabelledChoices(AutocompleteJsonView):
    """The suggestions of ``LabelledSelect``, within the scope."""

    def serialize_result(self, obj: Any, to_field_name: str) -> dict[str, str]:
        chosen: Any = self.model_admin
        return {"id": str(getattr(obj, to_field_name)), "text": chosen.label(obj)}


class ScopedFields:
    """Lets a field refer to rows of the scope only, whatever the browser sends."""

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Name the field itself: in a table Django gives it no label."""
        field: Any = super().formfield_for_dbfield(  # type: ignore[misc]
            db_field, request, **kwargs
        )
        if field is not None:
            named = getattr(field.widget, "widget", field.widget)
            named.attrs.setdefault("aria-label", capfirst(field.label))
        return field

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        site: Any = self.admin_site  # type: ignore[attr-defined]
        other = site._registry.get(db_field.remote_field.model)
        if isinstance(other, ScopedAdmin):
            if db_field.name in self.get_autocomplete_fields(request):  # type: ignore[attr-defined]
                kwargs.setdefault("widget", LabelledSelect(db_field, site))
            kwargs.setdefault("queryset", other.choices(request))
        field: Any = super().formfield_for_foreignkey(  # type: ignore[misc]
            db_field, request, **kwargs
        )
        if field is not None and isinstance(other, ScopedAdmin):
            field.label_from_instance = other.label
        return field


class FoldedSearch:
    """Searches for all words at once; ``search_fields`` are lookups, of ``fold`` without marks."""

    search_fields: ClassVar[Sequence[str]]

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[Any, bool]:
        matching = Q()
        if words := search_term.strip():
            for lookup in self.search_fields:
                matching |= Q((lookup, fold(words) if "fold__" in lookup else words))
        return queryset.filter(matching), False


class ScopedAdmin(StaffOnly, ScopedFields, Base):
    """The base of every ``ModelAdmin`` of the portal."""

    # The foreign keys that ``label`` reads.
    label_related: tuple[str, ...] = ()
    list_per_page = 50
    # A list that can be edited is one table.
    list_max_show_all = MOST_ROWS
    # Its switch has no Vietnamese, and counting rows for each filter costs a query each.
    show_facets = admin.ShowFacets.NEVER

    def __init__(self, model: type[models.Model], admin_site: admin.AdminSite) -> None:
        rows = model._default_manager.all()
        says = getattr(type(rows), "visible_to", None)
        if says in (None, ScopedQuerySet.visible_to):
            raise ImproperlyConfigured(
                f"{type(self).__name__}: {model.__name__} does not say who may see its rows."
            )
        super().__init__(model, admin_site)

    def get_queryset(self, request: HttpRequest) -> Any:
        return scoped(request.user, super().get_queryset(request))

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        """Keep secrets out of the addresses of lists: filtering would spell them out."""
        if "password" in lookup or "digest" in lookup:
            return False
        allowed: bool = super().lookup_allowed(lookup, value, request)  # type: ignore[arg-type]
        return allowed

    def choices(self, request: HttpRequest) -> Any:
        rows = self.get_queryset(request)
        return rows.select_related(*self.label_related) if self.label_related else rows

    def label(self, obj: Any) -> str:
        return str(obj)

    def get_urls(self) -> list[URLPattern]:
        opts = self.model._meta
        view = LabelledChoices.as_view(admin_site=self.admin_site)
        name = f"{opts.app_label}_{opts.model_name}_choices"
        return [
            path("choices/", self.admin_site.admin_view(view), name=name),
            *super().get_urls(),
        ]

    # What is kept of it: which row, and no person's name

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        return log_rows(request.user.pk, [obj], ADDITION, message)[0]

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        return log_rows(request.user.pk, [obj], CHANGE, message)[0]

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        return log_rows(request.user.pk, queryset, DELETION, "")

    def construct_change_message(
        self, request: HttpRequest, form: Any, formsets: Any, add: bool = False
    ) -> Any:
        with noting() as noted:
            message: Any = super().construct_change_message(request, form, formsets, add)
        if noted.people:
            for part in (part for entry in message for part in entry.values()):
                part.update({"object": UNNAMED} if "object" in part else {})
        return message

    # Deleting

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Say in plain words what keeps the rows, before Django would load all of it."""
        blockers = [line for obj in objs for line in self.blockers_of(obj)]
        return ([], {}, set(), blockers) if blockers else super().get_deleted_objects(objs, request)

    def blockers_of(self, obj: Any) -> list[str]:
        return blockers_of(obj)

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        """Delete a row; something may have come to hold it meanwhile."""
        try:
            return super().delete_view(request, object_id, extra_context)
        except (ProtectedError, RestrictedError):
            messages.error(request, _("Mục này vừa được mục khác dùng nên không xóa được."))
            opts = self.model._meta
            return HttpResponseRedirect(
                reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist")
            )
