"""The published language: what agencies and services say to each other, and nothing about how they work."""
