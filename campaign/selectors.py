"""Reads of this app that join tables or follow rules."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db.models import BigIntegerField, BooleanField, Case, Exists, JSONField, OuterRef, When
from django.db.models.expressions import RawSQL
from django.db.models.functions import JSONObject
from django.http import Http404
from django.utils.translation import gettext as _

from accounts.models import User
from campaign.models import (
    Appointment,
    Branch,
    Campaign,
    FormulaTerm,
    Indicator,
    Level,
    Target,
    Trial,
    Unit,
)
from campaign.permissions import Permission, roles_with, roles_with_only
from campaign.querysets import CampaignQuerySet, UnitQuerySet, below
from campaign.scopes import scope_of
from campaign.takes_part import is_left_out
from core import clock
from core.changes import tag_of_settings

# For how long pages say that a setting changed the days before, and of how many at most.
SHOWN_FOR, MOST_SHOWN = dt.timedelta(days=7), 5
# A branch at home here reports of no other unit.
AT_HOME = (Level.COMMUNE, Level.HAMLET)


@dataclass(frozen=True)
class IndicatorSet:
    """The indicators of a campaign in their order, with what follows from them.

    ``reasons`` count whom nobody reached, and are no results: they stand in no total that is shown
    as one.
    """

    all: tuple[Indicator, ...]
    terms: dict[str, dict[str, int]] = field(default_factory=dict)
    reasons: tuple[Indicator, ...] = ()

    def on(self, day: dt.date) -> "IndicatorSet":
        """Return them as they were called on ``day``."""
        return replace(
            self,
            all=tuple(indicator.on(day) for indicator in self.all),
            reasons=tuple(reason.on(day) for reason in self.reasons),
        )

    @cached_property
    def entered(self) -> tuple[Indicator, ...]:
        return tuple(i for i in self.all if not i.is_derived)

    @property
    def typed(self) -> tuple[Indicator, ...]:
        """What a report may hold."""
        return (*self.entered, *self.reasons)

    @cached_property
    def wholes(self) -> dict[str, str]:
        """The code of the whole, by the code of each of its parts."""
        return {i.code: i.at_most.code for i in self.all if i.at_most is not None}

    @cached_property
    def of_people(self) -> Indicator | None:
        """The one that sessions count by themselves: who took part."""
        return next((i for i in self.all if i.counts_people), None)

    @cached_property
    def states(self) -> frozenset[str]:
        """The codes of those whose last value stands (docs/counting.md C28)."""
        return frozenset(i.code for i in self.all if i.is_state)

    def as_they_stand(self, brought: dict[str, int], to_date: dict[str, int]) -> dict[str, int]:
        """Return what some days brought, and of states what stands at the end of them.

        What days bring of a state is by how much it is more or less than before.
        """
        if not self.states:
            return brought
        known = ((i.code, to_date if i.is_state else brought) for i in self.all)
        return {code: counts[code] for code, counts in known if code in counts}

    def without_states(self, brought: dict[str, int]) -> dict[str, int]:
        """Return what a day brought where what stood elsewhere came over (docs/counting.md C31).

        By how much there is more or less of a state is none of that day's work then.
        """
        return {code: count for code, count in brought.items() if code not in self.states}

    @property
    def of_sessions(self) -> "IndicatorSet":
        """Those that a session counts: what there is to date, only a report says."""
        terms = {code: of for code, of in self.terms.items() if code not in self.states}
        return IndicatorSet(tuple(i for i in self.all if not i.is_state), terms)

    @property
    def headline(self) -> Indicator | None:
        """The one that stands big on the dashboard: marked so, or else the first."""
        marked = (i for i in self.all if i.is_headline)
        return next(marked, self.all[0] if self.all else None)

    def complete(self, counts: dict[str, int]) -> dict[str, int]:
        """Return counts with the derived ones added, in order; blank stays missing.

        A derived count is missing where all its sources are.
        """
        values = dict(counts)
        for code, terms in self.terms.items():
            present = [
                factor * counts[source] for source, factor in terms.items() if source in counts
            ]
            if present:
                values[code] = sum(present)
        return {i.code: values[i.code] for i in self.all if i.code in values}


def indicators_of(campaign: Campaign) -> IndicatorSet:
    addends = FormulaTerm.objects.filter(indicator=OuterRef("pk")).order_by("pk")
    formula = ArraySubquery(addends.values(addend=JSONObject(code="source__code", factor="factor")))
    indicators = tuple(campaign.indicators.select_related("at_most").annotate(formula=formula))
    terms = {
        i.code: {addend["code"]: addend["factor"] for addend in i.formula}  # type: ignore[attr-defined]
        for i in indicators
        if i.is_derived
    }
    results = tuple(i for i in indicators if not i.is_reason)
    return IndicatorSet(results, terms, tuple(i for i in indicators if i.is_reason))


# Every page asks for these two, and Django takes longer to write them than the database to answer.
IS_RECOMPUTING = """
EXISTS (
    SELECT FROM campaign_dirtyday waiting
    WHERE waiting.campaign_id = campaign_campaign.id
    AND waiting.since <= (SELECT max(changed_at) FROM campaign_settingschange)
)"""
SETTINGS_TAG = tag_of_settings("campaign_campaign.id")
IS_ONE_OF_SEVERAL = """
EXISTS (
    SELECT FROM campaign_campaign other WHERE other.id <> campaign_campaign.id
    AND other.state = 'running' AND %s BETWEEN other.starts_on AND other.ends_on
)"""
RESTATEMENTS = """
ARRAY (
    SELECT jsonb_build_object('at', changed_at, 'reason', reason, 'moves', moves)
    FROM campaign_settingschange
    WHERE changed_at >= %s AND moves @> '[{"restates": true}]'
    ORDER BY changed_at DESC LIMIT %s
)"""


def mark_recomputing(campaigns: CampaignQuerySet) -> CampaignQuerySet:
    """Read with each what has become of its settings.

    ``is_recomputing``: whether days wait since one was changed; ``restatements``: which of the
    last days changed what days that are over are reckoned by (docs/counting.md C24);
    ``is_one_of_several``: whether another one runs, so that pages name theirs; ``settings_tag``:
    what is noted of all that is neither total nor report (``core.changes``).
    """
    since = clock.now() - SHOWN_FOR
    return campaigns.annotate(
        is_one_of_several=RawSQL(IS_ONE_OF_SEVERAL, (clock.today(),), BooleanField()),  # noqa: S611 - our own text
        settings_tag=RawSQL(SETTINGS_TAG, (), BigIntegerField()),  # noqa: S611 - our own text
        is_recomputing=RawSQL(IS_RECOMPUTING, (), BooleanField()),  # noqa: S611 - our own text
        restatements=RawSQL(  # noqa: S611 - our own text
            RESTATEMENTS, (since, MOST_SHOWN), ArrayField(JSONField())
        ),
    )


def sums_of_parts(
    campaign: Campaign, units: Sequence[Unit], day: dt.date
) -> dict[tuple[int, str], int]:
    """Return what the targets of those directly below come to, by unit and indicator's code."""
    below = Target.objects.filter(campaign=campaign, unit__parent__in=units)
    found: dict[tuple[int, str], int] = defaultdict(int)
    for target in below.select_related("unit", "indicator"):
        if target.unit.parent_id is not None:
            found[target.unit.parent_id, target.indicator.code] += target.value_on(day) or 0
    return {key: value for key, value in found.items() if value}


