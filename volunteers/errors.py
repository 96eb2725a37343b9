"""What a service says when it does not do what it was asked."""

from itertools import chain

from django import forms

from campaign.count_validation import Errors


class InvalidInput(Exception):
    """Values that cannot stand; ``errors`` is by field, for counts by indicator code."""

    def __init__(self, errors: Errors) -> None:
        super().__init__(errors)
        self.errors = errors

    def __str__(self) -> str:
        by_field = (
            chain(*texts.values()) if isinstance(texts, dict) else texts
            for texts in self.errors.values()
        )
        return " ".join(str(text) for text in chain.from_iterable(by_field))

    def assign_to(self, form: forms.Form) -> None:
        """Show each message at its field, or above the form where it has none there."""
        for name, texts in self.errors.items():
            form.add_error(name if name in form.fields else None, list(texts))


class NotNow(Exception):
    """What was asked does not fit the state of things; the message says why."""
