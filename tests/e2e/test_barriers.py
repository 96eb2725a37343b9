"""Of rows that are alike axe sees some: what is wrong in any one of them makes it another."""

import pytest
from playwright.sync_api import Browser

from tests.e2e.browser import barriers

ROWS = 30
ROW = '<tr><th scope="row"><a href="/{n}">Xã {n}</a></th><td id="n{n}">{n}</td></tr>'
PAGE = """<!doctype html><html lang="vi"><head><title>Xã</title></head><body><main><h1>Xã</h1>
<div id="list" style="overflow: auto; height: {height}" {focus}><table>{rows}</table></div>
<label>Xã <select>{options}</select></label></main></body></html>"""


def page_of(odd: str = "", *, height: str = "auto", focus: str = 'tabindex="0"') -> str:
    rows = [ROW.format(n=n) for n in range(ROWS)]
    if odd:
        rows[ROWS // 2] = odd
    options = "".join(f"<option>{n}</option>" for n in range(ROWS))
    return PAGE.format(rows="".join(rows), options=options, height=height, focus=focus)


@pytest.mark.parametrize(
    ("content", "rules"),
    [
        (page_of(), []),
        (page_of('<tr><th scope="row">99</th><td><a href="/x"></a></td></tr>'), ["link-name"]),
        (page_of(ROW.format(n=3)), ["n3 twice"]),
        (page_of(ROW.format(n=99).replace("<td", '<td style="color: #ddd"')), ["color-contrast"]),
        (page_of(ROW.format(n=99).replace("99</td>", "<input></td>")), ["label"]),
        # Only all the rows together scroll.
        (page_of(height="200px"), []),
        (page_of(height="200px", focus="").replace("<a href", "<a data-x"), ["scrollable-region"]),
    ],
)
def test_what_is_wrong_in_one_row_of_many_is_seen(
    browser: Browser, content: str, rules: list[str]
) -> None:
    page = browser.new_page()
    page.set_content(content)
    page.locator("select").select_option("17")
    found = barriers(page)
    assert [rule for rule in rules if not any(rule in line for line in found)] == []
    assert len(found) == len(rules)
    # The page is left as it was.
    assert page.locator("tr").count() == ROWS
    assert page.locator("tr:visible").count() == ROWS
    assert page.locator("select").input_value() == "17"
    page.close()
