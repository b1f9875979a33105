"""Serving: a hub's pages and interfaces over HTTP, with its followers running, until it is stopped."""

import signal
import socket
import sys

import uvicorn

from services.composition import Hub
from services.kernel.following import Running

_SWITCH_SECONDS = 0.0005
"""How long one thread may keep the others waiting: with Python's 5 ms, followers that are busy hold up every answer."""


def serve(hub: Hub, listening: socket.socket) -> None:
    """Serve until interrupted or told to end (SIGTERM); then let every follower finish its step."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # uvicorn raises it again when it has ended
    sys.setswitchinterval(_SWITCH_SECONDS)
    running = Running(hub.followers)
    config = uvicorn.Config(
        hub.app,
        log_level="warning",
        access_log=False,  # request lines can hold references
        server_header=False,
        lifespan="off",
        timeout_graceful_shutdown=3,
    )
    try:
        uvicorn.Server(config).run(sockets=[listening])
    except KeyboardInterrupt:
        pass
    finally:
        running.stop()
