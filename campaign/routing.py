"""The two addresses of a campaign page: the long one is the page, the short one leads on."""

from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from http import HTTPStatus
from typing import Any, TypeVar

from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
)
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import URLPattern
from django.utils.cache import add_never_cache_headers
from django.utils.encoding import escape_uri_path

from campaign.addresses import campaign_or_none, path_of
from campaign.models import Branch, Campaign, Unit
from campaign.scopes import may_set_up, scope_of
from campaign.selectors import NoCampaign, current_campaign, named_campaign, running_campaigns
from campaign.trials import open_trials
from core.middleware import typed_fields

View = Callable[..., HttpResponseBase]
METHODS = ("GET", "HEAD", "OPTIONS", "POST")
# Of what an address names: the slug of the campaign to which it belongs, if the user sees it.
Finder = Callable[[Any, Any], str | None]
V = TypeVar("V", bound=View)


def in_campaign(pages: Iterable[URLPattern]) -> list[URLPattern]:
    """Return the pages as they stand below ``c/<slug:campaign>/``."""
    return [_as_page(page, _within(page.callback)) for page in pages]


def leading_on(pages: Iterable[URLPattern], finders: Mapping[str, Finder]) -> list[URLPattern]:
    """Return the short addresses of pages; ``finders`` by the name in the address."""
    return [_as_page(page, _short(page.callback, finders)) for page in pages]


def takes_tokens(view: V) -> V:
    """Mark a page that machines open too: they are answered in place, and not led on."""
    view.takes_tokens = True  # type: ignore[attr-defined]
    return view


def machine_campaign(request: HttpRequest, user: Any) -> Campaign:
    """Return the campaign of a page that takes tokens: in the address, or ``?campaign=``.

    Raises what ``named_campaign`` does.
    """
    if found := campaign_or_none(request):
        return found
    return named_campaign(
        user, getattr(request, "campaign_slug", "") or request.GET.get("campaign", "")
    )


def lead_on(request: HttpRequest, path: str, slug: str = "") -> HttpResponse:
    """Lead from a short address to the page of the campaign in question, or ask which it is.

    What is sent is led on as it is, so that an old page's form is not lost.
    """
    if request.method not in METHODS:
        return HttpResponseNotAllowed(METHODS)
    query = request.GET.copy()
    named = query.pop("campaign", [""])[-1] or request.POST.get("campaign", "")
    if slug or named:
        found = [current_campaign(request.user, slug or named)]
    else:
        found = running_campaigns(request.user)
    if not found:
        return HttpResponseRedirect(path)
    if len(found) > 1:
        return _ask(request, found, path)
    target = _target(found[0], path, query.urlencode())
    answer = HttpResponseRedirect(target, preserve_request=request.method == "POST")
    add_never_cache_headers(answer)
    return answer


def _target(campaign: Campaign, path: str, query: str) -> str:
    target = path_of(campaign, "start") + escape_uri_path(path).removeprefix("/")
    return f"{target}?{query}" if query else target


def _ask(request: HttpRequest, running: list[Campaign], path: str) -> HttpResponse:
    """Ask which of several campaigns is meant; what was sent waits in the page."""
    is_sent = request.method == "POST"
    query = request.GET.urlencode()
    context = {
        "choices": [(campaign, _target(campaign, path, query)) for campaign in running],
        "is_sent": is_sent,
        "sent": typed_fields(request),
        "has_files": bool(request.FILES),
    }
    answer = render(
        request, "campaign/choose_campaign.html", context, status=300 if is_sent else 200
    )
    add_never_cache_headers(answer)
    return answer


def _without_campaign(
    request: HttpRequest, view: View, finders: Mapping[str, Finder], kwargs: dict[str, Any]
) -> HttpResponseBase:
    """Open a page where there is no campaign yet: branches, teams and invitations need none.

    A page that needs one says who makes it, and what can be done meanwhile. What is of a
    campaign by itself, and a code that nobody bears, are not found as ever.
    """
    user, is_read = request.user, request.method in ("GET", "HEAD")
    if not scope_of(user).roles:
        if is_read and may_set_up(user):
            return redirect("setup")
        raise Http404
    try:
        return view(request, **kwargs)
    except NoCampaign:
        if finders.keys() & kwargs.keys() or not _is_known(user, kwargs.get("code")):
            raise
        answer = render(
            request,
            "campaign/choose_campaign.html",
            {"choices": [], "trials": open_trials(user)},
            status=HTTPStatus.OK if is_read else HTTPStatus.CONFLICT,
        )
        add_never_cache_headers(answer)
        return answer


def _is_known(user: Any, code: str | None) -> bool:
    """Whether a unit or a branch that the user sees bears the code of an address."""
    nodes: tuple[Any, ...] = (Unit, Branch)
    return code is None or any(
        node.objects.visible_to(user).filter(code=code).exists() for node in nodes
    )


def _as_page(page: URLPattern, view: View) -> URLPattern:
    return URLPattern(page.pattern, view, page.default_args, page.name)


def _within(view: View) -> View:
    """Find the campaign of the address before the page is asked: 404 outside one's scope.

    Who is not signed in is left to the page, which leads to the sign-in or reads a token; who
    holds the page already is answered at once (``campaign.page_tags``).
    """
    unchanged: Callable[..., HttpResponseBase | None] | None = getattr(view, "unchanged", None)

    @wraps(view)
    def page(request: HttpRequest, campaign: str, **kwargs: Any) -> HttpResponseBase:
        known: Any = request
        known.campaign_slug = campaign
        if request.user.is_authenticated and not _is_machine(request, view):
            if unchanged and (answer := unchanged(request, campaign, kwargs.get("code", ""))):
                return answer
            known.campaign = current_campaign(request.user, campaign)
        return view(request, **kwargs)

    return page


def _short(view: View, finders: Mapping[str, Finder]) -> View:
    @wraps(view)
    def page(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated or _is_machine(request, view):
            return view(request, **kwargs)
        if not Campaign.objects.visible_to(request.user).exists():
            return _without_campaign(request, view, finders, kwargs)
        found = (finders[name](request.user, kwargs[name]) for name in finders if name in kwargs)
        return lead_on(request, request.path, next(filter(None, found), ""))

    return page


def _is_machine(request: HttpRequest, view: View) -> bool:
    return getattr(view, "takes_tokens", False) and "Authorization" in request.headers
