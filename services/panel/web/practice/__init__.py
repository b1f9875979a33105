"""The practice room: the pages on which practitioners see what their own agency holds, and nothing else."""
