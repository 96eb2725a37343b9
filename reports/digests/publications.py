"""Digests as they were published: kept, and compared with what the figures say now."""

import datetime as dt
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.utils.translation import gettext as _

from accounts.models import User
from campaign.models import Campaign, Unit
from campaign.selectors import IndicatorSet, indicators_of
from core import clock
from core.log.checkpoint import heads_in
from core.templatetags.formatting import signed
from core.vietnamese import one_line
from reports.digests.changes import Reason, last_revision_in, reasons_since
from reports.digests.models import Publication, PublishedAs
from reports.digests.selectors import Digest, fingerprint
from reports.exports.codes import code_for, shown
from reports.exports.models import FigureKind
from reports.exports.services import keep_code

SALT = "reports.digests.publications"
MOST_REASONS = 10


def figures_of(digest: Digest) -> dict[str, Any]:
    """Return the figures behind the words: of the day and to date, by indicator code."""
    figures = [f for f in (digest.headline, *digest.others) if f is not None]
    return {
        "headline": digest.headline.indicator.code if digest.headline else "",
        "day": {f.indicator.code: f.today for f in figures},
        "to_date": {f.indicator.code: f.to_date for f in figures},
        "day_approved": {f.indicator.code: f.today_approved for f in figures},
        "to_date_approved": {f.indicator.code: f.to_date_approved for f in figures},
        "target": digest.progress.target,
        "expected": digest.expected,
        "received": digest.received,
        "seq": last_revision_in(digest.campaign),
    }


def publish(
    *,
    actor: User | None,
    digest: Digest,
    text: str,
    kind: str = PublishedAs.TEXT,
    content: bytes | None = None,
) -> Publication:
    """Keep a digest as it goes out; ``content`` are the bytes of the poster."""
    return _keep(
        actor=actor,
        campaign=digest.campaign,
        unit=digest.unit,
        day=digest.day,
        as_of=digest.as_of,
        text=text,
        figures=figures_of(digest),
        kind=kind,
        sha256=hashlib.sha256(text.encode() if content is None else content).hexdigest(),
    )


def seal(digest: Digest, text: str) -> str:
    """Return what the page shows in a form that comes back as it was, or not at all."""
    shown = [_name(digest.campaign, digest.unit, digest.day), fingerprint(digest)]
    return signing.dumps(
        [*shown, digest.as_of.isoformat(), text, figures_of(digest)], salt=SALT, compress=True
    )


def publish_sealed(
    *, actor: User, digest: Digest, sealed: str, kind: str, poster: Callable[[Digest], bytes]
) -> Publication:
    """Keep what the page showed when it was copied or shared, whatever the figures are by now.

    ``poster`` draws the one that there is now: the hash of an older one is not known any more.
    Raises ``BadSignature``.
    """
    name, version, as_of, text, figures = signing.loads(sealed, salt=SALT)
    if name != _name(digest.campaign, digest.unit, digest.day):
        raise signing.BadSignature
    is_poster = kind == PublishedAs.POSTER
    content = poster(digest) if is_poster else text.encode()
    is_known = not is_poster or version == fingerprint(digest)
    return _keep(
        actor=actor,
        campaign=digest.campaign,
        unit=digest.unit,
        day=digest.day,
        as_of=dt.datetime.fromisoformat(as_of),
        text=text,
        figures=figures,
        kind=kind,
        sha256=hashlib.sha256(content).hexdigest() if is_known else "",
    )


def _keep(**given: Any) -> Publication:
    names = ("campaign", "unit", "day", "kind", "actor", "sha256")
    identity = {name: given.pop(name) for name in names}
    given["published_at"] = clock.now()
    publication, is_new = Publication.objects.get_or_create(**identity, defaults=given)
    if is_new:
        _keep_code(publication)
    return publication


