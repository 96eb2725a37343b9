"""A table on its way in: sent, asked about, looked at, taken. It waits as all files do."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import User
from campaign.models import Campaign
from campaign.selectors import IndicatorSet, indicators_of
from core.importing.encodings import text_of
from core.importing.marked_copy import Mark, NoCopy, marked_copy
from core.importing.pending_upload import Waiting
from core.importing.steps import MOST_MARKS
from reports.official.checking import Preview, preview_of
from reports.official.columns import Matcher
from reports.official.models import OfficialFile, Source
from reports.official.preparation import Prepared, prepare
from reports.official.services import Figure, Taken, check_may_take, same_file, take_figures

NAME = "=name"


@dataclass
class Table:
    """A table that was read: ``prepared``, and what it would do where nothing is asked or wrong."""

    user: User
    campaign: Campaign
    upload: Waiting
    indicators: IndicatorSet
    prepared: Prepared = field(default_factory=Prepared)
    preview: Preview | None = None

    @property
    def name(self) -> str:
        return str(self.upload.answers.get(NAME, ""))

    @property
    def token(self) -> str:
        return self.upload.token

    @property
    def figures(self) -> list[Figure]:
        return self.prepared.read.as_figures({one.code: one.pk for one in self.indicators.all})

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.upload.data).hexdigest()

    @property
    def earlier(self) -> OfficialFile | None:
        """The same table, read in the same way, if it was taken before."""
        if self.preview is None:
            return None
        return same_file(self.campaign, self.sha256, self.figures)

    @property
    def state(self) -> str:
        """What the preview was made of: what stood by then is part of it."""
        if self.preview is None:
            return ""
        shown = (self.preview.new, self.preview.changed, self.preview.same, self.preview.sums)
        return hashlib.sha256(repr(shown).encode()).hexdigest()[:16]


def read_upload(
    user: User,
    campaign: Campaign,
    name: str,
    data: bytes,
    answers: Mapping[str, str] = MappingProxyType({}),
) -> Table:
    """Read a table that was sent; raise ``ValidationError`` for what is wrong with it as a whole.

    ``answers`` are to what may be asked about it, by the names of the questions.
    """
    return _read(user, campaign, Waiting(user, data, {**answers, NAME: name[:200]}))


def read_again(
    user: User, campaign: Campaign, token: str, answers: Mapping[str, str], *, forget: bool = False
) -> Table:
    """Read one that waits with what was answered; raise ``FileNotFoundError`` if it waits no more.

    ``forget`` asks anew about columns that are not known by their names.
    """
    upload = Waiting.named(token, user)
    if forget:
        check_may_take(user, campaign)
        columns = _read(user, campaign, upload).prepared.columns
        Matcher(campaign, indicators_of(campaign)).forget(columns)
        upload.answers = {NAME: upload.answers.get(NAME, "")}
    upload.answers = {**upload.answers, **answers}
    return _read(user, campaign, upload)


def _read(user: User, campaign: Campaign, upload: Waiting) -> Table:
    check_may_take(user, campaign)
    table = Table(user, campaign, upload, indicators_of(campaign))
    prepared = prepare(user, campaign, table.indicators, upload.data, upload.answers)
    table.prepared = prepared
    if not (prepared.questions or prepared.read.problems):
        read = prepared.read
        table.preview = preview_of(campaign, read.figures, read.units, table.indicators)
    return table


def take(table: Table, source: str = Source.FILE) -> Taken:
    """Take a table that was looked at; raise ``ValidationError`` where it cannot be."""
    prepared, data = table.prepared, table.upload.data
    if table.preview is None:
        raise ValidationError(_("Tệp còn dòng sai. Sửa rồi gửi lại."))
    taken = take_figures(
        actor=table.user,
        campaign=table.campaign,
        source=source,
        figures=table.figures,
        rows=prepared.read.rows,
        sha256=table.sha256,
        map=prepared.map,
        name=table.name,
        content=data if prepared.may_be_stored else None,
        expected=(table.preview.new, table.preview.changed),
    )
    if not taken.is_same:
        matcher = Matcher(table.campaign, table.indicators)
        matcher.remember(prepared.columns)
    table.upload.remove()
    return taken


def copy_with_marks(table: Table) -> bytes:
    """Return the file with what is wrong written at its cells; raise ``FileNotFoundError``."""
    problems = table.prepared.read.problems[:MOST_MARKS]
    marks = [Mark(one.sheet, one.row, one.column, one.text) for one in problems]
    data = table.upload.data
    if not data.startswith(b"PK"):
        data = text_of(data).encode()
    try:
        return marked_copy(data, marks)
    except NoCopy as error:
        raise FileNotFoundError from error


def answers_in(sent: Mapping[str, Any], prefix: str) -> dict[str, str]:
    return {n.removeprefix(prefix): str(v) for n, v in sent.items() if n.startswith(prefix)}
