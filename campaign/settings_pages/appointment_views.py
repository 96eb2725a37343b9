"""Pages for who does what where: find one, give one, end it with a day."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import F, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from campaign.cross_checks import check_appointment
from campaign.forms import CHOOSE, REQUIRED, InviteForm
from campaign.models import Appointment
from campaign.permissions import Role
from campaign.services.appointments import appoint_person, end_appointment
from campaign.services.settings_change import value_words
from campaign.settings_pages.base_form import SettingsForm, settings_field
from campaign.settings_pages.saving import write_through
from campaign.setup.access import for_setup
from campaign.setup.people import ROLES, OfficeNames
from core.admin import log_rows
from core.clock import today
from core.form_fields import DayField
from core.querysets import scoped
from core.vietnamese import fold

PAGE = 50


def _roles() -> list[tuple[str, Any]]:
    """Return what is given here: team leaders come with their teams."""
    return [("", gettext_lazy("Chưa chọn")), *((role, Role(role).label) for role in ROLES)]


class AppointForm(InviteForm):
    role = forms.ChoiceField(
        label=gettext_lazy("Vai trò"), choices=_roles, error_messages={**REQUIRED, **CHOOSE}
    )
    place = forms.CharField(
        label=gettext_lazy("Ở đâu"),
        help_text=gettext_lazy(
            "Bí thư: mã hoặc tên cơ sở Đoàn, hoặc tên xã, phường. Người khác: mã hoặc tên địa bàn; "
            "trống là cả tỉnh."
        ),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    starts_on = DayField(label=gettext_lazy("Từ ngày"), error_messages=REQUIRED)
    ends_on = DayField(
        label=gettext_lazy("Đến hết ngày"),
        help_text=gettext_lazy("Trống là chưa kết thúc."),
        required=False,
    )

    def __init__(self, *args: Any, actor: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if {"role", "place"} <= given.keys():
            try:
                given["place"] = OfficeNames(self.actor).get(given["place"], given["role"])
            except ValidationError as error:
                self.add_error("place", error)
        return given


class EndForm(SettingsForm):
    parts = ((gettext_lazy("Kết thúc"), ("ends_on",)),)

    class Meta:
        model = Appointment
        formfield_callback = settings_field
        fields = ("ends_on",)
        help_texts = {
            "ends_on": gettext_lazy("Hết ngày này thì thôi quyền. Trống là chưa kết thúc.")
        }

    def check(self) -> None:
        row: Appointment = self.instance
        check_appointment(row, Appointment.objects.filter(user=row.user_id))


@for_setup
@require_safe
def appointment_list(request: HttpRequest) -> HttpResponse:
    """Show who holds what now, or on demand what has ended too; what matches ``q``."""
    q, ended = request.GET.get("q", "").strip(), "ended" in request.GET
    found = scoped(request.user, Appointment.objects.all())
    found = found.select_related("user", "branch", "unit", "proposed_by")
    if not ended:
        found = found.not_ended(today())
    if q:
        text = fold(q)
        roles = [role for role, label in Role.choices if text in fold(str(label))]
        found = found.filter(
            Q(user__full_name__icontains=q)
            | Q(user__phone__startswith=q)
            | Q(branch__fold__contains=text)
            | Q(unit__fold__contains=text)
            | Q(role__in=roles)
        )
    # Those over the province first, secretaries by the hundred last.
    found = found.order_by(F("unit__depth").asc(nulls_last=True), "role", "user__full_name", "pk")
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    shown = {"page_obj": page, "q": q, "ended": ended, "today": today()}
    return render(request, "campaign/settings_pages/appointments.html", shown)


@for_setup
@require_http_methods(["GET", "POST"])
def appoint(request: HttpRequest) -> HttpResponse:
    """Give somebody a task; who has no password yet is invited afterwards."""
    actor: Any = request.user
    form = AppointForm(request.POST or None, actor=actor, initial={"starts_on": today()})
    if request.method == "POST" and form.is_valid():
        try:
            given = appoint_person(actor=actor, **form.cleaned_data)
        except ValidationError as error:
            _refuse(form, error)
        else:
            log_rows(actor.pk, [given], ADDITION, _("Phân công"))
            return _answer(request, given)
    return render(request, "campaign/settings_pages/appoint.html", {"form": form})


def _refuse(form: AppointForm, error: ValidationError) -> None:
    for name, errors in error.error_dict.items():
        # The place is typed in one field, whichever of the two it is.
        form.add_error(name if name in form.fields else "place", errors)


def _answer(request: HttpRequest, given: Appointment) -> HttpResponse:
    if given.proposed_by is not None:
        text = _("Chưa có hiệu lực: một cán bộ khác phải xác nhận.")
        messages.warning(request, text)
    else:
        messages.success(request, _("Đã phân công."))
    return redirect("setup-appointment", given.pk)


@for_setup
@require_http_methods(["GET", "POST"])
def appointment(request: HttpRequest, pk: int) -> HttpResponse:
    """Show an appointment with what was done to it, and let it end after a day."""
    actor: Any = request.user
    owned = scoped(actor, Appointment.objects.all()).filter(pk=pk)
    row = owned.select_related("user", "branch", "unit", "proposed_by", "confirmed_by").or_404()
    form = EndForm(request.POST or None, instance=row, actor=actor)

    def write() -> None:
        ends_on = form.cleaned_data["ends_on"]
        ended = end_appointment(actor=actor, appointment=row, ends_on=ends_on)
        words = _("Đến hết ngày: %(day)s") % {"day": value_words(ends_on)}
        log_rows(actor.pk, [ended], CHANGE, words)

    if (
        request.method == "POST"
        and form.is_valid()
        and write_through(request, form, write).is_saved
    ):
        messages.success(request, _("Đã lưu ngày kết thúc."))
        return redirect("setup-appointment", pk)
    kind = ContentType.objects.get_for_model(Appointment)
    entries = LogEntry.objects.filter(content_type=kind, object_id=str(pk)).select_related("user")
    # As it stands: what was typed into the form and refused is not to stand in its head.
    row.refresh_from_db(fields=["ends_on"])
    shown = {"row": row, "form": form, "entries": entries[:20], "today": today()}
    return render(request, "campaign/settings_pages/appointment.html", shown)
