"""Keeps secrets and numbers out of what is logged.

What is masked is found by its shape, so that nobody has to know which line holds what.
"""

import logging
import re

# Whatever follows such a word in an address opens something.
LEADING = "invitations|me|calendar|join|here|certificates|verify|public/requests"
SECRET_ADDRESS = re.compile(rf"(?<=/)({LEADING})/(?!\.\.\.)[^/?\s\"'#]+")
# Words after which a secret or somebody's own text stands: in queries, headers and settings.
NAMED = re.compile(
    r"\b(q|query|search|phone|name|full_name|username|token|secret|key|password|passwd|"
    r"sessionid|csrftoken|csrfmiddlewaretoken)(=|\": \"|': ')[^&\s\"';,]+",
    re.IGNORECASE,
)
BEARER = re.compile(r"\b(Bearer|Basic|Token)\s+[^\s\"',;]+", re.IGNORECASE)
# user:password@host of an engine's or a mail server's address.
LOGIN = re.compile(r"(?<=://)[^/@\s]+(?=@)")
# Numbers of telephones and of people: from 0 or 84 with whatever stands between the digits, or nine
# and more in a run. A date, a time, a count and an address of the network are none.
_BETWEEN = r"(?:%20|%2[BbFf]|[ +.\-_/()]){0,2}"
NUMBER = re.compile(
    rf"(?<![\w.:-])(?:\+|%2[Bb])?(?:84|0)(?:{_BETWEEN}\d){{8,}}(?![\w:])|(?<![\w.:-])\d{{9,}}(?!\w)"
)
# Unbroken letters and digits of this length are a key; the id of a row has strokes in it.
OPAQUE = re.compile(
    r"(?<![\w-])(?=[\w-]*\d)(?=[\w-]*[A-Za-z])(?![0-9a-fA-F-]{36}(?![\w-]))[\w-]{28,}"
)
MASK = "..."


def masked(text: str) -> str:
    """Return a line of a log without secrets and numbers.

    >>> masked("GET /invitations/AbC-dEf/ q=0912345678")
    'GET /invitations/.../ q=...'
    """
    text = SECRET_ADDRESS.sub(rf"\1/{MASK}", text)
    text = BEARER.sub(rf"\1 {MASK}", text)
    text = LOGIN.sub(MASK, text)
    text = NAMED.sub(rf"\1\2{MASK}", NUMBER.sub(MASK, text))
    return OPAQUE.sub(MASK, text)


class Masking(logging.Formatter):
    """Another formatter's lines, masked, traceback and all."""

    def __init__(self, inner: logging.Formatter) -> None:
        super().__init__()
        self.inner = inner

    def format(self, record: logging.LogRecord) -> str:
        return masked(self.inner.format(record))


def masking_line() -> logging.Formatter:
    return Masking(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))


def mask_handlers(logger: logging.Logger) -> None:
    """Mask what a logger writes that somebody else has set up."""
    for handler in logger.handlers:
        if not isinstance(handler.formatter, Masking):
            handler.setFormatter(Masking(handler.formatter or logging.Formatter()))
