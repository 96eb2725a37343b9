"""The two trees in which reports add up: units (where) and branches (who)."""

from dataclasses import dataclass

from campaign.models import Branch, Unit
from reports.models import (
    BranchDay,
    BranchTotal,
    StaleBranchDay,
    StaleUnitDay,
    UnitDay,
    UnitTotal,
)
from volunteers.models import TouchedDay


@dataclass(frozen=True)
class Tree:
    """The models of one tree, and the names of their tables for the SQL of the roll-up.

    ``expected`` is the column, of the branch ``b``, with the node at which a branch that is
    to report daily is counted.
    """

    nodes: type[Unit] | type[Branch]
    days: type[UnitDay] | type[BranchDay]
    totals: type[UnitTotal] | type[BranchTotal]
    node: str
    day: str
    total: str
    stale: str
    report_column: str
    expected: str


UNITS = Tree(
    nodes=Unit,
    days=UnitDay,
    totals=UnitTotal,
    node="campaign_unit",
    day="reports_unitday",
    total="reports_unittotal",
    stale="reports_staleunitday",
    report_column="unit_id",
    expected="b.home_unit_id",
)
BRANCHES = Tree(
    nodes=Branch,
    days=BranchDay,
    totals=BranchTotal,
    node="campaign_branch",
    day="reports_branchday",
    total="reports_branchtotal",
    stale="reports_stalebranchday",
    report_column="branch_id",
    expected="b.id",
)
TREES = (UNITS, BRANCHES)
# Where days stand whose totals are to be made again.
WAITING = (StaleUnitDay, StaleBranchDay, TouchedDay)