def _keep_code(publication: Publication) -> None:
    """Keep the figure beside the code that the text has; one without a code goes out as it is."""
    figures, headline = publication.figures, publication.figures["headline"]
    value = figures["to_date"].get(headline)
    of = (publication.campaign_id, publication.unit_id, publication.day, headline, value)
    if value is None or shown(code := code_for("digest", *of)) not in publication.text:
        return
    keep_code(
        code=code,
        kind=FigureKind.DIGEST,
        campaign=publication.campaign,
        unit=publication.unit,
        day=publication.day,
        basis="reported",
        indicator=headline,
        value=value,
        as_of=publication.as_of,
        revision=figures["seq"],
        head=str(next(heads_in(publication.text), "")),
    )


def _name(campaign: Campaign, unit: Unit, day: dt.date) -> list[Any]:
    return [campaign.pk, unit.pk, day.isoformat()]


@dataclass(frozen=True)
class Change:
    """A figure that was published, and what it is now."""

    name: str
    published: int | None
    now: int | None


@dataclass(frozen=True)
class Correction:
    """What changed of a publication; ``reasons`` are the largest, ``more`` counts the others.

    ``others`` say in words what no report explains.
    """

    publication: Publication
    changes: Sequence[Change]
    reasons: Sequence[Reason]
    more: int
    others: Sequence[str]


def correction_of(digest: Digest) -> Correction | None:
    """Return what is not any more as the digest was last published; None where all is."""
    published = Publication.objects.filter(
        campaign=digest.campaign, unit=digest.unit, day=digest.day
    ).first()
    if published is None:
        return None
    before, now = published.figures, figures_of(digest)
    changes = _changes(digest, before, now)
    if not changes:
        return None
    reasons, others = _explained(digest, published, now)
    if before["target"] != now["target"]:
        others.append(_("chỉ tiêu đổi trong Thiết lập"))
    return Correction(
        publication=published,
        changes=changes,
        reasons=reasons[:MOST_REASONS],
        more=max(len(reasons) - MOST_REASONS, 0),
        others=others,
    )


def _changes(digest: Digest, before: dict[str, Any], now: dict[str, Any]) -> list[Change]:
    code = now["headline"]
    figures = [f for f in (digest.headline, *digest.others) if f is not None]
    named = [
        (_("Lũy kế"), before["to_date"].get(code), now["to_date"].get(code)),
        (_("Chỉ tiêu"), before["target"], now["target"]),
        *(
            (
                _("%(name)s trong ngày") % {"name": one_line(f.indicator.name)},
                before["day"].get(f.indicator.code),
                now["day"].get(f.indicator.code),
            )
            for f in figures
        ),
    ]
    return [Change(*one) for one in named if one[1] != one[2]]


def _explained(
    digest: Digest, published: Publication, now: dict[str, Any]
) -> tuple[list[Reason], list[str]]:
    """Return what changed the headline to date: reports and sessions, and the rest in words."""
    code, indicators = now["headline"], indicators_of(digest.campaign)
    was, is_now = published.figures["to_date"].get(code) or 0, now["to_date"].get(code) or 0
    reasons = reasons_since(
        campaign=digest.campaign,
        units=Unit.objects.within(digest.unit),
        day=digest.day,
        since=published.since,
        indicators=indicators,
        code=code,
    )
    others = []
    by_formula = _by_todays_formula(indicators, published.figures, code) - was
    if by_formula:
        words = _("chỉ số hoặc công thức của chiến dịch đổi: %(n)s")
        others.append(words % {"n": signed(by_formula)})
    rest = is_now - was - by_formula - sum(reason.difference for reason in reasons)
    if rest:
        words = _("buổi hỗ trợ bị hủy hay sửa số, hoặc địa bàn, cơ sở Đoàn đổi: %(n)s")
        others.append(words % {"n": signed(rest)})
    return reasons, others


def _by_todays_formula(indicators: IndicatorSet, figures: dict[str, Any], code: str) -> int:
    entered = {i.code for i in indicators.entered}
    counts = {c: n for c, n in figures["to_date"].items() if c in entered and n is not None}
    return indicators.complete(counts).get(code) or 0
