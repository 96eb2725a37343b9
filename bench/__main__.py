"""`make bench`: what costs what, as ratios measured side by side in one run.

Seconds depend on the machine and on what else it does; a ratio of two things measured in turn
on the same portal does not. Each pair is measured alternately and the medians are compared.
"""

import argparse
import datetime as dt
import io
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import httpx
import openpyxl

from tests.e2e.browser import chromium
from tests.e2e.network_proxy import network
from tests.e2e.stopwatch import first_and_next
from tests.portal import Portal

HOME = Path(__file__).resolve().parent.parent / "var" / "bench"
ROUNDS = 15
CAMPAIGN = "/c/de-an-06-2023"


def seconds(action: Callable[[], object]) -> float:
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def compare(first: Callable[[], object], second: Callable[[], object]) -> tuple[float, float]:
    """Run both alternately; return the medians in seconds."""
    pairs = [(seconds(first), seconds(second)) for _round in range(ROUNDS)]
    return median(a for a, _b in pairs), median(b for _a, b in pairs)


def row(what: str, base: float, other: float) -> None:
    print(f"| {what} | {base * 1000:.1f} ms | {other * 1000:.1f} ms | {other / base:.2f} |")


def report(day: dt.date) -> dict[str, object]:
    return {
        "id": str(uuid.uuid4()),
        "campaign": "de-an-06-2023",
        "branch": "CA-36",
        "unit": "14173",
        "date": day.isoformat(),
        "counts": {"level2": 1},
    }


def correct(api: httpx.Client, sent: dict[str, object]) -> None:
    sent["base_version"] = (
        api.post("daily-reports/", json=sent).raise_for_status().json()["version"]
    )
    sent["counts"] = {"level2": int(str(sent["base_version"])) + 1}


def measure(portal: Portal, extra: int) -> None:
    staff, api = portal.visitor("tinhdoan"), portal.api("tinhdoan")
    part = {"HX-Request": "true"}
    tag = {"If-None-Match": staff.get(f"{CAMPAIGN}/dashboard/", headers=part).headers["ETag"]}

    def overview() -> None:
        staff.get(f"{CAMPAIGN}/dashboard/", headers=part).raise_for_status()

    def nothing_new() -> None:
        if staff.get(f"{CAMPAIGN}/dashboard/", headers={**part, **tag}).status_code != 304:
            raise RuntimeError("The dashboard changed while it was measured.")

    print("| what (base → other) | base | other | ratio |\n| --- | --- | --- | --- |")
    row("poll of the dashboard: 304 → whole board", *compare(nothing_new, overview))
    row(
        "API totals by day of 226 communes → the police's CSV of the same",
        *compare(
            lambda: api.get(
                "totals/?level=commune&by=day&basis=approved", timeout=60
            ).raise_for_status(),
            lambda: staff.get(f"{CAMPAIGN}/exports/police.csv", timeout=60).raise_for_status(),
        ),
    )
    row(
        "API figures of one commune → of the province (4,000 sessions, 2,100 members)",
        *compare(
            lambda: api.get("figures/?unit=14173").raise_for_status(),
            lambda: api.get("figures/?unit=36").raise_for_status(),
        ),
    )
    sent = report(dt.date(2023, 6, 1))
    up = median(seconds(lambda: correct(api, sent)) for _round in range(ROUNDS))
    portal.freeze()
    frozen = median(seconds(lambda: correct(api, sent)) for _round in range(ROUNDS))
    portal.thaw()
    row("taking in a correction: broker up → broker frozen", up, frozen)
    logged = "ALTER TABLE reports_revision {} TRIGGER row_is_logged"
    portal.rows(logged.format("DISABLE"))
    bare = median(seconds(lambda: correct(api, sent)) for _round in range(ROUNDS))
    portal.rows(logged.format("ENABLE"))
    whole = median(seconds(lambda: correct(api, sent)) for _round in range(ROUNDS))
    row("taking in a correction: without its leaf in the log → with it", bare, whole)
    portal.wait_settled(60)
    small = median(seconds(overview) for _round in range(ROUNDS))
    portal.manage("make_load", "--reports", str(extra))
    portal.wait_settled(300)
    large = median(seconds(overview) for _round in range(ROUNDS))
    row(f"dashboard: 18,000 reports → {extra:,} more", small, large)
    started = seconds(lambda: portal.manage("rollup"))
    rebuilt = seconds(lambda: portal.manage("rollup", "--rebuild"))
    row("command that finds nothing stale → rebuild of everything", started, rebuilt)


def counts_by_file(portal: Portal) -> None:
    """Print how long 226 communes × 30 days take to be checked, and to be taken in."""
    staff, page = portal.visitor("tinhdoan"), "/c/de-an-06-2023/report/files/"
    asked = staff.get(page + "template/?first=2023-05-22&last=2023-06-20", timeout=60)
    workbook = openpyxl.load_workbook(io.BytesIO(asked.raise_for_status().content))
    for number, row in enumerate(workbook.active.iter_rows(min_row=4)):
        # More than any session of the demo; D to H are the counts that people know.
        for cell in row[3:8]:
            cell.value = 3000 + number % 50
    out = io.BytesIO()
    workbook.save(out)
    token = {"csrfmiddlewaretoken": staff.cookies["csrftoken"]}

    def settled(address: str) -> None:
        while 'id="progress"' in staff.get(address, timeout=60).text:
            time.sleep(0.5)

    def check() -> str:
        file = {"import_file": ("so-lieu.xlsx", out.getvalue())}
        address = staff.post(page, data=token, files=file, timeout=60).headers["Location"]
        settled(address)
        return address

    began = time.perf_counter()
    address = check()
    checked = time.perf_counter()
    form = {**token, "confirm": "1", "take-all": "1", "explanation": "checked"}
    staff.post(address, data=form)
    settled(address)
    if "Đã ghi xong" not in staff.get(address).text:
        raise RuntimeError("The file was not taken in.")
    taken = time.perf_counter()
    portal.wait_settled(120)
    print("\n| 226 communes × 30 days by Excel | seconds |\n| --- | --- |")
    print(f"| read and checked | {checked - began:.1f} |")
    print(f"| checked again and taken in | {taken - checked:.1f} |")
    print(f"| in all totals | {time.perf_counter() - taken:.1f} |\n")


def stopwatch(portal: Portal) -> None:
    """Print what a first report and the next take on a cheap phone with a slow network."""
    print("\n| report on slow 3G, CPU ×4, 360 px | seconds | kB over the wire | requests |")
    print("| --- | --- | --- | --- |")
    with network(portal.port) as between, chromium() as browser, TemporaryDirectory() as folder:
        visits = first_and_next(browser, Path(folder), between, portal, "xadoan-14173")
    for name, visit in zip(("first, signing in, empty cache", "next visit"), visits, strict=True):
        print(f"| {name} | {visit.seconds:.0f} | {visit.bytes / 1000:.1f} | {visit.requests} |")


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument(
        "--extra", type=int, default=50_000, help="reports added for the second half"
    )
    chosen = parser.parse_args()
    portal = Portal(HOME)
    try:
        portal.start()
        stopwatch(portal)
        counts_by_file(portal)
        measure(portal, chosen.extra)
    finally:
        portal.remove()


if __name__ == "__main__":
    main()
