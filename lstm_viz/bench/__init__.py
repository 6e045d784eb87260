"""Benchmarks of `make bench`, as ratios within one run."""
