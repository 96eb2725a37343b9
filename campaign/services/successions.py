"""Loads what became of units from a file."""

import csv
import datetime as dt
from collections import Counter
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from campaign.models import Succession, SuccessionKind, Unit
from campaign.services.predecessors import rebuild_predecessors
from core.validators import clean_text

COLUMNS = ("old_code", "new_code", "effective_date")


@transaction.atomic
def load_successions(*, path: Path) -> tuple[int, int]:
    """Load a CSV of ``old_code, new_code, effective_date, source``; return (new, unknown).

    The old code is that of the day before, the new one of the day itself. A blank new code is an
    unknown successor; an old code in several rows is a split. A unit that goes on is left out. May
    be run again: what a file says of a unit takes the place of what was there. Raises
    ``ValidationError`` with all bad rows.
    """
    rows = _read(path)
    many = Counter((row["old_code"], row["effective_date"]) for row in rows)
    known: dict[tuple[dt.date, bool], dict[str, Unit]] = {}
    problems: list[str] = []
    found: list[Succession] = []

    def bearer(number: int, code: str, since: dt.date, *, is_old: bool) -> Unit | None:
        day = since - dt.timedelta(days=is_old)
        key = (since, is_old)
        if key not in known:
            known[key] = {unit.code: unit for unit in Unit.objects.on(day)}
        if code not in known[key]:
            text = _("Dòng %(number)s: không có địa bàn mang mã %(code)s ngày %(day)s.")
            words = {"number": number, "code": code[:20], "day": f"{day:%d/%m/%Y}"}
            problems.append(text % words)
        return known[key].get(code)

    for number, row in enumerate(rows, start=2):
        try:
            since = dt.date.fromisoformat(row["effective_date"])
        except ValueError:
            problems.append(
                _("Dòng %(number)s: ngày phải ghi như 2025-07-01.") % {"number": number}
            )
            continue
        old = bearer(number, row["old_code"], since, is_old=True)
        new = bearer(number, row["new_code"], since, is_old=False) if row["new_code"] else None
        if old is None or (new is None and row["new_code"]) or old == new:
            continue
        kind = SuccessionKind.WHOLE if new else SuccessionKind.UNKNOWN
        if many[row["old_code"], row["effective_date"]] > 1:
            kind = SuccessionKind.PART
        source = row.get("source", "")[:500]
        found.append(Succession(old=old, new=new, since=since, kind=kind, source=source))
    if problems:
        raise ValidationError(problems)
    before = Succession.objects.filter(old__in=[one.old for one in found])
    had = set(before.values_list("old_id", "new_id"))
    before.delete()
    Succession.objects.bulk_create(found)
    rebuild_predecessors()
    new_count = sum((one.old_id, one.new_id) not in had for one in found)
    return new_count, sum(one.new_id is None for one in found)


def _read(path: Path) -> list[dict[str, str]]:
    try:
        lines = csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines())
        rows = [{k: clean_text(v or "") for k, v in row.items() if k} for row in lines]
    except UnicodeDecodeError as error:
        raise ValidationError(_("Tệp không phải UTF-8. Lưu lại dạng “CSV UTF-8”.")) from error
    if not set(COLUMNS) <= set(lines.fieldnames or ()):
        raise ValidationError(_("Dòng đầu phải có: %(columns)s.") % {"columns": ",".join(COLUMNS)})
    return rows
