"""What a text must not hold: citizen ids. Without Django, so that readers of texts can use it.

An id is twelve digits, found by its digits whatever stands between them. What stands in one run,
or in the groups in which people write it, is taken for one whatever it begins with; of other
groups only what can be an id is: a code of a province (001 to 096), the century and sex (0 to 3).
Days, hours, telephone numbers and lists, which stand in reports, are left alone.
"""

import re
from collections.abc import Iterator
from itertools import pairwise

DIGITS, FURTHEST = 12, 3
# Marks without width, which would hide such a number from the eye and from the search.
NO_WIDTH = re.compile(
    "[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u2060-\u2064\ufe00-\ufe0f\ufeff]"
)
# Whatever is no letter may stand between the groups, as may one mark that is the same between all.
GROUP = re.compile(r"\d+")
LOOSE = re.compile(rf"[\W_]{{1,{FURTHEST}}}")
# In these groups, with one and the same sign between them, people write the number of a card.
CARD_GROUPS = {(3, 3, 3, 3), (4, 4, 4), (6, 6), (3, 3, 6), (3, 1, 2, 6)}
EVEN = {(3, 3, 3, 3), (4, 4, 4)}
CARD_SIGNS = {" ", ".", "-"}
# The grouping of a telephone number, with more behind it.
_JOINED = [(4, 3, 3), (3, 3, 4), (3, 4, 3), (4, 2, 2, 2)]
_SHAPES = "|".join(r"[ .\-]?".join(rf"\d{{{n}}}" for n in sizes) for sizes in _JOINED)
PHONE = re.compile(rf"(?=0[35789])(?:{_SHAPES})(?!\d)")
DAY = re.compile(r"(?:0[1-9]|[12]\d|3[01])([/.\-])(?:0?[1-9]|1[0-2])\1(?:19|20)\d\d(?!\1|\d)")
HOUR = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d(?!\d|:\d)")


def citizen_ids(text: str) -> Iterator[tuple[int, int]]:
    """Yield where in ``text`` (NFKC, without marks of no width) a citizen's number stands."""
    groups = [match.span() for match in GROUP.finditer(text)]
    done = 0
    for first, (begin, _end) in enumerate(groups):
        if begin < done:
            continue
        count = 0
        for last in range(first, min(first + DIGITS, len(groups))):
            if last > first and groups[last][0] - groups[last - 1][1] > FURTHEST:
                break
            count += groups[last][1] - groups[last][0]
            if count >= DIGITS:
                break
        if count == DIGITS and _is_id(text, groups[first : last + 1]):
            done = groups[last][1]
            yield begin, done


def can_be_citizen_id(digits: str) -> bool:
    return "001" <= digits[:3] <= "096" and digits[3] in "0123"


def _is_id(text: str, groups: list[tuple[int, int]]) -> bool:
    if len(groups) == 1:
        return True
    words = [text[begin:end] for begin, end in groups]
    sizes, digits = tuple(map(len, words)), "".join(words)
    is_card = sizes in CARD_GROUPS and (digits[0] == "0" or sizes in EVEN)
    can_be = can_be_citizen_id(digits)
    if not (is_card or can_be):
        return False
    between = {text[one[1] : other[0]] for one, other in pairwise(groups)}
    if is_card and len(between) == 1 and between <= CARD_SIGNS:
        return True
    if len(between) > 1 and not all(LOOSE.fullmatch(sign) for sign in between):
        return False
    if any(shape.match(text, groups[0][0]) for shape in (DAY, HOUR, PHONE)):
        return False
    # 01, 02, 03 … is a list.
    is_list = max(sizes) <= 2 and words == sorted(words)
    return can_be and not is_list


def holds_citizen_id(text: str) -> bool:
    return next(citizen_ids(text), None) is not None


def without_citizen_ids(text: str, mask: str) -> str:
    parts, done = [], 0
    for begin, end in citizen_ids(text):
        parts += [text[done:begin], mask]
        done = end
    return "".join([*parts, text[done:]])
