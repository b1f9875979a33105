"""The intake service as agencies meet it over HTTP."""
