"""The sealed format, version 1, held to what its decision record says: what is written once must open for ever."""

import base64
import hashlib
import hmac
import json

import pytest
import rfc8785
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import aes_key_unwrap, aes_key_wrap

from schemas.binding import bound
from schemas.sealed import Sealed
from services.kernel.keys import NotAuthentic
from services.kernel.keys.sealing import opened, sealed

KIM, LEE = "s-c2pxr", "s-aq7fm"
SUBJECT_KEYS = {KIM: bytes(range(32)), LEE: bytes(range(32, 64))}
CONTENT = 'Seen at the bus station, "just waiting" – 21:40'.encode()
FACTS = bound(report="r-1", type="cairn.context.observed.v1", item="i-1", section="context", data_class="context")
SEALED_IN_2026 = Sealed(
    keys={
        LEE: "UMAayPYNisbZL_wTlqnmyNLBvDI6SENMnqYpmnam8-RWpAc9RZ34tw",
        KIM: "kHfC2Zpnvj4K4NCSOqbO3SZFTzY4KpsUglfi1RjS62d6qDwhryAmFA",
    },
    nonce="gizkidJx8dscpkd2",
    commitment="WvaXfIth1UyT7FENMdDr9FOqekhzNmu2m1PwMFsQOXc",
    text="tqldJlIpL3VX_XdEqjpiBKoDwYWBAWB9K5KrLoXr9uC4XR4mz-2D7cbueazkda85TOt9vtwpOpMM85zRkqPGopU",
)


@pytest.mark.parametrize("subject", [KIM, LEE])
def test_what_was_sealed_in_2026_opens(subject: str) -> None:
    assert opened(SEALED_IN_2026, subject, SUBJECT_KEYS[subject], FACTS) == CONTENT


def test_whoever_has_only_the_decision_record_opens_it_too() -> None:
    new = sealed(CONTENT, SUBJECT_KEYS, FACTS)

    for each in (SEALED_IN_2026, new):
        assert _opened_by_the_record(each, KIM, SUBJECT_KEYS[KIM]) == CONTENT


def _opened_by_the_record(each: Sealed, subject: str, subject_key: bytes) -> bytes:
    """The steps of decision record 0001, written from it alone."""

    def raw(text: str) -> bytes:
        return base64.urlsafe_b64decode(text + "==="[: -len(text) % 4])

    content_key = aes_key_unwrap(subject_key, raw(each.keys[subject]))
    extracted = hmac.new(bytes(32), content_key, hashlib.sha256).digest()
    first = hmac.new(extracted, b"cairn sealed v1\x01", hashlib.sha256).digest()
    second = hmac.new(extracted, first + b"cairn sealed v1\x02", hashlib.sha256).digest()
    assert second == raw(each.commitment)
    associated = rfc8785.dumps({"v": 1, "alg": "A256GCM", "keys": each.keys, "bound_to": FACTS})
    return AESGCM(first).decrypt(raw(each.nonce), raw(each.text), associated)


def test_associated_data_is_canonical_json_whatever_is_in_the_facts() -> None:
    facts = {"b": 'quote " slash / back \\', "a": "line\nend\ttab\x1f", "é": "– 🚌"}

    each = sealed(CONTENT, SUBJECT_KEYS, facts)

    canonical = json.loads(rfc8785.dumps(facts))
    assert opened(each, KIM, SUBJECT_KEYS[KIM], canonical) == CONTENT


def test_one_ciphertext_never_opens_as_two_texts() -> None:
    """AES-GCM alone does not commit to its key: the commitment is what refuses another content key."""
    other_key = bytes(range(64, 96))
    swapped = SEALED_IN_2026.keys | {
        KIM: base64.urlsafe_b64encode(aes_key_wrap(SUBJECT_KEYS[KIM], other_key)).rstrip(b"=").decode()
    }

    with pytest.raises(NotAuthentic, match="committed"):
        opened(SEALED_IN_2026.model_copy(update={"keys": swapped}), KIM, SUBJECT_KEYS[KIM], FACTS)


def test_the_key_of_another_subject_opens_nothing() -> None:
    with pytest.raises(NotAuthentic):
        opened(SEALED_IN_2026, KIM, SUBJECT_KEYS[LEE], FACTS)
