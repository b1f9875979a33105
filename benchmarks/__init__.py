"""The hub measured: each figure beside a peer of the same run, so that it says something about the hub."""
