"""The conversation: one message in, one answer out. Counts are taken at a word, as shown, only.

A message is read anew each time its author has chosen something, so that there are no states
beside ``Pending``: the message, the choices so far, and what was shown.
"""

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext as _

from accounts.models import User
from campaign.addresses import path_of
from campaign.models import Campaign
from campaign.permissions import Permission
from campaign.reporting_window import WindowClosed
from campaign.scopes import scope_of
from campaign.selectors import branches_run_by, indicators_of, running_campaigns
from core import clock
from core.templatetags.formatting import count, weekday_day
from core.vietnamese import fold
from reports.chat.examples import examples
from reports.chat.parser.dates import AGO, make_day
from reports.chat.parser.normalise import MASK, holds_id, masked, tidy
from reports.conversation.models import Conversation, ReceivedMessage
from reports.conversation.phrases import (
    DAY,
    PHONE_MASK,
    Kind,
    choice_of,
    corrected,
    kind_of,
    masked_phones,
)
from reports.conversation.proposals import (
    Entry,
    Option,
    Proposal,
    Writing,
    days_of,
    propose,
    show,
    take,
)
from reports.conversation.questions import own_state, what_is_left, who_is_missing, why_not
from reports.conversation.wording import help_text, link_to, numbered
from reports.daily.services.report_input import InvalidReport
from reports.daily.services.submit import VersionConflict

# Of a message; whoever has more pastes it.
MOST_LETTERS = 1500
# Until then a word of consent is about what was shown.
PENDING_FOR = dt.timedelta(hours=3)
# Before this hour “today” may still mean the day that has just ended.
SMALL_HOURS = 4
NOON = dt.time(12)
# What is asked before a message is read to its end.
READ_ANEW = ("campaign", "sent", "branch")


@dataclass
class Pending:
    """What was understood last and is not taken in yet.

    ``options`` are to be chosen from by number, ``entries`` to be confirmed by a word if
    ``is_ready``. ``shown_at`` is when the answer with it had been sent, blank before.
    """

    message: int = 0
    text: str = ""
    sent_at: str = ""
    campaign: str = ""
    chosen: dict[str, str] = field(default_factory=dict)
    options: list[list[str]] = field(default_factory=list)
    entries: list[dict[str, Any]] = field(default_factory=list)
    is_ready: bool = False
    shown_at: str = ""

    @property
    def reports(self) -> list[Entry]:
        return [Entry(**entry) for entry in self.entries]


