"""What the admin pages of a campaign share."""

import datetime as dt
from functools import partial
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminDateWidget
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaign.checked_form import CheckedForm
from campaign.models.dated import Dated, last_change
from campaign.permissions import Permission
from campaign.resources.settings import SettingsResource
from campaign.resources.widgets import MOST, MOST_SMALL
from campaign.scopes import scope_of
from campaign.services.settings_change import (
    MODELS,
    ReasonWanted,
    hold_from,
    settings_change,
    since_day,
    value_words,
)
from core.admin import ScopedAdmin, ScopedFields, StaffOnly
from core.form_fields import WholeField
from core.importing.admin import FilesAdmin
from core.importing.resource import StrictResource
from core.importing.steps import preview_pending

if TYPE_CHECKING:
    AnyFormSet = forms.BaseInlineFormSet[Any, Any, Any]
    Tabular = admin.TabularInline[Any, Any]
else:
    AnyFormSet = forms.BaseInlineFormSet
    Tabular = admin.TabularInline


class AdminWhole(WholeField):
    look = "vIntegerField"


# The answers to “why” and “from which day on” in the form that comes again, and the day for which
# it showed what moves.
REASON, SINCE, SHOWN = "settings_reason", "settings_since", "settings_shown"

# What the page of a row says of what its values were before.
OF_PAST = ("earlier", "holds_from")

STRICT_NUMBERS: dict[Any, dict[str, Any]] = {
    models.PositiveIntegerField: {"form_class": partial(AdminWhole, most=MOST)},
    models.PositiveSmallIntegerField: {"form_class": partial(AdminWhole, most=MOST_SMALL)},
    models.SmallIntegerField: {"form_class": partial(AdminWhole, most=MOST_SMALL, is_signed=True)},
}


class ProvinceStaffOnly(StaffOnly):
    """Opens pages to those who hold an appointment as province staff today."""

    def may_administer(self, request: HttpRequest) -> bool:
        user: Any = request.user
        return super().may_administer(request) and (
            user.is_superuser or scope_of(user).may(Permission.SET_UP)
        )


class ProvincePages(ProvinceStaffOnly, ScopedAdmin):
    formfield_overrides = STRICT_NUMBERS

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        form.actor = request.user
        return form


