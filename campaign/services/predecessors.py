"""Keeps with each node what went whole into it, so that rights need no question of their own."""

from collections import defaultdict
from collections.abc import Mapping

from campaign.models import Branch, Succession, SuccessionKind, Unit


def rebuild_predecessors() -> None:
    """Recompute ``predecessor_paths`` of all units and branches, where it is another."""
    whole = Succession.objects.filter(kind=SuccessionKind.WHOLE)
    rebuild_of(Unit, {old: new for old, new in whole.values_list("old_id", "new_id") if new})
    closed = Branch.objects.exclude(successor=None).values_list("pk", "successor_id")
    rebuild_of(Branch, {old: new for old, new in closed if new})


def rebuild_of(model: type[Unit] | type[Branch], went_to: Mapping[int, int]) -> None:
    nodes = {node.pk: node for node in model._default_manager.all()}
    found: dict[int, set[str]] = defaultdict(set)
    for old in went_to:
        for pk in _following(old, went_to):
            for above in map(int, nodes[pk].path.split(".")[:-1]):
                if not nodes[old].path.startswith(nodes[above].path):
                    found[above].add(nodes[old].path)
    changed: list[Unit | Branch] = []
    for node in nodes.values():
        paths = sorted(path for path in found[node.pk] if not _is_below(path, found[node.pk]))
        if paths != node.predecessor_paths:
            node.predecessor_paths = paths
            changed.append(node)
    model._default_manager.bulk_update(changed, ["predecessor_paths"], batch_size=500)  # type: ignore[arg-type]


def _following(old: int, went_to: Mapping[int, int]) -> list[int]:
    """Return the nodes that came after one; a circle ends."""
    found: list[int] = []
    while (old := went_to.get(old, 0)) and old not in found:
        found.append(old)
    return found


def _is_below(path: str, paths: set[str]) -> bool:
    return any(path != other and path.startswith(other) for other in paths)
