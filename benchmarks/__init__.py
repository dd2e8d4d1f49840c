"""Measurements of the bars in docs/benchmarks.md: ratios of two things in one run. `python -m benchmarks` runs them all."""
