"""The bare peer of intake: FastAPI takes a POST, parses its JSON and answers, and keeps nothing."""

import socket
from typing import Annotated, Any

import uvicorn
from fastapi import Body, FastAPI

app = FastAPI(openapi_url=None, telemetry={"tracing": False, "metrics": False, "logs": False, "operation_spans": False})


@app.post("/v1/events", status_code=202)
def take(event: Annotated[Any, Body()]) -> dict[str, int]:
    """Take one event, or a list of them."""
    return {"taken": len(event) if isinstance(event, list) else 1}


def main() -> None:
    """Serve on any free port of the loopback, as the hub's own servers do."""
    listening = socket.create_server(("127.0.0.1", 0))
    print(f"bare at http://127.0.0.1:{listening.getsockname()[1]}/", flush=True)
    config = uvicorn.Config(app, log_level="warning", access_log=False, server_header=False, lifespan="off")
    uvicorn.Server(config).run(sockets=[listening])


if __name__ == "__main__":
    main()
