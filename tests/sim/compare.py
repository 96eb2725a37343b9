"""Holds every figure that the portal shows against the model."""

import csv
import datetime as dt
import io
from typing import Any

from django.test import Client
from rest_framework.test import APIClient

from campaign.models import Branch, DirtyDay, Unit
from campaign.selectors import IndicatorSet, indicators_of
from core.templatetags.formatting import count, signed
from reports.daily.models import DailyReport
from reports.dashboards.selectors import branch_summary, dashboard, progress
from reports.dashboards.selectors import completeness as completeness_selector
from reports.digests import selectors as digests
from reports.digests.text import text
from reports.police import exports
from reports.rollup import totals
from reports.rollup.trees import TREES, UNITS, Tree
from tests.pages import read
from tests.sim.driver import Difference, Driver
from tests.sim.facts import DAY, STATE, Counts, Key, added
from tests.sim.stage import ENDS, SLUG, STARTS
from tests.sim.steps import Step

Figures = tuple[Counts, Counts, int, int]
INDICATORS = ("level1", "level2", "upgraded", "activated", "served")


class Truth:
    """What the model says, worked out once for a moment."""

    def __init__(self, driver: Driver) -> None:
        self.model = driver.model
        self.today = min(self.model.now.date(), ENDS)
        self.days = [STARTS + n * DAY for n in range((self.today - STARTS).days + 1)]
        self._sums: dict[Any, Any] = {}
        for tree in ("unit", "branch"):
            for basis in totals.BASES:
                sums = self.model.sums(tree, basis)
                self._sums[tree, basis] = (sums, self.model.arrived(tree, basis, self.days))

    def raw(self, tree: str, node: str, basis: str, first: dt.date, last: dt.date) -> Counts:
        days = self._sums[tree, basis][0].get(node, {})
        return added(counts for day, counts in days.items() if first <= day <= last)

    def figures(self, tree: str, node: str, basis: str, first: dt.date, last: dt.date) -> Figures:
        """Counts of the days and to date, and how many were expected and received."""
        arrived = self._sums[tree, basis][1].get(node, {})
        over = [arrived.get(day, (0, 0)) for day in self.days if first <= day <= last]
        return (
            self.model.complete(self.raw(tree, node, basis, first, last)),
            self.model.complete(self.raw(tree, node, basis, STARTS, last)),
            sum(expected for expected, _received in over),
            sum(received for _expected, received in over),
        )

    def target(self, tree: str, node: str, day: dt.date) -> Counts:
        value = self.model.target(node, day) if tree == "unit" else None
        return {} if value is None else {"activated": value}

    def percent(self, tree: str, node: str, day: dt.date, count: int | None) -> str:
        """Return the percentage of the target with one place, rounded half up, blank without."""
        value = self.target(tree, node, day).get("activated")
        if not value:
            return ""
        tenths = (2000 * abs(count or 0) + value) // (2 * value)
        return f"{'-' if (count or 0) < 0 and tenths else ''}{tenths // 10}.{tenths % 10}"


def at_end(counts: Counts, to_date: Counts) -> Counts:
    """C28: of a state files and machines are given what stands, not by how much it changed."""
    return counts | ({STATE: to_date[STATE]} if STATE in to_date else {})


def same(what: str, shown: Any, truth: Any) -> None:
    if shown != truth:
        raise Difference(f"{what}: the portal shows {shown}, the rules say {truth}")


