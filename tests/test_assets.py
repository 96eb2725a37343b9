"""Style sheets arrive smaller, and say the same."""

import re
from pathlib import Path

import pytest

from config.storage import cssmin
from tests.portal import REPOSITORY

SHEETS = sorted((REPOSITORY / "static" / "css").glob("*.css"))


def test_a_space_before_a_colon_is_not_lost() -> None:
    text = (
        "@layer pages {\n  /* Days. */\n  .heat :is(th, td),\n  a:hover {\n    top: 1px;\n  }\n}\n"
    )
    assert cssmin(text) == "@layer pages{.heat :is(th,td),a:hover{top:1px}}"


@pytest.mark.parametrize("sheet", SHEETS, ids=[sheet.stem for sheet in SHEETS])
def test_nothing_but_space_and_comments_goes(sheet: Path) -> None:
    text = sheet.read_text()
    lean = cssmin(text)
    bare = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    descendants = re.findall(r"[\w.\])] :[a-z-]+", bare)
    assert re.findall(r"[\w.\])] :[a-z-]+", lean) == descendants
    squeezed = [re.sub(r"\s+", "", one).replace(";}", "}") for one in (lean, bare)]
    assert squeezed[0] == squeezed[1]
    assert len(lean) < len(text)
