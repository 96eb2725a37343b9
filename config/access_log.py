"""One line for each request, without what in it opens something or names somebody."""

import logging
import time
from collections.abc import Callable, Iterable
from typing import Any

from core.masking import masked

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def logged(application: Application, logger: logging.Logger) -> Application:
    """Log what ``application`` answers; the query is left out, and so is who asked."""

    def answering(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        began = time.monotonic()

        def starting(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            seconds = time.monotonic() - began
            path = masked(repr(environ.get("PATH_INFO", ""))[1:-1])
            logger.info(
                "%s %s %s %.3f s", environ.get("REQUEST_METHOD", ""), path, status[:3], seconds
            )
            return start_response(status, headers, *more)

        return application(environ, starting)

    return answering
