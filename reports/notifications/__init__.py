"""Notices to people: the outbox, its delivery, the kinds and the channels.

The lowest subject of reports: whoever has something to say registers a kind of notice (see
``registry``) and leaves notices in the outbox.
"""
