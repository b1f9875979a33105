"""What a practitioner works with, without any input or output."""
