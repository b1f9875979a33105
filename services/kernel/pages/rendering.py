"""Pages: one look for every service, rendered on the server, useful without JavaScript."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from services.kernel.pages.assets import Assets
from services.kernel.pages.presenting import ANNOUNCED, FieldError, Link, Strip, Who
from services.kernel.pages.times import clock_words, day_words, elapsed_words, time_words
from services.kernel.pages.words import FORMS, class_words, purpose_words, type_words

_KIT = Path(__file__).parent / "templates"
_FOOTER = "Every page about a young person that is opened here is recorded: who opened it, when, and for which purpose."


class Pages:
    """The pages of one service. Addresses are below wherever the service is mounted."""

    def __init__(
        self,
        service: str,
        templates: Path | None = None,
        navigation: Sequence[Link] = (),
        front: str | None = None,
        assets: Assets | None = None,
        footer: str = _FOOTER,
        carried: Sequence[str] = (),
        idle_minutes: int = 10,
    ) -> None:
        """`front` is the address at which people choose who they are; without one, the service's own `/sign-in`.
        `carried` names the query fields that the navigation takes along, such as the stated purpose. After
        `idle_minutes` in which nobody touches anything a page of somebody's is covered, where the browser runs scripts.

        Raises PagesNotSetUp.
        """
        self.assets = assets or Assets()
        self._service = service
        self._navigation = navigation
        self._front = front
        self._footer = footer
        self._carried = carried
        self._idle_minutes = idle_minutes
        folders = [templates, _KIT] if templates is not None else [_KIT]
        self._jinja = Environment(
            loader=FileSystemLoader(folders), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
            lstrip_blocks=True,
        )  # fmt: skip
        self._jinja.filters |= {
            "time_words": time_words,
            "day_words": day_words,
            "clock_words": clock_words,
            "elapsed_words": elapsed_words,
            "class_words": class_words,
            "purpose_words": purpose_words,
            "type_words": type_words,
        }
        self._jinja.globals |= {"kit_error": _error_of, "forms": {form.value: words for form, words in FORMS.items()}}

    def front(self, request: Request) -> str:
        """The address at which people choose who they are."""
        return self._front if self._front is not None else address(request, "/sign-in")

    def page(
        self,
        request: Request,
        template: str,
        title: str,
        *,
        who: Who | None = None,
        strip: Strip | None = None,
        breadcrumbs: Sequence[Link] = (),
        here: str | None = None,
        status: int = 200,
        error: Sequence[FieldError] | None = None,
        headers: Mapping[str, str] | None = None,
        **content: Any,
    ) -> HTMLResponse:
        """Render a template of the service in the layout; `here` ends the breadcrumbs, where the title is too long."""
        rendered = self._jinja.get_template(template).render(
            title=title,
            service=self._service,
            who=who,
            strip=strip,
            announcement=request.scope.get(ANNOUNCED),
            idle_minutes=self._idle_minutes,
            front=self.front(request),
            navigation=self._here(request) if who else (),
            breadcrumbs=breadcrumbs,
            crumb=here or title,
            error=error,
            footer=self._footer,
            asset=self._asset(request),
            href=lambda path, **query: address(request, path, **query),
            **content,
        )
        return HTMLResponse(rendered, status_code=status, headers=dict(headers or {}))

    def message(
        self, request: Request, status: int, title: str, *paragraphs: str, who: Who | None = None,
        link: Link | None = None, headers: Mapping[str, str] | None = None,
    ) -> HTMLResponse:  # fmt: skip
        """A page that only says something, such as why nothing can be shown now."""
        return self.page(
            request, "message.html", title, who=who, status=status, paragraphs=paragraphs, link=link, headers=headers
        )

    def _asset(self, request: Request) -> Callable[[str], str]:
        return lambda name: address(request, self.assets.address(name))

    def _here(self, request: Request) -> list[Link]:
        path = request.scope["path"].removeprefix(request.scope.get("root_path", "")) or "/"
        taken = {name: request.query_params.get(name) for name in self._carried}
        return [
            Link(
                link.text,
                address(request, link.href, **taken),
                current=path == link.href or (link.href != "/" and path.startswith(f"{link.href}/")),
                exact=path == link.href,
            )
            for link in self._navigation
        ]


def _error_of(errors: Sequence[FieldError] | None, field: str) -> str | None:
    return next((error.text for error in errors or () if error.field == field), None)


def address(request: Request, path: str, **query: object) -> str:
    """An address of the service below wherever it is mounted, with the query fields that have a value."""
    given = {name: str(value) for name, value in query.items() if value not in (None, "")}
    return f"{request.scope.get('root_path', '')}{path}" + (f"?{urlencode(given)}" if given else "")
