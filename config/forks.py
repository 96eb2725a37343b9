"""Processes that fork share what they have loaded, until one of them writes to it."""

import gc


def share_memory() -> None:
    """Take what is there out of the collector's sight: marking it, each child would copy it all."""
    gc.collect()
    gc.freeze()
