"""What every count is held to. Without Django: the reader of messages knows it too."""

# No branch counts more than this in a day.
MOST = 1_000_000
