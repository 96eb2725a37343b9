"""Takes back a change of settings, where nothing has come to depend on it."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.utils.translation import gettext as _

from accounts.models import User
from campaign.cross_checks import check_branch, check_campaign, check_phase, check_unit
from campaign.models import Branch, Campaign, Phase, SettingsChange, Unit
from campaign.models.dated import plain_value
from campaign.permissions import Permission
from campaign.scopes import scope_of
from campaign.services.paths import rebuild_paths
from campaign.services.settings_change import MODELS, settings_change

BY_NAME: dict[str, type[models.Model]] = {str(one._meta.model_name): one for one in MODELS}


def take_back(*, actor: User, change: SettingsChange) -> None:
    """Put back what stood before a change, from the same day on; that is a change of its own.

    Raises ``PermissionDenied``, and ``ValidationError`` with the reason why it cannot be done.
    """
    if not (actor.is_superuser or scope_of(actor).may(Permission.SET_UP)):
        raise PermissionDenied
    reason = _("Lấy lại: %(reason)s") % {"reason": change.reason}
    # What has moved since is looked at once nobody else can change anything.
    with settings_change(actor=actor, reason=reason[:500], since=change.since):
        if words := hindrance(change):
            raise ValidationError(words)
        for row, moves in _rows(change):
            for move in moves:
                column: Any = row._meta.get_field(move["name"])
                setattr(row, column.attname, _python(column, move["was"]))
            row.full_clean()
            _check(row)
            row.save()
        for tree in (Unit, Branch):
            if any(move["model"] == tree._meta.model_name for move in change.moves):
                rebuild_paths(tree)


def hindrance(change: SettingsChange) -> str:
    """Say why a change cannot be taken back; blank where it can."""
    moves = change.moves
    if not all(move.get("model") and move.get("pk") for move in moves):
        return _("Lần đổi này được ghi khi cổng chưa giữ giá trị cũ: sửa lại bằng tay.")
    if any(move["name"] == "state" for move in moves):
        return _("Tình trạng của chiến dịch đổi ở trang Công bố, đóng.")
    if not all(move["name"] for move in moves):
        return _("Đây là lần thêm hoặc bỏ một mục: mở mục đó để sửa, đóng hoặc xóa.")
    for row, of_row in _rows(change):
        later = SettingsChange.objects.filter(
            pk__gt=change.pk, moves__contains=[{"model": row._meta.model_name, "pk": row.pk}]
        )
        if later.exists():
            words = _("“%(row)s” còn được đổi sau đó: lấy lại lần sau trước.")
            return words % {"row": of_row[0]["row"]}
        if any(_stands(row, move) != move["now"] for move in of_row):
            return _("“%(row)s” không còn như lúc đổi: sửa lại bằng tay.") % {
                "row": of_row[0]["row"]
            }
    found = {(move["model"], move["pk"]) for move in moves}
    if len(found) != len(_rows(change)):
        return _("Mục đã đổi không còn nữa.")
    return ""


def _rows(change: SettingsChange) -> list[tuple[Any, list[dict[str, Any]]]]:
    """Return the rows that a change moved and are still there, each with its moves."""
    by_row: dict[tuple[str, int], list[dict[str, Any]]] = {}
    for move in change.moves:
        by_row.setdefault((move["model"], move["pk"]), []).append(move)
    found = []
    for (name, pk), moves in by_row.items():
        row = BY_NAME[name]._default_manager.filter(pk=pk).first()
        if row is not None:
            found.append((row, moves))
    return found


def _stands(row: Any, move: dict[str, Any]) -> Any:
    column: Any = row._meta.get_field(move["name"])
    return plain_value(getattr(row, column.attname))


def _python(column: Any, value: Any) -> Any:
    if column.is_relation:
        return value
    return None if value is None else column.to_python(value)


def _check(row: Any) -> None:
    """Check a row among the others, as its form does."""
    if isinstance(row, Unit):
        check_unit(row, Unit.objects.filter(code=row.code))
    elif isinstance(row, Branch):
        check_branch(row, Branch.objects.filter(code=row.code))
    elif isinstance(row, Campaign):
        check_campaign(row)
    elif isinstance(row, Phase):
        check_phase(row, row.campaign)
