"""Why people were not reached, and what to do next about it."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from campaign.addresses import page_campaign
from campaign.selectors import find_unit, indicators_of, units_shown
from core import clock
from core.form_fields import DayField, SpanForm
from reports.dashboards.selectors.not_reached import not_reached
from reports.rollup.totals import BASES, as_of

# So many communes are named with a reason; the table has all of them.
NAMED = 5


class DaysForm(SpanForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["from"] = DayField(label=gettext_lazy("Từ ngày"), required=False)
        self.fields["to"] = DayField(label=gettext_lazy("Đến ngày"), required=False)


@login_required
@never_cache
@require_safe
def not_reached_detail(request: HttpRequest, code: str = "") -> HttpResponse:
    campaign = page_campaign(request)
    unit = find_unit(request.user, campaign, code)
    indicators = indicators_of(campaign)
    basis = request.GET.get("basis", BASES[0])
    if basis not in BASES:
        raise Http404
    form = DaysForm(request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    first = max(asked.get("from") or campaign.starts_on, campaign.starts_on)
    last = min(asked.get("to") or campaign.ends_on, campaign.ends_on, clock.today())
    below = units_shown(request.user, campaign).within(unit).order_by("sort_key")
    found = not_reached(
        campaign=campaign,
        unit=unit,
        units=list(below),
        indicators=indicators,
        first=first,
        last=max(first, last),
        basis=basis,
    )
    context = {
        "campaign": campaign,
        "unit": unit,
        "form": form,
        "basis": basis,
        "first": first,
        "last": max(first, last),
        "found": found,
        "has_reasons": bool(indicators.reasons),
        "named": NAMED,
        "as_of": as_of(campaign),
        "crumbs": units_shown(request.user, campaign)
        .filter(pk__in=[int(pk) for pk in unit.path.split(".")[:-2]])
        .order_by("depth"),
    }
    return render(request, "reports/dashboards/not_reached.html", context)
