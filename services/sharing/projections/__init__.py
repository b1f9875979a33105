"""What each partner has been given, as its own feed tells it."""