class NoCampaign(Http404):
    """There is no campaign that the user sees: a page guides instead (``campaign.routing``)."""


def current_campaign(user: Any, slug: str | None = None) -> Campaign:
    """Return the campaign named; 404 where there is none.

    Without a name the one that runs today, for those who ask which where several do; raises
    ``NoCampaign`` where the user sees none.
    """
    campaigns = mark_recomputing(Campaign.objects.visible_to(user))
    if slug:
        if "\0" in slug:
            raise Http404
        return campaigns.filter(slug=slug).or_404()
    found = campaigns.current_first().first()
    if found is None:
        raise NoCampaign
    return found


def named_campaign(user: Any, slug: str) -> Campaign:
    """Return the campaign that a machine names; without a name the only one that runs.

    Raises ``Http404``, and ``ValidationError`` where several run and none is named: a machine
    cannot be asked which.
    """
    found = current_campaign(user, slug)
    if slug or not found.is_one_of_several:  # type: ignore[attr-defined]
        return found
    running = running_campaigns(user)
    if len(running) > 1:
        slugs = ", ".join(campaign.slug for campaign in running)
        text = _("Đang có nhiều chiến dịch: %(slugs)s. Nêu tên một chiến dịch (campaign).")
        raise ValidationError({"campaign": [text % {"slugs": slugs}]})
    return current_campaign(user, running[0].slug)


def running_now() -> list[Campaign]:
    """Return the campaigns that run today and count something, whoever asks."""
    day = clock.today()
    running = Campaign.objects.running().filter(starts_on__lte=day, ends_on__gte=day)
    return list(running.order_by("-starts_on", "slug"))


def running_campaigns(user: Any) -> list[Campaign]:
    """Return the campaigns that run today and concern the user, or where none does the current one.

    One that counts nothing concerns nobody; one in which none of her branches takes part does not
    concern a secretary.
    """
    entered = Indicator.objects.filter(campaign=OuterRef("pk"), is_derived=False)
    found = (
        Campaign.objects.visible_to(user)
        .current_first()
        .annotate(counts=Exists(entered), is_trial_running=Exists(Trial.objects.running()))
    )
    day, campaigns = clock.today(), list(found)
    running = [
        c
        for c in campaigns
        if c.takes_counts and c.starts_on <= day <= c.ends_on and vars(c)["counts"]
    ]
    if len(running) > 1 and scope_of(user).roles <= roles_with_only(Permission.REPORT):
        branches = branches_run_by(user)
        own = [c for c in running if not all(is_left_out(c, b, day) for b in branches)]
        running = own or running
    return running or campaigns[:1]


