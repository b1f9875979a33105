"""What becomes of errors: every one reaches the caller as a problem, and none carries a value out or into a log."""

import logging
import traceback
from http import HTTPStatus

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.kernel.http.problems import ERRORS_MAX, Problem, from_validation, pointer, problem_response, told
from services.kernel.keys import KeysUnavailable
from services.kernel.log import LogUnavailable
from services.kernel.policy import PolicyUnavailable
from services.kernel.store import StoreUnavailable

_log = logging.getLogger("cairn.http")


def install(app: FastAPI) -> None:
    """Make every error of this app a problem."""
    app.exception_handler(Problem)(_problem)
    app.exception_handler(RequestValidationError)(_request)
    app.exception_handler(ValidationError)(_content)
    app.exception_handler(HTTPException)(_http)
    for part_away in (LogUnavailable, StoreUnavailable, KeysUnavailable, PolicyUnavailable):
        app.exception_handler(part_away)(_part_away)
    app.add_middleware(Unforeseen)


class Unforeseen:
    """Turns an error that nobody foresaw into a bare problem; the log gets its kind and its place, not its words.

    Starlette's own handler would send the answer and raise the error again, message and all, into the server's log.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def sending(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, receive, sending)
        except ClientDisconnect:
            return
        except Exception as error:  # noqa: BLE001 - the last place where it can be kept from the caller and the log
            _log_place(error)
            if started or scope["type"] != "http":
                raise BrokenOff from None
            await problem_response(_unforeseen())(scope, receive, send)


class BrokenOff(RuntimeError):
    """A response had begun when something failed; the connection is cut so that it cannot pass for whole."""


def _log_place(error: Exception) -> None:
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else "nowhere"
    _log.error("%s at %s", type(error).__name__, place)


def _unforeseen() -> Problem:
    return Problem(500, "unforeseen", "Something failed in the hub", "Try again later; tell the hub if it goes on.")


async def _problem(_: Request, error: Problem) -> Response:
    return problem_response(error)


async def _request(_: Request, error: RequestValidationError) -> Response:
    errors = []
    for each in error.errors()[:ERRORS_MAX]:
        place, *loc = each["loc"]
        errors.append(told(each["type"], pointer(loc)) | ({} if place == "body" else {"in": str(place)}))
    return problem_response(
        Problem(
            422,
            "invalid_request",
            "The request breaks its schema",
            "Correct what the errors point to, and send it again.",
            errors,
        )
    )


async def _content(request: Request, error: ValidationError) -> Response:
    if request.method in ("GET", "HEAD"):  # the caller sent no content: it is the hub's own that is broken
        _log_place(error)
        return problem_response(_unforeseen())
    return problem_response(from_validation(error))


async def _part_away(_: Request, error: Exception) -> Response:
    _log_place(error)
    return problem_response(
        Problem(
            503,
            "part_unavailable",
            "A part of the hub cannot be reached",
            "Try again in a few seconds.",
            headers={"Retry-After": "5"},
        )
    )


async def _http(_: Request, error: HTTPException) -> Response:
    status = HTTPStatus(error.status_code)
    code = status.phrase.lower().replace(" ", "_").replace("-", "_").replace("'", "")
    return problem_response(Problem(status.value, code, status.phrase, headers=error.headers))
