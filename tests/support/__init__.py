"""What the tests stand on: real parts, and ways to tell stories of the domain."""
