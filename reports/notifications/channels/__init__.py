"""The channels by which a notice reaches a person. One folder is one channel.

Each is an app of its own (settings install every folder), so that its templates, static files,
models and migrations stand in it too. ``channel.py`` registers it; ``urls.py`` is included.
"""

from pkgutil import iter_modules


def installed() -> list[str]:
    return [f"{__name__}.{found.name}" for found in iter_modules(__path__) if found.ispkg]
