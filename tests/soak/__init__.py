"""Soak: the promises of the hub put to the test for hours; counts, seeds and controls are kept as evidence."""
