"""How the portal reaches PostgreSQL: with limits of its own, or through a pool of connections."""

from typing import Any

import environ

# No request waits longer than a person would; jobs set narrower limits of their own.
LIMITS = "-c lock_timeout=5s -c idle_in_transaction_session_timeout=30s"


def database(url: str, *, statement_timeout: str, is_pooled: bool = False) -> dict[str, Any]:
    """Return Django's settings of a connection that is held by its thread and checked before use.

    Behind a pool that deals connections out by transaction nothing may outlive a transaction, and
    what is said while a connection is opened reaches no server: the pool sets the limits
    (config/pgbouncer.ini).
    """
    settings: dict[str, Any] = environ.Env.db_url_config(url)
    settings |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
    options: dict[str, Any] = settings.setdefault("OPTIONS", {})
    if is_pooled:
        settings["DISABLE_SERVER_SIDE_CURSORS"] = True
    else:
        # Lets core.prepared prepare what it is given; Django's own cursors never do.
        options.setdefault("prepare_threshold", 5)
        options.setdefault("options", f"{LIMITS} -c statement_timeout={statement_timeout}")
    # A server that is gone without a word is noticed while somebody still waits for the answer.
    settings["OPTIONS"] = {"connect_timeout": 3, "tcp_user_timeout": 15_000} | options
    return settings
