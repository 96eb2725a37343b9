"""The people of two posts, and where they have them."""

import pytest

from tests.second_cast import SecondCast, build_second_cast


@pytest.fixture
def cast(db: None) -> SecondCast:
    return build_second_cast()
