"""The demo's made-up police figures hold every class, and most of them is explained honestly."""

import pytest

from accounts.models import User
from campaign.models import Campaign, Unit
from demo.official import OURS, SHIFTED, STOPPED, SWAPPED, THEIRS, UNPUBLISHED
from demo.territory import LAST_DAY
from reports.official.models import OfficialFile
from reports.reconciliation.classes import DifferenceClass
from reports.reconciliation.models import DifferenceRemark, HigherSpell
from reports.reconciliation.selectors import Question, reconciliation

pytestmark = pytest.mark.slow


def test_demo_holds_every_class_and_most_is_explained(demo: Campaign) -> None:
    province = Unit.objects.get(code="36", level="province")
    staff = User.objects.get(username="tinhdoan")
    asked = Question(demo, province, "commune", demo.starts_on, LAST_DAY)
    found = reconciliation(staff, asked)
    units = {one.kind: one.units for one in found.of_classes}
    assert {*units} == {*DifferenceClass}
    assert units[DifferenceClass.SHIFTED] == SHIFTED
    assert units[DifferenceClass.SWAPPED] == SWAPPED
    assert units[DifferenceClass.STOPPED] == STOPPED
    assert units[DifferenceClass.NOT_PUBLISHED] == UNPUBLISHED
    assert units[DifferenceClass.OURS_HIGHER] == OURS
    assert units[DifferenceClass.THEIRS_HIGHER] == THEIRS
    assert found.share_explained is not None
    assert 95 <= found.share_explained < 100
    assert [line.kind for line in found.worklist] == [DifferenceClass.OURS_HIGHER] * 2
    assert DifferenceRemark.objects.filter(campaign=demo).count() == 9
    assert HigherSpell.objects.filter(campaign=demo, ended_at=None).count() == 2
    assert OfficialFile.objects.get().name == "Số minh họa, không phải của Công an"
