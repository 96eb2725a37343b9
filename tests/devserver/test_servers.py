"""The embedded servers, really started: in fresh homes, after kills, and where they may not be."""

import os
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from devserver import servers
from devserver.servers import owner, processes
from devserver.servers import paths as layout_module
from devserver.servers.paths import Layout

AS_ROOT = os.geteuid() == 0
only_root = pytest.mark.skipif(not AS_ROOT, reason="only root changes users")


@pytest.fixture
def home() -> Iterator[Path]:
    """A home that others may pass through, unlike pytest's own temporary folders."""
    root = Path(tempfile.mkdtemp(prefix="engines-", dir="/tmp"))
    root.chmod(0o755)
    yield root / "var"
    servers.remove(root / "var")
    subprocess.run(["rm", "-rf", str(root)], check=True)


def connect(home: Path) -> "psycopg.Connection[tuple[object, ...]]":
    sockets = str(Layout.of(home).postgres_sockets)
    return psycopg.connect(host=sockets, user="postgres", dbname="portal", autocommit=True)


def client(home: Path) -> redis.Redis:
    return redis.Redis.from_url(f"{servers.addresses(home).broker_url}?db=0")


def postgres_pid(home: Path) -> int:
    data = owner.place(Layout.of(home)).data
    return int((data / "postmaster.pid").read_text().split()[0])


def valkey_pid(home: Path) -> int:
    with client(home) as broker:
        return int(broker.info("server")["process_id"])


def valkey_processes(home: Path) -> list[int]:
    return processes.with_argument(f"unixsocket:{Layout.of(home).valkey_sockets / 'valkey.sock'}")


def remember(home: Path) -> None:
    with connect(home) as session:
        session.execute("CREATE TABLE kept (n integer)")
        session.execute("INSERT INTO kept VALUES (6)")
    with client(home) as broker:
        broker.set("kept", "6")


def remembered(home: Path) -> bool:
    with connect(home) as session, client(home) as broker:
        row = session.execute("SELECT n FROM kept").fetchone()
        return row == (6,) and broker.get("kept") == b"6"


def test_addresses_touch_nothing_and_stay_the_same(tmp_path: Path) -> None:
    home = tmp_path / "var"
    assert servers.addresses(home) == servers.addresses(tmp_path / "x" / ".." / "var")
    assert servers.addresses(home) != servers.addresses(tmp_path / "other")
    assert not home.exists()
    assert not Layout.of(home).postgres_sockets.exists()


def test_socket_paths_stay_short_in_a_deep_clone(tmp_path: Path) -> None:
    deep = Layout.of(tmp_path.joinpath(*["một-thư-mục-rất-dài"] * 20))
    assert len(os.fsencode(deep.postgres_sockets / ".s.PGSQL.5432.lock")) < 100
    assert len(os.fsencode(deep.valkey_sockets / "valkey.sock")) < 100


def test_start_works_in_a_deep_folder_with_spaces(home: Path) -> None:
    deep = home.joinpath(*["thư mục sâu"] * 12)
    try:
        servers.start(deep)
        remember(deep)
        assert remembered(deep)
    finally:
        servers.remove(deep)


def test_start_twice_adopts_and_stop_twice_is_quiet(home: Path) -> None:
    first = servers.start(home)
    pids = postgres_pid(home), valkey_pid(home)
    assert servers.start(home) == first
    assert (postgres_pid(home), valkey_pid(home)) == pids
    assert servers.stop(home)
    assert not servers.stop(home)
    assert not any(processes.command_line(pid) for pid in pids)
    assert not Layout.of(home).postgres_sockets.exists()
    assert not Layout.of(home).valkey_sockets.exists()


def test_stop_of_a_home_that_never_was_makes_nothing(tmp_path: Path) -> None:
    servers.stop(tmp_path / "var")
    assert not (tmp_path / "var").exists()


def test_start_of_one_leaves_the_other_alone(home: Path) -> None:
    servers.start(home, postgres=False)
    assert valkey_pid(home)
    with pytest.raises(psycopg.OperationalError):
        connect(home)


def test_neither_server_listens_on_tcp_and_writes_are_safe(home: Path) -> None:
    servers.start(home)
    with connect(home) as session:
        for setting, value in (("listen_addresses", ""), ("fsync", "on")):
            assert session.execute(f"SHOW {setting}").fetchone() == (value,)
        row = session.execute("SELECT datcollate, pg_encoding_to_char(encoding) FROM pg_database")
        assert row.fetchall() == [("C", "UTF8")] * 4
    with client(home) as broker:
        assert broker.config_get("port") == {"port": "0"}
        assert broker.config_get("appendonly") == {"appendonly": "yes"}


def test_only_the_owner_enters_the_socket_folders(home: Path) -> None:
    servers.start(home)
    for folder in (Layout.of(home).postgres_sockets, Layout.of(home).valkey_sockets):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_start_after_kill_has_the_data(home: Path) -> None:
    servers.start(home)
    remember(home)
    os.kill(postgres_pid(home), signal.SIGKILL)
    os.kill(valkey_pid(home), signal.SIGKILL)
    servers.start(home)
    assert remembered(home)