@dataclass
class Dialogue:
    """One message in its conversation; ``answer`` says what is answered and keeps what pends."""

    user: User
    conversation: Conversation
    message: ReceivedMessage
    pending: Pending = field(default_factory=Pending)
    campaigns: list[Campaign] = field(default_factory=list)

    def answer(self) -> str:
        text = self.message.text
        if self.conversation.pending and self.conversation.expires_at > clock.now():
            self.pending = Pending(**self.conversation.pending)
        if len(text) > MOST_LETTERS:
            return _("Tin dài quá, cổng chưa đọc. Nhắn từng phần, hoặc dán vào %(link)s.") % {
                "link": link_to(path_of(None, "paste"))
            }
        if MASK in text:
            return _(
                "Chưa ghi gì: tin có dãy số giống số định danh nên cổng không đọc và không giữ. "
                "Cổng chỉ nhận số lượng: xóa dãy số đó rồi nhắn lại."
            )
        answer = self._answer(text)
        if PHONE_MASK in text:
            answer += "\n" + _("Lần sau đừng gửi số điện thoại: cổng không cần và không giữ.")
        return answer

    def _answer(self, text: str) -> str:
        self.campaigns = running_campaigns(self.user)
        if not scope_of(self.user).appointments:
            return why_not(self.user, self.campaigns)
        if not self.campaigns:
            return _("Hiện không có chiến dịch nào.")
        number = choice_of(text, [label for _about, _value, label in self.pending.options])
        if number is not None:
            return self._choose(*self.pending.options[number - 1])
        kind = kind_of(text)
        if kind is Kind.YES:
            return self._confirm()
        if kind is Kind.NO:
            return self._drop()
        if kind is Kind.HELP:
            return _of_each(self.campaigns, lambda c: help_text(indicators_of(c)))
        if kind is Kind.THANKS:
            return self._without_counts() if self._is_open() else self._nothing_waits()
        if kind in (Kind.WHO, Kind.OWN):
            has_own = bool(scope_of(self.user).branches_with(Permission.REPORT))
            ask = own_state if kind is Kind.OWN and has_own else who_is_missing
            return _of_each(self.campaigns, lambda c: ask(self.user, c, self._day_asked(c, text)))
        if kind is Kind.LEFT:
            return _of_each(self.campaigns, lambda c: what_is_left(self.user, c))
        if not branches_run_by(self.user):
            return why_not(self.user, self.campaigns)
        return self._read(text)

    def _is_open(self) -> bool:
        return bool(self.pending.entries or self.pending.options)

    def _nothing_waits(self) -> str:
        day = clock.today()
        state = _of_each(self.campaigns, lambda c: own_state(self.user, c, day))
        return _("Không có gì đang chờ gửi.") + "\n" + state

    # What is read

    def _read(self, text: str) -> str:
        sent_at = self.message.sent_at
        fresh = Pending(
            message=self.message.pk,
            text=text,
            sent_at="" if sent_at is None else sent_at.isoformat(),
            campaign=self.pending.campaign,
            entries=self.pending.entries,
        )
        before = self.pending
        answer = self._weigh(fresh)
        is_open = bool(before.options) and before.options[0][0] in READ_ANEW
        if is_open and self.pending is fresh and fresh.text != before.text:
            answer = _("Tin trước chưa ghi; cổng chỉ lấy tin này.") + "\n" + answer
        return answer

    def _weigh(self, pending: Pending) -> str:
        """Read what pends with the choices so far; answer with what it was understood as."""
        earlier = self.pending
        self.pending = pending
        campaign = self._campaign()
        if campaign is None:
            now = _writing(pending.text, clock.now())
            if all(propose(self.user, one, now).is_talk for one in self.campaigns):
                self.pending = earlier
                return self._without_counts()
            options = [Option("campaign", c.slug, c.name) for c in self.campaigns]
            return self._keep(Proposal(options=options), _("Số của chiến dịch nào?"))
        writing, days = self._dated(campaign)
        if days:
            return self._keep(Proposal(options=days), _("Số của ngày nào?"))
        found = propose(self.user, campaign, writing, pending.reports)
        if found.is_talk:
            self.pending = earlier
            return self._doubted() if found.is_doubt else self._without_counts()
        return self._keep(found, "")

    def _dated(self, campaign: Campaign) -> tuple[Writing, list[Option]]:
        """Return the message with its day, or the days to choose from where it is not certain."""
        pending = self.pending
        sent_at, is_certain = clock.now(), False
        if pending.sent_at:
            sent_at = dt.datetime.fromisoformat(pending.sent_at).astimezone(sent_at.tzinfo)
            is_certain = sent_at.hour >= SMALL_HOURS
        if "sent" in pending.chosen:
            day, is_certain = dt.date.fromisoformat(pending.chosen["sent"]), True
            sent_at = clock.at(day, NOON)
        writing = _writing(pending.text, sent_at, pending.chosen)
        if is_certain:
            return writing, []
        days = [sent_at.date(), sent_at.date() - dt.timedelta(days=1)]
        as_sent = [replace(writing, sent_at=clock.at(day, NOON)) for day in days]
        found = [days_of(self.user, campaign, one) for one in as_sent]
        if found[0] == found[1] or len(found[0]) != 1:
            return as_sent[0], []
        labels = [weekday_day(of[0]) for of in found]
        options = zip(days, labels, strict=True)
        return writing, [Option("sent", day.isoformat(), label) for day, label in options]

    def _keep(self, found: Proposal, asked: str) -> str:
        """Keep what is to be answered by the user; return it in words."""
        pending = self.pending
        pending.options = [[o.about, o.value, o.label] for o in found.options]
        if found.entries:
            pending.entries = [entry.as_json() for entry in found.entries]
        pending.is_ready, pending.shown_at = found.is_ready, ""
        campaign = next((c for c in self.campaigns if c.slug == pending.campaign), None)
        heading = [campaign.name] if campaign is not None and len(self.campaigns) > 1 else []
        parts = [*heading, *found.shown, *found.questions, *([asked] if asked else [])]
        if found.options:
            labels = [option.label for option in found.options]
            is_reason = found.options[0].about == "explanation"
            last = (
                _("Đúng thì trả lời số của lý do để gửi:")
                if is_reason
                else _("Chưa ghi. Trả lời bằng số:")
            )
            parts += [last, numbered(labels)]
        elif len(found.entries) > 1 and found.is_ready:
            text = _("Chưa ghi. Trả lời “đúng” để gửi cả %(count)s báo cáo, hoặc nhắn số cần sửa.")
            parts.append(text % {"count": count(len(found.entries))})
        elif found.is_ready:
            parts.append(_("Chưa ghi. Trả lời “đúng” để gửi, hoặc nhắn số cần sửa."))
        else:
            parts.append(_("Chưa ghi gì. Nhắn lại cho rõ giúp nhé."))
        self._save()
        return "\n".join(parts)

    def _save(self) -> None:
        self.conversation.pending = dict(vars(self.pending))
        self.conversation.expires_at = clock.now() + PENDING_FOR

    def _forget(self) -> None:
        self.pending = Pending()
        self._save()

    # What is answered

    def _choose(self, about: str, value: str, label: str) -> str:
        if not self._was_shown():
            return self._show_again()
        if about == "drop":
            self._forget()
            return _("Giữ nguyên số đã báo, không ghi gì thêm.")
        pending = replace(
            self.pending,
            message=self.message.pk,
            options=[],
            chosen={**self.pending.chosen, about: value},
        )
        if about == "campaign":
            pending.campaign = value
        if about != "explanation":
            return self._weigh(pending)
        before = [(e.key, e.base_version, e.sessions) for e in pending.reports]
        found = self._shown_now(pending)
        if found.is_ready and before == [
            (e.key, e.base_version, e.sessions) for e in found.entries
        ]:
            self.pending = pending
            self.pending.entries = [entry.as_json() for entry in found.entries]
            return self._take()
        self.pending = pending
        return self._keep(found, "")

    def _confirm(self) -> str:
        if self.pending.options:
            return self._show_again()
        if not self.pending.entries:
            return self._nothing_waits()
        if not self.pending.is_ready or not self._was_shown():
            return self._show_again()
        return self._take()

    def _was_shown(self) -> bool:
        """Whether the user can have seen what pends when the message was written."""
        written = self.message.sent_at or self.message.received_at
        if written > clock.now():
            written = self.message.received_at
        shown_at = self.pending.shown_at
        return bool(shown_at) and written >= dt.datetime.fromisoformat(shown_at)

    def _show_again(self) -> str:
        pending = replace(self.pending, message=self.message.pk)
        if pending.options and pending.options[0][0] != "explanation":
            return self._weigh(pending)
        was_ready = pending.is_ready or bool(pending.options)
        found = self._shown_now(pending)
        if not was_ready:
            found.options = []
            found.questions.append(_("Tin sau cùng còn chưa rõ: nhắn lại, hoặc “bỏ” để thôi."))
        self.pending = pending
        return self._keep(found, "")

    def _shown_now(self, pending: Pending) -> Proposal:
        """Return what pends as it would be taken now."""
        found = Proposal(entries=pending.reports)
        by_slug = {campaign.slug: campaign for campaign in self.campaigns}
        campaign = by_slug.get(found.entries[0].campaign, self.campaigns[0])
        show(self.user, found, indicators_of(campaign), pending.chosen)
        return found

    def _take(self) -> str:
        try:
            with transaction.atomic():
                taken = [take(self.user, e, self.message.sent_at) for e in self.pending.reports]
        except (VersionConflict, InvalidReport, WindowClosed, Http404, PermissionDenied):
            self.pending = replace(self.pending, message=self.message.pk, chosen={}, options=[])
            found = self._shown_now(self.pending)
            changed = _("Từ lúc cổng hỏi đến nay đã có thay đổi. Xem lại:")
            return changed + "\n" + self._keep(found, "")
        self._forget()
        return "\n".join(taken)

    def _drop(self) -> str:
        if not self._is_open():
            words = _("Không có gì đang chờ gửi. Sửa số đã ghi thì nhắn: sửa lại %(count)s.")
            return words % {"count": self._example(1)}
        self._forget()
        return _("Đã bỏ số vừa nhắn, không ghi. Nhắn lại số đúng.")

    def _example(self, most: int) -> str:
        return ", ".join(examples(indicators_of(self.campaigns[0]))[:most])

    def _without_counts(self) -> str:
        if self.pending.entries and self.pending.is_ready:
            return _("Số vừa nhắn chưa gửi. Trả lời “đúng” để gửi, “bỏ” để thôi.")
        if self.pending.options:
            return _("Còn một câu chưa trả lời. Trả lời bằng số, hoặc “bỏ” để thôi.")
        if any(char.isdigit() for char in self.message.text):
            words = _("Tin này chưa ghi: chưa rõ số của chỉ số nào. Nhắn như: %(counts)s.")
            return words % {"counts": self._example(2)}
        return _(
            "Tin này không có số nào đọc được (cổng không đọc ảnh và tin thoại), nên không ghi gì. "
            "Hôm nay không có gì để báo thì nhắn: không phát sinh. Cần giúp thì nhắn: hướng dẫn."
        )

    def _doubted(self) -> str:
        """Answer words about counts that were not understood: what pends is in doubt with them."""
        is_reason = bool(self.pending.options) and self.pending.options[0][0] == "explanation"
        if not (self.pending.is_ready or is_reason):
            return self._without_counts()
        self.pending = replace(self.pending, is_ready=False, options=[])
        return self._show_again()

    def _campaign(self) -> Campaign | None:
        """Return the campaign that was chosen, or the only one."""
        if len(self.campaigns) == 1:
            return self.campaigns[0]
        return next((c for c in self.campaigns if c.slug == self.pending.campaign), None)

    def _day_asked(self, campaign: Campaign, text: str) -> dt.date:
        """Return the day that a question is about: today, yesterday, or the one it names."""
        sent_at = self.message.sent_at or self.message.received_at
        day = sent_at.astimezone(clock.now().tzinfo).date()
        match, words = DAY.search(text), fold(text)
        if match is not None:
            number, month, year = match.groups()
            first, last = campaign.starts_on, campaign.ends_on
            day = make_day(int(number), int(month), year, first, last) or day
        else:
            named = [
                days for phrase, days in AGO.items() if re.search(rf"\b{fold(phrase)}\b", words)
            ]
            day -= dt.timedelta(days=max(named, default=0))
        return min(max(day, campaign.starts_on), campaign.ends_on)


def _of_each(campaigns: list[Campaign], say: Callable[[Campaign], str]) -> str:
    """Return what there is to say of the campaign, or under its name of each that runs."""
    if len(campaigns) == 1:
        return say(campaigns[0])
    return "\n".join(f"{campaign.name}\n{say(campaign)}" for campaign in campaigns)


def _writing(text: str, sent_at: dt.datetime, chosen: Mapping[str, str] | None = None) -> Writing:
    fixed = corrected(text)
    return Writing(fixed or text, sent_at, chosen or {}, is_fix=fixed is not None)


def stored_text(text: str) -> str:
    """Return a message as it may be kept until it is answered: without anybody's number."""
    text = tidy(text[: MOST_LETTERS + 1])
    return masked_phones(masked(text) if holds_id(text) else text)
