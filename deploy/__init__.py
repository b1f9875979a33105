"""How the hub is set up: with Docker, on a cluster, or with nothing but Python."""
