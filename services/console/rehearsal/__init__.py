"""A rehearsal: a made-up world played against a throw-away hub, and who saw what compared with who should."""
