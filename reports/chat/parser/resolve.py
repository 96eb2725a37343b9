"""Which place and which day a statement is about, as far as that is certain."""

import datetime as dt
from dataclasses import dataclass, field

from reports.chat.parser.dates import MentionedDays
from reports.chat.parser.grouping import Statement
from reports.chat.parser.lexicon import PREFIXES, KnownUnit, Lexicon
from reports.chat.parser.questions import runs, short
from reports.chat.parser.tagging import tag_line
from reports.chat.parser.tokens import Token, TokenRole
from reports.chat.parser.unit_names import Mention, narrow, near_units
from reports.chat.parser.vocabulary import OFFICES
from reports.chat.parser.wording import _

# Before this hour “today” may still mean the day that has just ended.
SMALL_HOURS = 4


@dataclass
class UnitMatch:
    """The place, or those that it may be; ``words`` are those that were taken for a name."""

    place: KnownUnit | None = None
    candidates: list[str] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)
    words: set[int] = field(default_factory=set)
    is_out_of_reach: bool = False


def find_unit(statement: Statement, lexicon: Lexicon, own: KnownUnit | None = None) -> UnitMatch:
    """Return the one place that the statement names, or ask; ``own`` is that of own plain words."""
    mentions = statement.mentions or _of_sender(statement, lexicon)
    mentions = _settled(mentions)
    if not mentions:
        is_plain = own is not None and not any(
            t.is_free and t.kind == "word" for t in statement.tokens
        )
        return UnitMatch(own) if is_plain else _unnamed(statement, lexicon)
    where = UnitMatch()
    if len(mentions) > 1:
        where.candidates = _codes([p for m in mentions for p in m.known_units])
        names = "”, “".join(dict.fromkeys(short(m.text) for m in mentions))
        where.questions.append(
            _("Có nhiều đơn vị: “%(names)s”. Số của đơn vị nào?") % {"names": names}
        )
        return where
    mention = mentions[0]
    codes = _codes(mention.known_units)
    if not codes:
        where.is_out_of_reach = True
        where.questions.append(
            _("Không thấy đơn vị “%(name)s” trong phạm vi của bạn.") % {"name": short(mention.text)}
        )
    elif len(mention.known_units) > 1:
        where.candidates = codes
        where.questions.append(
            _("“%(name)s” có thể là nhiều đơn vị. Số của đơn vị nào?")
            % {"name": short(mention.text)}
        )
    elif not mention.is_certain:
        where.candidates = codes
        where.questions.append(
            _("“%(name)s” có phải là %(place)s không?")
            % {"name": short(mention.text), "place": mention.known_units[0].label}
        )
    else:
        where.place = mention.known_units[0]
    return where


def _codes(known_units: list[KnownUnit] | tuple[KnownUnit, ...]) -> list[str]:
    return list(dict.fromkeys(p.branch for p in known_units if p.branch))


def _settled(mentions: list[Mention]) -> list[Mention]:
    """Return the mentions without repeats; a district beside another place tells where it is."""
    local = [m for m in mentions if not m.is_district]
    districts = [m for m in mentions if m.is_district]
    # “Nam Trực, xã Nam Mỹ”: the name of a district, though a school bears it too.
    communes = [m for m in local if any(p.unit for p in m.known_units)]
    if communes:
        named = [
            m for m in local if m not in communes and any(p.is_district for p in m.known_units)
        ]
        local = [m for m in local if m not in named]
        districts += [
            Mention(m.text, tuple(p for p in m.known_units if p.is_district)) for m in named
        ]
    if local and len({m.known_units for m in districts}) == 1:
        local = [narrow(m, districts[0]) for m in local]
    elif local and districts:
        local += districts
    found = {(m.known_units, m.is_certain): m for m in (local or districts)}
    # “Mỹ Lộc” beside “Thị trấn Mỹ Lộc” is the same place, named less exactly.
    return [
        m
        for m in found.values()
        if not any(o is not m and set(o.known_units) < set(m.known_units) for o in found.values())
    ]


def _of_sender(statement: Statement, lexicon: Lexicon) -> list[Mention]:
    if not statement.message.sender or any(s.begins_unknown for s in statement.lines):
        return []
    found = tag_line(statement.message.sender, lexicon)
    is_all = all(
        t.role is TokenRole.UNIT or t.low in OFFICES for t in found.tokens if t.kind == "word"
    )
    return found.mentions if len(found.mentions) == 1 and is_all and not found.numbers else []


