"""Passwords made of names that everybody knows."""

import pytest
from django.core.exceptions import ValidationError

from accounts.models import User
from campaign.password_names import KnownNamesValidator
from tests.conftest import World
from tests.factories import make_user


@pytest.mark.parametrize(
    "password",
    [
        *("TienPhong06!", "tiên-phong-2023", "NamDinh2023", "namdinh@tienphong"),
        *("giaotien123456", "Hoa-Tran-1999"),
    ],
)
def test_names_that_everybody_knows_are_no_password(world: World, password: str) -> None:
    world.owner.full_name = "Trần Thị Hoa"
    with pytest.raises(ValidationError, match="Thêm vài từ khác"):
        KnownNamesValidator().validate(password, world.owner)


@pytest.mark.parametrize("password", ["NamDinh-mua-xuan", "Trần Hoa thích mưa", "mot mat khau dai"])
def test_names_beside_words_of_ones_own_are_taken(world: World, password: str) -> None:
    world.owner.full_name = "Trần Thị Hoa"
    KnownNamesValidator().validate(password, world.owner)


def test_the_province_is_known_without_an_account_too(world: World) -> None:
    for user in (None, User(username="moi"), make_user(username="cu")):
        with pytest.raises(ValidationError):
            KnownNamesValidator().validate("Nam Dinh 2023", user)
