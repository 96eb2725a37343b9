"""Workbooks as the programs that people use write them, part by part."""

import io
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape, quoteattr

MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"

# Formats of the cells below, by their place in the style sheet.
DAY, TCVN3, VNI, TCVN3_CAPITALS, TIME, WORDY_DAY, MONEY = range(1, 8)
STYLES = f"""<styleSheet {MAIN}>
<numFmts count="2"><numFmt numFmtId="170" formatCode="[$-42A]dd\\ &quot;tháng&quot;\\ mm;@"/>
<numFmt numFmtId="171" formatCode="#,##0\\ &quot;đồng&quot;"/></numFmts>
<fonts><font><name val="Calibri"/></font><font><name val=".VnTime"/></font>
<font><name val="VNI-Times"/></font><font><name val=".VnTimeH"/></font></fonts>
<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>
<cellXfs><xf numFmtId="0" fontId="0"/><xf numFmtId="14" fontId="0"/><xf numFmtId="0" fontId="1"/>
<xf numFmtId="0" fontId="2"/><xf numFmtId="0" fontId="3"/><xf numFmtId="20" fontId="0"/>
<xf numFmtId="170" fontId="0"/><xf numFmtId="171" fontId="0"/></cellXfs></styleSheet>"""


@dataclass(frozen=True)
class Raw:
    """A cell as XML: its attributes and what stands in it."""

    attributes: str
    inside: str


def formula(text: str, value: str | None = None, kind: str = "") -> Raw:
    stored = "" if value is None else f"<v>{value}</v>"
    return Raw(f' t="{kind}"' if kind else "", f"<f>{escape(text)}</f>{stored}")


def error(text: str) -> Raw:
    return Raw(' t="e"', f"<f>A9</f><v>{text}</v>")


def styled(style: int, value: Any) -> Raw:
    if isinstance(value, str):
        return Raw(f' s="{style}" t="inlineStr"', f"<is><t>{escape(value)}</t></is>")
    return Raw(f' s="{style}"', f"<v>{value}</v>")


def _cell(value: Any, place: str) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        value = Raw(' t="b"', f"<v>{int(value)}</v>")
    elif not isinstance(value, Raw):
        value = styled(0, value)
    return f"<c{place}{value.attributes}>{value.inside}</c>"


def sheet(
    *rows: list[Any],
    hidden: tuple[int, ...] = (),
    columns: str = "",
    after: str = "",
    is_placed: bool = True,
) -> str:
    """Return the XML of a sheet. ``hidden`` are numbers of rows; ``after`` is what follows."""
    lines = []
    for number, row in enumerate(rows, start=1):
        cells = "".join(
            _cell(value, f' r="{chr(65 + index)}{number}"' if is_placed else "")
            for index, value in enumerate(row)
        )
        place = f' r="{number}"' if is_placed else ""
        unseen = ' hidden="1"' if number in hidden else ""
        lines.append(f"<row{place}{unseen}>{cells}</row>")
    shown = f"<cols>{columns}</cols>" if columns else ""
    return f"<worksheet {MAIN}>{shown}<sheetData>{''.join(lines)}</sheetData>{after}</worksheet>"


def package(parts: Mapping[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    return out.getvalue()


def workbook(
    sheets: Mapping[str, str] | str,
    *,
    states: Mapping[str, str] | None = None,
    properties: str = "",
    styles: str = STYLES,
    strings: str = "",
    absolute: bool = False,
    rename: Callable[[str], str] = str,
    more: Mapping[str, str | bytes] | None = None,
) -> bytes:
    """Return a workbook of the named sheets; one without a name is “Sheet1”."""
    named = {"Sheet1": sheets} if isinstance(sheets, str) else sheets
    states = states or {}
    folder = "/xl/" if absolute else ""
    listed, related = "", ""
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"/>',
        "_rels/.rels": (
            f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r1" '
            f'Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
        ),
        "xl/styles.xml": styles,
    }
    for number, (name, xml) in enumerate(named.items(), start=1):
        state = f' state="{states[name]}"' if name in states else ""
        listed += f'<sheet name={quoteattr(name)} sheetId="{number}"{state} r:id="s{number}"/>'
        related += (
            f'<Relationship Id="s{number}" Type="{OFFICE}/worksheet" '
            f'Target="{folder}worksheets/sheet{number}.xml"/>'
        )
        parts[f"xl/worksheets/sheet{number}.xml"] = xml
    if strings:
        parts["xl/sharedStrings.xml"] = f"<sst {MAIN}>{strings}</sst>"
        related += (
            f'<Relationship Id="t" Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/>'
        )
    related += f'<Relationship Id="y" Type="{OFFICE}/styles" Target="styles.xml"/>'
    parts["xl/_rels/workbook.xml.rels"] = (
        f'<Relationships xmlns="{PACKAGE}/relationships">{related}</Relationships>'
    )
    parts["xl/workbook.xml"] = (
        f'<workbook {MAIN} xmlns:r="{OFFICE}">{properties}<sheets>{listed}</sheets></workbook>'
    )
    return package({rename(name): text for name, text in (parts | dict(more or {})).items()})


def table(*rows: list[Any], **options: Any) -> bytes:
    return workbook(sheet(*rows, **options))


def merged(*areas: str) -> str:
    cells = "".join(f'<mergeCell ref="{area}"/>' for area in areas)
    return f"<mergeCells>{cells}</mergeCells>"
