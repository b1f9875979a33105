"""An issuer of access tokens for tests: its keys, the tokens it signs, and tokens that it would never sign."""

import base64
import json
from datetime import UTC, datetime
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey, OKPKey, RSAKey
from joserfc.jws import JWSRegistry
from starlette.requests import HTTPConnection

from services.kernel.clock import SimulatedClock
from services.kernel.identity import Identity, NotIdentified
from services.kernel.identity.bearer import BearerIdentity
from services.kernel.identity.key_sets import KeySet

NOW = datetime(2026, 5, 4, 21, 0, tzinfo=UTC)
ISSUER, AUDIENCE = "https://identity.example.org", "https://hub.example.org"

EC = ECKey.generate_key("P-256", {"kid": "ec", "use": "sig", "alg": "ES256"})
RSA = RSAKey.generate_key(2048, {"kid": "rsa", "use": "sig"})
OKP = OKPKey.generate_key("Ed25519", {"kid": "okp"})
STRANGER = ECKey.generate_key("P-256", {"kid": "ec"})
JWKS = json.dumps({"keys": [key.as_dict(private=False) for key in (EC, RSA, OKP)]}).encode()

GOOD_HEADER = {"alg": "ES256", "kid": "ec", "typ": "at+jwt"}

Headers = list[tuple[str, str]]


def request(headers: Headers, client: tuple[str, int] | None = ("127.0.0.1", 50_000)) -> HTTPConnection:
    raw = [(name.lower().encode(), value.encode()) for name, value in headers]
    return HTTPConnection({"type": "http", "headers": raw, "client": client, "path": "/", "query_string": b""})


def claims(**changed: Any) -> dict[str, Any]:
    seconds = int(NOW.timestamp())
    usual = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": "officer-17",
        "iat": seconds - 60,
        "exp": seconds + 540,
        "cairn_partner": "police",
        "cairn_roles": ["practitioner"],
    }
    return {name: value for name, value in (usual | changed).items() if value is not ...}


def token(said: dict[str, Any] | None = None, key: Any = EC, **header: Any) -> str:
    wanted = {name: value for name, value in (GOOD_HEADER | header).items() if value is not ...}
    lenient = JWSRegistry(algorithms=[wanted.get("alg", "ES256")], strict_check_header=False)
    return jwt.encode(wanted, said or claims(), key, registry=lenient, default_type=None)


def bearer(text: str) -> Headers:
    return [("Authorization", f"Bearer {text}")]


def bearer_identity(clock: SimulatedClock | None = None, **settings: Any) -> BearerIdentity:
    keys = KeySet(lambda: JWKS, 900)
    return BearerIdentity(ISSUER, AUDIENCE, keys, clock or SimulatedClock(NOW), **settings)


def part(value: object) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def signed(header: object, said: object = None) -> str:
    """A token of any header and payload (JSON or bytes), with a good signature of the issuer's."""
    text = f"{part(header)}.{part(said if said is not None else claims())}"
    return f"{text}.{part(JWSRegistry.algorithms['ES256'].sign(text.encode(), EC))}"


def refused(identity: Identity, connection: HTTPConnection) -> bool:
    """Whether it is refused, and without a word of why."""
    try:
        identity.identify(connection)
    except NotIdentified as error:
        return not error.args
    return False
