"""Tests that hold the whole house to its rules: who imports whom, names, routes, and what is committed."""
