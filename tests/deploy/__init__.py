"""Tests of how the hub is set up."""
