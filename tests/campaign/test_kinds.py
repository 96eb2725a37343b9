"""Kinds and reasons are the province's: its words, its own, in the reader's language."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import User
from campaign.models import branch_kinds
from core import kinds
from core.models import KindWord
from tests.conftest import World
from volunteers.help_requests.models import HELP_REASONS
from volunteers.sessions.models import POINT_KINDS
from volunteers.teams.models import TEAM_KINDS, Team
from volunteers.teams.resources.widgets import TeamKindWidget

pytestmark = pytest.mark.django_db
Browse = Callable[[User], Client]


@pytest.fixture(autouse=True)
def asked_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kinds, "FRESH", 0)
    monkeypatch.setattr(kinds, "_known", None)
    monkeypatch.setattr(kinds, "note_later", lambda: None)


def text_of(page: Any) -> str:
    text: str = page.content.decode()
    return text


def test_kind_is_renamed_and_its_code_stays(world: World, browse: Browse) -> None:
    staff = browse(world.staff)
    page = "/setup/kinds/team/community/"
    form = staff.get(page).context["form"]
    assert form["name"].value() == "Tổ công nghệ số cộng đồng"
    sent = {"name": "Tổ số bản làng", "name_en": "Village team", "order": "1", "is_offered": "on"}
    assert staff.post(page, {**sent, "name": ""}).context["form"].errors["name"]
    assert staff.post(page, sent)["Location"] == "/setup/kinds/"
    team = Team.objects.get(pk=world.team.pk)
    assert (team.kind, team.get_kind_display()) == ("community", "Tổ số bản làng")
    shown = text_of(staff.get(f"/c/de-an-06-2023/teams/{team.pk}/"))
    assert "Tổ số bản làng" in shown
    staff.cookies["django_language"] = "en"
    assert "Village team" in text_of(staff.get(f"/c/de-an-06-2023/teams/{team.pk}/"))
    # Files are read in the new words and in those of before; what is written is the province's.
    widget = TeamKindWidget()
    assert widget.find("tổ số bản làng") == widget.find("Tổ CNSCĐ") == "community"
    assert widget.render("community") == "Tổ số bản làng"


def test_own_kind_is_offered_taken_and_put_away_again(world: World, browse: Browse) -> None:
    staff = browse(world.staff)
    sent = {"name": "Điểm chợ phiên vùng cao", "name_en": "", "order": "2", "is_offered": "on"}
    staff.post("/setup/kinds/place/new/", sent)
    row = KindWord.objects.get()
    page = f"/setup/kinds/place/{row.code}/"
    typed = {**sent, "stands": staff.get(page).context["form"].stands}
    staff.post(page, {**sent, "name_en": "Market"})
    late = staff.post(page, {**typed, "name": "Điểm chợ"})
    assert late.context["form"].errors["name_en"] == ["Người khác vừa sửa, nay là: Market"]
    staff.post(page, {**sent, "name_en": ""})
    assert (row.of, row.code) == ("place", "diem_cho_phien_vung")
    staff.post("/setup/kinds/place/new/", sent)
    assert KindWord.objects.order_by("pk").last().code == "diem_cho_phien_vun_2"  # type: ignore[union-attr]
    new = "/c/de-an-06-2023/sessions/new/"
    assert "Điểm chợ phiên vùng cao" in text_of(browse(world.owner).get(new))
    api = APIClient()
    api.force_authenticate(world.owner)
    answer = api.post("/api/v1/sessions/", {"place_kind": "nothing"}, format="json")
    assert "place_kind" in answer.json()
    answer = api.post("/api/v1/sessions/", {"place_kind": row.code}, format="json")
    assert "place_kind" not in answer.json()
    staff.post(f"/setup/kinds/place/{row.code}/", {**sent, "is_offered": ""})
    assert row.code in dict(POINT_KINDS.choices())
    assert row.code not in dict(POINT_KINDS.offered())
    answer = api.post("/api/v1/sessions/", {"place_kind": row.code}, format="json")
    assert "place_kind" in answer.json()


def test_reasons_and_branches_have_words_too_and_one_is_left(world: World, browse: Browse) -> None:
    staff = browse(world.staff)
    words = {"name": "Đi biển dài ngày", "name_en": "", "order": "9", "is_offered": "on"}
    staff.post("/setup/kinds/reason/new/", words)
    assert KindWord.objects.get().code == "di_bien_da"
    asked = text_of(Client().get(f"/public/?unit={world.commune.code}"))
    assert "Đi biển dài ngày" in asked
    staff.post("/setup/kinds/branch/police/", {**words, "name": "Công an, Cảnh sát biển"})
    assert dict(branch_kinds())["police"] == "Công an, Cảnh sát biển"
    for code, _name in list(HELP_REASONS.choices()):
        last = staff.post(f"/setup/kinds/reason/{code}/", {**words, "is_offered": ""})
    assert "Phải còn ít nhất một" in text_of(last)
    assert len(HELP_REASONS.offered()) == 1
    assert len(TEAM_KINDS.offered()) == 4
    assert staff.get("/setup/kinds/nothing/new/").status_code == 404
    assert staff.get("/setup/kinds/team/nothing/").status_code == 404
