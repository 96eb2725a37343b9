"""A role is a choice and a row in one table: nothing else knows roles by their names."""

import ast
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from accounts.models import User
from campaign import permissions
from campaign.models import Appointment
from campaign.permissions import ROLE_PERMISSIONS, Permission, Role, role_choices, roles_with
from tests.conftest import World
from tests.factories import make_appointment, make_user

APPS = ("core", "accounts", "campaign", "volunteers", "reports", "config")
# Who appoints names the role that is given.
APPOINTING = {
    "campaign/services/appointments.py",
    "campaign/setup/people.py",
    "campaign/setup/territory.py",
    "volunteers/teams/services.py",
}

Browse = Callable[[User], Client]


def _compared(tree: ast.AST) -> Iterator[ast.expr]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare):
            yield from (node.left, *node.comparators)
        elif isinstance(node, ast.keyword) and node.arg in ("role", "role__in"):
            yield node.value


def _names_a_role(node: ast.expr) -> bool:
    return any(
        (isinstance(one, ast.Constant) and one.value in Role.values)
        or (isinstance(one, ast.Attribute) and ast.unparse(one.value) == "Role")
        for one in ast.walk(node)
    )


def _sources() -> Iterator[tuple[str, ast.AST]]:
    base = Path(settings.BASE_DIR)
    for app in APPS:
        for path in (base / app).rglob("*.py"):
            name = path.relative_to(base).as_posix()
            # The reader of messages has roles of its own: those of words.
            if "migrations" not in path.parts and "chat/parser" not in name:
                yield name, ast.parse(path.read_text())


def test_every_role_has_a_row() -> None:
    assert set(ROLE_PERMISSIONS) == set(Role.values)


def test_new_role_needs_no_migration() -> None:
    field: Any = Appointment._meta.get_field("role")
    assert field.deconstruct()[3]["choices"] is role_choices
    assert field.flatchoices == Role.choices


def test_nobody_asks_for_a_role_by_its_name() -> None:
    found = {
        name for name, tree in _sources() if any(_names_a_role(node) for node in _compared(tree))
    }
    assert found <= APPOINTING


def test_no_template_asks_for_a_role_by_its_name() -> None:
    base = Path(settings.BASE_DIR) / "templates"
    texts = {path.name: path.read_text() for path in base.rglob("*.html")}
    named = [n for n, text in texts.items() if any(f'"{r}"' in text for r in Role.values)]
    assert named == []


@pytest.fixture
def observer(world: World, monkeypatch: pytest.MonkeyPatch) -> User:
    """Somebody in a role that has been added to the table, and nowhere else."""
    table = {**ROLE_PERMISSIONS, "observer": frozenset({Permission.EXPORT})}
    monkeypatch.setattr(permissions, "ROLE_PERMISSIONS", table)
    monkeypatch.setattr("campaign.scopes.ROLE_PERMISSIONS", table)
    user = make_user(username="quan-sat")
    make_appointment(user=user, role="observer", unit=world.district)
    return user


def test_new_role_is_a_row_in_the_table(observer: User, world: World, browse: Browse) -> None:
    client = browse(observer)
    page = client.get("/c/de-an-06-2023/dashboard/").content.decode()
    assert world.district.name in page
    assert "/c/de-an-06-2023/exports/" in page
    assert "/c/de-an-06-2023/targets/" not in page
    assert client.get("/c/de-an-06-2023/exports/").status_code == 200
    assert client.get("/c/de-an-06-2023/branches/XD-14173/invite/").status_code == 403
    assert client.get(f"/c/de-an-06-2023/units/{world.other_district.code}/").status_code == 404
    assert "observer" in roles_with(Permission.EXPORT)
