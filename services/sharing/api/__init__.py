"""The sharing service as agencies and governance leads meet it over HTTP."""
