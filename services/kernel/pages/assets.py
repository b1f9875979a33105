"""The files that pages are dressed with: the Scottish Government design system, Roboto, and a small sheet of our own.

Third-party files come from npm at set-up, are never committed, and only those that pages use are served.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

_HERE = Path(__file__).parent
_ROOT = _HERE.parents[2]
_DESIGN_SYSTEM = "@scottish-government/design-system/dist"
_ROBOTO = "@fontsource-variable/roboto/files"

_FROM_NPM = {
    "design-system.css": f"{_DESIGN_SYSTEM}/css/design-system.min.css",
    "design-system.js": f"{_DESIGN_SYSTEM}/scripts/design-system.js",
    "icons.svg": f"{_DESIGN_SYSTEM}/images/icons/icons.stack.svg",
    "roboto.woff2": f"{_ROBOTO}/roboto-latin-wght-normal.woff2",
    "cytoscape.js": "cytoscape/dist/cytoscape.min.js",
}
_OWN = ("cairn.css", "print.css", "cairn.js", "mark.svg", "network.js")
_MEDIA = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}


class PagesNotSetUp(Exception):
    """The front-end files are not installed: run `make setup`."""


@dataclass(frozen=True)
class _Asset:
    path: Path
    media_type: str
    version: str


class Assets:
    """Finds the files at start, and serves each under a name that changes with its content."""

    def __init__(self, node_modules: Path = _ROOT / "node_modules") -> None:
        """Raises PagesNotSetUp where a file is missing."""
        paths = {name: node_modules / path for name, path in _FROM_NPM.items()}
        paths |= {name: _HERE / "files" / name for name in _OWN}
        missing = [name for name, path in paths.items() if not path.is_file()]
        if missing:
            raise PagesNotSetUp(f"front-end files are missing ({', '.join(missing)}): run make setup")
        self._assets = {
            name: _Asset(path, _MEDIA[path.suffix], hashlib.sha256(path.read_bytes()).hexdigest()[:12])
            for name, path in paths.items()
        }

    def address(self, name: str) -> str:
        """Where a file is, below the service's root: `/static/cairn.css?v=...`."""
        return f"/static/{name}?v={self._assets[name].version}"

    def route(self) -> Route:
        """The route that serves the files; they are public and hold nothing of the hub's."""
        return Route("/static/{name}", self._serve, methods=["GET", "HEAD"], name="static")

    def _serve(self, request: Request) -> Response:
        asset = self._assets.get(request.path_params["name"])
        if asset is None:
            raise HTTPException(404)
        fresh = request.query_params.get("v") == asset.version
        caching = "public, max-age=31536000, immutable" if fresh else "public, no-cache"
        headers = {"cache-control": caching, "etag": f'"{asset.version}"'}
        if headers["etag"] in request.headers.get("if-none-match", ""):  # a font, which a style sheet names bare
            return Response(status_code=304, headers=headers)
        return FileResponse(asset.path, media_type=asset.media_type, headers=headers)
