"""Finds the Chromium that the browser tests drive, and installs one where there is none.

``python -m devserver.browser`` is a step of `make test`. A missing browser is a failure: a
test that is skipped proves nothing.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Where Playwright keeps the browsers it downloads, on Linux and on macOS.
PLAYWRIGHT_FOLDERS = ("~/.cache/ms-playwright", "~/Library/Caches/ms-playwright")
PLAYWRIGHT_PATTERNS = (
    "chromium-*/chrome-linux*/chrome",
    "chromium-*/chrome-mac*/*.app/Contents/MacOS/*",
)


class NoChromium(RuntimeError):
    """There is no Chromium, or the one that was named does not run."""


def chromium_path() -> Path:
    """Return the Chromium to drive: PLAYWRIGHT_CHROMIUM, the system's, or Playwright's own."""
    given = os.environ.get("PLAYWRIGHT_CHROMIUM")
    if given:
        if not os.access(given, os.X_OK):
            raise NoChromium(f"PLAYWRIGHT_CHROMIUM={given}: không chạy được tệp này.")
        return Path(given)
    for found in (*map(shutil.which, NAMES), *map(str, _downloaded())):
        if found:
            return Path(found)
    raise NoChromium(
        "Không tìm thấy Chromium cho các bài thử trên trình duyệt. Chạy: make browser, "
        "hoặc cài gói chromium, hoặc đặt PLAYWRIGHT_CHROMIUM=/đường/dẫn."
    )


def install() -> None:
    """Install Chromium: the distribution's where we may, else Playwright's own download."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for words in (["update"], ["install", "--yes", "--no-install-recommends", "chromium"]):
            subprocess.run(["apt-get", *words], env=environment, check=False)
        if any(map(shutil.which, NAMES)):
            return
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)


def main() -> int:
    try:
        print(chromium_path())
    except NoChromium as missing:
        print(missing, file=sys.stderr)
        if os.environ.get("PLAYWRIGHT_CHROMIUM"):
            return 1
        install()
        return _report()
    return 0


def _report() -> int:
    try:
        print(chromium_path())
    except NoChromium as missing:
        print(missing, file=sys.stderr)
        return 1
    return 0


def _downloaded() -> list[Path]:
    folders = [os.environ.get("PLAYWRIGHT_BROWSERS_PATH", ""), *PLAYWRIGHT_FOLDERS]
    return sorted(
        path
        for folder in folders
        if folder
        for pattern in PLAYWRIGHT_PATTERNS
        for path in Path(folder).expanduser().glob(pattern)
        if os.access(path, os.X_OK)
    )


if __name__ == "__main__":
    sys.exit(main())
