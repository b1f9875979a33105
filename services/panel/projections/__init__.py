"""What the feeds say: what each agency holds now, and whether that is all that the rules say."""