def _unnamed(statement: Statement, lexicon: Lexicon) -> UnitMatch:
    """Ask for the place: beside names that are nearly right, or the user's only own one."""
    where = UnitMatch()
    for tokens in _phrases(statement):
        for size in range(min(4, len(tokens)), 0, -1):
            for at in range(len(tokens) - size + 1):
                part = tokens[at : at + size]
                text = " ".join(t.text for t in part)
                near = near_units(text, lexicon) if len(text) > 2 else []
                if near and (size > 1 or at == 0):
                    where.candidates = _codes(near)
                    where.words = {id(t) for t in part}
                    where.questions.append(
                        _("Không thấy đơn vị “%(name)s”. Số của đơn vị nào?")
                        % {"name": short(text)}
                    )
                    return where
    named = _after_prefix(statement)
    if named:
        where.questions.append(
            _("Không thấy đơn vị “%(name)s”. Số của đơn vị nào?") % {"name": short(named)}
        )
        return where
    if len(lexicon.own) == 1:
        where.candidates = list(lexicon.own)
    unknown = runs(statement.tokens)
    text = (
        _("Không thấy đơn vị “%(name)s”. Số của đơn vị nào?") % {"name": short(unknown[0])}
        if unknown and not where.candidates
        else _("Tin không ghi đơn vị. Số của đơn vị nào?")
    )
    where.questions.append(text)
    return where


def _phrases(statement: Statement) -> list[list[Token]]:
    found: list[list[Token]] = [[]]
    for token in statement.tokens:
        is_open = token.kind == "word" and token.role in (
            TokenRole.UNKNOWN,
            TokenRole.NOISE,
            TokenRole.BREAK,
        )
        if is_open:
            found[-1].append(token)
        elif found[-1]:
            found.append([])
    return [run for run in found if any(t.is_free or t.value is not None for t in run)][:6]


def _after_prefix(statement: Statement) -> str:
    """Return the unknown words after “xã”, “phường” …, as a name that nobody knows."""
    tokens = statement.tokens
    heads = {words[-1] for words, kind in PREFIXES if kind not in ("", "tỉnh")}
    for at, token in enumerate(tokens[:-1]):
        if token.is_free and token.low in heads and tokens[at + 1].is_free:
            run = runs(tokens[at:])
            return run[0] if run else ""
    return ""


def find_day(statement: Statement, lexicon: Lexicon, day: dt.date) -> tuple[dt.date, list[str]]:
    mentioned = _all_days(statement)
    base = statement.message.day or day
    questions: list[str] = []
    found = list(dict.fromkeys(mentioned.found))
    for text in mentioned.odd:
        questions.append(_("“%(day)s” là ngày nào? Ghi rõ ngày.") % {"day": short(text)})
    if statement.message.is_odd:
        questions.append(_("Ngày ở đầu tin chưa đúng. Số của ngày nào?"))
    if len(found) > 1:
        questions.append(_("Có nhiều ngày trong một báo cáo. Ghi mỗi ngày một dòng."))
        return base, questions
    chosen = found[0] if found else base
    before = mentioned.ago - {0}
    if before and not found:
        days = min(before)
        chosen = base - dt.timedelta(days=days) if base.toordinal() > days else base
        if statement.message.day is None:
            phrase = {1: _("Hôm qua"), 2: _("Hôm kia")}[days]
            questions.append(_("“%(day)s” là ngày nào? Xem lại ngày.") % {"day": phrase})
    if len(mentioned.ago) > 1:
        questions.append(_("Có nhiều ngày trong một báo cáo. Ghi mỗi ngày một dòng."))
    is_dated, sent = bool(found or before), statement.message.day
    if not is_dated and statement.message.hour is not None and statement.message.hour < SMALL_HOURS:
        questions.append(_("Tin gửi sau nửa đêm. Số của ngày nào?"))
    if found and sent is not None and (chosen > sent or mentioned.ago - {(sent - chosen).days}):
        questions.append(_("Ngày trong tin không khớp ngày gửi tin. Số của ngày nào?"))
    weekdays = set(mentioned.weekdays)
    if weekdays and (weekdays != {chosen.weekday()} or not (found or mentioned.ago)):
        questions.append(_("Thứ trong tin là ngày nào? Ghi rõ ngày."))
    if not lexicon.first_day <= chosen <= lexicon.last_day:
        questions.append(
            _("Ngày %(day)s ngoài chiến dịch. Số của ngày nào?") % {"day": f"{chosen:%d/%m/%Y}"}
        )
    elif chosen > lexicon.today:
        questions.append(
            _("Ngày %(day)s chưa tới. Số của ngày nào?") % {"day": f"{chosen:%d/%m/%Y}"}
        )
    return chosen, questions


def _all_days(statement: Statement) -> MentionedDays:
    """Return what the statement says of its day; without a word of its own, what stands above."""
    own = [s.days for s in statement.lines]
    if statement.row is not None and statement.row.day is not None:
        own.append(statement.row.day.days)
    if not any(d.is_stated for d in own):
        own = [s.days for s in statement.context]
    whole = MentionedDays()
    for days in own:
        whole.found += days.found
        whole.odd += days.odd
        whole.weekdays += days.weekdays
        whole.ago |= days.ago
    return whole