class ProvinceAdmin(ProvincePages, FilesAdmin):
    """Pages of the province staff with import and export.

    Where they write what totals or expectations rest on, a page between says what moves and
    asks why; the form comes again with the answer.
    """

    def message_user(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Keep messages back until the settings are written."""
        waiting: list[Any] | None = getattr(request, "waiting_messages", None)
        if waiting is None:
            super().message_user(request, *args, **kwargs)
        else:
            waiting.append((args, kwargs))

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return self._settings_page(request, super().changeform_view, *args, **kwargs)

    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return self._settings_page(request, super().delete_view, *args, **kwargs)

    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return self._settings_page(request, super().changelist_view, *args, **kwargs)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = super().get_readonly_fields(request, obj)
        return (*fields, "earlier") if getattr(obj, "past", None) else fields

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Say at the end what a row's values were before."""
        fieldsets = [
            (name, {**options, "fields": [f for f in options["fields"] if f not in OF_PAST]})
            for name, options in super().get_fieldsets(request, obj)
        ]
        earlier = (_("Trước đó"), {"fields": OF_PAST})
        return [*fieldsets, earlier] if getattr(obj, "past", None) else fieldsets

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if isinstance(form, DatedForm) and form.other_day:
            hold_from(obj, form.other_day)

    @admin.display(description=gettext_lazy("trước đó"))
    def earlier(self, obj: Any) -> str:
        return past_words(obj)

    def _settings_page(self, request: HttpRequest, page: Any, *args: Any, **kwargs: Any) -> Any:
        if request.method != "POST" or self.model not in MODELS:
            return page(request, *args, **kwargs)
        actor: Any = request.user
        asked = {name: request.POST.get(name, "") for name in (REASON, SINCE, SHOWN)}
        # For another day than the one for which it was shown, it is shown again first.
        is_shown = asked[SINCE] == asked[SHOWN]
        waiting: list[Any] = []
        request.waiting_messages = waiting  # type: ignore[attr-defined]
        try:
            since = since_day(asked[SINCE])
            reason = asked[REASON] if is_shown else ""
            with settings_change(actor=actor, reason=reason, since=since):
                response = page(request, *args, **kwargs)
        except ReasonWanted as wanted:
            is_unanswered = REASON in request.POST and is_shown
            return self._ask(
                request,
                change=wanted.change,
                is_unanswered=is_unanswered,
                reason=asked[REASON],
            )
        except ValidationError as error:
            return self._ask(request, refused=error.messages)
        finally:
            del request.waiting_messages  # type: ignore[attr-defined]
        for words, how in waiting:
            self.message_user(request, *words, **how)
        return response

    def _ask(self, request: HttpRequest, **shown: Any) -> HttpResponse:
        """Show what would move, or why it may not; the form waits in the page."""
        context = {
            **self.admin_site.each_context(request),
            "title": _("Đổi thiết lập: %(what)s") % {"what": self.model._meta.verbose_name},
            "opts": self.model._meta,
            "fields": [
                (name, value)
                for name, values in request.POST.lists()
                if name not in (REASON, SINCE, SHOWN, "csrfmiddlewaretoken")
                for value in values
            ],
            **shown,
        }
        return TemplateResponse(request, "admin/settings_change.html", context)

    def process_import(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Import a file, or show it again for the day that was chosen now."""
        if request.POST.get(SINCE, "") == request.POST.get(SHOWN, ""):
            imported: HttpResponse = super().process_import(request, **kwargs)
            return imported
        if not self.has_import_permission(request):
            raise PermissionDenied
        try:
            shown = preview_pending(self._resource(request), request.POST.get("token", ""))
        except FileNotFoundError:
            return self._gone(request)
        return self._import_page(request, shown)

    def _resource(self, request: HttpRequest) -> StrictResource:
        resource = super()._resource(request)
        if isinstance(resource, SettingsResource):
            resource.reason = request.POST.get(REASON, "")
            resource.since = request.POST.get(SINCE, "")
        return resource


class ProvinceInline(ProvinceStaffOnly, ScopedFields, Tabular):
    formfield_overrides = STRICT_NUMBERS
    extra = 0


class LabelledFormSet(AnyFormSet):
    """The rows of an inline, in which every box has a name."""

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        if "DELETE" in form.fields:
            form.fields["DELETE"].widget.attrs["aria-label"] = _("Xóa dòng này")


class DatedForm(CheckedForm):
    """The form of a row of which values hold from a day on; that day is put right here too."""

    holds_from = forms.DateField(
        widget=AdminDateWidget,
        label=gettext_lazy("Giá trị đang ghi có hiệu lực từ"),
        required=False,
        help_text=gettext_lazy("Ghi ngày khác để sửa một ngày ghi sai."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        last = last_change(self.instance.past)
        if last is None:
            del self.fields["holds_from"]
        else:
            self.fields["holds_from"].initial = last

    @property
    def other_day(self) -> dt.date | None:
        """The day that was given to the values in place of the one they had."""
        given: dt.date | None = self.cleaned_data.get("holds_from")
        return given if given != last_change(self.instance.past) else None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        dated = {*self.instance.dated}
        if "holds_from" in cleaned and self.other_day and dated & {*self.changed_data}:
            text = _("Đổi giá trị và sửa ngày của giá trị đang có là hai việc: lưu từng việc.")
            self.add_error("holds_from", text)
        return cleaned


def past_words(row: Dated) -> str:
    """Say what a row's values were before, and until which day."""
    words = _("đến hết %(day)s: %(field)s %(value)s")
    columns: dict[str, Any] = {column.name: column for column in row._meta.concrete_fields}
    return "; ".join(
        words
        % {
            "day": f"{dt.date.fromisoformat(entry['until']) - dt.timedelta(days=1):%d/%m/%Y}",
            "field": column.verbose_name,
            "value": value_words(column.to_python(entry["was"])),
        }
        for entry in row.past
        for column in [columns[entry["field"]]]
    )


def titled(title: Any) -> Any:
    class TitledFilter(admin.RelatedFieldListFilter):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self.title = title

    return TitledFilter
