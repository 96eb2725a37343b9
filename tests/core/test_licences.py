"""The page of licences is what is installed."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from core.management.commands import write_licences


def test_page_of_licences_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    call_command("write_licences", "--check")
    old = tmp_path / "licences.md"
    old.write_text(write_licences.PAGE.read_text().replace("| django |", "| dango |"))
    monkeypatch.setattr(write_licences, "PAGE", old)
    with pytest.raises(CommandError):
        call_command("write_licences", "--check")
    call_command("write_licences")
    call_command("write_licences", "--check")
