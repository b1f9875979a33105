"""A town that does not exist: as many made-up reports as one likes, for pages to be as full as real ones are."""
