"""A link with which one person sets up one account, once, for some days."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import Invitation, User
from accounts.services import (
    accept_invitation,
    find_invitation,
    issue_invitation,
    purge_expired_invitations,
)
from core.retention import time_of
from core.secret_digest import digest_of
from tests.factories import make_newcomer, make_user
from tests.pages import read

NEW = "Mot-mat-khau-moi-2023"


@pytest.fixture
def invited(db: None) -> User:
    """Return somebody who has no password yet."""
    return make_newcomer(username="0912345678", phone="0912345678", full_name="Trần Thị Hoa")


@pytest.fixture
def root(db: None) -> User:
    """Return somebody who may set up any account."""
    return make_user(username="root", is_superuser=True)


@pytest.fixture
def link(root: User, invited: User) -> str:
    """Return the address of an invitation."""
    return f"/invitations/{issue_invitation(actor=root, user=invited)}/"


def at_once(*calls: Callable[[], object]) -> list[object]:
    """Make the calls at the same moment, each on a connection of its own."""
    start = threading.Barrier(len(calls))
    results: list[object] = [None] * len(calls)

    def run(number: int, call: Callable[[], object]) -> None:
        try:
            start.wait(timeout=10)
            results[number] = call()
        except Exception as error:
            results[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    return results


def test_only_the_hash_of_the_link_is_kept(root: User, invited: User) -> None:
    secret = issue_invitation(actor=root, user=invited)
    stored = Invitation.objects.get()
    assert stored.digest == digest_of(secret)
    assert secret not in str(vars(stored))
    assert len(secret) >= 32


def test_opening_the_link_does_not_use_it_up(link: str) -> None:
    """Message services open links to preview them."""
    for _time in range(3):
        assert Client().get(link).status_code == 200
    assert Client().post(link, {"new_password1": NEW}).status_code == 302


def test_invited_person_is_signed_in_and_can_come_back(link: str, invited: User) -> None:
    client = Client()
    assert client.post(link, {"new_password1": NEW}).headers["Location"] == "/"
    assert client.get("/account/").status_code == 200
    invited.refresh_from_db()
    assert invited.check_password(NEW)


def test_link_works_once(link: str, invited: User) -> None:
    Client().post(link, {"new_password1": NEW})
    for method in ("get", "post"):
        answer = getattr(Client(), method)(link, {"new_password1": "Mat-khau-khac-2023"})
        assert answer.status_code == 410
    invited.refresh_from_db()
    assert invited.check_password(NEW)


def test_easy_password_does_not_use_the_link_up(link: str, invited: User) -> None:
    for password in ("12345678", "matkhau", "0912345678", ""):
        page = read(Client().post(link, {"new_password1": password}))
        assert (password, page.status, len(page.problems) > 1) == (password, 200, True)
    assert not User.objects.get(pk=invited.pk).has_usable_password()
    assert Client().post(link, {"new_password1": NEW}).status_code == 302


def test_link_ends_after_a_week(link: str) -> None:
    week = timedelta(days=7)
    stored = Invitation.objects.get()
    assert week - timedelta(minutes=1) < stored.expires_at - timezone.now() <= week
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert Client().get(link).status_code == 410
    assert Client().post(link, {"new_password1": NEW}).status_code == 410


def test_new_link_ends_the_one_before(link: str, root: User, invited: User) -> None:
    newer = issue_invitation(actor=root, user=invited)
    assert Client().get(link).status_code == 410
    assert Client().get(f"/invitations/{newer}/").status_code == 200


def test_link_of_a_closed_account_is_over(link: str) -> None:
    User.objects.update(is_active=False)
    assert Client().get(link).status_code == 410


@pytest.mark.parametrize("secret", ["x", "x" * 500, "á", "%20", "..", "'--"])
def test_links_that_are_none_are_over(db: None, secret: str) -> None:
    assert Client().get(f"/invitations/{secret}/").status_code == 410


def test_old_invitations_are_forgotten(root: User, invited: User) -> None:
    for days in (29, 31):
        issue_invitation(actor=root, user=invited)
        newest = Invitation.objects.latest("pk")
        newest.expires_at = timezone.now() - timedelta(days=days)
        newest.save()
    assert purge_expired_invitations(older_than=time_of("invitations")) == 1
    assert Invitation.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_phones_with_one_link_only_one_gets_in() -> None:
    user = make_newcomer(username="0912345678", phone="0912345678")
    secret = issue_invitation(actor=make_user(is_superuser=True), user=user)
    passwords = [f"Mot-mat-khau-{n}" for n in range(4)]
    results = at_once(
        *(lambda p=p: accept_invitation(secret=secret, password=p) for p in passwords)
    )
    assert sorted(type(result).__name__ for result in results) == ["NoneType"] * 3 + ["User"]
    winner = passwords[next(n for n, result in enumerate(results) if result is not None)]
    user.refresh_from_db()
    assert user.check_password(winner)
    assert find_invitation(secret) is None
