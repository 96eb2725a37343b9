"""Another province does not exist for the staff of this one."""

from django.test import Client

from campaign.models import (
    Appointment,
    Target,
    Unit,
)
from campaign.permissions import Role
from tests.campaign.admin.forms import (
    errors,
    suggestions,
    unit_form,
)
from tests.conftest import World
from tests.importing import address


def test_other_province_does_not_exist_for_staff(client: Client, elsewhere: Unit) -> None:
    page = client.get(address(Unit, "changelist"), {"q": "13000"})
    assert list(page.context["cl"].result_list) == []
    assert client.get(address(Unit, "change", elsewhere.pk)).status_code == 302
    assert suggestions(client, Target, "unit", "13000") == []


def test_rows_cannot_refer_to_another_province(
    client: Client, world: World, elsewhere: Unit
) -> None:
    target = {
        "campaign": world.campaign.pk,
        "indicator": world.indicators["level1"].pk,
        "unit": elsewhere.pk,
        "value": "5",
        "due_on": "30/06/2023",
    }
    errors(client.post(address(Target, "add"), target))
    appointment = {
        "user": world.stranger.pk,
        "role": Role.PROVINCE_STAFF,
        "unit": elsewhere.pk,
        "starts_on": "01/06/2023",
    }
    errors(client.post(address(Appointment, "add"), appointment))
    errors(client.post(address(Unit, "add"), unit_form(parent=elsewhere.pk)))
    assert not Appointment.objects.filter(user=world.stranger).exists()


def test_superuser_sees_every_province(root: Client, elsewhere: Unit) -> None:
    assert root.get(address(Unit, "change", elsewhere.pk)).status_code == 200
