"""What a message is before anybody looks for counts in it: a word of consent, a question, a fix.

Pure: words in, kinds out. Whatever is not certainly one of these is left to the reader of counts.
"""

import re
from enum import Enum

from core.text_gate import normal
from core.vietnamese import fold
from reports.chat.parser.normalise import alike, plain, tidy

WORD = re.compile(r"[^\W\d_]+|\d+")
# A day in a question, which may name one.
DAY = re.compile(r"(?<![\d/])\d{1,2}[/.\-]\d{1,2}(?:[/.\-]\d{2,4})?(?![\d/])")
PHONE = re.compile(r"(?<![\d.,/])(?:\+?84|0)(?:[ .\-]?\d){9,10}(?!\d)")
PHONE_MASK = "•" * 10


class Kind(Enum):
    YES = "yes"
    NO = "no"
    WHO = "who"  # who has not reported
    OWN = "own"  # whether one's own report is in
    LEFT = "left"  # how much is left
    HELP = "help"
    THANKS = "thanks"
    OTHER = "other"


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def _phrases(text: str) -> tuple[tuple[str, ...], ...]:
    return tuple(_words(part) for part in text.split("|"))


POLITE = _words(
    "ạ a dạ da vâng em e anh chị ad admin bot nhé nha nhá rồi r ơi mình cô chú bác hết cả nhờ"
)
YES = _phrases(
    "đúng|đúng số|đúng hết|ok|oke|okay|okê|okie|oki|gửi|gửi đi|gửi luôn|xác nhận|đồng ý|chuẩn|"
    "chính xác|chốt|phải|ừ|uh|ừm|um|yes|y|được|đc|nhất trí|đúng vậy|đúng thế|đúng là|duyệt|"
    "gửi giúp|ghi đi|ghi luôn|đúng như vậy|uk|uhm|ừa|okla|ok luôn|đúng luôn|chuẩn luôn"
)
NO = _phrases(
    "sai|không|ko|k|hủy|huỷ|bỏ|thôi|không đúng|ko đúng|k đúng|chưa đúng|chưa|nhầm|dừng|khoan|"
    "đừng gửi|không gửi|ko gửi|chưa gửi|đừng|hủy bỏ|huỷ bỏ|no|sai số|khoan đã|bỏ đi|thôi bỏ|"
    "khoan gửi|không phải|ko phải|nhầm số|dừng đã|dừng lại|"
    "đừng ghi|không ghi|ko ghi|chưa ghi"
)
# “Dung”, as it is typed without marks, answers “đúng”; alone it is none of these.
MARKED = (("dừng",), ("đừng",))
HELP = _phrases(
    "help|trợ giúp|giúp|giúp với|hướng dẫn|menu|bắt đầu|start|hi|hello|chào|xin chào|alo|hd|"
    "cách dùng|dùng thế nào|hướng dẫn sử dụng|cách báo cáo|báo cáo thế nào"
)
THANKS = _phrases("cảm ơn|cám ơn|thank|thanks|tks|cảm ơn nhiều|cám ơn nhiều|tk|thank you|good|tốt")
# Without marks, as they may stand within a sentence.
MISSING = ("chua bao cao", "chua nop", "chua gui", "chua bc", "chua co bao cao", "chua bao")
WHO = (
    "ai ", " ai", "don vi nao", "xa nao", "doan nao", "phuong nao", "co so nao", "nhung don vi",
    "nhung xa", "con xa", "con don vi", "danh sach", "bao nhieu don vi", "bao nhieu xa", "may xa",
    "may don vi", "nhung ai",
)  # fmt: skip
OWN = (
    "bao cao chua", "bc chua", "gui chua", "nop chua", "da nhan chua", "nhan duoc chua",
    "da nhan bao cao", "bao cao roi chua", "da gui chua", "da nop chua", "bao cao duoc chua",
    "nhan duoc bao cao", "nhan chua", "da ghi chua", "ghi chua", "so hom nay dang la",
)  # fmt: skip
LEFT = (
    "con bao nhieu", "con thieu bao nhieu", "bao nhieu nua", "thieu bao nhieu", "con may nua",
    "tien do", "dat bao nhieu", "duoc bao nhieu", "chi tieu con", "con lai bao nhieu",
    "bao nhieu phan tram", "chi tieu bao nhieu", "con phai lam bao nhieu", "may phan tram",
    "bao nhieu %", "can bao nhieu", "dat chi tieu chua", "du chi tieu chua",
)  # fmt: skip

