"""Somebody stops dead with the history in hand: the others wait, are told so, and lose nothing."""

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
