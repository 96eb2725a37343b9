"""The distribution's packages that the tests drive."""

import os
import shutil
import subprocess


def install(*packages: str) -> None:
    """Install packages one after another where we may: one that is missing stops no other."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    _apt_get("update")
    for package in packages:
        _apt_get("install", "--yes", "--no-install-recommends", package)


def _apt_get(*words: str) -> None:
    # Level 1 is the level of maintenance, in which an installed service is not started.
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    subprocess.run(["apt-get", *words], env=environment, check=False)
