"""A story: a made-up world told to a hub step by step, and what each step changes for each agency."""
