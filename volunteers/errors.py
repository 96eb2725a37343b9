"""What a service says when it does not do what it was asked."""

from campaign.count_validation import Errors


class InvalidInput(Exception):
    """Values that cannot stand; ``errors`` is by field, for counts by indicator code."""

    def __init__(self, errors: Errors) -> None:
        super().__init__(str(errors))
        self.errors = errors


class NotNow(Exception):
    """What was asked does not fit the state of things; the message says why."""
