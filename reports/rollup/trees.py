"""The two trees in which reports add up: units (where) and branches (who)."""

from dataclasses import dataclass

from campaign.models import Branch, Unit
from reports.rollup.models import BranchDay, BranchTotal, UnitDay, UnitTotal


@dataclass(frozen=True)
class Tree:
    """The models of one tree, and the names of their tables for the SQL of the roll-up.

    ``column`` names the node in a report, a session and a dirty day, ``other_column`` that of
    the other tree. ``expected`` is the column, of the branch ``b``, with the node at which a
    branch that is to report daily is counted.
    """

    nodes: type[Unit] | type[Branch]
    days: type[UnitDay] | type[BranchDay]
    totals: type[UnitTotal] | type[BranchTotal]
    node: str
    day: str
    total: str
    column: str
    other_column: str
    expected: str


UNITS = Tree(
    nodes=Unit,
    days=UnitDay,
    totals=UnitTotal,
    node="campaign_unit",
    day="reports_unitday",
    total="reports_unittotal",
    column="unit_id",
    other_column="branch_id",
    expected="b.home_unit_id",
)
BRANCHES = Tree(
    nodes=Branch,
    days=BranchDay,
    totals=BranchTotal,
    node="campaign_branch",
    day="reports_branchday",
    total="reports_branchtotal",
    column="branch_id",
    other_column="unit_id",
    expected="b.id",
)
TREES = (UNITS, BRANCHES)
