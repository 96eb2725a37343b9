"""Letters, as a mail server gets them."""

from email import message_from_bytes
from email.header import decode_header, make_header

import pytest
from django.conf import LazySettings

from reports.notifications.channel import Message, PermanentFailure, TemporaryFailure
from reports.notifications.channels.email.channel import Email
from tests.conftest import World
from tests.reports.notifications.channels.fake_servers import MailServer

MESSAGE = Message(
    "Còn 60 phút", "Xã Giao Tiến chưa có báo cáo hôm nay.", "/c/de-an-06-2023/report/"
)


def test_letter_says_it_and_leads_to_the_page(world: World, mail: MailServer) -> None:
    world.owner.email = "hoa@example.org"
    for _turn in range(2):
        Email().send(world.owner, MESSAGE, "notice-7")
    assert [letter.rcpt_tos for letter in mail.letters] == [["hoa@example.org"]] * 2
    first, second = (message_from_bytes(letter.content) for letter in mail.letters)
    assert str(make_header(decode_header(first["Subject"]))) == MESSAGE.title
    text = first.get_payload(decode=True).decode()  # type: ignore[union-attr]
    assert MESSAGE.body in text
    assert "https://doan.example.org/c/de-an-06-2023/report/" in text
    # Sent twice, it is the same letter to a mail program.
    assert first["Message-ID"] == second["Message-ID"] == "<notice-7@doan.example.org>"


def test_line_break_in_a_name_adds_no_header(world: World, mail: MailServer) -> None:
    world.owner.email = "hoa@example.org"
    message = Message("Xã Giao\r\nBcc: x@example.org", MESSAGE.body, MESSAGE.path)
    Email().send(world.owner, message, "notice-7")
    [letter] = mail.letters
    assert letter.rcpt_tos == ["hoa@example.org"]
    received = message_from_bytes(letter.content)
    assert str(make_header(decode_header(received["Subject"]))) == "Xã Giao Bcc: x@example.org"
    assert received["Bcc"] is None


def test_address_that_does_not_exist_is_given_up(world: World, mail: MailServer) -> None:
    world.owner.email = "khong-co@example.org"
    mail.refusal = "550 No such user"
    with pytest.raises(PermanentFailure, match="550"):
        Email().send(world.owner, MESSAGE, "notice-7")


def test_server_that_asks_to_wait_is_tried_later(world: World, mail: MailServer) -> None:
    world.owner.email = "hoa@example.org"
    mail.refusal = "451 Try again later"
    with pytest.raises(TemporaryFailure):
        Email().send(world.owner, MESSAGE, "notice-7")


def test_server_that_is_away_is_tried_later(
    world: World, mail: MailServer, settings: LazySettings
) -> None:
    world.owner.email = "hoa@example.org"
    settings.EMAIL_PORT = 1
    with pytest.raises(TemporaryFailure):
        Email().send(world.owner, MESSAGE, "notice-7")


def test_without_a_mail_server_nobody_is_reached_by_mail(world: World) -> None:
    assert not Email().is_on()
