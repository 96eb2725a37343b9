"""Which edition this is; CHANGELOG.md says what it brings."""

VERSION = "0.5"
