"""Files: what the police take, and what people bring."""

import io
import json
import time
from collections.abc import Iterator

import openpyxl
import psycopg

from bench.clients import Client
from bench.results import Line, at_least, at_most, compare
from bench.worlds import BASE, World, work_done

# The columns of the police's file by SQL alone: days, names, counts, to date; targets are not.
COPY = """
    COPY (
        SELECT t.date, p.code, p.name, d.code, d.name, u.code, u.name,
            t.approved ->> 'installed', t.approved ->> 'level1', t.approved ->> 'level2',
            t.approved ->> 'upgraded', t.approved ->> 'participations',
            coalesce(before.total, 0) + sum({activated})
                OVER (PARTITION BY u.id ORDER BY t.date),
            t.received_approved
        FROM reports_unitday t JOIN campaign_unit u ON u.id = t.node_id AND u.level = 'commune'
        JOIN campaign_unit d ON d.id = u.parent_id JOIN campaign_unit p ON p.id = d.parent_id
        LEFT JOIN (
            SELECT node_id, sum({activated}) AS total FROM reports_unitday t
            WHERE campaign_id = (SELECT id FROM campaign_campaign WHERE slug = 'de-an-06-2023')
            AND date < '{first}' GROUP BY node_id
        ) before USING (node_id)
        WHERE t.campaign_id = (SELECT id FROM campaign_campaign WHERE slug = 'de-an-06-2023')
        AND t.date BETWEEN '{first}' AND '{last}'
        ORDER BY t.date, d.code, u.code
    ) TO STDOUT CSV
"""
MEASURE = "from bench.many_rows import measure; measure({what!r}, {count}, {actor!r})"
PREPARE = "import json; from bench.many_rows import batches; print(json.dumps(batches({count})))"
ACTIVATED = """
    coalesce((t.approved ->> 'level1')::bigint, 0) + coalesce((t.approved ->> 'level2')::bigint, 0)
    - coalesce((t.approved ->> 'upgraded')::bigint, 0)
"""
SPANS = {
    "whole campaign": ("2023-04-01", "2023-06-30"),
    "seven days": ("2023-06-10", "2023-06-16"),
}


def police(world: World, *, quick: bool) -> Iterator[Line]:
    """The file of the whole country, taken over the network as the police do."""
    staff = world.visitor("bench")
    for span, (first, last) in SPANS.items():
        ours, beside, starts = [], [], []
        for _round in range(1 if quick else 3):
            began = time.perf_counter()
            _copy(world, first, last)
            beside.append(time.perf_counter() - began)
            answer = _take(staff, first, last)
            ours.append(answer[0])
            starts.append(answer[1])
        yield compare(f"police CSV, {span}", "COPY of the same", "s", ours, beside, at_most(1.3))
        yield compare(f"police CSV, {span}: first byte", "", "s", starts, [], at_most(0.5, "ours"))


def _copy(world: World, first: str, last: str) -> int:
    size = 0
    with psycopg.connect(world.portal.layout.addresses.owner_url) as link:
        statement = COPY.format(activated=ACTIVATED, first=first, last=last)
        with link.cursor().copy(statement.encode()) as found:
            for piece in found:
                size += len(piece)
    return size


def _take(staff: Client, first: str, last: str) -> tuple[float, float]:
    answer = staff.get(f"{BASE}/exports/police.csv?from={first}&to={last}")
    if answer.status != 200:
        raise RuntimeError(f"{answer.status} {answer.body[:200]!r}")
    return answer.seconds, answer.first


def counts_file(world: World, *, quick: bool) -> Iterator[Line]:
    """226 communes × 30 days by Excel: read and checked, and taken in."""
    staff, page = world.portal.visitor("tinhdoan"), f"{BASE}/report/files/"
    asked = staff.get(page + "template/?first=2023-05-22&last=2023-06-20", timeout=60)
    workbook = openpyxl.load_workbook(io.BytesIO(asked.raise_for_status().content))
    count = 0
    for count, row in enumerate(workbook.active.iter_rows(min_row=4), start=1):
        # More than any session of the demo; D to H are the counts that people know.
        for cell in row[3:8]:
            cell.value = 3000 + count % 50
    out = io.BytesIO()
    workbook.save(out)
    token = {"csrfmiddlewaretoken": staff.cookies["csrftoken"]}

    def settled(address: str) -> None:
        while 'id="progress"' in staff.get(address, timeout=60).text:
            time.sleep(0.2)

    began = time.perf_counter()
    file = {"import_file": ("so-lieu.xlsx", out.getvalue())}
    address = staff.post(page, data=token, files=file, timeout=60).headers["Location"]
    settled(address)
    form = {**token, "confirm": "1", "take-all": "1", "explanation": "checked"}
    staff.post(address, data=form)
    settled(address)
    if "Đã ghi xong" not in staff.get(address).text:
        raise RuntimeError("The file was not taken in.")
    taken = time.perf_counter() - began
    yield compare(
        "reports by file, checked and taken in",
        "",
        "a second",
        [count / taken],
        [],
        at_least(5000, "ours"),
        note=f"{count:,} reports",
    )
    world.settle()


def many_reports(world: World, *, quick: bool) -> Iterator[Line]:
    """Five days of the country by one call, beside import-export row by row on the same tables."""
    yield _many(world, "reports by one call", 5_000 if quick else 50_000, "bench")


def many_members(world: World, *, quick: bool) -> Iterator[Line]:
    """Members by a file, beside import-export row by row on the same tables."""
    yield _many(world, "members by file", 2_000 if quick else 20_000, "tinhdoan")


def _many(world: World, what: str, count: int, actor: str) -> Line:
    """Measure in seconds of a processor: one works at a time. All is taken back."""
    text = MEASURE.format(what=what.split()[0], count=count, actor=actor)
    found = json.loads(_printed(world, text))
    return compare(
        f"{what}, all or nothing",
        "import-export row by row",
        "a CPU second",
        [found["ours"]],
        [found["beside"]],
        at_least(5000, "ours") if what.startswith("reports") else at_least(20),
        note=f"{count:,} rows",
    )


def batches(world: World, *, quick: bool) -> Iterator[Line]:
    """The API's door for many, 5,000 a request: one client, and what it costs of a processor."""
    count = 2_000 if quick else 20_000
    bodies = json.loads(_printed(world, PREPARE.format(count=count)))
    client = world.api("tinhdoan")
    # What the database does for workers is not the door's.
    world.portal.control("stop", "worker", "second")
    try:
        began, before = time.perf_counter(), work_done(world)
        for body in bodies:
            answer = client.ask("POST", "/api/v1/daily-reports/batch/", body)
            if answer.status != 201:
                raise RuntimeError(f"{answer.status} {answer.body[:200]!r}")
        seconds, after = time.perf_counter() - began, work_done(world)
    finally:
        world.portal.control("start", "worker", "second")
    each = sum(after[kind] - before[kind] for kind in ("web", "database")) / count
    yield compare(
        "reports by the API, 5,000 a request",
        "",
        "a second",
        [count / seconds],
        [],
        at_least(5000, "ours"),
        note=f"{count:,} reports, {each * 1e6:.0f} µs of a processor each",
    )
    world.settle()


def _printed(world: World, text: str) -> str:
    return world.portal.manage("shell", "--no-imports", "--command", text).splitlines()[-1]


MEASUREMENTS = {"demo": (counts_file, many_members, batches), "nation": (police, many_reports)}
