"""The hub's services: strangers to each other, joined by the log alone."""
