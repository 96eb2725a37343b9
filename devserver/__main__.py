"""The command behind `make run`, `make stop` and `make clean`."""

import argparse
import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

from devserver import preflight, prepared, servers, supervision
from devserver.console import Clock, Failure, say
from devserver.lock import only_runner, running, wait_released
from devserver.log_tail import Tail
from devserver.prepare import prepare

REPOSITORY = Path(__file__).resolve().parents[1]
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
HEALTHY_SECONDS = 60.0
# What a person names to use another server than the embedded one.
VARIABLES = {"postgres": "DATABASE_URL", "valkey": "REDIS_URL"}
TRUE = {"1", "true", "yes", "on", "y", "ok"}

ACCOUNTS = """
    Mật khẩu chung của các tài khoản mẫu: Demo-2023!
      tinhdoan        Tỉnh Đoàn
      huyendoan-365   Huyện Đoàn Giao Thủy
      xadoan-14173    Đoàn xã Giao Tiến
      xadoan-14158    Đoàn xã Hồng Thuận
      totruong-14173  tổ trưởng một tổ ở Giao Tiến
      congan          Công an tỉnh (đối soát)
      phunu           Hội LHPN tỉnh (chỉ xem)
      bo-vo           tài khoản chưa được phân công"""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m devserver", description=__doc__)
    parser.add_argument("--stop", action="store_true", help="stop everything")
    parser.add_argument("--clean", action="store_true", help="stop all, delete the demo's data")
    parser.add_argument("--empty", action="store_true", help="a portal with nothing in it")
    parser.add_argument("--prepare", type=float, metavar="STARTED", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.empty:
        os.environ["PORTAL_EMPTY"] = "1"
    given = os.environ.get("PORTAL_VAR")
    home = Path(given or REPOSITORY / ("var-start" if chosen.empty else "var")).resolve()
    if chosen.prepare is not None:
        return prepare(chosen.prepare, demo=_demo())
    try:
        if chosen.stop or chosen.clean:
            own = REPOSITORY / "var-start"
            for one in [home] if given else [home, own]:
                stop(one)
            if chosen.clean:
                servers.remove(home)
                if not given and own.exists():
                    # Somebody's own province lies there, and not a demo.
                    say(f"Dữ liệu của make start còn nguyên trong {own}.")
            return 0
        return run(home)
    except PermissionError as error:
        say(f"\nKhông có quyền với {error.filename}: có lẽ trước đó đã chạy bằng người dùng khác.")
        say(f"Chạy lại bằng người dùng đó ({_owner_of(home)}); đừng đổi chủ của thư mục.")
    except (Failure, servers.EngineError) as failure:
        say(f"\n{failure}")
    return 1


def _owner_of(home: Path) -> str:
    with suppress(OSError, KeyError):
        return home.owner()
    return "?"


def run(home: Path) -> int:
    preflight.check_python()
    preflight.check_home(home)
    port = preflight.port_number(os.environ.setdefault("PORT", "8000"))
    _set_environment(home)
    with only_runner(home, port), _interrupts():
        clock = Clock()
        try:
            if supervision.stop_all(home):
                clock.step("Đã dừng các tiến trình còn lại của lần chạy trước")
            preflight.check_port(port)
            _start(home, port, clock)
        except KeyboardInterrupt:
            say("\nĐang dừng…")
        finally:
            supervision.stop_all(home)
            servers.stop(home)
        say("Đã dừng tất cả.")
    return 0


def stop(home: Path) -> None:
    pid = running(home)
    if pid:
        os.kill(pid, signal.SIGTERM)
        if not wait_released(home, 60):
            raise Failure(f"Tiến trình {pid} không dừng sau 60 giây. Dừng hẳn: kill -9 {pid}")
    orphans = supervision.stop_all(home)
    stopped = servers.stop(home)
    say("Đã dừng tất cả." if pid or orphans or stopped else "Không có gì đang chạy.")


def _start(home: Path, port: int, clock: Clock) -> None:
    needed = {name: not os.environ.get(variable) for name, variable in VARIABLES.items()}
    names = {"postgres": "PostgreSQL", "valkey": "Valkey"}
    if any(needed.values()):
        clock.step("Khởi động " + " và ".join(names[name] for name in needed if needed[name]))
    servers.start(home, **needed)
    mark = prepared.mark_of(home, REPOSITORY)
    # What stands in somebody's own database is looked at each time.
    if not (needed["postgres"] and prepared.is_prepared(home, REPOSITORY, mark)):
        _prepare(home, clock)
        if needed["postgres"]:
            prepared.note_prepared(home, mark)
    clock.step("Khởi động web, worker và beat")
    _supervise(home, port, clock)


def _prepare(home: Path, clock: Clock) -> None:
    words = [*supervision.python(home), "-m", "devserver", "--prepare", str(clock.started)]
    environment = {**os.environ, **_databases(home)}
    if subprocess.run(words, cwd=REPOSITORY, env=environment, check=False).returncode:
        raise Failure("Chưa khởi động được: bước cuối ở trên không xong.")


def _setup_link(home: Path) -> str:
    """Return the link with which the first person comes in; none where somebody has."""
    words = [*supervision.python(home), "manage.py", "setup_link"]
    environment = {**os.environ, **_databases(home)}
    done = subprocess.run(
        words, cwd=REPOSITORY, env=environment, check=False, capture_output=True, text=True
    )
    return done.stdout.strip() if done.returncode == 0 else ""


def _supervise(home: Path, port: int, clock: Clock) -> None:
    configuration = supervision.write_configuration(home, REPOSITORY, port)
    names = [program.name for program in supervision.programs(home, port)]
    tails = [Tail(name, supervision.log_path(home, name)) for name in (*names, "supervisor")]
    manager = supervision.launch(home, configuration)
    deadline: float | None = time.monotonic() + HEALTHY_SECONDS
    on_terminal = os.isatty(1)
    while manager.poll() is None:
        if on_terminal and not os.isatty(1):
            # The terminal is gone, and make, if it led the session, kept SIGHUP to itself.
            raise KeyboardInterrupt
        for tail in tails:
            tail.show()
        if deadline and _healthy(port):
            deadline = None
            clock.step("Sẵn sàng")
            _welcome(home, port)
        if deadline and time.monotonic() > deadline:
            raise Failure(f"Web không trả lời sau {HEALTHY_SECONDS:.0f} giây. Xem {home}/log/")
        time.sleep(0.2)
    raise Failure(f"Trình quản lý tiến trình đã dừng bất ngờ. Xem {home}/log/supervisor.log")


def _healthy(port: int) -> bool:
    link = http.client.HTTPConnection(preflight.HOST, port, timeout=2)
    try:
        link.request("GET", "/healthz")
        return link.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        link.close()


def _welcome(home: Path, port: int) -> None:
    say(f"\n    Mở trình duyệt: http://{preflight.HOST}:{port}")
    if _demo():
        say(ACCOUNTS)
    elif link := _setup_link(home):
        say(f"\n    Thiết lập cổng lần đầu (đường link dùng một lần):\n      {link}")
    say("\n    Dừng: Ctrl-C\n")


def _set_environment(home: Path) -> None:
    """Set what settings read, for us and for all that we start, unless it is set already."""
    os.environ.setdefault("DEBUG", "1")
    os.environ["PORTAL_VAR"] = str(home)
    if _demo():
        os.environ.setdefault("PORTAL_TODAY", "2023-06-20")
    standin = os.environ.get("ZALO_STANDIN")
    if standin:
        os.environ["ZALO_BOT_URL"] = f"http://{preflight.HOST}:{preflight.port_number(standin)}"
        os.environ["ZALO_BOT_TOKEN"] = "123:standin"  # noqa: S105  # of no real bot
    # For `manage.py` in another terminal; it may hold the password of a database.
    stored = home / "env"
    stored.touch(mode=0o600)
    addresses = servers.addresses(home)
    values = {
        "DEBUG": os.environ["DEBUG"],
        "PORTAL_TODAY": os.environ.get("PORTAL_TODAY"),
        **_databases(home),
        "REDIS_URL": os.environ.get("REDIS_URL") or addresses.broker_url,
    }
    stored.write_text("".join(f"{name}={value}\n" for name, value in values.items() if value))


def _databases(home: Path) -> dict[str, str]:
    """Return how the portal signs in to the database, and how its owner does."""
    addresses, given = servers.addresses(home), os.environ.get("DATABASE_URL")
    owner = os.environ.get("DATABASE_OWNER_URL") or given or addresses.owner_url
    return {"DATABASE_URL": given or addresses.database_url, "DATABASE_OWNER_URL": owner}


def _demo() -> bool:
    """Whether the portal begins with the demo, and lives on its day."""
    return os.environ.get("DEBUG", "").lower() in TRUE and not os.environ.get("PORTAL_EMPTY")


@contextmanager
def _interrupts() -> Iterator[None]:
    """Turn the first of the ending signals into KeyboardInterrupt and ignore the others.

    A second Ctrl-C must not break off the stopping, which would leave servers behind.
    """

    def interrupt(_signal: int, _frame: FrameType | None) -> None:
        for ending in SIGNALS:
            signal.signal(ending, signal.SIG_IGN)
        raise KeyboardInterrupt

    before = {ending: signal.signal(ending, interrupt) for ending in SIGNALS}
    yield
    for ending, handler in before.items():
        signal.signal(ending, handler)


if __name__ == "__main__":
    sys.exit(main())
