"""Pages that are read: when nothing has changed, right after a change, and in a whole country."""

import json
from collections.abc import Callable, Iterator
from statistics import median

from bench.clients import Answer, Client
from bench.results import HOME, Line, at_least, at_most, compare
from bench.worlds import BASE, CAMPAIGN, World

ROUNDS = 15
PAGES = {
    "dashboard": f"{BASE}/dashboard/",
    "completeness": f"{BASE}/completeness/",
    "review": f"{BASE}/review/",
    "unit": f"{BASE}/units/365/",
    "digest": f"{BASE}/digests/36/2023-06-19/",
    # 226 communes on 81 days, with the totals of all; a hundred rows are shown.
    "explorer": f"{BASE}/explore/?rows=commune&columns=day",
}
# What the demo's pages took, for the country's to be held against.
AT_DEMO = HOME / "pages-at-demo.json"


def _times(ask: Callable[[], Answer]) -> float:
    answer = ask()
    if answer.status not in (200, 304):
        raise RuntimeError(f"{answer.status}: {answer.body[:200]!r}")
    return answer.seconds * 1000


def _in_turn(
    ours: Callable[[], Answer], beside: Callable[[], Answer], rounds: int
) -> tuple[list[float], list[float]]:
    for ask in (ours, beside):
        _times(ask)
    pairs = [(_times(ours), _times(beside)) for _round in range(rounds)]
    return [a for a, _b in pairs], [b for _a, b in pairs]


def unchanged(world: World, *, quick: bool) -> Iterator[Line]:
    """How fast a page is that was made before, whole and as “not changed”."""
    staff, other = world.visitor("tinhdoan"), world.anchor.visitor()
    rounds, taken = 5 if quick else ROUNDS, {}
    for name, path in PAGES.items():
        whole = staff.get(path)
        constant = world.anchor.put(name, whole.body)
        ours, beside = _in_turn(
            lambda path=path: staff.get(path),  # type: ignore[misc]
            lambda constant=constant: other.get(constant),  # type: ignore[misc]
            rounds,
        )
        taken[name] = median(ours)
        yield _as_speed(f"{name}, nothing changed: whole", "constant page", ours, beside, 0.5)
        # A page without a tag is sent whole again, and that is what it costs.
        tag = whole.headers.get("etag", '"none"')
        ours, beside = _in_turn(
            lambda path=path, tag=tag: staff.get(path, If_None_Match=tag),  # type: ignore[misc]
            lambda constant=constant: other.get(constant, If_None_Match="x"),  # type: ignore[misc]
            rounds,
        )
        yield _as_speed(f"{name}, nothing changed: 304", "signed-in 304", ours, beside, 0.5)
    AT_DEMO.write_text(json.dumps(taken))


def changed(world: World, *, quick: bool) -> Iterator[Line]:
    """How fast the first page after a report is, once the report is in the totals."""
    staff, other, api = world.visitor("tinhdoan"), world.anchor.visitor(), world.api("tinhdoan")
    version = 0
    for name, path in PAGES.items():
        constant = world.anchor.put(name, staff.get(path).body)
        ours, beside = [], []
        for number in range(3 if quick else ROUNDS):
            version = _correct(api, version, number)
            world.settle()
            ours.append(_times(lambda path=path: staff.get(path)))  # type: ignore[misc]
            beside.append(_times(lambda at=constant: other.get(at)))  # type: ignore[misc]
        yield _as_speed(f"{name}, right after a change", "constant page", ours, beside, 0.1)


def country(world: World, *, quick: bool) -> Iterator[Line]:
    """The same pages of the same province, among 63 of them."""
    if not AT_DEMO.exists():
        return
    known, staff = json.loads(AT_DEMO.read_text()), world.visitor("tinhdoan")
    for name in ("dashboard", "unit", "digest"):
        ask = lambda path=PAGES[name]: staff.get(path)  # noqa: E731
        _times(ask)
        ours = [_times(ask) for _round in range(5 if quick else ROUNDS)]
        yield compare(
            f"{name} of one province in the country",
            "in the demo",
            "ms",
            ours,
            [known[name]],
            at_most(1.2),
        )


def _as_speed(name: str, anchor: str, ours: list[float], beside: list[float], limit: float) -> Line:
    """Make a line of pages a second and client, from milliseconds a page."""
    speeds = [[1000 / one for one in times] for times in (ours, beside)]
    return compare(name, anchor, "a second", speeds[0], speeds[1], at_least(limit))


def _correct(api: Client, version: int, number: int) -> int:
    """Change the figure of one commune; return the version that stands."""
    sent = {
        "id": "6f1d0c5e-2f0b-4d2e-9c65-1b1a44b8a001",
        "campaign": CAMPAIGN,
        "branch": "CA-36",
        "unit": "14158",
        "date": "2023-06-02",
        "counts": {"level2": 100 + (version * 7 + number) % 90},
        "base_version": version,
    }
    answer = api.ask("POST", "/api/v1/daily-reports/", sent)
    if answer.status == 409:
        current = answer.json()["current"]
        sent |= {"id": current["id"], "base_version": current["version"]}
        answer = api.ask("POST", "/api/v1/daily-reports/", sent)
    return int(answer.json()["version"])


MEASUREMENTS = {"demo": (unchanged, changed), "nation": (country,)}
