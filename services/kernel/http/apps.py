"""The app that every service starts from: errors are problems, headers are set, and nothing is fetched or traced."""

from fastapi import APIRouter, FastAPI

from services.kernel.http.compressing import Compressing
from services.kernel.http.handlers import install
from services.kernel.http.headers import SecurityHeaders
from services.kernel.identity import Identity


def new_app(title: str, identity: Identity, version: str = "1") -> FastAPI:
    """An app without routes but `/healthz`, which alone needs no caller and says nothing but that it runs."""
    app = FastAPI(
        title=title,
        version=version,
        docs_url=None,  # the ready-made pages load scripts from elsewhere
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        telemetry={"tracing": False, "metrics": False, "logs": False, "operation_spans": False},
    )
    app.state.identity = identity
    install(app)
    app.add_middleware(Compressing)
    app.add_middleware(SecurityHeaders)

    @app.get("/healthz", include_in_schema=False)
    async def running() -> dict[str, str]:
        return {"status": "running"}

    return app


def add_routes(app: FastAPI, *routers: APIRouter) -> None:
    """Give the app these routes as they are; FastAPI's own way to include a router works out each of them again."""
    for router in routers:
        app.router.routes.extend(router.routes)
