"""Keeps what is derived from name and parent in both trees: path, depth, search, order."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from campaign.models import Branch, Unit
from campaign.services.predecessors import rebuild_predecessors
from core.vietnamese import fold, sort_key

DERIVED = ("path", "depth", "fold", "sort_key")


def rebuild_paths(model: type[Unit] | type[Branch]) -> int:
    """Recompute the derived columns of a whole tree; return how many rows changed.

    Called after every write of units or branches. A province has some hundred nodes and the
    country twelve thousand: simpler and safer than following single moves.
    Raises ``ValidationError`` where a node is its own ancestor.
    """
    manager: models.Manager[Unit] | models.Manager[Branch] = model._default_manager
    nodes = {node.pk: node for node in manager.all()}
    changed: list[Unit | Branch] = []
    for node in nodes.values():
        before = tuple(getattr(node, name) for name in DERIVED)
        lineage = _lineage(node, nodes)
        node.path = "".join(f"{pk}." for pk in lineage)
        node.depth = len(lineage)
        node.fold, node.sort_key = fold(node.name), sort_key(node.name)
        if before != tuple(getattr(node, name) for name in DERIVED):
            changed.append(node)
    now = timezone.now()
    for node in changed:
        node.updated_at = now
    # An upsert of rows that are all there: ten times as fast as bulk_update.
    manager.bulk_create(
        changed,  # type: ignore[arg-type]
        batch_size=2000,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=[*DERIVED, "updated_at"],
    )
    if changed:
        rebuild_predecessors()
    return len(changed)


def _lineage(node: Unit | Branch, nodes: dict[int, Unit | Branch]) -> list[int]:
    ids = [node.pk]
    while (parent_id := nodes[ids[0]].parent_id) is not None:
        if parent_id in ids:
            raise ValidationError(
                _("“%(name)s” trực thuộc chính nó. Chọn lại địa bàn cấp trên.")
                % {"name": node.name}
            )
        ids.insert(0, parent_id)
    return ids
