"""Figures that are typed by hand: the units below one on a day."""

import datetime as dt
import hashlib
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from campaign.addresses import lead_to, page_campaign
from campaign.models import Campaign, Indicator, Level, Unit
from campaign.permissions import Permission
from campaign.selectors import IndicatorSet, indicators_of
from reports.official.checking import present_figures
from reports.official.forms import FiguresForm, TypedForm
from reports.official.models import FigureKind, Source
from reports.official.preparation import days_offered, units_of
from reports.official.services import Figure, check_may_take, take_figures
from reports.official.views import require_right

PAGE = "reports/official/official_typed.html"


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def official_typed(request: HttpRequest) -> HttpResponse:
    """Ask for day, kind and territory; then show a cell for each unit and indicator."""
    user: Any = request.user
    campaign = page_campaign(request)
    require_right(user, Permission.OFFICIAL_FIGURES)
    context: dict[str, Any] = {"campaign": campaign}
    try:
        check_may_take(user, campaign)
    except ValidationError as error:
        return render(request, PAGE, context | {"refusal": error.messages[0]})
    units, days = units_of(user, campaign), days_offered(campaign)
    if not days:
        refusal = _("Chiến dịch chưa bắt đầu: chưa có ngày nào để gõ.")
        return render(request, PAGE, context | {"refusal": refusal})
    above = [unit for unit in units if _below(units, unit)]
    first = next((unit for unit in above if unit.level == Level.DISTRICT), above[0])
    initial = {"day": days[0].isoformat(), "kind": FigureKind.TO_DATE.value, "above": first.pk}
    asked = request.POST if request.method == "POST" else request.GET
    form = TypedForm({**initial, **asked.dict()}, days=days, above=above)
    context["form"] = form
    if not form.is_valid():
        return render(request, PAGE, context, status=400)
    day, kind = form.cleaned_data["day"], form.cleaned_data["kind"]
    [top] = [unit for unit in above if unit.pk == form.cleaned_data["above"]]
    figures = _figures_form(request, campaign, _on(units, top, day), day, kind)
    context |= {"figures": figures, "day": day, "kind": FigureKind(kind).label}
    if request.method != "POST" or not figures.is_valid():
        status = 400 if figures.errors else 200
        return render(request, PAGE, context, status=status)
    if not figures.values:
        figures.add_error(None, _("Chưa gõ số nào."))
        return render(request, PAGE, context, status=400)
    return _take(request, campaign, figures, day, kind)


def _take(
    request: HttpRequest, campaign: Campaign, form: FiguresForm, day: dt.date, kind: str
) -> HttpResponse:
    user: Any = request.user
    ids = {one.code: one.pk for one in form.indicators}
    figures = [Figure(unit, day, kind, ids[code], n) for (unit, code), n in form.values.items()]
    present = present_figures(campaign, {figure.unit for figure in figures})
    if all(present.get((unit, day, kind, code)) == n for (unit, code), n in form.values.items()):
        messages.info(request, _("Mọi số đã như đang có. Không đổi gì."))
        return lead_to(request, "official-figures")
    taken = take_figures(
        actor=user,
        campaign=campaign,
        source=Source.TYPED,
        figures=figures,
        rows=len({figure.unit for figure in figures}),
        sha256=hashlib.sha256(repr(sorted(figures)).encode()).hexdigest(),
    )
    messages.success(request, _("Đã nhận số gõ tay."))
    return lead_to(request, "official-file", taken.file.pk)


def _below(units: list[Unit], top: Unit) -> list[Unit]:
    return [unit for unit in units if unit.parent_id == top.pk and unit.pk != top.pk]


def _on(units: list[Unit], top: Unit, day: dt.date) -> list[Unit]:
    found = [top, *_below(units, top)]
    there = [unit.on(day) for unit in found if unit.exists_on(day)]
    return sorted(there, key=lambda unit: (unit.pk != top.pk, unit.sort_key))


def _figures_form(
    request: HttpRequest, campaign: Campaign, units: list[Unit], day: dt.date, kind: str
) -> FiguresForm:
    present = present_figures(campaign, {unit.pk for unit in units})
    return FiguresForm(
        request.POST if request.method == "POST" else None,
        units=units,
        indicators=_published(indicators_of(campaign), {code for _u, _d, _k, code in present}),
        present={(u, code): n for (u, d, k, code), n in present.items() if (d, k) == (day, kind)},
    )


def _published(indicators: IndicatorSet, known: set[str]) -> list[Indicator]:
    """Return what the police publish: what they did before, and what the headline is made of."""
    headline = indicators.headline
    codes = set(known)
    if headline is not None:
        codes |= {headline.code, *indicators.terms.get(headline.code, {})}
    return [one for one in indicators.all if one.code in codes] or list(indicators.entered)
