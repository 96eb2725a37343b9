"""The log: what happened to the rows that matter, in an order that nobody changes unseen.

``models`` holds leaves, tree and signed heads; ``triggers`` writes the leaves; ``sequencer`` gives
them their numbers; ``verify`` compares everything with everything; ``api`` shows it to all.
"""
