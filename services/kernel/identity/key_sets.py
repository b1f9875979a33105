"""The issuer's public keys: read from a file or an https address, and not believed once they are too old.

An issuer that cannot be reached costs its callers their access after a while; it never costs trust.
"""

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import httpx2
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey

_BYTES_MAX = 262_144
_KEYS_MAX = 50
_RSA_BITS_MIN = 2048
_FETCH_SECONDS_MAX = 5.0
_RETRY_SECONDS = 10.0
_REFRESH_SECONDS = 60.0
"""A key that its issuer withdraws is believed no longer than this while the issuer can be reached."""

PublicKey = ECKey | OKPKey | RSAKey


class KeySetUnfit(Exception):
    """The issuer's keys could not be read, or are not fit to be believed."""


@dataclass(frozen=True)
class IssuerKey:
    """One public key, with the algorithms that it may be used for."""

    key: PublicKey
    algorithms: frozenset[str]


class KeySet:
    """The issuer's keys, read again now and then, and soon when a token names one that is not there."""

    def __init__(
        self, read: Callable[[], bytes], seconds_max: float, elapsed: Callable[[], float] = time.monotonic
    ) -> None:
        self._read = read
        self._seconds_max = seconds_max
        self._elapsed = elapsed
        self._reading = threading.Lock()
        self._keys: dict[str, IssuerKey] = {}
        self._read_at: float | None = None
        self._tried_at: float | None = None

    def key(self, kid: str) -> IssuerKey | None:
        """The key of this id; None if the issuer has none, or its keys are too old."""
        if self._due(kid) and self._reading.acquire(blocking=not self._fresh()):
            try:
                if self._due(kid):
                    self._refresh()
            finally:
                self._reading.release()
        return self._keys.get(kid) if self._fresh() else None

    def _fresh(self) -> bool:
        return self._read_at is not None and self._elapsed() - self._read_at <= self._seconds_max

    def _due(self, kid: str) -> bool:
        if self._tried_at is not None and self._elapsed() - self._tried_at < _RETRY_SECONDS:
            return False
        old = self._read_at is None or self._elapsed() - self._read_at >= min(_REFRESH_SECONDS, self._seconds_max)
        return old or kid not in self._keys

    def _refresh(self) -> None:
        self._tried_at = self._elapsed()
        try:
            self._keys = issuer_keys(self._read())
        except KeySetUnfit:
            return
        self._read_at = self._tried_at


def key_set_at(place: str, seconds_max: float) -> KeySet:
    """The keys at an https address or in a file."""
    if place.startswith("https://"):
        return KeySet(lambda: _fetched(place), seconds_max)
    return KeySet(lambda: _in_file(Path(place)), seconds_max)


def issuer_keys(document: bytes) -> dict[str, IssuerKey]:
    """The usable keys of a JWK set (RFC 7517) by their ids.

    Keys of other kinds are passed over. A set with a secret in it (a symmetric key, a private part) or with one id
    twice is refused whole. Raises KeySetUnfit.
    """
    try:
        listed = json.loads(document)["keys"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise KeySetUnfit("this is not a JWK set") from error
    if not isinstance(listed, list) or len(listed) > _KEYS_MAX or not all(isinstance(each, dict) for each in listed):
        raise KeySetUnfit("this is not a JWK set")
    found: dict[str, IssuerKey] = {}
    for each in listed:
        if each.get("kty") == "oct" or "d" in each:
            raise KeySetUnfit("the JWK set holds a secret: it must hold public keys alone")
        kid, key = each.get("kid"), _issuer_key(each)
        if key is None or not isinstance(kid, str):
            continue
        if kid in found:
            raise KeySetUnfit("the JWK set has one key id twice")
        found[kid] = key
    return found


def _issuer_key(jwk: dict[str, object]) -> IssuerKey | None:
    operations = jwk.get("key_ops", ["verify"])
    if jwk.get("use", "sig") != "sig" or not isinstance(operations, list) or "verify" not in operations:
        return None
    try:
        key, algorithms = _imported(jwk)
    except (JoseError, ValueError, TypeError, KeyError):
        return None
    if "alg" in jwk:
        algorithms &= {jwk["alg"]}
    return IssuerKey(key, frozenset(algorithms)) if algorithms else None


def _imported(jwk: dict[str, object]) -> tuple[PublicKey, set[str]]:
    numbers = {name: value for name, value in jwk.items() if isinstance(value, str)}
    kind = jwk.get("kty"), jwk.get("crv")
    if kind == ("EC", "P-256"):
        return ECKey.import_key(dict(numbers)), {"ES256"}
    if kind == ("OKP", "Ed25519"):
        return OKPKey.import_key(dict(numbers)), {"EdDSA", "Ed25519"}
    if kind[0] == "RSA":
        key = RSAKey.import_key(dict(numbers))
        return key, {"PS256"} if key.public_key.key_size >= _RSA_BITS_MIN else set()
    raise ValueError("a kind of key that is not used here")


def _in_file(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_BYTES_MAX)
    except OSError as error:
        raise KeySetUnfit("the JWK set cannot be read") from error


def _fetched(url: str) -> bytes:
    body = bytearray()
    try:
        with (
            httpx2.Client(timeout=_FETCH_SECONDS_MAX, follow_redirects=False) as client,
            client.stream("GET", url, headers={"Accept": "application/json"}) as response,
        ):
            if response.status_code != 200:
                raise KeySetUnfit("the issuer does not answer with its keys")
            for chunk in response.iter_bytes():
                body += chunk
                if len(body) > _BYTES_MAX:
                    raise KeySetUnfit("the JWK set is too large")
    except httpx2.HTTPError as error:
        raise KeySetUnfit("the issuer cannot be reached") from error
    return bytes(body)
