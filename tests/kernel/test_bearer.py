"""Bearer tokens: which are believed, and what a token cannot be made to do."""

import hmac
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from services.kernel.clock import SimulatedClock
from services.kernel.identity import Role
from tests.support.issuer import (
    AUDIENCE,
    EC,
    GOOD_HEADER,
    ISSUER,
    NOW,
    OKP,
    RSA,
    STRANGER,
    bearer,
    bearer_identity,
    claims,
    part,
    refused,
    request,
    signed,
    token,
)


@pytest.mark.filterwarnings("ignore:EdDSA is deprecated")
@pytest.mark.parametrize(("key", "algorithm"), [(EC, "ES256"), (RSA, "PS256"), (OKP, "EdDSA"), (OKP, "Ed25519")])
def test_each_allowed_algorithm_is_believed_with_its_own_kind_of_key(key: Any, algorithm: str) -> None:
    shown = bearer(token(key=key, alg=algorithm, kid=key.kid))

    assert bearer_identity().identify(request(shown)).practitioner == "police/officer-17"


def _unsigned(algorithm: str) -> str:
    return f"{part(GOOD_HEADER | {'alg': algorithm})}.{part(claims())}."


def _signed_with_public_key_as_secret() -> str:
    text = f"{part(GOOD_HEADER | {'alg': 'HS256', 'kid': 'rsa'})}.{part(claims())}"
    return f"{text}.{part(hmac.digest(RSA.as_pem(private=False), text.encode(), 'sha256'))}"


def _with(place: int, change: Callable[[str], str]) -> str:
    parts = token().split(".")
    parts[place] = change(parts[place])
    return ".".join(parts)


