"""`make run`, really run: refusals, the whole life of a portal, and what kills leave behind."""

import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from supervisor.options import ServerOptions

from devserver import __main__ as devserver
from devserver import preflight, servers, supervision
from devserver.console import Failure
from devserver.lock import only_runner, running
from devserver.log_tail import Tail
from devserver.servers import processes
from tests.portal import until

REPOSITORY = Path(__file__).resolve().parents[2]
MIGRATED = "INSERT INTO django_migrations (app, name, applied) VALUES ('sites', '0099', now())"


def made_home() -> Iterator[Path]:
    """Yield a home that others may pass through, unlike pytest's own temporary folders."""
    root = Path(tempfile.mkdtemp(prefix="run-", dir="/tmp"))
    root.chmod(0o755)
    yield root / "var"
    supervision.stop_all(root / "var")
    servers.remove(root / "var")
    subprocess.run(["rm", "-rf", str(root)], check=True)


home = pytest.fixture(made_home, name="home")
# The demo is made once: what is tested with it is starting and stopping.
lived_in = pytest.fixture(made_home, scope="module", name="lived_in")


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Runner:
    """`python -m devserver` in a home and on a port of its own, its output in a file."""

    def __init__(self, home: Path, port: int) -> None:
        self.home, self.port = home, port
        self.output = home.parent / f"output-{time.monotonic_ns()}"
        dropped = ("DATABASE_URL", "REDIS_URL", "PORTAL_TODAY", "DJANGO_SETTINGS_MODULE", "DEBUG")
        environment = {name: value for name, value in os.environ.items() if name not in dropped}
        with self.output.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "devserver"],
                cwd=REPOSITORY,
                env={**environment, "PORTAL_VAR": str(home), "PORT": str(port)},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )

    def wording(self) -> str:
        return self.output.read_text()

    def wait_ready(self, seconds: float = 120) -> float:
        """Wait until the portal is announced; return the seconds it says it took."""
        until(lambda: "Sẵn sàng" in self.wording() or self.process.poll() is not None, seconds)
        found = re.search(r"\[ *([0-9]+),[0-9] s\] Sẵn sàng", self.wording())
        assert found, self.wording()
        assert status(self.port) == 200
        return float(found[1])

    def end(self, sig: int) -> int:
        self.process.send_signal(sig)
        return self.process.wait(60)


def status(port: int) -> int:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
            return int(answer.status)
    except OSError:  # no answer, a bad one, or none in time
        return 0


def ours(home: Path, word: str) -> list[int]:
    """Return the processes of this home whose command line has the word."""
    found = processes.with_argument(supervision.mark(home))
    return [pid for pid in found if word in processes.command_line(pid)]


def first_of(found: list[int]) -> int:
    """Return the process that made the others; numbers begin again at the system's last."""
    [first] = (pid for pid in found if parent(pid) not in found)
    return first


def parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def left_running(home: Path) -> list[str]:
    """Return the command lines of all that still runs for this home, servers included."""
    names = (str(home), supervision.mark(home), servers.Layout.of(home).digest)
    lines = (" ".join(processes.command_line(pid)) for pid in processes._all_pids())
    return [line for line in lines if any(name in line for name in names)]


def test_old_python_is_refused() -> None:
    with pytest.raises(Failure, match=r"PYTHON=python3\.11 make run"):
        preflight.check_python((3, 10))


@pytest.mark.parametrize("text", ["", "0", "65536", "8000x", "٨٠٠٠", "-1"])
def test_port_that_is_no_port_is_refused(text: str) -> None:
    with pytest.raises(Failure, match="PORT=8001 make run"):
        preflight.port_number(text)


def test_full_disk_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Failure, match="PORTAL_VAR=/thư/mục/khác make run"):
        preflight.check_home(tmp_path, needed_megabytes=10**9)


def test_home_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Failure, match="Không ghi được"):
        preflight.check_home(tmp_path / "file" / "var")


def test_busy_port_is_named_with_one_that_is_free() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        busy = other.getsockname()[1]
        with pytest.raises(Failure, match="đang được chương trình khác dùng") as refusal:
            preflight.check_port(busy)
    offered = re.search(r"PORT=(\d+) make run", str(refusal.value))
    assert offered
    preflight.check_port(int(offered[1]))


