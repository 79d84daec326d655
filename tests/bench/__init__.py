"""Benchmarks: `make bench`. Nothing here passes or fails; a ratio within one run counts (docs/performance.md)."""
