"""An archived campaign goes into a last file, and then for good."""

import hashlib
import json
import zipfile
from tempfile import TemporaryFile
from typing import IO, Any

from django.apps import apps
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import OperationalError, connection, transaction
from django.utils.translation import gettext as _
from psycopg.sql import SQL, Identifier, Literal

from accounts.models import User
from campaign.models import Campaign, SettingsChange
from campaign.permissions import Permission
from campaign.scopes import scope_of
from campaign.states import CampaignState
from core import clock
from core.personal_fields import PersonalField
from core.validators import clean_note
from reports.deletion.models import FinalExport
from reports.deletion.tables import TABLES

PIECE = 1 << 16
# Beside names and numbers: where a resident lives and what was said of it, and the resident's key.
LEFT_OUT = {"volunteers_helprequest": ("key", "hamlet", "note")}


def make_final_export(*, actor: User, campaign: Campaign) -> tuple[FinalExport, IO[bytes]]:
    """Write all rows of an archived campaign into a file; return its record, and the file.

    One CSV a table and a list of what is in it. Names and numbers of people are left out: it is
    the record of what was done, and not of who lives where.
    """
    _require(actor, campaign)
    file: IO[bytes] = TemporaryFile()  # noqa: SIM115 - the answer reads it, and closes it
    with transaction.atomic():
        made_at = clock.now()
        rows = _write(campaign, file, made_at.isoformat())
        file.seek(0)
        digest = _digest(file)
        file.seek(0)
        export = FinalExport.objects.create(
            campaign_key=campaign.pk,
            slug=campaign.slug,
            name=campaign.name,
            starts_on=campaign.starts_on,
            ends_on=campaign.ends_on,
            made_at=made_at,
            made_by=actor,
            sha256=digest,
            rows=rows,
        )
    return export, file


def delete_campaign(*, actor: User, campaign: Campaign, slug: str, reason: str) -> FinalExport:
    """Delete a campaign with all that is its own; return what stays of it.

    Raises ``PermissionDenied``, and ``ValidationError`` where it is not archived, its short name
    was not typed, or there is no final export of just these rows.
    """
    _require(actor, campaign)
    reason = clean_note(reason)
    if not reason:
        raise ValidationError({"reason": _("Ghi lý do: lý do được lưu cùng tên người làm.")})
    if slug.strip() != campaign.slug:
        text = _("Gõ đúng tên ngắn của chiến dịch: %(slug)s.")
        raise ValidationError({"slug": text % {"slug": campaign.slug}})
    export = FinalExport.objects.of(campaign).first()
    if export is None:
        raise ValidationError(_("Tải bản xuất cuối trước, rồi mới xóa được."))
    try:
        with transaction.atomic():
            SettingsChange.objects.create(
                actor=actor, changed_at=clock.now(), reason=reason, moves=[_move(export)]
            )
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT reports_delete_campaign(%s, %s, %s, %s)",
                    [export.pk, actor.pk, clock.now(), reason],
                )
    except OperationalError as error:
        # Other rows than in the file, or pages that read the day totals at this moment.
        raise ValidationError(
            _(
                "Chiến dịch đã đổi sau bản xuất cuối, hoặc đang có người xem. Tải bản xuất mới rồi "
                "làm lại."
            )
        ) from error
    export.refresh_from_db()
    return export


def _digest(file: IO[bytes]) -> str:
    found = hashlib.sha256()
    while piece := file.read(PIECE):
        found.update(piece)
    return found.hexdigest()


def _require(actor: User, campaign: Campaign) -> None:
    if not scope_of(actor).may(Permission.SET_UP):
        raise PermissionDenied
    if campaign.state != CampaignState.ARCHIVED:
        raise ValidationError(_("Chỉ xóa được chiến dịch đã lưu trữ."))


def _move(export: FinalExport) -> dict[str, Any]:
    return {
        "kind": str(_("chiến dịch")),
        "row": export.name,
        "field": "",
        "before": f"{export.slug}, SHA-256 {export.sha256}",
        "after": str(_("đã xóa")),
        "restates": False,
        "campaign": export.slug,
    }


def _write(campaign: Campaign, file: IO[bytes], made_at: str) -> dict[str, int]:
    rows: dict[str, int] = {}
    sums: dict[str, str] = {}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for table, where in TABLES:
            with archive.open(f"{table}.csv", "w", force_zip64=True) as part:
                rows[table], sums[table] = _copy(table, where, campaign.pk, part)
        head = {"campaign": campaign.slug, "name": campaign.name, "made_at": made_at}
        tables = {name: {"rows": rows[name], "sha256": sums[name]} for name in rows}
        text = json.dumps({**head, "tables": tables}, ensure_ascii=False, indent=1)
        archive.writestr("manifest.json", text)
    return rows


def _copy(table: str, where: str, campaign: int, file: IO[bytes]) -> tuple[int, str]:
    """Write rows as CSV; return how many, and the hash of what was written."""
    digest = hashlib.sha256()
    columns = SQL(", ").join(Identifier(name) for name in _columns(table))
    condition = SQL(where).format(id=Literal(campaign))
    source = SQL("SELECT {} FROM {} WHERE {} ORDER BY 1").format(
        columns, Identifier(table), condition
    )
    with connection.cursor() as cursor:
        cursor.execute(SQL("SELECT count(*) FROM {} WHERE {}").format(Identifier(table), condition))
        (count,) = cursor.fetchone()
        with cursor.copy(SQL("COPY ({}) TO STDOUT (FORMAT csv, HEADER)").format(source)) as lines:
            for line in lines:
                digest.update(line)
                file.write(line)
    return count, digest.hexdigest()


def _columns(table: str) -> list[str]:
    """Return the columns of a table but those that hold a person's name or number."""
    [model] = [m for m in apps.get_models(include_auto_created=True) if m._meta.db_table == table]
    fields = model._meta.concrete_fields
    personal = LEFT_OUT.get(table, ())
    names = (str(f.column) for f in fields if not isinstance(f, PersonalField))
    return [name for name in names if name not in personal]
