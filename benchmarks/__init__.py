"""Benchmarks: what the platform costs, against a yardstick measured in the same run."""
