"""What stands ends with its branch or unit and goes over (docs/counting.md C31).

Held against a plain model that goes from day to day, over two changes of boundaries.
"""

import datetime as dt
import random
from collections import Counter
from typing import Any
from uuid import uuid4

import pytest
from django.conf import LazySettings
from django.utils.translation import override

from campaign.models import Branch, Succession, SuccessionKind, Unit
from campaign.services.dirty_days import mark_dirty
from campaign.services.settings_change import settings_change
from core import clock
from reports.daily.models import DailyReport, Lateness, Status
from reports.dashboards.selectors.dashboard import build_dashboard
from reports.digests.selectors import digest
from reports.digests.text.figures import other_words
from reports.rollup.models import BranchDay, UnitDay, UnitTotal
from reports.rollup.services.rebuild import rebuild
from reports.rollup.services.rollup import drain
from reports.rollup.services.verify import verify
from reports.rollup.states import begin_day, last_values
from tests.conftest import TODAY, World, build_world
from tests.factories import make_branch, make_indicator, make_unit

pytestmark = pytest.mark.django_db(transaction=True)

DAYS = [TODAY - dt.timedelta(days=n) for n in range(4, -1, -1)]
Pair = tuple[int, int]


class Land:
    """Communes a and b become n on the third day; n goes into c, which goes on, on the last.

    Nobody knows what came after d. A province's officer reports of any of them.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        # What stood before the reports of a day.
        self.before: dict[dt.date, Counter[Pair]] = {}
        self.units = {name: self._unit(name) for name in "abcd"}
        self.branches = {
            name: make_branch(code=f"X-{name}", home_unit=unit, parent=world.district_union)
            for name, unit in self.units.items()
        }
        make_indicator(campaign=world.campaign, code="websites", label="Trang", aggregation="last")

    def _unit(self, name: str, **given: Any) -> Unit:
        return make_unit(code=f"9{name}", name=f"Xã {name}", parent=self.world.district, **given)

    @property
    def pairs(self) -> list[tuple[Branch, Unit]]:
        own = [(self.branches[name], unit) for name, unit in self.units.items()]
        return own + [(self.world.police, unit) for unit in self.units.values()]

    def end(self, day: dt.date, went_to: dict[str, str]) -> None:
        """End communes on a day; ``went_to`` says into which, blank where nobody knows."""
        with settings_change(actor=self.world.staff, reason="Nghị quyết", since=day):
            for name in {*went_to.values()} - self.units.keys() - {""}:
                self.units[name] = self._unit(name, valid_from=day)
                self.branches[name] = make_branch(
                    code=f"X-{name}", home_unit=self.units[name], opened_on=day,
                    parent=self.world.district_union,
                )  # fmt: skip
            for old, new in went_to.items():
                unit, branch = self.units[old], self.branches[old]
                Unit.objects.filter(pk=unit.pk).update(valid_to=day)
                after = self.branches.get(new)
                Branch.objects.filter(pk=branch.pk).update(closed_on=day, successor=after)
                kind = SuccessionKind.WHOLE if new else SuccessionKind.UNKNOWN
                Succession.objects.create(
                    old=unit, new=self.units.get(new), since=day, kind=kind, source="NQ"
                )
                unit.refresh_from_db()
                branch.refresh_from_db()

    def report(self, rng: random.Random, days: int) -> None:
        """Report, correct, approve or return, of one of the first days and a pair that it has."""
        branch, unit = rng.choice(self.pairs)
        day = rng.choice(DAYS[:days])
        if not (branch.exists_on(day) and unit.exists_on(day)):
            return
        row = DailyReport.objects.filter(branch=branch, unit=unit, date=day).first()
        row = row or DailyReport(
            id=uuid4(), campaign=self.world.campaign, branch=branch, unit=unit, date=day,
            lateness=Lateness.ON_TIME, received_at=clock.now(),
        )  # fmt: skip
        row.status = rng.choice([Status.SUBMITTED, Status.APPROVED, Status.RETURNED])
        row.counts = {"installed": 1} | (
            {"websites": rng.randint(0, 50)} if rng.random() < 0.8 else {}
        )
        row.fallback_counts, row.fallback_approved = None, False
        row.save()
        mark_dirty(row, since=clock.now())

    def stands(self, basis: str) -> dict[dt.date, Counter[Pair]]:
        """Go from day to day: what ends goes over, and what is reported takes its place."""
        branches, units = Branch.objects.in_bulk(), Unit.objects.in_bulk()
        went: Any = dict(Succession.objects.filter(kind="whole").values_list("old", "new"))
        reported: dict[dt.date, list[DailyReport]] = {day: [] for day in DAYS}
        for row in DailyReport.objects.all():
            is_in = row.status != Status.RETURNED and (
                basis == "reported" or row.status == Status.APPROVED
            )
            if is_in and "websites" in row.counts:
                reported[row.date].append(row)
        now: Counter[Pair] = Counter()
        found = {}
        for day in DAYS:
            for (b, u), value in list(now.items()):
                branch, unit = branches[b], units[u]
                if day not in (branch.closed_on, unit.valid_to):
                    continue
                del now[b, u]
                next_b = branch.successor_id if branch.closed_on == day else b
                next_u = went.get(u) if unit.valid_to == day else u
                if next_b and next_u:
                    now[next_b, next_u] += value
            self.before[day] = Counter(now)
            for row in reported[day]:
                now[row.branch_id, row.unit_id] = row.counts["websites"]
            found[day] = Counter(now)
        return found

    def holds(self, until: list[dt.date] = DAYS) -> None:
        drain()
        assert verify() == []
        for basis in ("reported", "approved"):
            stands = self.stands(basis)
            for model, rows, place in ((UnitDay, Unit, 1), (BranchDay, Branch, 0)):
                days = list(model._default_manager.values_list("node_id", "date", basis))
                for node in rows._default_manager.all():
                    below = {*rows._default_manager.within(node).values_list("pk", flat=True)}
                    for day in until:
                        stored = sum(
                            counts.get("websites", 0)
                            for pk, date, counts in days
                            if pk == node.pk and date <= day
                        )
                        truth = sum(n for p, n in stands[day].items() if p[place] in below)
                        assert stored == truth, (basis, node, day)
            if basis == "reported":
                self.tells_who_reports(until)
                top = UnitTotal.objects.get(node=self.world.province).reported
                assert top.get("websites", 0) == sum(stands[until[-1]].values())

    def tells_who_reports(self, until: list[dt.date]) -> None:
        """What stands before a day is said beside the form."""
        keys = [
            (branch.pk, unit.pk, day)
            for day in until
            for branch in Branch.objects.on(day)
            for unit in Unit.objects.on(day)
        ]
        found = last_values(self.world.campaign, keys, {"websites"})
        for branch, unit, day in keys:
            value = found.get((branch, unit, day), {}).get("websites", 0)
            assert value == self.before[day][branch, unit], (branch, unit, day)


@pytest.fixture
def land(transactional_db: None) -> Land:
    return Land(build_world())


@pytest.mark.parametrize("seed", range(3))
def test_what_stands_counts_once_whatever_ends_and_in_whatever_order(land: Land, seed: int) -> None:
    rng = random.Random(seed)
    # On a day and after it nothing is said in what is to end on it.
    for days, ending in (
        (2, {"a": "n", "b": "n", "d": ""}), (4, {"n": "c"}), (5, {}),
    ):  # fmt: skip
        for _round in range(3):
            for _step in range(6):
                land.report(rng, days)
            land.holds()
        if ending:
            land.end(DAYS[days], ending)
            land.holds()
    rebuild()
    land.holds()
    UnitTotal.objects.all().delete()
    UnitDay.objects.all().delete()
    BranchDay.objects.all().delete()
    rebuild()
    land.holds()


def test_what_comes_over_is_not_what_the_day_brought(land: Land, settings: LazySettings) -> None:
    campaign, (a, b) = land.world.campaign, (land.units[name] for name in "ab")
    for unit, branch, value in ((a, "a", 30), (b, "b", 12)):
        DailyReport.objects.create(
            id=uuid4(), campaign=campaign, branch=land.branches[branch], unit=unit, date=DAYS[2],
            lateness=Lateness.ON_TIME, received_at=clock.now(),
            counts={"installed": 1, "websites": value},
        )  # fmt: skip
    mark_dirty(DailyReport.objects.earliest("received_at"), since=clock.now())
    settings.PORTAL_TODAY = DAYS[3]
    land.end(DAYS[3], {"a": "n", "b": "n"})
    begin_day()
    rebuild()
    new = land.units["n"]
    page = build_dashboard(campaign=campaign, unit=new, basis="reported")
    [figure] = (f for f in page.figures if f.indicator.code == "websites")
    assert (figure.to_date, figure.today, page.took_over) == (42, None, True)
    with override("vi"):
        text = "\n".join(other_words(digest(campaign=campaign, unit=new, day=DAYS[3])))
    assert "- Trang: 42 lượt\n" in f"{text}\n"
    # Above, nothing came from elsewhere; and the day after, it is as on all days.
    above = build_dashboard(
        campaign=campaign, unit=land.world.district, basis="reported", indicator="websites"
    )
    assert not above.took_over
    assert [row.today for row in above.rows if row.unit == new] == [None]
    settings.PORTAL_TODAY = DAYS[4]
    assert not build_dashboard(campaign=campaign, unit=new, basis="reported").took_over


def test_what_is_to_end_ends_as_its_day_begins(land: Land, settings: LazySettings) -> None:
    rng = random.Random(1)
    for _step in range(12):
        land.report(rng, 3)
    settings.PORTAL_TODAY = DAYS[2]
    land.holds(DAYS[:3])
    land.end(DAYS[3], {"a": "n", "b": "n"})
    land.holds(DAYS[:3])
    settings.PORTAL_TODAY = DAYS[3]
    assert begin_day() > 0
    land.holds(DAYS[:4])
