"""What must hold before anything is started; every refusal names its cure."""

import errno
import shutil
import socket
import sys
from pathlib import Path

from devserver.console import Failure

OLDEST_PYTHON = (3, 11)
FREE_MEGABYTES = 500
HOST = "127.0.0.1"


def check_python(version: tuple[int, int] = sys.version_info[:2]) -> None:
    if version < OLDEST_PYTHON:
        raise Failure(
            f"Cần Python 3.11 trở lên, đang dùng {version[0]}.{version[1]}. "
            "Cài Python mới hơn rồi chạy: make clean && PYTHON=python3.11 make run"
        )


def check_home(home: Path, needed_megabytes: int = FREE_MEGABYTES) -> None:
    """Make the home; refuse one that cannot be written or has no room."""
    try:
        home.mkdir(parents=True, exist_ok=True)
        (home / ".writable").touch()
        (home / ".writable").unlink()
    except OSError as error:
        raise Failure(
            f"Không ghi được vào {home} ({error.strerror}). "
            "Chọn thư mục khác: PORTAL_VAR=/thư/mục/khác make run"
        ) from None
    free = shutil.disk_usage(home).free // 1_000_000
    if free < needed_megabytes:
        raise Failure(
            f"Cần ít nhất {needed_megabytes} MB trống ở {home}, chỉ còn {free} MB. "
            "Dọn bớt, hoặc chọn ổ khác: PORTAL_VAR=/thư/mục/khác make run"
        )


def port_number(text: str) -> int:
    if text.isascii() and text.isdecimal() and 0 < int(text) < 65536:
        return int(text)
    raise Failure(f"PORT phải là số từ 1 đến 65535, không phải “{text}”. Ví dụ: PORT=8001 make run")


def check_port(port: int) -> None:
    """Refuse a port that another program listens on, naming one that is free."""
    problem = _bind_error(port)
    if not problem:
        return
    free = next((p for p in range(max(port, 1023) + 1, 65536) if not _bind_error(p)), 8001)
    if problem == errno.EADDRINUSE:
        reason = f"Cổng {port} đang được chương trình khác dùng."
    else:
        reason = f"Không mở được cổng {port} ({errno.errorcode.get(problem, problem)})."
    raise Failure(f"{reason} Chạy với cổng khác: PORT={free} make run")


def _bind_error(port: int) -> int:
    with socket.socket() as probe:
        # As the web server does: a port that merely cools down after a restart is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            return error.errno or errno.EIO
    return 0
