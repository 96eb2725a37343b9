"""What the models of this app share."""

import os
from collections.abc import Iterable

from django.db import models
from django.utils.translation import gettext_lazy as _

from campaign.validity import ValidityModel
from core.models import TimestampedModel


class Node(ValidityModel, TimestampedModel):
    """A named place in a tree.

    ``path`` holds the ids from the root down to the node, each closed by a dot
    (``1.12.240.``): what lies below a node is what starts with its path. Ids and not codes,
    because codes are used again for other units. ``fold`` and ``sort_key`` are made from
    the name by ``campaign.services.paths``, so that no extension of the database is needed.
    """

    name = models.CharField(_("tên"), max_length=200)
    fold = models.CharField(max_length=200, editable=False, default="", db_index=True)
    sort_key = models.CharField(max_length=700, editable=False, default="")
    path = models.CharField(max_length=200, editable=False, default="", db_index=True)
    depth = models.PositiveSmallIntegerField(editable=False, default=0)
    # The paths, outside one's own, of what went whole into the node or into what lies below it:
    # who sees the node sees them (``campaign.services.predecessors``).
    predecessor_paths = models.JSONField(editable=False, default=list)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def paths(self) -> tuple[str, ...]:
        """The tops of what belongs to the node: its own, and those of before."""
        return self.path, *self.predecessor_paths

    def holds(self, node: "Node") -> bool:
        """Whether ``node`` is this one, lies below it, or went into it."""
        return node.path.startswith(self.paths)


def path_above(nodes: Iterable[Node]) -> str:
    """Return the longest path below which all of them lie; blank where that is the whole tree."""
    path = os.path.commonprefix([node.path for node in nodes])  # noqa: RUF071 - cut at a dot
    return path[: path.rfind(".") + 1]


def sql_below(node: str, above: str) -> str:
    """Return, in raw SQL, that one row of a tree is another or lies below it.

    A range that the index of ``path`` finds: however many nodes there are, only those below are
    read. After the ids of a path come a digit or nothing, and a colon is behind all digits. With
    LIKE and a pattern out of a column every node would be held against every other.
    """
    return f"({node}.path ~>=~ {above}.path AND {node}.path ~<~ ({above}.path || ':'))"
