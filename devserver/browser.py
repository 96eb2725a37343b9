"""Finds the browsers that the tests drive, and installs what is missing.

``python -m devserver.browser`` is a step of `make test`. A missing browser is a failure: a
test that is skipped proves nothing.
"""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from devserver import packages


@dataclass(frozen=True)
class Program:
    """A browser: its package in Debian, its names in PATH, and where Playwright's own lies."""

    package: str
    names: tuple[str, ...]
    patterns: tuple[str, ...]


CHROMIUM = Program(
    "chromium",
    ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"),
    ("chromium-*/chrome-linux*/chrome", "chromium-*/chrome-mac*/*.app/Contents/MacOS/*"),
)
# Chromium without all that a window needs: a page takes a third of the work. It shows no notices.
HEADLESS_SHELL = Program(
    "chromium-headless-shell",
    ("chromium-headless-shell", "chrome-headless-shell"),
    (
        "chromium_headless_shell-*/*/headless_shell",
        "chromium_headless_shell-*/*/chrome-headless-shell",
    ),
)
PROGRAMS = (HEADLESS_SHELL, CHROMIUM)
# Where Playwright keeps the browsers it downloads, on Linux and on macOS.
PLAYWRIGHT_FOLDERS = ("~/.cache/ms-playwright", "~/Library/Caches/ms-playwright")


class NoBrowser(RuntimeError):
    """A browser is missing, or the one that was named does not run."""


def path_of(program: Program) -> Path:
    """Return where a browser is: PLAYWRIGHT_CHROMIUM stands for both, else the system's own."""
    given = os.environ.get("PLAYWRIGHT_CHROMIUM")
    if given:
        if not os.access(given, os.X_OK):
            raise NoBrowser(f"PLAYWRIGHT_CHROMIUM={given}: không chạy được tệp này.")
        return Path(given)
    for found in (*map(shutil.which, program.names), *map(str, _downloaded(program))):
        if found:
            return Path(found)
    raise NoBrowser(
        f"Không tìm thấy {program.package} cho các bài thử trên trình duyệt. Chạy: make browser, "
        f"hoặc cài gói {program.package}, hoặc đặt PLAYWRIGHT_CHROMIUM=/đường/dẫn của Chromium."
    )


def install() -> None:
    """Install what is missing: the distribution's where we may, else Playwright's own download."""
    packages.install(*(program.package for program in _missing()))
    if _missing():
        # It brings both.
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)


def main() -> int:
    if not os.environ.get("PLAYWRIGHT_CHROMIUM") and _missing():
        install()
    try:
        for program in PROGRAMS:
            print(path_of(program))
    except NoBrowser as missing:
        print(missing, file=sys.stderr)
        return 1
    return 0


def _missing() -> list[Program]:
    missing = []
    for program in PROGRAMS:
        try:
            path_of(program)
        except NoBrowser:
            missing.append(program)
    return missing


def _downloaded(program: Program) -> list[Path]:
    folders = [os.environ.get("PLAYWRIGHT_BROWSERS_PATH", ""), *PLAYWRIGHT_FOLDERS]
    return sorted(
        path
        for folder in folders
        if folder
        for pattern in program.patterns
        for path in Path(folder).expanduser().glob(pattern)
        if os.access(path, os.X_OK)
    )


if __name__ == "__main__":
    sys.exit(main())
