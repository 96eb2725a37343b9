"""How an answer is judged: right, asked about without need, or silently wrong.

A case is a text and what is expected of its lines, in their order: ``14173 12/5 installed=35``
(branch, day, counts; ``none`` for no activity), ``?`` with the candidates for what is to be
asked about, ``-`` for what is to be ignored. A branch is ``XD-`` and the digits unless it is
written in full.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable

from reports.chat.parser.lexicon import Lexicon
from reports.chat.parser.parsing import ASK, IGNORED, UNDERSTOOD, ParsedReport, parse
from tests.reports.chat.lexicons import TODAY

Case = tuple[str, list[str]]
RIGHT, NEEDLESS, WRONG = "right", "needlessly asked", "silently wrong"


def judge_line(answer: ParsedReport, expected: str) -> str:
    """Judge one line."""
    head, *rest = expected.split()
    if head == "-":
        return RIGHT if answer.status == IGNORED else (NEEDLESS if answer.status == ASK else WRONG)
    if head == "?":
        wanted = {_branch(code) for code in rest}
        is_right = answer.status == ASK and wanted <= {*answer.candidates, answer.branch}
        return RIGHT if is_right else (NEEDLESS if answer.status == ASK else WRONG)
    if answer.status == ASK:
        return NEEDLESS
    if answer.status == IGNORED:
        return WRONG
    day = dt.datetime.strptime(f"{rest[0]}/2023", "%d/%m/%Y").date()  # noqa: DTZ007
    counts = {c.split("=")[0]: int(c.split("=")[1]) for c in rest[1:] if "=" in c}
    is_right = (
        answer.branch == _branch(head)
        and answer.date == day
        and answer.counts == counts
        and answer.no_activity == ("none" in rest)
    )
    return RIGHT if is_right and answer.status == UNDERSTOOD else WRONG


def _branch(code: str) -> str:
    return code if "-" in code else f"XD-{code}"


def judge(cases: Iterable[Case], lexicon: Lexicon) -> tuple[Counter[str], list[str]]:
    """Judge all lines of all cases; return the sums, and what was not right in words."""
    sums: Counter[str] = Counter()
    notes = []
    for text, expected in cases:
        answers = [a for a in parse(text, lexicon, TODAY) if a.text]
        if len(answers) != len(expected):
            # A line too few or too many: nothing of it can be called right.
            is_silent = any(a.status == UNDERSTOOD for a in answers)
            sums[WRONG if is_silent else NEEDLESS] += len(expected)
            notes.append(f"LINES {len(answers)} for {len(expected)}: {text!r} {answers}")
            continue
        for answer, line in zip(answers, expected, strict=True):
            verdict = judge_line(answer, line)
            sums[verdict] += 1
            if verdict != RIGHT:
                notes.append(f"{verdict.upper()}: {answer.text!r} wanted {line!r}, got {answer}")
    return sums, notes
