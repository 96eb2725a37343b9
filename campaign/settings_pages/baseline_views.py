"""Pages for what counts are measured against: baselines, and their figures by unit."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from campaign.models import Baseline, BaselineFigure, Unit
from campaign.settings_pages.base_form import REQUIRED, SettingsForm, settings_field
from campaign.settings_pages.kinds import Kind
from campaign.settings_pages.saving import history
from campaign.settings_pages.views import edit
from campaign.setup.access import for_setup
from campaign.setup.people import UnitNames
from core import clock
from core.vietnamese import fold

PAGE = 50


class BaselineSettingsForm(SettingsForm):
    parts = ((gettext_lazy("Tên và nguồn"), ("name", "as_of", "source", "is_verified", "slug")),)

    class Meta:
        model = Baseline
        formfield_callback = settings_field
        fields = ("name", "as_of", "source", "is_verified", "slug")
        help_texts = {
            "name": gettext_lazy("Hiện cạnh mỗi tỷ lệ tính theo mẫu số này."),
            "source": gettext_lazy("Văn bản hoặc cơ quan cho số liệu này."),
            "is_verified": gettext_lazy("Đã so với nguồn."),
            "slug": gettext_lazy(
                "Chữ không dấu, số và dấu gạch; tệp nhập gọi mẫu số bằng tên này."
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            # Files call it so.
            del self.fields["slug"]


class FigureSettingsForm(SettingsForm):
    parts = ((gettext_lazy("Địa bàn và giá trị"), ("of_unit", "value")),)
    # Typed and not chosen: a province has thousands of them.
    of_unit = forms.CharField(
        label=gettext_lazy("Địa bàn"),
        help_text=gettext_lazy("Mã hoặc tên, không dấu cũng được."),
        max_length=200,
        error_messages=REQUIRED,
    )

    class Meta:
        model = BaselineFigure
        formfield_callback = settings_field
        fields = ("value",)
        labels = {"value": gettext_lazy("Số người")}
        help_texts = {"value": gettext_lazy("Ghi 0 là thôi dùng.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            # Another unit's is another figure.
            del self.fields["of_unit"]

    def clean_of_unit(self) -> Unit:
        return UnitNames(self.actor).get(self.cleaned_data["of_unit"])

    def check(self) -> None:
        figure: BaselineFigure = self.instance
        if not figure._state.adding:
            return
        figure.unit = self.cleaned_data["of_unit"]
        if BaselineFigure.objects.filter(baseline=figure.baseline, unit=figure.unit).exists():
            raise ValidationError({"of_unit": _("Địa bàn này đã có giá trị: sửa giá trị ấy.")})


BASELINES = Kind(
    Baseline,
    BaselineSettingsForm,
    "setup-baselines",
    "setup-baseline",
    "setup-baseline-new",
    gettext_lazy("Các mẫu số"),
    gettext_lazy("Thêm mẫu số"),
    gettext_lazy("Số dân để tính “trên 100 dân” và để chia chỉ tiêu, kèm nguồn và ngày."),
    gettext_lazy("Mẫu số đã có giá trị thì không xóa được."),
)
FIGURES = Kind(
    BaselineFigure,
    FigureSettingsForm,
    "setup-figures",
    "setup-figure",
    "setup-figure-new",
    gettext_lazy("Giá trị mẫu số"),
    gettext_lazy("Thêm một địa bàn"),
    gettext_lazy("Số của từng địa bàn; giá trị mới có hiệu lực từ ngày bạn chọn."),
    gettext_lazy("Muốn thôi dùng một giá trị thì ghi 0 và chọn ngày có hiệu lực."),
)


@for_setup
@require_safe
def baseline_list(request: HttpRequest) -> HttpResponse:
    rows = Baseline.objects.annotate(known=Count("figures", filter=Q(figures__value__gt=0)))
    shown = {
        "kind": BASELINES,
        "rows": rows,
        "history": history(request.user, model=BASELINES.model_name),
    }
    return render(request, "campaign/settings_pages/baselines.html", shown)


@for_setup
@require_http_methods(["GET", "POST"])
def baseline(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Show one to be changed, or an empty form for another."""
    row: Baseline | None = Baseline(as_of=clock.today())
    if pk is not None:
        row = Baseline.objects.filter(pk=pk).first()
    return edit(request, BASELINES, row, reverse(BASELINES.many))


@for_setup
@require_safe
def figure_list(request: HttpRequest, baseline_pk: int) -> HttpResponse:
    """List the figures of a baseline; of what matches ``q``."""
    of = _baseline(baseline_pk)
    q = request.GET.get("q", "").strip()
    found = of.figures.select_related("unit")
    if q:
        found = found.filter(Q(unit__fold__contains=fold(q)) | Q(unit__code__iexact=q))
    found = found.order_by("unit__depth", "unit__sort_key", "unit")
    shown = {
        "baseline": of,
        "kind": FIGURES,
        "page_obj": Paginator(found, PAGE).get_page(request.GET.get("page")),
        "q": q,
    }
    return render(request, "campaign/settings_pages/figures.html", shown)


@for_setup
@require_http_methods(["GET", "POST"])
def figure(request: HttpRequest, baseline_pk: int, pk: int | None = None) -> HttpResponse:
    """Show one to be changed, or an empty form for another unit's."""
    of = _baseline(baseline_pk)
    row: BaselineFigure | None = BaselineFigure(baseline=of)
    if pk is not None:
        row = of.figures.select_related("unit").filter(pk=pk).first()
    title = "" if pk is None or row is None else f"{of}: {row.unit.name}"
    return edit(request, FIGURES, row, reverse(FIGURES.many, args=[of.pk]), title=title)


def _baseline(pk: int) -> Baseline:
    row = Baseline.objects.filter(pk=pk).first()
    if row is None:
        raise Http404
    return row
