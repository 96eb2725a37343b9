"""What people say of a difference: who, in which state, and what it explains."""

import datetime as dt
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client

from accounts.models import User
from core.log.models import Leaf
from reports.reconciliation import services
from reports.reconciliation.classes import DifferenceClass, Finding
from reports.reconciliation.lines import Line
from reports.reconciliation.models import DifferenceRemark
from reports.reconciliation.selectors import Question, reconciliation
from reports.reconciliation.services import RemarkedMeanwhile, RemarkInput
from tests.conftest import TODAY, World, build_world
from tests.reports.reconciliation.publishing import level1, publish

PAGE = "/c/de-an-06-2023/reconcile/14173/"
Browse = Callable[[User], Client]


def typed(**given: Any) -> dict[str, str]:
    return {"seen": "0", "state": "asked", "owner": "", "text": "", **given}


def question(world: World) -> Question:
    return Question(
        world.campaign, world.province, "commune", world.campaign.starts_on, TODAY, "reported"
    )


def say(world: World, actor: User, state: str, seen: int, text: str = "Đã hỏi") -> DifferenceRemark:
    found = reconciliation(actor, question(world))
    line = next(one for one in found.lines if one.unit == world.commune)
    return services.remark_difference(
        actor=actor,
        campaign=world.campaign,
        unit=world.commune,
        line=line,
        given=RemarkInput(state, text, None, seen),
    )


def test_steps_follow_each_other_with_who_wrote_them(compared: World, browse: Browse) -> None:
    asked = browse(compared.liaison).post(
        PAGE, typed(owner=str(compared.lead.pk), text="Nhờ huyện xem sổ ngày 18/6")
    )
    assert asked.status_code == 302
    explained = typed(seen="1", state="explained", text="Nhập trùng một buổi")
    assert browse(compared.lead).post(PAGE, explained).status_code == 302
    assert browse(compared.staff).post(PAGE, typed(seen="2", state="settled")).status_code == 400
    first, second = DifferenceRemark.objects.order_by("number")
    assert (first.author, first.owner, first.state) == (compared.liaison, compared.lead, "asked")
    assert (second.author, second.covers, second.difference) == (compared.lead, 20, 20)
    assert (second.kind, second.day) == ("ours_higher", TODAY)
    shown = browse(compared.staff).get(PAGE).content.decode()
    assert shown.index("Nhập trùng một buổi") < shown.index("Nhờ huyện xem sổ ngày 18/6")
    assert Leaf.objects.filter(subject="difference_remark").count() == 2


def test_remark_explains_what_there_was_and_no_more(compared: World) -> None:
    found = reconciliation(compared.staff, question(compared))
    assert (found.size, found.unexplained, len(found.worklist)) == (50, 20, 1)
    say(compared, compared.staff, "asked", 0)
    assert reconciliation(compared.staff, question(compared)).unexplained == 20
    say(compared, compared.staff, "explained", 1, "Buổi của trường, Công an chưa tính")
    found = reconciliation(compared.staff, question(compared))
    assert (found.unexplained, found.share_explained, found.worklist) == (0, 100.0, [])
    publish(compared.liaison, compared.campaign, {compared.commune: level1(70)})
    found = reconciliation(compared.staff, question(compared))
    assert (found.unexplained, len(found.worklist)) == (10, 1)
    say(compared, compared.staff, "open", 2)
    assert reconciliation(compared.staff, question(compared)).unexplained == 30


def test_who_writes_second_sees_what_came_first(compared: World, browse: Browse) -> None:
    browse(compared.liaison).post(PAGE, typed(text="Bên tôi kiểm tra"))
    late = browse(compared.staff).post(PAGE, typed(state="explained", text="Buổi chiều thứ Bảy"))
    assert late.status_code == 409
    shown = late.content.decode()
    assert "Bên tôi kiểm tra" in shown
    assert "Buổi chiều thứ Bảy" in shown
    assert 'name="seen" value="1"' in shown
    assert DifferenceRemark.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_is_taken() -> None:
    world = build_world()
    line = Line(world.commune, Finding(DifferenceClass.OURS_HIGHER))

    def write(actor: User) -> str:
        given = RemarkInput("asked", actor.username, None, 0)
        try:
            services.remark_difference(
                actor=actor, campaign=world.campaign, unit=world.commune, line=line, given=given
            )
        except RemarkedMeanwhile as error:
            return error.latest.text
        finally:
            connection.close()
        return ""

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(write, (world.staff, world.liaison)))
    stored = DifferenceRemark.objects.get()
    assert answers == ["", stored.text]


def test_who_may_write_and_what(compared: World, browse: Browse) -> None:
    for name, status in (
        ("owner", 403),
        ("partner", 403),
        ("stranger", 404),
        ("other_lead", 404),
        ("lead", 302),
    ):
        answer = browse(getattr(compared, name)).post(PAGE, typed(text="x"))
        assert answer.status_code == status, name
    with pytest.raises(PermissionDenied):
        say(compared, compared.owner, "asked", 1)
    assert DifferenceRemark.objects.count() == 1
    staff = browse(compared.staff)
    for wrong in (
        typed(seen="1", state="odd"),
        typed(seen="1", owner=str(compared.owner.pk)),
        typed(seen="1", text="Công dân 036099001234 ghi hai lần"),
        typed(seen="1", text="x" * 501),
        typed(seen="x"),
        typed(seen="1", state="explained", text="  "),
    ):
        assert staff.post(PAGE, wrong).status_code == 400, wrong
    assert DifferenceRemark.objects.count() == 1
    far = f"/c/de-an-06-2023/reconcile/{compared.far_commune.code}/"
    assert browse(compared.lead).post(far, typed(text="x")).status_code == 404


def test_day_before_publication_has_no_difference(compared: World, browse: Browse) -> None:
    before = TODAY - dt.timedelta(days=1)
    answer = browse(compared.staff).get(PAGE, {"to": str(before)})
    assert answer.status_code == 200
    assert answer.context["row"]["words"] == "Chưa bên nào có số"
