"""Messages as they come, and odd ones, are read as they were yesterday, to the last question."""

from tests.reports.chat.readings import cases, read


def test_no_message_is_read_otherwise_than_before_without_a_word() -> None:
    """A rule of the reader meddled with shows here which messages it reads otherwise.

    The sets say what is right; this holds all that a sender is shown: the candidates to choose
    from, the questions, the line that is quoted. Meant to be so? readings.py writes them anew.
    """
    stored = cases()
    assert len(stored) >= 1200
    other = [
        f"{case['text']!r} ({case['scope']})\n  was {case['read']}\n  now {now}"
        for case in stored
        if (now := read(case["scope"], case["text"])) != case["read"]
    ]
    assert other == [], "\n".join(other)