def compare(driver: Driver, step: Step) -> None:
    """Compare all sums, and one of the places where they are read, each in its turn."""
    same("days left dirty", DirtyDay.objects.count(), 0)
    truth, indicators = Truth(driver), indicators_of(driver.campaign)
    turn = len(driver.model.reports) + len(driver.model.sessions) + driver.serial + step.n[0]
    for tree in TREES:
        compare_totals(driver, truth, tree, indicators, turn)
    compare_completeness(driver, truth, TREES[turn % 2])
    compare_reports(driver)
    compare_branches(driver, truth, indicators, totals.BASES[turn // 2 % 2])
    place, turn = turn % 5, turn // 5
    # Who is heard though nobody was asked is seldom on it: it is looked at whenever it is the day.
    if place != 2 and str(truth.today.isoweekday()) not in driver.model.weekdays_on(truth.today):
        compare_dashboard(driver, truth, turn)
    match place:
        case 0:
            compare_api(driver, truth, turn)
        case 1:
            compare_digest(driver, truth, turn)
        case 2:
            compare_dashboard(driver, truth, turn)
        case 3:
            compare_police(driver, truth, totals.BASES[turn % 2])
        case 4:
            compare_pages(driver, truth, turn, indicators)


def name_of(tree: Tree) -> str:
    return "unit" if tree is UNITS else "branch"


def compare_totals(
    driver: Driver, truth: Truth, tree: Tree, indicators: IndicatorSet, turn: int
) -> None:
    """Compare every day on both bases; and a range on one of them, in one tree."""
    nodes: list[Any] = list(tree.nodes._default_manager.all())
    first, last = (
        truth.days[turn % 3],
        truth.days[3 - len(truth.days) :][turn // 2 % (len(truth.days) - 3)],
    )
    asked = [(basis, STARTS, truth.today, True) for basis in totals.BASES]
    if tree is TREES[turn // 2 % 2]:
        asked.append((totals.BASES[turn % 2], first, last, False))
    for basis, first, last, by_day in asked:
        lines = totals.totals(
            tree=tree,
            campaign=driver.campaign,
            indicators=indicators,
            nodes=nodes,
            first=first,
            last=last,
            basis=basis,
            by_day=by_day,
        )
        for line in lines:
            of = (line.date, line.date) if line.date else (first, last)
            what = f"totals of {line.node.code} {of[0]}–{of[1]} {basis}"
            shown = (line.counts, line.counts_to_date, line.expected, line.received)
            same(what, shown, truth.figures(name_of(tree), line.node.code, basis, *of))
            target = truth.target(name_of(tree), line.node.code, of[1])
            same(f"target of {what}", line.target, target)


def compare_completeness(driver: Driver, truth: Truth, tree: Tree) -> None:
    nodes: list[Any] = list(tree.nodes._default_manager.order_by("depth"))
    found = completeness_selector.completeness(
        campaign=driver.campaign, node=nodes[0], first=STARTS, last=truth.today, tree=tree
    )
    for node in nodes:
        for day in found.days:
            cell = found.cell(node.path, (day,))
            known = truth.figures(name_of(tree), node.code, "reported", day, day)[2:]
            same(f"completeness of {node.code} {day}", (cell.expected, cell.received), known)
    for day in found.days:
        back = sum(driver.model.is_corrected(code, day) for code in driver.model.branches)
        same(f"returned on {day}", found.cell(nodes[0].path, (day,)).returned, back)


def compare_reports(driver: Driver) -> None:
    """Compare each report with its content, its state and whether it is asked about sessions."""
    rows = DailyReport.objects.mark_unreconciled().select_related("branch", "unit")
    shown = {
        (r.branch.code, r.unit.code, r.date): (
            *(r.counts, r.status, r.version),
            vars(r)["is_unreconciled"],
        )
        for r in rows
    }
    model = driver.model
    for key, report in model.reports.items():
        counts = report.contents[-1].values[0]
        truth = (counts, report.state, report.version, model.is_asked(key))
        same(f"report {_words(key)}", shown.pop(key, None), truth)
    same("reports that nobody sent", shown, {})


def _words(key: Key) -> str:
    return " ".join(map(str, key))


def compare_branches(driver: Driver, truth: Truth, indicators: IndicatorSet, basis: str) -> None:
    branches = list(Branch.objects.select_related("home_unit"))
    found = progress.progress_by_branch(driver.campaign, branches, indicators, basis)
    for branch in branches:
        known = truth.figures("branch", branch.code, basis, STARTS, truth.today)[1]
        same(f"progress of {branch.code} {basis}", found[branch.pk].own.counts, known)


def compare_api(driver: Driver, truth: Truth, turn: int) -> None:
    client = APIClient()
    client.force_authenticate(driver.actor)
    basis = totals.BASES[turn % 2]
    for tree, top in (("unit", "36"), ("branch", "TD")):
        level = ("province", "district", "commune", "hamlet")[turn % 4]
        asked = {tree: top, "level": level, "campaign": SLUG}
        answer = client.get("/api/v1/totals/", {**asked, "basis": basis}).json()
        for line in answer["results"]:
            shown = (
                *(line["counts"], line["counts_to_date"]),
                *(line["reports_expected"], line["reports_received"]),
            )
            known = truth.figures(tree, line["unit"], basis, STARTS, truth.today)
            known = (at_end(known[0], known[1]), *known[1:])
            same(f"API totals of {line['unit']} {basis}", shown, known)
        answer = client.get("/api/v1/completeness/", asked).json()
        for line in answer["results"]:
            day = dt.date.fromisoformat(line["date"])
            known_of_day = truth.figures(tree, line["unit"], "reported", day, day)[2:]
            shown_of_day = (line["expected"], line["received"])
            same(f"API completeness of {line['unit']} {day}", shown_of_day, known_of_day)


def compare_digest(driver: Driver, truth: Truth, turn: int) -> None:
    unit = list(Unit.objects.exclude(level="hamlet").order_by("code"))[turn % 8]
    day = truth.days[-1 - turn % min(3, len(truth.days))]
    found = digests.digest(campaign=driver.campaign, unit=unit, day=day)
    assert found.headline is not None
    sums = {b: truth.figures("unit", unit.code, b, day, day) for b in totals.BASES}
    for figure in (found.headline, *found.others):
        code = figure.indicator.code
        shown = (figure.today, figure.to_date, figure.today_approved, figure.to_date_approved)
        known = tuple(of.get(code) for b in totals.BASES for of in sums[b][:2])
        same(f"digest of {unit.code} {day}, {code}", shown, known)
    target = truth.target("unit", unit.code, day).get("activated")
    same(f"digest of {unit.code} {day}, target", found.progress.target, target)
    arrived = (found.expected, found.received, len(found.silent))
    expected, received = sums["reported"][2:]
    same(
        f"digest of {unit.code} {day}, arrived", arrived, (expected, received, expected - received)
    )
    to_date = count(sums["reported"][1].get("activated"))
    if f": {to_date}" not in text(found):
        raise Difference(f"text of the digest of {unit.code} {day} does not say {to_date}")


def compare_dashboard(driver: Driver, truth: Truth, turn: int) -> None:
    basis = totals.BASES[turn % 2]
    unit = Unit.objects.get(code=("36", "A", "B")[turn % 3])
    page = dashboard.build_dashboard(campaign=driver.campaign, unit=unit, basis=basis)
    today = truth.today
    known = truth.figures("unit", unit.code, basis, today, today)
    for figure in page.figures:
        code = figure.indicator.code
        what = f"dashboard of {unit.code} {basis}, {code}"
        same(what, (figure.today, figure.to_date), (known[0].get(code), known[1].get(code)))
    target = truth.target("unit", unit.code, today).get("activated")
    same(f"dashboard of {unit.code} {basis}, target", page.progress.target, target)
    same(
        f"dashboard of {unit.code} {basis}, arrived",
        (page.expected, page.received),
        known[2:],
    )
    for row in page.rows:
        below = truth.figures("unit", row.unit.code, basis, today, today)
        shown = (row.today, row.progress.to_date, row.expected, row.received)
        sums = (below[0].get("activated"), below[1].get("activated"), *below[2:])
        same(f"dashboard of {unit.code} {basis}, row {row.unit.code}", shown, sums)


def compare_police(driver: Driver, truth: Truth, basis: str) -> None:
    _export, pieces = exports.police_file(
        actor=driver.actor,
        campaign=driver.campaign,
        units=Unit.objects.visible_to(driver.actor),
        first=None,
        last=None,
        basis=basis,
    )
    rows = list(csv.DictReader(io.StringIO(b"".join(pieces).decode("utf-8-sig"))))
    # A commune has a line on each day on which it exists.
    communes = [unit for unit in driver.model.units.values() if unit.level == "commune"]
    lines = sum(unit.exists(day) for unit in communes for day in truth.days)
    same("rows of the police file", len(rows), lines)
    for row in rows:
        day, code = dt.date.fromisoformat(row["date"]), row["commune_code"]
        counts, to_date, expected, received = truth.figures("unit", code, basis, day, day)
        target = truth.target("unit", code, day).get("activated")
        known = {
            **{of: str(at_end(counts, to_date).get(of, "")) for of in (*INDICATORS, STATE)},
            "activated_to_date": str(to_date.get("activated", "")),
            "district_code": str(driver.model.units[code].parent),
            "reports_expected": str(expected),
            "reports_received": str(received),
            "target": "" if target is None else str(target),
            "percent_of_target": truth.percent("unit", code, day, to_date.get("activated")),
        }
        same(f"police file of {code} {day} {basis}", {name: row[name] for name in known}, known)


def compare_pages(driver: Driver, truth: Truth, turn: int, indicators: IndicatorSet) -> None:
    client = Client()
    client.force_login(driver.actor, backend="accounts.backends.NameOrPhoneBackend")
    basis, code = totals.BASES[turn % 2], ("36", "A", "B1")[turn // 2 % 3]
    page = read(client.get(f"/c/{SLUG}/units/{code}/", {"basis": basis}))
    counts, to_date, *_arrived = truth.figures("unit", code, basis, truth.today, truth.today)
    for indicator in indicators.all:
        of = indicator.code
        label, change = indicator.label, count(counts.get(of))
        if indicator.is_state:
            label, change = f"{label} (đến nay)", signed(counts.get(of))
        row = [label, change, count(to_date.get(of))]
        if row not in page.rows:
            raise Difference(f"page of {code} {basis} has no row {row}")
    compare_branch_page(driver, client, turn)


def compare_branch_page(driver: Driver, client: Client, turn: int) -> None:
    model = driver.model
    code = list(model.branches)[turn % len(model.branches)]
    owned = {key: report for key, report in model.reports.items() if key[0] == code}
    page = read(client.get(f"/c/{SLUG}/branches/{code}/"))
    asked = page.text.count("Còn buổi chưa đối chiếu")
    same(f"page of {code}, asked", asked, sum(model.is_asked(key) for key in owned))
    branch = Branch.objects.select_related("home_unit").get(code=code)
    for day in branch_summary.own_days(driver.campaign, branch):
        states = {report.state for key, report in owned.items() if key[2] == day.date}
        known = "returned" if "returned" in states else "in" if states else "missing"
        shown = "in" if day.state in ("reported", "no_activity") else day.state
        same(f"page of {code}, {day.date}", shown, known)
