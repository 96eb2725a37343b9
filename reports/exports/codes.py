"""Short codes beside figures that go out: typed at ``/f/``, they lead to the figure as it was.

Nine letters and digits follow from what the figure is, so that a page that is looked at writes
nothing; the tenth is a check, by which every letter that was typed wrong and every two that were
swapped are noticed. There is no 0, O, 1 or I in them.
"""

from typing import Any

from django.utils.crypto import salted_hmac

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
LENGTH = 9
BITS = 5
# x^5 + x^2 + 1: its powers of two are all different in a field of 32.
MODULUS = 0b100101


def code_for(*identity: Any) -> str:
    """Return the code of what some values name."""
    text = "\n".join(map(str, identity))
    digest = salted_hmac(__name__, text, algorithm="sha256").digest()
    number = int.from_bytes(digest, "big")
    values = [number >> BITS * place & 31 for place in range(LENGTH)]
    return "".join(ALPHABET[value] for value in (*values, _check(values)))


def shown(code: str) -> str:
    """Write a code as people read it: two groups of five."""
    return f"{code[:5]}-{code[5:]}"


def read_code(text: str) -> str | None:
    """Return the code that somebody typed; None where it is none, as by a slip.

    Small letters, spaces and hyphens are as good.
    """
    code = "".join(text.split()).replace("-", "").upper()
    if len(code) != LENGTH + 1 or set(code) - set(ALPHABET):
        return None
    *values, check = map(ALPHABET.index, code)
    return code if _check(values) == check else None


def _check(values: list[int]) -> int:
    """Return the sum of the values, each times another power of two, in the field of 32."""
    total = 0
    for place, value in enumerate(values, start=1):
        total ^= _doubled(value, place)
    return total


def _doubled(value: int, times: int) -> int:
    for _time in range(times):
        value <<= 1
        if value & 32:
            value ^= MODULUS
    return value