# The levels above a hamlet; deeper trees read the rest when it is asked for.
ABOVE = "parent__parent__parent"


def visible_ancestors(user: Any, unit: Unit) -> list[Unit]:
    """Return the units above one, from the top, as far as the user may see them."""
    tops, above = scope_of(user).unit_paths, unit.parent
    found: list[Unit] = []
    while above is not None:
        if any(above.path.startswith(top) for top in tops):
            found.insert(0, above)
        above = above.parent
    return found


def top_unit(user: Any, campaign: Campaign) -> Unit:
    """Return the highest unit that the user may see; 404 where there is none.

    Whoever led one that is no more is shown what it did.
    """
    return there_first(units_shown(user, campaign).select_related(ABOVE), campaign).or_404()


def there_first(units: UnitQuerySet, campaign: Campaign) -> UnitQuerySet:
    """Put the highest of those that exist on the day that is shown before those that ended."""
    is_there = Case(When(Unit.validity.on(campaign.shown_day), then=0), default=1)
    return units.order_by(is_there, "depth", "pk")


def find_unit(user: Any, campaign: Campaign, code: str = "", day: dt.date | None = None) -> Unit:
    """Return the unit that bears ``code``, by default the highest; 404 outside the user's scope.

    That is who bears it on ``day``, by default the one that is shown, else who did last before.
    """
    if not code:
        return top_unit(user, campaign)
    units = units_shown(user, campaign).select_related(ABOVE)
    return units.bearing(code, day or campaign.shown_day).or_404()


def units_shown(user: Any, campaign: Campaign) -> UnitQuerySet:
    """Return the units of all days up to the one that is shown: sums over them are whole."""
    return Unit.objects.visible_to(user).during(campaign.starts_on, campaign.shown_day)


def find_branch(
    user: Any, code: str, day: dt.date | None = None, *, is_locked: bool = False
) -> Branch:
    """Return a branch that the user may see, or 404; locked where that is wanted.

    It is the one that bears the code on ``day``, today if none is given, else who did last.
    """
    branches = Branch.objects.visible_to(user).select_related("home_unit", "parent")
    if is_locked:
        branches = branches.select_for_update(no_key=True, of=("self",))
    return branches.bearing(code, day or clock.today()).or_404()


def branches_run_by(user: Any, day: dt.date | None = None) -> list[Branch]:
    """Return the branches of a day, today if none is given, that the user may report for.

    Those whose secretary one is stand first.
    """
    day = day or clock.today()
    return branches_run_during(user, day, day)


def runs_a_branch(user: Any) -> bool:
    """Whether ``branches_run_by`` has any today: pages that plan for one are offered by this."""
    scope = scope_of(user)
    own = below(scope.run_branch_paths) | below(scope.run_unit_paths, "home_unit__path")
    return Branch.objects.visible_to(user).on(clock.today()).filter(own).exists()


def branches_run_during(user: Any, first: dt.date, last: dt.date) -> list[Branch]:
    """Return the branches of all days of a range, as ``branches_run_by`` does those of one."""
    scope = scope_of(user)
    own = {a.branch_id for a in scope.appointments}
    reported = {branch.pk for branch in scope.branches_with(Permission.REPORT)}
    branches = Branch.objects.visible_to(user).during(first, last)
    branches = branches.select_related("home_unit", "parent__home_unit")
    allowed = [b for b in branches.order_by("path") if scope.may_report_for(b)]
    return sorted(allowed, key=lambda b: (b.pk not in reported, b.pk not in own))


def communes_to_choose(branch: Branch, day: dt.date) -> list[Unit] | None:
    """Return the communes to choose from, None where the branch is at home in one."""
    return units_to_choose([branch], day).get(branch.pk)


def units_to_choose(branches: Sequence[Branch], day: dt.date) -> dict[int, list[Unit]]:
    """Return ``places_to_choose`` of many by id, but for those at home in one (one query)."""
    homes = {b.pk: b.home_unit.path for b in branches if b.home_unit.level not in AT_HOME}
    if not homes:
        return {}
    communes = Unit.objects.on(day).communes().filter(below(frozenset(homes.values())))
    units = list(communes.order_by("sort_key"))
    return {pk: [u for u in units if u.path.startswith(path)] for pk, path in homes.items()}


def secretaries_of(branches: list[Branch], day: dt.date) -> dict[int, list[User]]:
    """Return who is appointed secretary on ``day``, by the id of the branch."""
    found: dict[int, list[User]] = defaultdict(list)
    appointed = Appointment.objects.on(day).filter(
        role__in=roles_with(Permission.REPORT), branch__in=branches
    )
    for appointment in appointed.select_related("user").order_by("pk"):
        user, branch_id = appointment.user, appointment.branch_id
        if branch_id is not None and user.may_sign_in and user not in found[branch_id]:
            found[branch_id].append(user)
    return found