# At the head of a message that puts the one before right.
BEFORE_FIX = _words("à a á ấy ôi ờ ơ ớ uh ủa dạ da ạ xin lỗi em e mình tôi bot ad cho của số nhé")
FIXING = _words("nhầm sai lộn sửa đính chỉnh cập")
FIX = (*FIXING, *_words("lại chính nhật điều rồi đọc gõ ghi viết báo"))
AFTER_FIX = re.compile(
    r"(?:\s*,)?\s+m(?:ới|oi)\s+(?:đ|d)(?:úng|ung)(?:\s+(?:ạ|a|nhé|nha))?\s*[.!]*\s*$"
)
# “Nhầm ngày, cài 30” does not say which day is meant.
WRONG_DAY = re.compile(r"ng(?:ày|ay)\b(?!\s*(?:\d|h[ôo]m|th[ứu]|ch[ủu]))", re.IGNORECASE)
# “m2 là 21 chứ không phải 12”, “m2 từ 12 thành 21”: the old number goes.
NOT_THIS = re.compile(
    r"(?<=\d)(?:\s*,\s*|\s+)(?:ch(?:ứ|u)\s+)?(?:không|khong|ko|k)\s+ph(?:ải|ai)(?:\s+l(?:à|a))?"
    r"\s+\d+(?:\s+(?:ạ|a|nhé|nha|đâu|dau))*\s*[.!]*\s*$",
    re.IGNORECASE,
)
FROM_TO = re.compile(
    r"(?:(?<=\S)\s+(?:t(?:ừ|u)\s+)?(?<!m[ứu]c\s)(?<!c[ấa]p\s)(?<!(?:đ|d)[ộo]\s)\d+|(?<=\d))"
    r"\s+th(?:ành|anh)\s+(?=\d+\s*(?:ạ|a|nhé|nha)?\s*[.!]*\s*$)",
    re.IGNORECASE,
)


def masked_phones(text: str) -> str:
    """Return the text with telephone numbers blotted out, however their digits are written."""
    spread = plain(normal("NFKC", text))
    return PHONE.sub(PHONE_MASK, spread) if PHONE.search(spread) else text


def kind_of(text: str) -> Kind:
    """Return what the whole message is; ``OTHER`` is for the reader of counts."""
    text = plain(tidy(text)).lower().strip()
    words = WORD.findall(text)
    if not words:
        return Kind.HELP if text in ("?", "/") else Kind.OTHER
    if "?" not in text:
        if _is_one(words, NO):
            return Kind.NO
        if _is_one(words, YES) or _is_consent(words):
            return Kind.YES
        is_all = all(_is(word, ("vâng", "dạ", "ạ")) for word in words)
        if is_all and any(_is(word, ("vâng",)) for word in words):
            return Kind.YES
    if _is_one(words, HELP):
        return Kind.HELP
    if _is_one(words, THANKS):
        return Kind.THANKS
    without = fold(DAY.sub(" ", text))
    if re.search(r"\d", without):
        return Kind.OTHER
    sentence = " ".join(re.findall(r"[a-z]+|%", without))
    if any(m in sentence for m in MISSING) and any(w in f" {sentence} " for w in WHO):
        return Kind.WHO
    if any(phrase in sentence for phrase in LEFT):
        return Kind.LEFT
    if any(phrase in sentence for phrase in OWN):
        return Kind.OWN
    return Kind.OTHER


def choice_of(text: str, most: int) -> int | None:
    """Return the number of a choice from 1 to ``most``, where the message is nothing else."""
    match = re.fullmatch(
        r"\s*(?:số|so|chọn|chon)?\s*([0-9]{1,2})\s*[.)]?\s*(?:ạ|a|nhé)?\s*", text.lower()
    )
    number = int(match[1]) if match else 0
    return number if 1 <= number <= most else None


def corrected(text: str) -> str | None:
    """Return what a message puts in place of what was said before, None where it does not say so.

    “à nhầm m1 là 21”, “sửa lại cài 36”, “cài 36 mới đúng”.
    """
    tail = FROM_TO.sub(" ", NOT_THIS.sub("", AFTER_FIX.sub("", text)))
    if tail != text and tail.strip():
        return corrected(tail) or tail
    at, is_fix = 0, False
    for match in WORD.finditer(text):
        word = match[0].lower()
        if not _is(word, (*BEFORE_FIX, *FIX)) or word == "cap":
            # “Cap 2 12” is “cấp 2”.
            break
        is_fix |= _is(word, FIXING)
        at = match.end()
    rest = text[at:].lstrip(" ,.:;-–!\n\t")
    return rest if is_fix and rest.strip() and not WRONG_DAY.match(rest) else None


def _is(word: str, meant: tuple[str, ...]) -> bool:
    return any(alike(word, one) for one in meant)


def _spells(words: list[str], phrase: tuple[str, ...]) -> bool:
    if phrase in MARKED:
        return tuple(words) == phrase
    return len(words) == len(phrase) and all(map(alike, words, phrase))


def _longest(words: list[str], phrases: tuple[tuple[str, ...], ...]) -> int:
    """Return how many of the first words are the longest of the phrases, 0 for none."""
    return max((len(p) for p in phrases if _spells(words[: len(p)], p)), default=0)


def _is_consent(words: list[str]) -> bool:
    """Whether the words are several of consent: “đúng rồi, gửi đi”, “ok cảm ơn”."""
    at, is_yes = 0, False
    while at < len(words):
        no, yes, thanks = (_longest(words[at:], phrases) for phrases in (NO, YES, THANKS))
        length = yes or thanks or int(_is(words[at], POLITE))
        # “Dung chot” may be “đừng chốt”.
        is_doubtful = words[at] == "dung" and _longest(words[at + 1 :], YES)
        if no or not length or is_doubtful:
            return False
        is_yes |= bool(yes)
        at += length
    return is_yes


def _is_one(words: list[str], phrases: tuple[tuple[str, ...], ...]) -> bool:
    """Whether the words are one of the phrases, with nothing but words of politeness around."""
    for phrase in phrases:
        for at in range(len(words) - len(phrase) + 1):
            here = words[at : at + len(phrase)]
            around = words[:at] + words[at + len(phrase) :]
            if _spells(here, phrase) and all(_is(word, POLITE) for word in around):
                return True
    return False
