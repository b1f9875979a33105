"""The benchmarks, run at a tiny size."""
