"""Demo identities: on the machine itself, whoever names a partner and a name is taken at their word."""

import ipaddress
import re

from starlette.requests import HTTPConnection

from services.kernel.identity import Caller, NotIdentified, Role

COOKIE = "cairn_demo"
_NAMED = re.compile(r"([a-z][a-z0-9-]{0,62})/([a-z0-9][a-z0-9._-]{0,62})")
_FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip")


class DemoIdentity:
    """Takes `Authorization: Demo partner/name`, or the cookie with the same text, from a loopback address alone."""

    challenge = "Demo"

    def identify(self, connection: HTTPConnection) -> Caller:
        """Raises NotIdentified."""
        if not _on_this_machine(connection):
            raise NotIdentified
        found = _NAMED.fullmatch(_text(connection))
        if found is None:
            raise NotIdentified
        partner, name = found.groups()
        return Caller(f"{partner}/{name}", partner, frozenset({_role(partner, name)}))


def _text(connection: HTTPConnection) -> str:
    headers = connection.headers.getlist("authorization")
    if not headers:
        return connection.cookies.get(COOKIE, "")
    scheme, _, text = headers[0].partition(" ")
    if len(headers) > 1 or scheme.lower() != "demo":
        raise NotIdentified
    return text


def _role(partner: str, name: str) -> Role:
    if (partner, name) == ("governance", "lead"):
        return Role.GOVERNANCE
    return {"system": Role.SYSTEM, "signatory": Role.SIGNATORY}.get(name, Role.PRACTITIONER)


def _on_this_machine(connection: HTTPConnection) -> bool:
    """Whether it comes straight from a loopback address; what a proxy passes on may come from anywhere."""
    if connection.client is None or any(name in connection.headers for name in _FORWARDED):
        return False
    try:
        address = ipaddress.ip_address(connection.client.host)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback
