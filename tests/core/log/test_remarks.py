"""What is forgotten by law and what is known to be wrong are written down, and stay told."""

import pytest

from campaign.models import Appointment
from core.log.findings import acknowledge
from core.log.forget import forget
from core.log.models import Leaf
from core.log.sequencer import sequence
from core.log.verify import forgotten_leaves, verify_history
from tests.conftest import TODAY, World
from tests.core.log.conftest import AsOwner, found, head
from tests.core.log.test_history import INTO_THE_TREE, LAST, NUMBER, REPORT, TAMPERING
from tests.reports.reporting import report


def test_what_the_law_wants_gone_goes_and_the_tree_stays(
    recorded: World, as_owner: AsOwner
) -> None:
    asked = Appointment.objects.get(user=recorded.owner)
    asked.ends_on = TODAY
    asked.save()
    sequence()
    before = head()
    assert forget("appointment", [asked.pk], reason="luật") == 1
    assert forget("appointment", [asked.pk], reason="luật") == 0
    assert (found(), forgotten_leaves()) == ("", 1)
    asked_pk = asked.pk
    asked.delete()
    sequence()
    assert forget("appointment", [asked_pk], reason="luật") == 1
    assert [*verify_history([before])] == []
    gone = Leaf.objects.filter(subject="appointment", key=asked_pk).order_by("number")
    assert [leaf.content for leaf in gone] == [None, None, "null"]
    assert forgotten_leaves() == 2
    # Whoever empties leaves and says nothing of it is found, and who takes back what was said.
    as_owner("UPDATE core_remark SET forgotten = '{}' WHERE id = (SELECT max(id) FROM core_remark)")
    name = f"leaf {gone[1].number} (appointment {asked_pk}): emptied, and no remark says why"
    assert name in found()
    assert ": forgotten differ from" in found()


# What is done, and then done once more: to the same row and column, or somewhere else.
TWICE = {
    "report": (
        f"UPDATE reports_dailyreport SET note = 'khác' WHERE id = {REPORT}",
        f"UPDATE reports_dailyreport SET note = 'khác nữa' WHERE id = {REPORT}",
    ),
    "appointment": (
        "UPDATE campaign_appointment SET role = 'province_staff'",
        "UPDATE campaign_target SET value = 1",
    ),
    "slipped in": (
        TAMPERING["revision slipped in"][0],
        "UPDATE reports_revision SET reason = 'khác' WHERE version = 9",
    ),
    "tree": (INTO_THE_TREE, INTO_THE_TREE.replace("khác", "khác nữa").replace("Hết sim", "khác")),
    "leaf dropped": (
        f"DELETE FROM core_leaf WHERE number = {NUMBER}",
        f"DELETE FROM core_leaf WHERE number = {LAST}",
    ),
    "head": (
        "UPDATE core_signedhead SET root = reverse(root) WHERE size = (SELECT min(size) FROM "
        "core_signedhead)",
        "UPDATE core_signedhead SET root = reverse(root) WHERE size = (SELECT max(size) FROM "
        "core_signedhead)",
    ),
}


@pytest.mark.parametrize("case", TWICE)
def test_what_is_known_stays_told_and_what_is_new_is_new(
    recorded: World, as_owner: AsOwner, case: str
) -> None:
    once, more = TWICE[case]
    as_owner(once)
    wrong = [*verify_history()]
    assert wrong
    assert not any(one.known for one in wrong)
    remark = acknowledge(wrong, actor=recorded.staff, reason="Khôi phục nhầm bản cũ")
    sequence()
    known = [*verify_history()]
    assert {one.known for one in known} == {remark}
    assert {one.mark for one in known} == {one.mark for one in wrong}
    assert "known since 2023-06-20" in found()
    assert "(Khôi phục nhầm bản cũ): " in found()
    content = Leaf.objects.get(subject="remark").content
    assert all(one.text in str(content) for one in wrong)
    # The portal goes on, and nothing more is wrong.
    report(recorded.lead, "XD-14158", {"level1": 8}, date=recorded.campaign.starts_on)
    sequence()
    assert {one.known for one in verify_history()} == {remark}
    as_owner(more)
    assert any(one.known is None for one in verify_history())


def test_a_remark_that_nobody_wrote_is_found(recorded: World, as_owner: AsOwner) -> None:
    as_owner("UPDATE campaign_target SET value = 1")
    (wrong,) = verify_history()
    as_owner(
        "INSERT INTO core_remark (at, reason, forgotten, known) "
        f"VALUES (now(), 'x', '{{}}', '{{\"{wrong.mark}\": \"x\"}}')"
    )
    fresh = [one.text for one in verify_history() if one.known is None]
    assert [text.endswith(": not in the log") for text in fresh] == [True]
