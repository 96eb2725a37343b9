"""Finding the two browsers of the tests, and what is tried where one is missing."""

import subprocess
import sys
from pathlib import Path

import pytest

from devserver import browser
from devserver.browser import CHROMIUM, HEADLESS_SHELL, PROGRAMS, NoBrowser, Program, path_of


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine without any browser, whose home and PATH are an empty folder."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("PLAYWRIGHT_CHROMIUM", raising=False)
    monkeypatch.delenv("PLAYWRIGHT_BROWSERS_PATH", raising=False)
    return tmp_path


def put_program(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o755)
    return path


def test_named_chromium_stands_for_both(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put_program(bare / "chromium")
    put_program(bare / "chromium-headless-shell")
    named = put_program(bare / "my" / "browser")
    monkeypatch.setenv("PLAYWRIGHT_CHROMIUM", str(named))
    assert [path_of(program) for program in PROGRAMS] == [named, named]


def test_named_chromium_that_does_not_run_is_refused(
    bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_program(bare / "chromium")
    monkeypatch.setenv("PLAYWRIGHT_CHROMIUM", str(bare / "nothing"))
    with pytest.raises(NoBrowser):
        path_of(CHROMIUM)
    assert browser.main() == 1


@pytest.mark.parametrize(
    ("program", "downloaded", "name"),
    [
        (CHROMIUM, "chromium-1200/chrome-linux/chrome", "google-chrome"),
        (CHROMIUM, "chromium-1200/chrome-linux64/chrome", "chromium"),
        (
            HEADLESS_SHELL,
            "chromium_headless_shell-1200/chrome-linux/headless_shell",
            "chromium-headless-shell",
        ),
        (
            HEADLESS_SHELL,
            "chromium_headless_shell-1208/chrome-headless-shell-linux64/chrome-headless-shell",
            "chromium-headless-shell",
        ),
    ],
)
def test_systems_own_comes_before_a_downloaded_one(
    bare: Path, program: Program, downloaded: str, name: str
) -> None:
    one = put_program(bare / ".cache/ms-playwright" / downloaded)
    assert path_of(program) == one
    own = put_program(bare / name)
    assert path_of(program) == own


@pytest.mark.parametrize("missing", PROGRAMS)
def test_neither_stands_for_the_other(
    bare: Path, monkeypatch: pytest.MonkeyPatch, missing: Program
) -> None:
    for program in PROGRAMS:
        if program != missing:
            put_program(bare / program.package)
            put_program(bare / ".cache/ms-playwright" / program.patterns[0].replace("*", "1"))
    monkeypatch.setattr(browser, "install", lambda: None)
    with pytest.raises(NoBrowser, match=f"make browser, hoặc cài gói {missing.package},"):
        path_of(missing)
    assert browser.main() == 1


def asked_on(
    bare: Path, monkeypatch: pytest.MonkeyPatch, *, user: int, packages: tuple[str, ...]
) -> list[list[str]]:
    """Prepare a machine whose apt-get knows some packages; return what was run on it."""
    asked: list[list[str]] = []

    def run(words: list[str], **_options: object) -> None:
        asked.append(words)
        name = words[-1]
        if words[0] == "apt-get" and name in packages:
            put_program(bare / name)
        elif "playwright" in words:
            for program in PROGRAMS:
                put_program(bare / ".cache/ms-playwright" / program.patterns[0].replace("*", "1"))

    put_program(bare / "apt-get")
    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.setattr("os.geteuid", lambda: user)
    assert browser.main() == 0
    return asked


PLAYWRIGHT = [sys.executable, "-m", "playwright", "install", "chromium"]


def test_install_asks_the_system_as_root(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    both = ("chromium", "chromium-headless-shell")
    asked = asked_on(bare, monkeypatch, user=0, packages=both)
    assert [words[-1] for words in asked] == ["update", "chromium-headless-shell", "chromium"]
    assert browser.main() == 0
    assert len(asked) == 3


def test_install_asks_for_what_is_missing(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put_program(bare / "chromium")
    asked = asked_on(bare, monkeypatch, user=0, packages=("chromium-headless-shell",))
    assert [words[-1] for words in asked] == ["update", "chromium-headless-shell"]


def test_system_that_lacks_a_package_leaves_it_to_playwright(
    bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = asked_on(bare, monkeypatch, user=0, packages=("chromium",))
    assert asked[-1] == PLAYWRIGHT


def test_install_asks_playwright_where_one_is_not_root(
    bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert asked_on(bare, monkeypatch, user=1000, packages=()) == [PLAYWRIGHT]
