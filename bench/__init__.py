"""The measurements behind `make bench` and docs/performance.md."""
