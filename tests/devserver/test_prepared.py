"""A start that finds all prepared goes without it, and no other does."""

import os
from pathlib import Path

import pytest

from devserver import prepared


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    (tmp_path / "core").mkdir()
    (tmp_path / "core" / "models.py").write_text("one")
    (tmp_path / "own-home").mkdir()
    return tmp_path


def test_any_file_and_any_setting_count(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home, model = clone / "own-home", clone / "core" / "models.py"
    seen = [prepared.mark_of(home, clone)]
    model.write_text("two")
    os.utime(model, ns=(1, 1))
    seen.append(prepared.mark_of(home, clone))
    model.with_name("forms.py").touch()
    seen.append(prepared.mark_of(home, clone))
    monkeypatch.setenv("PORTAL_TODAY", "2023-07-01")
    seen.append(prepared.mark_of(home, clone))
    assert len(set(seen)) == len(seen)


def test_what_running_leaves_behind_does_not_count(clone: Path) -> None:
    home = clone / "own-home"
    before = prepared.mark_of(home, clone)
    (home / "log").touch()
    (clone / "core" / "__pycache__").mkdir()
    (clone / "core" / "__pycache__" / "models.pyc").touch()
    (clone / "core" / "django.mo").touch()
    assert prepared.mark_of(home, clone) == before


def test_without_a_database_nothing_is_prepared(clone: Path) -> None:
    home = clone / "own-home"
    (home / "static").mkdir()
    (home / "static" / "staticfiles.json").touch()
    (home / "assets" / "icons").mkdir(parents=True)
    assert not prepared.is_prepared(home, clone, prepared.mark_of(home, clone))
