"""A campaign by today's map: the ranking of a unit of today, as a page and as a file."""

import csv
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from campaign.addresses import page_campaign
from campaign.models import Campaign
from campaign.selectors import IndicatorSet, indicators_of
from campaign.todays_map import map_of
from core import clock
from core.formula_guard import guarded
from reports.dashboards.selectors.todays_map import MappedRanking, mapped_ranking
from reports.exports.models import ExportKind, ReportMap
from reports.exports.services import recorded
from reports.rollup.totals import BASES, as_of

BOM = "\ufeff"


@login_required
@never_cache
@require_safe
def todays_map(request: HttpRequest, code: str = "") -> HttpResponse:
    campaign = page_campaign(request)
    basis = request.GET.get("basis", "reported")
    if basis not in BASES:
        raise Http404
    of = map_of(request.user, clock.today())
    top = of.find(code)
    moment, indicators = as_of(campaign), indicators_of(campaign)
    ranking = mapped_ranking(
        of=of,
        top=top,
        campaign=campaign,
        indicators=indicators,
        basis=basis,
        day=min(clock.today(), campaign.ends_on),
        indicator=request.GET.get("indicator", ""),
    )
    if request.GET.get("format") == "csv":
        answer = _file(campaign, ranking, indicators)
        if request.method == "GET":
            user: Any = request.user
            recorded(
                answer,
                rows=len(ranking.rows),
                actor=user,
                campaign=campaign,
                first=campaign.starts_on,
                last=min(clock.today(), campaign.ends_on),
                basis=basis,
                map=ReportMap.NOW,
                kind=ExportKind.TODAYS_MAP,
                asked={"unit": top.code},
            )
        return answer
    context: dict[str, Any] = {
        "campaign": campaign,
        "unit": top,
        "ranking": ranking,
        "basis": basis,
        "day": of.day,
        "as_of": moment,
    }
    return render(request, "reports/dashboards/todays_map.html", context)


def _file(campaign: Campaign, ranking: MappedRanking, indicators: IndicatorSet) -> HttpResponse:
    """Answer with the lines of the page (UTF-8 with BOM, CRLF, formula-safe)."""
    answer = HttpResponse(BOM, content_type="text/csv; charset=utf-8")
    name = f"{campaign.slug}-ban-do-{clock.today():%Y-%m-%d}.csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    codes = [indicator.code for indicator in indicators.all]
    lines = csv.writer(answer, lineterminator="\r\n")
    given = [code for code in codes if any(code in row.mapped.target for row in ranking.rows)]
    to_date, goals = [f"{code}_to_date" for code in codes], [f"{code}_target" for code in given]
    lines.writerow(["code", "name", "sources", *to_date, "target", *goals])
    for row in ranking.rows:
        unit = row.unit
        named = (unit.code, unit.name) if unit else ("", _("Chưa rõ địa bàn kế tiếp"))
        sources = "; ".join(f"{one.code} {one.name}" for one in row.sources)
        counts = [row.mapped.counts_to_date.get(code) for code in codes]
        targets = [row.mapped.target.get(code) for code in given]
        cells = (*named, sources, *counts, row.target, *targets)
        lines.writerow([guarded(cell) for cell in cells])
    return answer