def test_start_ignores_a_pid_file_that_names_another_process(home: Path) -> None:
    """After a power cut the old number may belong to anybody, even to the server's user."""
    servers.start(home)
    remember(home)
    where = owner.place(Layout.of(home))
    pid_file = where.data / "postmaster.pid"
    left = pid_file.read_text().split("\n", 1)[1]
    servers.stop(home)
    with subprocess.Popen(["sleep", "60"], user=where.uid if AS_ROOT else None) as other:
        pid_file.write_text(f"{other.pid}\n{left}")
        layout_module.own_folder(Layout.of(home).postgres_sockets, where.uid, where.gid)
        lock = Layout.of(home).postgres_sockets / ".s.PGSQL.5432.lock"
        lock.write_text(pid_file.read_text())
        servers.start(home)
        assert remembered(home)
        assert other.poll() is None
        other.kill()


@pytest.mark.slow
def test_start_replaces_servers_that_hang(home: Path) -> None:
    servers.start(home)
    remember(home)
    hung = postgres_pid(home)
    os.kill(hung, signal.SIGSTOP)
    servers.start(home, valkey=False)
    assert postgres_pid(home) != hung
    assert remembered(home)
    os.kill(valkey_pid(home), signal.SIGSTOP)
    servers.stop(home)
    assert valkey_processes(home) == []


def test_start_makes_the_database_when_it_is_missing(home: Path) -> None:
    servers.start(home, valkey=False)
    sockets = str(Layout.of(home).postgres_sockets)
    with psycopg.connect(
        host=sockets, user="postgres", dbname="postgres", autocommit=True
    ) as session:
        session.execute("DROP DATABASE portal")
    servers.start(home, valkey=False)
    connect(home).close()


def test_start_begins_again_after_a_broken_off_attempt(home: Path) -> None:
    half = home / "postgres.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18")
    servers.start(home, valkey=False)
    connect(home).close()


def test_two_starts_at_once_share_one_server(home: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from devserver import servers;"
        " servers.start(Path(sys.argv[1]))"
    )
    words = [sys.executable, "-c", code, str(home)]
    started = [subprocess.Popen(words) for _ in range(3)]
    assert [process.wait(60) for process in started] == [0, 0, 0]
    connect(home).close()
    assert len(valkey_processes(home)) == 1


def test_failure_carries_the_end_of_the_log(home: Path) -> None:
    servers.start(home, valkey=False)
    servers.stop(home)
    (owner.place(Layout.of(home)).data / "PG_VERSION").write_text("15\n")
    with pytest.raises(servers.EngineError, match="version 15"):
        servers.start(home, valkey=False)


def test_a_link_in_place_of_the_socket_folder_is_refused(home: Path, tmp_path: Path) -> None:
    Layout.of(home).valkey_sockets.symlink_to(tmp_path)
    try:
        with pytest.raises(servers.EngineError, match="không thuộc về"):
            servers.start(home, postgres=False)
    finally:
        Layout.of(home).valkey_sockets.unlink()


@only_root
def test_a_socket_folder_of_another_user_is_refused(home: Path) -> None:
    sockets = Layout.of(home).postgres_sockets
    sockets.mkdir(mode=0o700)
    os.chown(sockets, 12345, 12345)
    with pytest.raises(servers.EngineError, match="không thuộc về"):
        servers.start(home, valkey=False)


@only_root
def test_barred_way_moves_the_data_and_opens_no_folder(
    home: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    home.parent.chmod(0o700)
    servers.start(home)
    remember(home)
    where = owner.place(Layout.of(home))
    assert where.data.is_relative_to(owner.SYSTEM_ROOT)
    assert str(where.data) in capfd.readouterr().err
    assert stat.S_IMODE(home.parent.stat().st_mode) == 0o700
    servers.stop(home)
    # Opening the way later must not make the portal forget its data.
    home.parent.chmod(0o755)
    servers.start(home)
    assert remembered(home)
    servers.remove(home)
    assert not (owner.SYSTEM_ROOT / Layout.of(home).digest).exists()


@only_root
def test_barred_programs_are_copied(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = owner._reaches
    packaged = owner._packaged_programs()
    monkeypatch.setattr(
        owner, "_reaches", lambda path, *ids: packaged not in path.parents and real(path, *ids)
    )
    servers.start(home, valkey=False)
    command = processes.command_line(postgres_pid(home))
    assert command[0].startswith(str(owner.SYSTEM_ROOT / Layout.of(home).digest))


@only_root
def test_barring_the_way_later_is_explained(home: Path) -> None:
    servers.start(home, valkey=False)
    servers.stop(home)
    home.parent.chmod(0o700)
    with pytest.raises(servers.EngineError, match="chmod"):
        servers.start(home, valkey=False)
    home.parent.chmod(0o755)


def test_a_long_log_is_set_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout_module, "LOG_LIMIT_BYTES", 10)
    log = tmp_path / "x.log"
    log.write_text("quá mười ký tự")
    layout_module.roll(log)
    assert not log.exists()
    assert (tmp_path / "x.log.1").read_text() == "quá mười ký tự"
