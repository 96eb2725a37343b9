"""How codes stand in addresses."""

from django.urls import register_converter


class CodeConverter:
    """The code of a unit or branch: ``14173``, ``XD-14173``."""

    regex = "[A-Za-z0-9-]{1,20}"

    def to_python(self, value: str) -> str:
        """Return the code as it stands."""
        return value

    def to_url(self, value: str) -> str:
        """Return the code as it stands."""
        return value


register_converter(CodeConverter, "code")
