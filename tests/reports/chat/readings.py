"""What is read of a message, whole, as it is written down in ``readings.jsonl``.

``DEBUG=1 python manage.py shell -c "from tests.reports.chat import readings; readings.write()"``
writes the file anew: what it changes there is what people who paste such a message see changed.
"""

import json
from pathlib import Path
from typing import Any

from reports.chat.parser.parsing import ParsedReport, parse
from tests.reports.chat.lexicons import TODAY, lexicon

FILE = Path(__file__).with_name("readings.jsonl")


def cases() -> list[dict[str, Any]]:
    return [json.loads(line) for line in FILE.read_text(encoding="utf-8").rstrip().split("\n")]


def read(scope: str, text: str) -> list[dict[str, Any]]:
    """Return what is made of each line of a text by somebody who sees ``scope``.

    What is blank is left out, and what is quoted where it is the whole text.
    """
    return [_shown(answer, text) for answer in parse(text, lexicon(scope), TODAY)]


def _shown(answer: ParsedReport, text: str) -> dict[str, Any]:
    shown = {**vars(answer), "date": answer.date and answer.date.isoformat()}
    for name in ("about_unit", "is_doubt", "is_out_of_reach"):
        del shown[name]  # among the questions; not shown
    return {n: value for n, value in shown.items() if value and (n, value) != ("text", text)}


def write() -> None:
    lines = [{**case, "read": read(case["scope"], case["text"])} for case in cases()]
    FILE.write_text(
        "".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in lines), encoding="utf-8"
    )
