"""Finding a Chromium, and what is tried where there is none."""

import subprocess
import sys
from pathlib import Path

import pytest

from devserver import browser


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine without any browser, whose home and PATH are an empty folder."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("PLAYWRIGHT_CHROMIUM", raising=False)
    monkeypatch.delenv("PLAYWRIGHT_BROWSERS_PATH", raising=False)
    return tmp_path


def program(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o755)
    return path


def test_named_chromium_comes_first(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(bare / "chromium")
    named = program(bare / "my" / "browser")
    monkeypatch.setenv("PLAYWRIGHT_CHROMIUM", str(named))
    assert browser.chromium_path() == named


def test_named_chromium_that_does_not_run_is_refused(
    bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(bare / "chromium")
    monkeypatch.setenv("PLAYWRIGHT_CHROMIUM", str(bare / "nothing"))
    with pytest.raises(browser.NoChromium):
        browser.chromium_path()
    assert browser.main() == 1


def test_systems_chromium_comes_before_a_downloaded_one(bare: Path) -> None:
    downloaded = program(bare / ".cache/ms-playwright/chromium-1200/chrome-linux/chrome")
    assert browser.chromium_path() == downloaded
    google = program(bare / "google-chrome")
    assert browser.chromium_path() == google


def test_missing_chromium_is_a_failure_that_names_the_cure(bare: Path) -> None:
    with pytest.raises(browser.NoChromium, match="make browser"):
        browser.chromium_path()


@pytest.mark.parametrize(("user", "first"), [(0, "apt-get"), (1000, sys.executable)])
def test_install_asks_the_system_as_root_and_playwright_otherwise(
    bare: Path, monkeypatch: pytest.MonkeyPatch, user: int, first: str
) -> None:
    asked: list[list[str]] = []

    def run(words: list[str], **_options: object) -> None:
        asked.append(words)
        if "install" in words:
            program(bare / "chromium")

    program(bare / "apt-get")
    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.setattr("os.geteuid", lambda: user)
    assert browser.main() == 0
    assert [asked[0][0], asked[-1][0]] == [first, first]
