"""``/search/``: one field for everything."""

from itertools import groupby
from operator import attrgetter
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from campaign.addresses import link, page_campaign
from reports.search.selectors import LONGEST, find, kinds, read_text


@login_required
@never_cache
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    campaign = page_campaign(request)
    typed = request.GET.get("q", "")
    text, problem, found = "", "", []
    try:
        text = read_text(typed)
    except ValidationError as error:
        [problem] = error.messages

    def address(name: str, *args: Any) -> str:
        return link(request, name, *args)

    if text:
        found = find(request.user, campaign, text, address)
    words = kinds()
    context = {
        "q": typed[: 4 * LONGEST],
        "problem": problem,
        "longest": LONGEST,
        "groups": [(words[of], list(those)) for of, those in groupby(found, attrgetter("kind"))],
        "n": len(found),
    }
    return render(request, "reports/search/search.html", context)
