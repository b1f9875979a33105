"""The caller of a request, as a dependency that every route but the health check has."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from services.kernel.http.problems import Problem
from services.kernel.identity import Caller, Identity, NotIdentified, Role


def caller(connection: HTTPConnection) -> Caller:
    """Who is calling. Raises one and the same 401 problem whatever was wrong."""
    identity: Identity = connection.app.state.identity
    try:
        return identity.identify(connection)
    except NotIdentified:
        raise Problem(
            401,
            "not_identified",
            "The caller could not be identified",
            "Send valid credentials of your agency.",
            headers={"WWW-Authenticate": identity.challenge},
        ) from None


Called = Annotated[Caller, Depends(caller)]
"""For a handler's signature: `def records(who: Called) -> ...`."""


def require(*roles: Role) -> Callable[[Caller], Awaitable[Caller]]:
    """A dependency that gives the caller if it has any of these roles; a 403 problem otherwise."""

    async def permitted(who: Called) -> Caller:
        if not any(who.may(role) for role in roles):
            raise Problem(
                403,
                "role_missing",
                "The caller's role does not allow this",
                f"This needs the role {' or '.join(sorted(roles))}.",
            )
        return who

    return permitted
