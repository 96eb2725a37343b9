"""A campaign's settings, read once for as long as nothing has changed them.

A process holds what it has read with the tag (``core.changes``) that was read before it. Whoever
takes counts in reads the tag anew after it has locked the branch, in a statement that it needs
anyway, and reads the settings again where the tag is another. So nobody counts by rules that were
changed before the lock was had, whichever process changed them; what was read in a transaction
that was rolled back has a tag that never comes again.
"""

from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import BigIntegerField
from django.db.models.expressions import RawSQL
from django.http import Http404

from campaign.models import Campaign
from campaign.permissions import Permission
from campaign.reporting_window import phases_of
from campaign.scopes import scope_of
from campaign.selectors import IndicatorSet, indicators_of
from core.changes import tag_of_settings


@dataclass(frozen=True)
class KnownSettings:
    """A campaign with its phases and its indicators; shared by threads, and not to be changed."""

    tag: int
    campaign: Campaign
    indicators: IndicatorSet


_known: dict[str, KnownSettings] = {}


def known_settings(user: Any, slug: str) -> KnownSettings:
    """Return what this process knows of a campaign, which may have changed since.

    404 for one that is not there, and for whoever has no appointment.
    """
    if not scope_of(user).roles:
        raise Http404
    known = _known.get(slug)
    # A draft may have been published since, by another process.
    found = _read(slug) if known is None or known.campaign.is_draft else known
    if found.campaign.is_draft and not scope_of(user).may(Permission.SET_UP):
        raise Http404
    return found


def settings_at(tag: int, known: KnownSettings) -> KnownSettings:
    """Return the settings as they are now that their tag is ``tag``; 404 for one that is gone."""
    return known if known.tag == tag else _read(known.campaign.slug)


def current_settings(campaign: Campaign) -> KnownSettings:
    """Return the settings of a campaign as they are now (one query where they are known)."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {tag_of_settings('%s')}", [campaign.pk])
        [tag] = cursor.fetchone()
    known = _known.get(campaign.slug)
    return settings_at(tag, known) if known else _read(campaign.slug)


def _read(slug: str) -> KnownSettings:
    tag = RawSQL(tag_of_settings("campaign_campaign.id"), (), BigIntegerField())  # noqa: S611
    campaign = Campaign.objects.annotate(tag=tag).filter(slug=slug).or_404()
    # The tag first: what is read after it is no older.
    found = KnownSettings(vars(campaign)["tag"], campaign, indicators_of(campaign))
    phases_of(campaign)
    _known[slug] = found
    return found
