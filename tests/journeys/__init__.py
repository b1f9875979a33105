"""Journeys: what people do with the hub from end to end, in given, when, then."""
