"""Serving: a hub's pages and interfaces over HTTP, with its followers running, until it is stopped."""

import signal
import socket

import uvicorn

from services.composition import Hub
from services.kernel.following import Running


def serve(hub: Hub, listening: socket.socket) -> None:
    """Serve until interrupted or told to end (SIGTERM); then let every follower finish its step."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # uvicorn raises it again when it has ended
    running = Running(hub.followers, hub.log.wait)
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
