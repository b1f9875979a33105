"""The policies, as both engines decide by them."""

from pathlib import Path

POLICIES = Path(__file__).parents[2] / "policies"
"""The folder of the policies that the hub goes by."""
