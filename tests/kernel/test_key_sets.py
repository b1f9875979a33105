"""The issuer's keys: read again in time, never believed when too old, and refused when unfit."""

import json
from pathlib import Path

import pytest
from joserfc.jwk import ECKey, RSAKey

from services.kernel.identity.key_sets import KeySet, KeySetUnfit, issuer_keys, key_set_at
from tests.support.issuer import EC, JWKS, OKP, RSA, STRANGER


class Issuer:
    """An issuer whose keys can be changed and that can fall silent, and a watch to tell its keys' age by."""

    def __init__(self) -> None:
        self.document: bytes | None = JWKS
        self.asked = 0
        self.seconds = 1_000.0

    def read(self) -> bytes:
        self.asked += 1
        if self.document is None:
            raise KeySetUnfit
        return self.document

    def elapsed(self) -> float:
        return self.seconds

    def key_set(self) -> KeySet:
        return KeySet(self.read, 900, self.elapsed)


def test_an_unreachable_issuers_keys_are_believed_until_they_are_too_old_and_then_no_more() -> None:
    issuer = Issuer()
    keys = issuer.key_set()
    assert keys.key("ec") is not None
    issuer.document = None

    issuer.seconds += 900
    assert keys.key("ec") is not None
    issuer.seconds += 1
    assert keys.key("ec") is None

    issuer.document = JWKS
    issuer.seconds += 10
    assert keys.key("ec") is not None


def test_a_withdrawn_key_is_not_believed_for_more_than_a_minute() -> None:
    issuer = Issuer()
    keys = issuer.key_set()
    assert keys.key("ec") is not None
    issuer.document = json.dumps({"keys": [OKP.as_dict(private=False)]}).encode()

    issuer.seconds += 60

    assert keys.key("ec") is None
    assert keys.key("okp") is not None


def test_a_new_key_is_found_at_once_but_unknown_keys_do_not_flood_the_issuer() -> None:
    issuer = Issuer()
    issuer.document = b'{"keys": []}'
    keys = issuer.key_set()
    assert [keys.key(f"made-up-{n}") for n in range(100)] == [None] * 100
    assert issuer.asked == 1

    issuer.document = JWKS
    issuer.seconds += 10

    assert keys.key("ec") is not None
    assert issuer.asked == 2


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"[]",
        b'{"keys": {}}',
        b'{"keys": ["x"]}',
        b"[" * 5_000,
        json.dumps({"keys": [{"kty": "oct", "kid": "s", "k": "AAAA"}]}).encode(),
        json.dumps({"keys": [EC.as_dict(private=True)]}).encode(),
        json.dumps({"keys": [EC.as_dict(private=False), STRANGER.as_dict(private=False)]}).encode(),
        json.dumps({"keys": [{}] * 51}).encode(),
    ],
)
def test_a_key_set_with_a_secret_or_an_ambiguity_is_refused_whole(document: bytes) -> None:
    with pytest.raises(KeySetUnfit):
        issuer_keys(document)


@pytest.mark.filterwarnings("ignore:Key size")
def test_keys_that_are_not_for_signing_or_too_weak_are_passed_over() -> None:
    weak = RSAKey.generate_key(1024, {"kid": "weak"}).as_dict(private=False)
    encrypting = ECKey.generate_key("P-256", {"kid": "enc", "use": "enc"}).as_dict(private=False)
    other_curve = ECKey.generate_key("P-521", {"kid": "p521"}).as_dict(private=False)
    other_algorithm = RSA.as_dict(private=False) | {"kid": "rs256", "alg": "RS256"}
    nameless = {name: value for name, value in OKP.as_dict(private=False).items() if name != "kid"}
    off_the_curve = EC.as_dict(private=False) | {"kid": "off", "x": "A" * 43}
    good = OKP.as_dict(private=False)

    listed = [weak, encrypting, other_curve, other_algorithm, nameless, off_the_curve, good]

    assert list(issuer_keys(json.dumps({"keys": listed}).encode())) == ["okp"]


def test_the_issuers_keys_may_lie_in_a_file(tmp_path: Path) -> None:
    path = tmp_path / "jwks.json"
    keys = key_set_at(str(path), 900)
    assert keys.key("ec") is None

    path.write_bytes(JWKS)

    assert key_set_at(str(path), 900).key("ec") is not None


def test_an_issuer_that_cannot_be_reached_is_nobody() -> None:
    assert key_set_at("https://127.0.0.1:1/keys", 900).key("ec") is None
