"""Vietnamese typed for the fonts of before Unicode: TCVN3 (.VnTime) and VNI (VNI-Times).

Such a text is made of other letters, which only its font shows as Vietnamese. It is known by
what comes of it: words that are no syllables as they stand, and are once they are converted.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from core.text_gate import normal

TONES = "\u0300\u0301\u0303\u0309\u0323"
ONSETS = "ngh|ng|nh|gh|gi|kh|ph|th|tr|ch|qu|[bcdđghklmnpqrstvx]"
VOWELS = (
    "a|ă|â|e|ê|i|o|ô|ơ|u|ư|y|ai|ao|au|ay|âu|ây|eo|êu|ia|iê|iêu|iu|oa|oai|oay|oao|oă|oe|oeo|oi|"
    "oo|ôi|ơi|ua|uâ|uây|uê|ui|uô|uôi|uơ|uy|uya|uyê|uyu|ưa|ưi|ươ|ươi|ươu|ưu|yê|yêu"
)
CODAS = "ch|ng|nh|[cmnpt]"
SYLLABLE = re.compile(f"(?:{ONSETS})?(?:{VOWELS})(?:{CODAS})?")

TCVN3 = dict(
    zip(
        "µ¸¶·¹¨»¾¼½Æ©ÇÊÈÉË®ÌÐÎÏÑªÒÕÓÔÖ×ÝØÜÞßãáâä«åèæçé¬êíëìîïóñòô\u00adõøö÷ùúýûüþ¡¢§£¤¥¦",
        "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵĂÂĐÊÔƠƯ",
        strict=True,
    )
)
_VNI_TONES = {"ø": "\u0300", "ù": "\u0301", "õ": "\u0303", "û": "\u0309", "ï": "\u0323"}
_VNI_HATS = {"à": "\u0300", "á": "\u0301", "ã": "\u0303", "å": "\u0309", "ä": "\u0323", "â": ""}
_VNI_BREVES = {"è": "\u0300", "é": "\u0301", "ü": "\u0303", "ú": "\u0309", "ë": "\u0323", "ê": ""}
_VNI_SINGLE = {
    "ñ": "đ",
    "ô": "ơ",
    "ö": "ư",
    "í": "í",
    "ì": "ì",
    "æ": "ỉ",
    "ó": "ĩ",
    "ò": "ị",
    "î": "ỵ",
}
_VNI_PAIR = re.compile("[aeouyôö][øùõûï]|[aeo][àáãåäâ]|a[èéüúëê]|[ñôöíìæóòî]", flags=re.IGNORECASE)


def _from_tcvn3(text: str) -> str:
    return "".join(TCVN3.get(letter, letter) for letter in text)


def _from_vni(text: str) -> str:
    def letter(match: re.Match[str]) -> str:
        found = match[0].lower()
        base = _VNI_SINGLE.get(found[0], found[0])
        mark = found[1:]
        if mark in _VNI_HATS and mark:
            base += "\u0302" + _VNI_HATS[mark]
        elif mark in _VNI_BREVES and mark:
            base += "\u0306" + _VNI_BREVES[mark]
        elif mark:
            base += _VNI_TONES[mark]
        made = normal("NFC", base)
        return made.upper() if match[0][0].isupper() else made

    return _VNI_PAIR.sub(letter, text)


@dataclass(frozen=True)
class OldFont:
    name: str
    font: re.Pattern[str]
    convert: Callable[[str], str]


OLD_FONTS = (
    OldFont("TCVN3", re.compile(r"\.Vn", re.IGNORECASE), _from_tcvn3),
    OldFont("VNI", re.compile(r"VNI", re.IGNORECASE), _from_vni),
)
# Letters that only Unicode has: who types them types no old font.
MODERN = re.compile("[ăđĩũơưĂĐĨŨƠƯ\u0300-\u0323\u1ea0-\u1ef9]")


def is_syllable(word: str) -> bool:
    plain = normal("NFD", word.lower())
    tones = sum(plain.count(tone) for tone in TONES)
    bare = normal("NFC", "".join(c for c in plain if c not in TONES))
    return tones <= 1 and SYLLABLE.fullmatch(bare) is not None


def _words(text: str) -> list[str]:
    return [word for word in re.split(r"[\s/,.;:()-]+", text) if not word.isascii()]


def convert(text: str, old: OldFont, font: str = "", *, is_named: bool = False) -> str:
    """Return a text typed for an old font in Unicode; the fonts named …H show capitals.

    ``is_named`` says that other cells name the font: one that does not is left as it is if it
    can be read.
    """
    made = text if text.isascii() or MODERN.search(text) else old.convert(text)
    if not font and _good(text) + is_named > _good(made):
        made = text
    return made.upper() if re.fullmatch(r"\.Vn\w+H", font) else made


def _good(text: str) -> int:
    return sum(map(is_syllable, _words(text)))


def find_old_font(texts: Iterable[tuple[str, str]]) -> OldFont | None:
    """Return the old font that texts, each with the name of its font if old, are typed for.

    By the words: many of those with marks are no syllables, and nearly all of them are when
    converted.
    """
    texts = [(text, font) for text, font in texts if not MODERN.search(text)]
    best: tuple[float, OldFont | None] = (0.0, None)
    for old in OLD_FONTS:
        marked = [t for t, font in texts if not t.isascii() and (not font or old.font.match(font))]
        pairs = [(word, old.convert(word)) for text in marked for word in _words(text)]
        wrong = [after for before, after in pairs if not is_syllable(before)]
        good = sum(map(is_syllable, wrong))
        named = any(old.font.match(font) for text, font in texts if not text.isascii())
        enough = 1 if named else 2
        if good >= enough and good >= 0.8 * len(wrong) and len(wrong) >= 0.3 * len(pairs):
            best = max(best, (good / len(wrong) + named, old), key=lambda pair: pair[0])
    return best[1]
