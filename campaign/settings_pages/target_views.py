"""Pages for single targets: find one, give one, change one from a day on."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from campaign.addresses import link
from campaign.models import Indicator, Target, Unit
from campaign.settings_pages.base_form import REQUIRED, SettingsForm, settings_field
from campaign.settings_pages.kinds import Kind
from campaign.settings_pages.saving import history
from campaign.settings_pages.views import edit, locked_of, own_campaign
from campaign.setup.access import for_setup
from campaign.setup.people import UnitNames
from core.vietnamese import fold

PAGE = 50


class TargetSettingsForm(SettingsForm):
    parts = ((gettext_lazy("Giá trị và hạn"), ("of_unit", "indicator", "value", "due_on")),)
    # Typed and not chosen: a province has thousands of them.
    of_unit = forms.CharField(
        label=gettext_lazy("Địa bàn"),
        help_text=gettext_lazy("Mã hoặc tên, không dấu cũng được."),
        max_length=200,
        error_messages=REQUIRED,
    )

    class Meta:
        model = Target
        formfield_callback = settings_field
        fields = ("indicator", "value", "due_on")
        labels = {"indicator": gettext_lazy("Chỉ số")}
        help_texts = {"value": gettext_lazy("Ghi 0 là thôi giao.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            # Another unit's or indicator's is another target.
            del self.fields["of_unit"], self.fields["indicator"]
        else:
            field: Any = self.fields["indicator"]
            field.queryset = Indicator.objects.filter(campaign=self.instance.campaign)
            field.empty_label = gettext_lazy("Chưa chọn")

    def clean_of_unit(self) -> Unit:
        return UnitNames(self.actor).get(self.cleaned_data["of_unit"])

    def check(self) -> None:
        target: Target = self.instance
        run = target.campaign
        problems: dict[str, str] = {}
        if target.due_on < run.starts_on:
            words = _("Hạn phải từ ngày bắt đầu chiến dịch (%(day)s) trở đi.")
            problems["due_on"] = words % {"day": f"{run.starts_on:%d/%m/%Y}"}
        if target._state.adding:
            target.unit = self.cleaned_data["of_unit"]
            same = Target.objects.filter(
                campaign=run, unit=target.unit, indicator=target.indicator_id
            )
            if same.exists():
                problems["of_unit"] = _(
                    "Địa bàn này đã có chỉ tiêu của chỉ số đó: sửa chỉ tiêu ấy."
                )
            elif not target.unit.exists_during(run.starts_on, run.ends_on):
                problems["of_unit"] = _(
                    "Địa bàn này không có hiệu lực trong những ngày của chiến dịch."
                )
        if problems:
            raise ValidationError(problems)


TARGETS = Kind(
    Target,
    TargetSettingsForm,
    "target-list",
    "target",
    "target-new",
    gettext_lazy("Chỉ tiêu đã giao"),
    gettext_lazy("Giao một chỉ tiêu"),
    gettext_lazy("Chỉ tiêu của từng địa bàn; giá trị mới có hiệu lực từ ngày bạn chọn."),
    gettext_lazy("Muốn thôi giao một chỉ tiêu đã dùng thì ghi 0 và chọn ngày có hiệu lực."),
)


@for_setup
@require_safe
def target_list(request: HttpRequest) -> HttpResponse:
    """List the targets of a campaign; of what matches ``q`` in unit or indicator."""
    campaign = own_campaign(request)
    q = request.GET.get("q", "").strip()
    found = Target.objects.filter(campaign=campaign).select_related("unit", "indicator")
    if q:
        named = [one.pk for one in campaign.indicators.all() if fold(q) in fold(one.label)]
        found = found.filter(
            Q(unit__fold__contains=fold(q)) | Q(unit__code__iexact=q) | Q(indicator__in=named)
        )
    found = found.order_by("unit__depth", "unit__sort_key", "unit", "indicator__order", "pk")
    shown = {
        "campaign": campaign,
        "kind": TARGETS,
        "page_obj": Paginator(found, PAGE).get_page(request.GET.get("page")),
        "q": q,
        "locked": locked_of(campaign),
        "history": history(request.user, campaign=campaign.slug, model=TARGETS.model_name),
    }
    return render(request, "campaign/settings_pages/targets.html", shown)


@for_setup
@require_http_methods(["GET", "POST"])
def target(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Show one to be changed, or an empty form for another."""
    campaign = own_campaign(request)
    row: Target | None = Target(campaign=campaign, due_on=campaign.ends_on)
    if pk is not None:
        of_campaign = Target.objects.filter(campaign=campaign, pk=pk)
        row = of_campaign.select_related("unit", "indicator").first()
    title = "" if pk is None or row is None else f"{row.unit}: {row.indicator.label}"
    back = link(request, TARGETS.many)
    return edit(request, TARGETS, row, back, title=title, locked=locked_of(campaign))
