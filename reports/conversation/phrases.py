"""What a message is before anybody looks for counts in it: a word of consent, a question, a fix.

Pure: words in, kinds out. Whatever is not certainly one of these is left to the reader of counts.
"""

import itertools
import re
from collections.abc import Sequence
from enum import Enum

from core.text_gate import normal
from core.vietnamese import bare_name, fold
from reports.chat.parser.normalise import alike, plain, tidy

WORD = re.compile(r"[^\W\d_]+|\d+")
# A day in a question, which may name one.
DAY = re.compile(r"(?<![\d/])(\d{1,2})[/.\-](\d{1,2})(?:[/.\-](\d{2,4}))?(?![\d/])")
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


POLITE = _words("ạ a dạ da vâng em e anh chị ad admin bot nhé nha nhá rồi r ơi mình cô chú bác nhờ")
YES = _phrases(
    "đúng|đúng số|đúng hết|ok|oke|okay|okê|okie|oki|gửi|gửi đi|gửi luôn|xác nhận|đồng ý|chuẩn|"
    "chính xác|chốt|phải|ừ|uh|ừm|um|yes|y|được|đc|nhất trí|đúng vậy|đúng thế|đúng là|duyệt|"
    "gửi giúp|ghi đi|ghi luôn|đúng như vậy|uk|uhm|ừa|okla|ok luôn|đúng luôn|chuẩn luôn|ok hết|"
    "đúng cả|đúng hết cả|đúng tất cả"
)
NO = _phrases(
    "sai|không|ko|k|hủy|huỷ|bỏ|thôi|không đúng|ko đúng|k đúng|chưa đúng|chưa|nhầm|dừng|khoan|"
    "đừng gửi|không gửi|ko gửi|chưa gửi|đừng|hủy bỏ|huỷ bỏ|no|sai số|khoan đã|bỏ đi|thôi bỏ|"
    "khoan gửi|không phải|ko phải|nhầm số|dừng đã|dừng lại|sai hết|nhầm hết|bỏ hết|hủy đi|huỷ đi|"
    "xóa đi|xoá đi|khoan gửi đã|"
    "đừng ghi|không ghi|ko ghi|chưa ghi"
)
# “Dung”, as it is typed without marks, answers “đúng”; alone it is none of these.
MARKED = (("dừng",), ("đừng",))
# “Phải chị” is consent, “phải chi” is a sigh.
SIGHS = (("phải", "chi"), ("phai", "chi"))
HELP = _phrases(
    "help|trợ giúp|giúp|giúp với|hướng dẫn|menu|bắt đầu|start|hi|hello|chào|xin chào|alo|hd|"
    "cách dùng|dùng thế nào|hướng dẫn sử dụng|cách báo cáo|báo cáo thế nào"
)
THANKS = _phrases("cảm ơn|cám ơn|thank|thanks|tks|cảm ơn nhiều|cám ơn nhiều|tk|thank you|good|tốt")
# Without marks, as they may stand within a sentence.
UNIT = "(?:don vi|xa|phuong|doan|co so)"
MISSING = re.compile(r"\bchua (?:co )?(?:bao|nop|gui|bc)\b")
WHO = re.compile(rf"\bai\b|\b{UNIT} nao|nhung {UNIT}|con {UNIT}|danh sach|(?:bao nhieu|may) {UNIT}")
STILL_WHO = re.compile(
    rf"(?<!khong )\b(?:con|thieu) (?:thieu )?(?:ai|{UNIT} nao|(?:bao nhieu|may) {UNIT})\b(?! den)"
    rf"|\b(?:ai|{UNIT} nao) chua$"
)
OWN = re.compile(
    r"\b(?:bao cao|bc|gui|nop|nhan|ghi)(?: \w+){0,5} chua"
    r"(?: (?:a|nhi|the|vay|ad|admin|bot|em|e|nhe|oi|anh|chi))*$|da nhan bao cao|nhan duoc bao cao"
    r"|so hom nay dang la"
)
LEFT = re.compile(
    r"\b(?:con|thieu|dat|duoc|can|chi tieu)\b.*\bbao nhieu\b|bao nhieu (?:nua|phan tram|%)"
    r"|tien do|con may nua|chi tieu con|may phan tram|(?:dat|du) chi tieu chua"
)

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
        if _is_consent(words):
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
    sentence = re.sub(r"\bbn\b", "bao nhieu", sentence)
    if (MISSING.search(sentence) and WHO.search(sentence)) or STILL_WHO.search(sentence):
        return Kind.WHO
    if LEFT.search(sentence):
        return Kind.LEFT
    if OWN.search(sentence):
        return Kind.OWN
    return Kind.OTHER


def choice_of(text: str, labels: Sequence[str]) -> int | None:
    """Return the number of a choice, from 1, where the message is its number or its words."""
    match = re.fullmatch(
        r"\s*(?:số|so|chọn|chon)?\s*([0-9]{1,2})\s*[.)]?\s*(?:ạ|a|nhé)?\s*", text.lower()
    )
    number = int(match[1]) if match else 0
    if 1 <= number <= len(labels):
        return number
    words = fold(text)
    same = [
        n for n, one in enumerate(labels, start=1) if words in (fold(one), fold(bare_name(one)))
    ]
    return same[0] if len(same) == 1 else None


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
    """Whether the words are one or several of consent: “đúng rồi, gửi đi”, “ok cảm ơn”."""
    at, is_yes = 0, False
    if any(pair in SIGHS for pair in itertools.pairwise(words)):
        return False
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
