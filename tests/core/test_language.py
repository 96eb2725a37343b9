"""The portal speaks Vietnamese until somebody asks for English."""

import pytest
from django.test import Client


def heading(client: Client, **headers: str) -> tuple[str, str, bool]:
    """Return the language of the answer, of the page, and whether it speaks Vietnamese."""
    answer = client.get("/sign-in/", headers=headers)
    page = answer.content.decode()
    language = answer.headers["Content-Language"]
    return language, page.split('<html lang="', 1)[1][:2], "Đăng nhập" in page


def test_browser_set_to_english_is_answered_in_vietnamese(db: None) -> None:
    client = Client()
    assert heading(client, **{"accept-language": "en-US,en;q=0.9"}) == ("vi", "vi", True)


def test_language_that_is_chosen_stays(db: None) -> None:
    client = Client()
    answer = client.post("/language/", {"language": "en", "next": "/sign-in/"})
    assert answer.headers["Location"] == "/sign-in/"
    assert heading(client)[:2] == ("en", "en")
    client.post("/language/", {"language": "vi"})
    assert heading(client) == ("vi", "vi", True)


@pytest.mark.parametrize("language", ["fr", "EN", "", "../en", "x" * 500])
def test_languages_that_are_not_spoken_are_vietnamese(db: None, language: str) -> None:
    client = Client()
    client.cookies["django_language"] = language
    assert heading(client) == ("vi", "vi", True)


def test_choice_of_a_language_that_is_not_spoken_changes_nothing(db: None) -> None:
    client = Client()
    assert client.post("/language/", {"language": "fr"}).status_code == 302
    assert heading(client) == ("vi", "vi", True)


def test_language_of_one_request_is_not_that_of_the_next(db: None) -> None:
    english, other = Client(), Client()
    english.post("/language/", {"language": "en"})
    assert heading(english)[0] == "en"
    assert heading(other)[0] == "vi"
