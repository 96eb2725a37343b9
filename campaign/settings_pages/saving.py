"""What a form of settings does when it is sent: through the one door, or asked why."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _

from campaign.models import SettingsChange
from campaign.services.settings_change import Change, ReasonWanted, settings_change, since_day
from campaign.services.take_back import hindrance
from campaign.settings_pages.base_form import SettingsForm

RECENT, MOST_MOVES = 10, 5


@dataclass
class Outcome:
    """Whether it is written; else what would move, and why that was not asked for properly."""

    is_saved: bool = False
    change: Change | None = None
    reason: str = ""
    error: str = ""


def write_through(request: HttpRequest, form: SettingsForm, write: Callable[[], object]) -> Outcome:
    """Write what was sent. What is wrong stands in the form, and what was typed stays there.

    For another day than the one for which it was shown, what moves is shown again first.
    """
    actor: Any = request.user
    asked = {name: request.POST.get(name, "") for name in ("reason", "since", "shown")}
    is_shown = asked["since"] == asked["shown"]
    outcome = Outcome(reason=asked["reason"])
    try:
        since = since_day(asked["since"])
    except ValidationError as error:
        form.refuse(error)
        return outcome
    try:
        reason = asked["reason"] if is_shown else ""
        with settings_change(actor=actor, reason=reason, since=since):
            _hold(form)
            write()
    except ReasonWanted as wanted:
        outcome.change = wanted.change
        if "reason" in request.POST and is_shown:
            outcome.error = _("Chưa ghi lý do.")
    except ValidationError as error:
        form.refuse(error)
    else:
        outcome.is_saved = True
    return outcome


def _hold(form: SettingsForm) -> None:
    """Let nobody else write the row, and refuse where somebody has since it was shown."""
    pk = form.instance.pk
    if pk is not None:
        row = type(form.instance)._default_manager.select_for_update(of=("self",)).get(pk=pk)
        form.check_meanwhile(type(form)(instance=row, actor=form.actor))


@dataclass(frozen=True)
class Past:
    """A change that was made; ``hindrance`` says why it cannot be taken back.

    ``more`` is how many moves are not shown, if it is above 0.
    """

    change: SettingsChange
    moves: list[dict[str, Any]]
    more: int
    is_last: bool
    hindrance: str


def history(user: Any, **of: Any) -> list[Past]:
    """Return the last changes that moved a row (``model``, ``pk``) or rows of a ``campaign``."""
    found = SettingsChange.objects.visible_to(user).filter(moves__contains=[of])
    changes = list(found.select_related("actor").order_by("-pk")[:RECENT])
    past = []
    for at, change in enumerate(changes):
        moves = [move for move in change.moves if of.items() <= move.items()]
        words = hindrance(change) if at == 0 else ""
        past.append(Past(change, moves[:MOST_MOVES], len(moves) - MOST_MOVES, at == 0, words))
    return past
