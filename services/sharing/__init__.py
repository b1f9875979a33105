"""Sharing: keeps the rules, has every item decided by them, and serves each partner what it may have."""
