"""Bearer tokens."""

import io
from collections.abc import Callable

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from accounts.models import ApiToken, User
from accounts.services import issue_token
from core.secret_digest import digest_of
from tests.conftest import World

Browse = Callable[[User], Client]
URL = "/api/v1/units/"


def with_token(secret: str) -> Client:
    """Return a client that sends a token."""
    return Client(headers={"authorization": f"Bearer {secret}"})


def test_command_prints_a_token_that_works(world: World) -> None:
    out = io.StringIO()
    call_command("api_token", "owner", stdout=out)
    secret = out.getvalue().strip()
    assert secret == out.getvalue().removesuffix("\n")
    assert with_token(secret).get(URL).json()["count"] == 1


def test_command_knows_nobody_else(world: World) -> None:
    with pytest.raises(CommandError, match="Không có tài khoản khac"):
        call_command("api_token", "khac")
    assert not ApiToken.objects.exists()


def test_only_the_hash_of_a_token_is_kept(world: World) -> None:
    secret = issue_token(user=world.owner)
    stored = ApiToken.objects.get()
    assert stored.digest == digest_of(secret)
    assert secret not in str(vars(stored))
    assert len(secret) >= 43
    assert with_token(stored.digest).get(URL).status_code == 401


def test_two_tokens_of_one_person_both_work(world: World) -> None:
    secrets = {issue_token(user=world.owner) for _token in range(2)}
    assert [with_token(secret).get(URL).status_code for secret in secrets] == [200, 200]


def test_revoked_token_opens_nothing(world: World) -> None:
    secret = issue_token(user=world.owner)
    ApiToken.objects.update(revoked_at=timezone.now())
    answer = with_token(secret).get(URL)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_scheme_is_written_in_any_case(world: World, scheme: str) -> None:
    secret = issue_token(user=world.owner)
    client = Client(headers={"authorization": f"{scheme} {secret}"})
    assert client.get(URL).status_code == 200


def test_token_decides_beside_a_session(world: World, browse: Browse) -> None:
    secret = issue_token(user=world.neighbour)
    answer = browse(world.staff).get(URL, headers={"authorization": f"Bearer {secret}"})
    assert [unit["code"] for unit in answer.json()["results"]] == ["14158"]


def test_token_opens_no_page(world: World) -> None:
    secret = issue_token(user=world.staff)
    for url in ("/c/de-an-06-2023/dashboard/", "/c/de-an-06-2023/report/", "/admin/", "/account/"):
        assert (url, with_token(secret).get(url).status_code) == (url, 302)
