"""Bearer tokens: callers known by access tokens (RFC 9068) of one configured issuer, signed by a key it publishes.

Whatever is wrong with a token, the caller hears the same; the log has the reason, never the token.
"""

import logging
import re
from typing import Any

from joserfc.errors import JoseError
from joserfc.jws import deserialize_compact
from joserfc.jwt import JWTClaimsRegistry
from joserfc.util import urlsafe_b64decode
from starlette.requests import HTTPConnection

from services.kernel.clock import Clock
from services.kernel.http.json_text import read_json
from services.kernel.http.problems import Problem
from services.kernel.identity import Caller, NotIdentified, Role
from services.kernel.identity.key_sets import KeySet

_TOKEN_CHARACTERS_MAX = 8_192
_CLOCKS_APART_SECONDS_MAX = 10
_HEADER_NAMES = {"alg", "kid", "typ", "x5t", "x5t#S256"}
"""All that a header may have. The rest either brings its own key (jku, jwk, x5u, x5c) or changes the rules."""
_SENT = re.compile(r"[Bb]earer ([A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+)")
_SUBJECT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._~|:-]{0,127}")
_PARTNER = re.compile(r"[a-z][a-z0-9-]{0,62}")
_log = logging.getLogger("cairn.identity")


class _Refused(Exception):
    """A token is not believed; the reason is a constant."""


class BearerIdentity:
    """Believes tokens of one issuer, made for this hub, with the claims `sub`, `cairn_partner` and `cairn_roles`."""

    challenge = 'Bearer realm="cairn"'

    def __init__(
        self,
        issuer: str,
        audience: str,
        keys: KeySet,
        clock: Clock,
        token_type: str = "at+jwt",  # noqa: S107 - a media type, not a secret
        life_seconds_max: int = 3_600,
    ) -> None:
        self._issuer = issuer
        self._audience = audience
        self._keys = keys
        self._clock = clock
        self._token_type = token_type.lower()
        self._life_seconds_max = life_seconds_max

    def identify(self, connection: HTTPConnection) -> Caller:
        """Raises NotIdentified."""
        try:
            return _caller(self._claims(_token(connection)))
        except _Refused as refused:
            _log.info("a bearer token was refused: %s", refused)
        except (JoseError, Problem, ValueError) as error:
            _log.info("a bearer token was refused: %s", type(error).__name__)
        raise NotIdentified

    def _claims(self, token: str) -> dict[str, Any]:
        algorithm, kid = self._header(_object(urlsafe_b64decode(token.partition(".")[0].encode())))
        found = self._keys.key(kid)
        if found is None or algorithm not in found.algorithms:
            raise _Refused("no key of the issuer for it")
        claims = _object(deserialize_compact(token, found.key, algorithms=[algorithm]).payload or b"")
        self._check(claims)
        return claims

    def _header(self, header: dict[str, Any]) -> tuple[str, str]:
        if header.keys() - _HEADER_NAMES:
            raise _Refused("its header has what none may have")
        algorithm, kid, typ = (header.get(name) for name in ("alg", "kid", "typ"))
        if not isinstance(algorithm, str) or not isinstance(kid, str):
            raise _Refused("it names no algorithm or no key")
        if not isinstance(typ, str) or typ.lower().removeprefix("application/") != self._token_type:
            raise _Refused("it is not an access token")
        return algorithm, kid

    def _check(self, claims: dict[str, Any]) -> None:
        now = int(self._clock.now().timestamp())
        JWTClaimsRegistry(
            now,
            _CLOCKS_APART_SECONDS_MAX,
            iss={"essential": True, "value": self._issuer},
            aud={"essential": True, "value": self._audience},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
        ).validate(claims)
        if claims["aud"] not in (self._audience, [self._audience]):
            raise _Refused("it is for other audiences too")
        if claims["exp"] <= now:
            raise _Refused("it is over")
        if claims["exp"] - claims["iat"] > self._life_seconds_max:
            raise _Refused("it lives too long")
        if "cnf" in claims:
            raise _Refused("it is bound to a key, so it is no bearer token")


def _token(connection: HTTPConnection) -> str:
    sent = connection.headers.getlist("authorization")
    if len(sent) != 1 or len(sent[0]) > _TOKEN_CHARACTERS_MAX:
        raise _Refused("there is not one header of fit length")
    found = _SENT.fullmatch(sent[0])
    if found is None:
        raise _Refused("it is not written as a token is")
    return found[1]


def _object(text: bytes) -> dict[str, Any]:
    value = read_json(text)
    if not isinstance(value, dict):
        raise _Refused("it holds no JSON object")
    return value


def _caller(claims: dict[str, Any]) -> Caller:
    subject, partner, said = (claims.get(name) for name in ("sub", "cairn_partner", "cairn_roles"))
    if not isinstance(subject, str) or not _SUBJECT.fullmatch(subject):
        raise _Refused("its subject is not an opaque reference")
    if not isinstance(partner, str) or not _PARTNER.fullmatch(partner):
        raise _Refused("it names no partner")
    roles = frozenset(role for role in Role if isinstance(said, list) and role.value in said)
    if not roles:
        raise _Refused("it gives no role that is known here")
    return Caller(f"{partner}/{subject}", partner, roles)
