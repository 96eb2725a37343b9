"""What the environment says to settings and beat alike. Nothing of Django is loaded for it."""

from pathlib import Path
from typing import Any

import environ

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

# Everything the running portal writes: data of the embedded engines, built assets, logs.
VAR_DIR = Path(env("PORTAL_VAR", default=str(BASE_DIR / "var"))).resolve()

# What `make run` decided holds for every `manage.py` command beside it.
environ.Env.read_env(VAR_DIR / "env")

DEBUG: bool = env.bool("DEBUG", default=False)
TIME_ZONE = "Asia/Ho_Chi_Minh"

# A broker that does not answer may cost a worker seconds, never a request: see
# campaign.services.enqueue_rollup.
REDIS_URL: str = env("REDIS_URL", default="redis://127.0.0.1:6379/0" if DEBUG else env.NOTSET)
# How tasks are handed over: for beat, which sends them, and for all of the portal.
BROKER: dict[str, Any] = {
    "broker_url": REDIS_URL.replace("unix://", "redis+socket://"),
    "broker_transport_options": {
        "socket_timeout": 5,
        "socket_connect_timeout": 1,
        "retry_on_timeout": False,
        "visibility_timeout": 120,
    },
    "broker_connection_retry_on_startup": True,
    "broker_connection_max_retries": None,
    "task_publish_retry": False,
    # Of Valkey's queues that of 0 is emptied first.
    "task_default_priority": 6,
    # By a worker of its own where the portal's own may not read and make what it takes.
    "task_routes": {"backups.nightly": {"queue": "backups"}},
    "timezone": TIME_ZONE,
}
