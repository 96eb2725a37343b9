"""The tests of this folder share a portal that they may break."""

from tests.portal import portal

__all__ = ["portal"]