def test_busy_port_ends_the_command_without_traceback(home: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        runner = Runner(home, other.getsockname()[1])
        assert runner.process.wait(30) == 1
    assert "make run" in runner.wording()
    assert "Traceback" not in runner.wording()
    assert left_running(home) == []


def test_second_runner_is_refused_and_a_dead_one_is_not_believed(tmp_path: Path) -> None:
    with only_runner(tmp_path, 8123):
        assert running(tmp_path) == os.getpid()
        with pytest.raises(Failure, match="8123"), only_runner(tmp_path, 8124):
            pass
    assert running(tmp_path) == 0
    assert str(os.getpid()) in (tmp_path / "run.lock").read_text()


def test_tail_follows_rotation_and_hides_the_sweep(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = tmp_path / "worker.log"
    log.write_text("cũ\n")
    tail = Tail("worker", log)
    with log.open("a") as handle:
        handle.write("[t: INFO/MainProcess] Task reports.drain[1] received\nmột\n")
        handle.write("[t: INFO/MainProcess] Discarding revoked task: core.sequence[2]\nhai")
    tail.show()
    assert capsys.readouterr().out == "    worker | một\n"
    log.rename(tmp_path / "worker.log.1")
    log.write_text("ba\n")
    tail.show()
    tail.show()
    assert capsys.readouterr().out == "    worker | haiba\n"
    tail.close()


def test_supervisor_reads_a_home_with_odd_letters(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "nhà 100% của tôi"
    (home / "log").mkdir(parents=True)
    configuration = supervision.write_configuration(home, REPOSITORY, 8000)
    assert "100%% của" in configuration.read_text()
    monkeypatch.chdir(home)
    options = ServerOptions()
    options.realize(["-c", str(configuration)])
    (group,) = options.process_group_configs
    commands = {one.name: shlex.split(one.command) for one in group.process_configs}
    assert list(commands) == ["web", "worker", "beat"]
    assert str(home) in commands["web"]
    assert str(home / "beat-schedule") in commands["beat"]
    assert "worker@%h" in commands["worker"]


@pytest.mark.slow
def test_whole_life_of_a_portal(lived_in: Path, port: int) -> None:
    first = Runner(lived_in, port)
    slow = first.wait_ready()
    assert "xadoan-14173" in first.wording()

    second = Runner(lived_in, port)
    assert second.process.wait(30) == 1
    assert "đang chạy rồi" in second.wording()

    # A killed worker, web server or clock comes back by itself, and no child stays behind.
    for word in ("worker", "gunicorn", "beat"):
        before = ours(lived_in, word)
        os.kill(first_of(before), signal.SIGKILL)
        until(lambda: not set(before) & set(ours(lived_in, word)), 20)  # noqa: B023
        until(lambda: len(ours(lived_in, word)) == len(before), 30)  # noqa: B023
    until(lambda: status(port) == 200, 30)

    assert first.end(signal.SIGINT) == 0
    assert "Đã dừng tất cả" in first.wording()
    assert left_running(lived_in) == []

    # The second start finds all it needs, and what pages need is not collected again.
    manifest = lived_in / "static" / "staticfiles.json"
    collected_at = manifest.stat().st_mtime_ns
    again = Runner(lived_in, port)
    assert again.wait_ready() < slow
    assert manifest.stat().st_mtime_ns == collected_at
    assert "Nạp ứng dụng" not in again.wording()
    with psycopg.connect(servers.addresses(lived_in).owner_url, autocommit=True) as link:
        link.execute(MIGRATED)
    assert again.end(signal.SIGHUP) == 0
    assert left_running(lived_in) == []

    # Migrations are not what they were, and somebody thinks better of it before all is ready.
    broken_off = Runner(lived_in, port)
    until(lambda: "Cập nhật cơ sở dữ liệu" in broken_off.wording(), 60)
    assert broken_off.end(signal.SIGTERM) == 0
    assert "Sẵn sàng" not in broken_off.wording()
    assert left_running(lived_in) == []


@pytest.mark.slow
def test_killed_runner_is_cleaned_up_after(lived_in: Path, port: int) -> None:
    killed = Runner(lived_in, port)
    killed.wait_ready()
    killed.end(signal.SIGKILL)
    assert status(port) == 200
    orphans = ours(lived_in, "gunicorn")

    heir = Runner(lived_in, port)
    heir.wait_ready()
    assert "còn lại của lần chạy trước" in heir.wording()
    assert not set(orphans) & set(ours(lived_in, "gunicorn"))

    heir.end(signal.SIGKILL)
    environment = {**os.environ, "PORTAL_VAR": str(lived_in)}
    words = [sys.executable, "-m", "devserver", "--stop"]
    for wording in ("Đã dừng tất cả.", "Không có gì đang chạy."):
        stopped = subprocess.run(
            words, cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=True
        )
        assert wording in stopped.stdout
    assert left_running(lived_in) == []


def test_bench_loads() -> None:
    """It is run by hand and seldom, so nothing else would notice that it no longer starts."""
    words = [sys.executable, "-m", "bench", "--help"]
    environment = {
        n: v for n, v in os.environ.items() if n not in {"DJANGO_SETTINGS_MODULE", "DEBUG"}
    }
    wording = subprocess.run(
        words, cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=True
    )
    assert "submits" in wording.stdout


def test_clean_leaves_a_province_of_ones_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`make clean` takes the demo; what `make start` holds may be a real province."""
    for name in ("var", "var-start"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "env").write_text("x")
    removed: list[Path] = []
    monkeypatch.setattr(devserver, "REPOSITORY", tmp_path)
    monkeypatch.setattr(servers, "remove", removed.append)
    monkeypatch.setattr(sys, "argv", ["devserver", "--clean"])
    monkeypatch.delenv("PORTAL_VAR", raising=False)
    assert devserver.main() == 0
    assert removed == [tmp_path / "var"]
    assert f"còn nguyên trong {tmp_path / 'var-start'}" in capsys.readouterr().out