def _other_last_bits(part: str) -> str:
    """The same bytes in base64 that is not canonical: 64 bytes leave four bits over in the last character."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return part[:-1] + alphabet[alphabet.index(part[-1]) ^ 1]


def _claims_with_a_name_twice() -> str:
    return signed(GOOD_HEADER, json.dumps(claims())[:-1].encode() + b', "cairn_partner": "health"}')


MISUSES: dict[str, Callable[[], str]] = {
    "nothing": lambda: "",
    "two parts": lambda: token().rsplit(".", 1)[0],
    "four parts": lambda: token() + ".x",
    "alg none": lambda: _unsigned("none"),
    "alg None": lambda: _unsigned("None"),
    "no signature": lambda: _unsigned("ES256"),
    "alg missing": lambda: signed({"kid": "ec", "typ": "at+jwt"}),
    "alg a list": lambda: signed(GOOD_HEADER | {"alg": ["ES256"]}),
    "HMAC under the public key": _signed_with_public_key_as_secret,
    "RS256": lambda: token(key=RSA, alg="RS256", kid="rsa"),
    "PS512": lambda: token(key=RSA, alg="PS512", kid="rsa"),
    "a key of another kind": lambda: token(key=EC, kid="rsa"),
    "an algorithm the key is not for": lambda: token(key=RSA, alg="PS256", kid="ec"),
    "signed by a stranger": lambda: token(key=STRANGER),
    "payload changed": lambda: _with(1, lambda _: part(claims(cairn_partner="health"))),
    "header changed": lambda: _with(0, lambda _: part({"alg": "ES256", "kid": "ec", "typ": "application/at+jwt"})),
    "signature cut": lambda: _with(2, lambda part: part[:-4]),
    "signature of zeros": lambda: _with(2, lambda part: "A" * len(part)),
    "signature spelt otherwise": lambda: _with(2, _other_last_bits),
    "signature padded": lambda: token() + "==",
    "kid missing": lambda: token(kid=...),
    "kid unknown": lambda: token(kid="other"),
    "kid a path": lambda: token(kid="../../../../dev/null"),
    "kid a statement": lambda: token(kid="ec' OR '1'='1"),
    "kid a list": lambda: signed(GOOD_HEADER | {"kid": ["ec"]}),
    "own key by jwk": lambda: token(key=STRANGER, jwk=STRANGER.as_dict(private=False)),
    "own key by jku": lambda: token(key=STRANGER, jku="https://attacker.example/keys"),
    "own key by x5u": lambda: token(key=STRANGER, x5u="https://attacker.example/chain"),
    "own key by x5c": lambda: token(key=STRANGER, x5c=["MIIB"]),
    "jku beside a good signature": lambda: signed(GOOD_HEADER | {"jku": "https://attacker.example/keys"}),
    "crit": lambda: signed(GOOD_HEADER | {"crit": ["x"], "x": 1}),
    "b64 false": lambda: signed(GOOD_HEADER | {"b64": False}),
    "header of a megabyte": lambda: signed(GOOD_HEADER | {"x5t": "A" * 900_000}),
    "as long as a book": lambda: signed(GOOD_HEADER, claims(note="x" * 9_000)),
    "header no object": lambda: signed(["ES256", "ec", "at+jwt"]),
    "header no JSON": lambda: signed(b"{"),
    "type missing": lambda: token(typ=...),
    "type of an identity token": lambda: token(typ="JWT"),
    "type of a logout token": lambda: token(typ="logout+jwt"),
    "a name twice in the header": lambda: signed(b'{"alg": "ES256", "kid": "no", "kid": "ec", "typ": "at+jwt"}'),
    "payload no object": lambda: signed(GOOD_HEADER, ["police"]),
    "payload no JSON": lambda: signed(GOOD_HEADER, b"police"),
    "payload not UTF-8": lambda: signed(GOOD_HEADER, b'{"sub": "\xff"}'),
    "a claim twice": _claims_with_a_name_twice,
    "expired": lambda: token(claims(exp=int(NOW.timestamp()))),
    "expired long ago": lambda: token(claims(iat=1, exp=2)),
    "never expires": lambda: token(claims(exp=...)),
    "expiry a text": lambda: token(claims(exp="9999999999")),
    "expiry true": lambda: token(claims(exp=True)),
    "lives too long": lambda: token(claims(exp=int(NOW.timestamp()) + 3_600)),
    "not yet valid": lambda: token(claims(nbf=int(NOW.timestamp()) + 30)),
    "issued in the future": lambda: token(claims(iat=int(NOW.timestamp()) + 30)),
    "not issued": lambda: token(claims(iat=...)),
    "another issuer": lambda: token(claims(iss="https://identity.example.org/")),
    "no issuer": lambda: token(claims(iss=...)),
    "issuers": lambda: token(claims(iss=[ISSUER])),
    "another audience": lambda: token(claims(aud="https://other.example.org")),
    "no audience": lambda: token(claims(aud=...)),
    "several audiences": lambda: token(claims(aud=[AUDIENCE, "https://other.example.org"])),
    "empty audiences": lambda: token(claims(aud=[])),
    "bound to a key": lambda: token(claims(cnf={"jkt": "x"})),
    "no subject": lambda: token(claims(sub=...)),
    "an address of mail as subject": lambda: token(claims(sub="kim@example.org")),
    "a subject of another partner": lambda: token(claims(sub="../health/nurse")),
    "no partner": lambda: token(claims(cairn_partner=...)),
    "partners": lambda: token(claims(cairn_partner=["police"])),
    "no roles": lambda: token(claims(cairn_roles=...)),
    "empty roles": lambda: token(claims(cairn_roles=[])),
    "unknown roles": lambda: token(claims(cairn_roles=["admin"])),
    "roles as text": lambda: token(claims(cairn_roles="practitioner")),
}


@pytest.mark.parametrize("misuse", MISUSES)
def test_a_misused_token_is_refused_without_a_word_of_why(misuse: str) -> None:
    identity = bearer_identity()
    for good in (token(), signed(GOOD_HEADER)):
        assert not refused(identity, request(bearer(good))), "a good token must be believed"

    assert refused(identity, request(bearer(MISUSES[misuse]())))


def test_every_single_changed_character_of_a_token_is_refused() -> None:
    identity, good = bearer_identity(), token()

    for place in range(len(good)):
        changed = good[:place] + ("A" if good[place] != "A" else "B") + good[place + 1 :]
        assert refused(identity, request(bearer(changed))), place


def test_a_refused_token_leaves_a_reason_in_the_log_and_nothing_of_the_token(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    refused_token = token(claims(sub="kim@example.org"))

    assert refused(bearer_identity(), request(bearer(refused_token)))

    assert "opaque reference" in caplog.text
    assert "kim" not in caplog.text
    assert refused_token.split(".")[1] not in caplog.text


def test_clocks_may_differ_a_little_but_no_token_outlives_its_expiry() -> None:
    clock = SimulatedClock(NOW)
    identity = bearer_identity(clock)
    shown = bearer(token(claims(iat=int(NOW.timestamp()) + 9)))

    assert not refused(identity, request(shown))
    clock.move(NOW + timedelta(seconds=539))
    assert not refused(identity, request(shown))
    clock.move(NOW + timedelta(seconds=540))
    assert refused(identity, request(shown))


def test_an_issuer_that_cannot_say_at_jwt_may_be_configured() -> None:
    identity = bearer_identity(token_type="JWT")

    assert not refused(identity, request(bearer(token(typ="JWT"))))
    assert refused(identity, request(bearer(token(typ="at+jwt"))))


def test_a_role_unknown_here_is_passed_over() -> None:
    shown = bearer(token(claims(cairn_roles=["admin", "system"])))

    assert bearer_identity().identify(request(shown)).roles == {Role.SYSTEM}


def test_a_subject_of_the_issuers_is_the_practitioners_reference() -> None:
    caller = bearer_identity().identify(request(bearer(token(claims(sub="auth0|5f7c")))))

    assert caller.practitioner == "police/auth0|5f7c"
