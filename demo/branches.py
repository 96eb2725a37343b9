"""The organisations of the demo."""

import csv
from collections.abc import Iterator

from campaign.models import Branch, BranchKind, Unit
from campaign.services.paths import rebuild_paths
from core.vietnamese import bare_name
from demo.territory import DATA, Territory

# Code, name, kind, code of the superior, home.
Wanted = tuple[str, str, BranchKind, str, Unit]

POLICE = "CA-36"


def add_branches(territory: Territory) -> int:
    known = {branch.code: branch for branch in Branch.objects.all()}
    before = len(known)
    for level in (_roots(territory), _districts(territory), _communes(territory)):
        missing = [_branch(wanted, known) for wanted in level if wanted[0] not in known]
        Branch.objects.bulk_create(missing)
        known |= {branch.code: branch for branch in missing}
    if len(known) > before:
        rebuild_paths(Branch)
    return len(known) - before


def commune_branch(code: str) -> str:
    return f"XD-{code}"


def _branch(wanted: Wanted, known: dict[str, Branch]) -> Branch:
    code, name, kind, parent, home = wanted
    return Branch(
        code=code,
        name=name,
        kind=kind,
        parent=known[parent] if parent else None,
        home_unit=home,
        reports_daily=code.startswith("XD-"),
    )


def _roots(territory: Territory) -> Iterator[Wanted]:
    province = territory.province
    place = bare_name(province.name)
    yield "TD-36", f"Tỉnh Đoàn {place}", BranchKind.YOUTH_UNION, "", province
    women = f"Hội Liên hiệp Phụ nữ tỉnh {place}"
    yield "PN-36", women, BranchKind.WOMENS_UNION, "", province


def _districts(territory: Territory) -> Iterator[Wanted]:
    police = "Đoàn Thanh niên – Hội Phụ nữ Công an tỉnh"
    yield POLICE, police, BranchKind.POLICE, "TD-36", territory.province
    for code, district in territory.districts.items():
        rank = "Thành Đoàn" if district.kind == "thành phố" else "Huyện Đoàn"
        name = f"{rank} {bare_name(district.name)}"
        yield f"HD-{code}", name, BranchKind.YOUTH_UNION, "TD-36", district


def _communes(territory: Territory) -> Iterator[Wanted]:
    for code, communes in territory.communes_of.items():
        for commune in communes:
            name = f"Đoàn {commune.kind} {bare_name(commune.name)}"
            yield (
                commune_branch(commune.code),
                name,
                BranchKind.YOUTH_UNION,
                f"HD-{code}",
                commune,
            )
    with (DATA / "schools_2023.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            name = f"Đoàn {row['name'].replace('Trường', 'trường', 1)}"
            district = row["district_code"]
            home = territory.districts[district]
            yield row["code"], name, BranchKind.SCHOOL, f"HD-{district}", home
