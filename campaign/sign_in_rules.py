"""What a sign-in is worth: how long it lasts, whether it wants a second factor, what asks again.

The figures are data: ``settings.SIGN_IN_RULES``, by role. Who has several roles is held to the
strictest in each.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from accounts import second_factor, sessions
from campaign.scopes import scope_of

# Asked again for these, by name of the route: what leaves the portal, who comes in, what moves
# sums. Everything in the admin is of one of the three kinds.
STEP_UP = frozenset(
    {
        "account-factor",
        "invite",
        "invite-again",
        "leader-invite",
        "exports",
        "api-exports",
        "api-export-changes",
        "export",
        "export-proof",
        "export-changes",
        "export-changes-file",
        "export-nightly",
        "export-verify",
        "police-csv",
        "teams-export",
        "targets",
        "target",
        "target-new",
        "campaign-state",
        "campaign-delete",
        "taking-part",
        "campaign-settings",
        "phase",
        "phase-new",
        "indicator",
        "indicator-new",
        "setup-units",
        "setup-by-hand",
        "setup-boundaries",
        "setup-boundary-change",
        "setup-people",
        "setup-appointment",
        "setup-appointment-new",
        "setup-invitations",
        "setup-unit",
        "setup-unit-new",
        "setup-unit-file",
        "setup-branch",
        "setup-branch-new",
        "setup-branch-file",
        "setup-baseline",
        "setup-baseline-new",
        "setup-figure",
        "setup-figure-new",
        "setup-kind",
        "setup-kind-new",
        "take-back",
    }
)
STEP_UP_NAMESPACES = frozenset({"admin"})


@dataclass(frozen=True)
class SignInRule:
    """For how long a session may stand unused, how long it lasts in all, and with what."""

    unused: dt.timedelta
    in_all: dt.timedelta
    needs_factor: bool


def rule_of(user: Any) -> SignInRule:
    """Return the rule for somebody's sessions today."""
    names = scope_of(user).roles | ({"superuser"} if user.is_superuser else set())
    rules = [settings.SIGN_IN_RULES[name] for name in names if name in settings.SIGN_IN_RULES]
    rules = rules or [settings.SIGN_IN_RULES[""]]
    return SignInRule(
        unused=min(unused for unused, _in_all, _factor in rules),
        in_all=min(in_all for _unused, in_all, _factor in rules),
        needs_factor=settings.SECOND_FACTOR and any(factor for _unused, _in_all, factor in rules),
    )


def is_over(request: HttpRequest, user: Any) -> bool:
    rule = rule_of(user)
    unused, in_all = sessions.ages_of(request)
    return unused > rule.unused or in_all > rule.in_all


def waits_for_factor(request: HttpRequest, user: Any) -> bool:
    """Whether the session is worth nothing until a code is given."""
    if not settings.SECOND_FACTOR:
        return False
    needs = rule_of(user).needs_factor or second_factor.is_wanted(request)
    return needs and not second_factor.is_given(request)


def asks_again(request: HttpRequest) -> bool:
    """Whether the page asks its reader to prove once more who she is.

    A form that is sent has twice as long: what was typed meanwhile is not lost.
    """
    match = request.resolver_match
    if not settings.SECOND_FACTOR or match is None:
        return False
    is_named = match.url_name in STEP_UP or STEP_UP_NAMESPACES.intersection(match.namespaces)
    makes_key = match.url_name == "account-keys" and "make" in request.POST
    if not (is_named or makes_key):
        return False
    longest = settings.STEP_UP_AFTER * (2 if request.method == "POST" else 1)
    return second_factor.proved_ago(request) > longest
