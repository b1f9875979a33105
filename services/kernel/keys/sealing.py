"""The sealed format, version 1: a fresh content key for each text, wrapped once under the key of each subject.

It is for ever: what was sealed in 2026 must open, or be known to be destroyed, in 2066. See decision record 0001.
"""

import base64
import binascii
import hmac
import os
from collections.abc import Mapping

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

from schemas.sealed import Sealed
from services.kernel.keys import NotAuthentic

KEY_BYTES = 32
_NONCE_BYTES = 12
_INFO = b"cairn sealed v1"


def sealed(content: bytes, subject_keys: Mapping[str, bytes], bound_to: Mapping[str, str]) -> Sealed:
    """Seal content under the 32-byte keys of these subjects, bound to these facts."""
    content_key, nonce = os.urandom(KEY_BYTES), os.urandom(_NONCE_BYTES)
    encryption_key, commitment = _derive(content_key)
    keys = {subject: _written(aes_key_wrap(subject_keys[subject], content_key)) for subject in sorted(subject_keys)}
    text = AESGCM(encryption_key).encrypt(nonce, content, _associated(keys, bound_to))
    return Sealed(keys=keys, nonce=_written(nonce), commitment=_written(commitment), text=_written(text))


def opened(sealed: Sealed, subject: str, subject_key: bytes, bound_to: Mapping[str, str]) -> bytes:
    """The content, opened with the key of one of its subjects. Raises NotAuthentic."""
    try:
        content_key = aes_key_unwrap(subject_key, _read(sealed.keys[subject]))
        nonce, commitment, text = _read(sealed.nonce), _read(sealed.commitment), _read(sealed.text)
        encryption_key, expected = _derive(content_key)
        if len(nonce) != _NONCE_BYTES or not hmac.compare_digest(commitment, expected):
            raise NotAuthentic("the content key is not the one that was committed to")
        return AESGCM(encryption_key).decrypt(nonce, text, _associated(sealed.keys, bound_to))
    except (InvalidUnwrap, InvalidTag, ValueError) as error:
        raise NotAuthentic("the sealed content, or what it is bound to, was changed") from error


def _derive(content_key: bytes) -> tuple[bytes, bytes]:
    """The encryption key and the commitment. AES-GCM alone lets one ciphertext open under two keys; this does not."""
    derived = HKDF(SHA256(), 2 * KEY_BYTES, None, _INFO).derive(content_key)
    return derived[:KEY_BYTES], derived[KEY_BYTES:]


def _associated(keys: Mapping[str, str], bound_to: Mapping[str, str]) -> bytes:
    """RFC 8785 JSON of all that must not change; orjson writes it so, as there are strings and one small number."""
    facts = {"v": 1, "alg": "A256GCM", "keys": dict(keys), "bound_to": dict(bound_to)}
    return orjson.dumps(facts, option=orjson.OPT_SORT_KEYS)


def _written(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def _read(text: str) -> bytes:
    """Only the one canonical spelling is accepted, so that equal content has equal bytes on the log."""
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, UnicodeEncodeError) as error:
        raise NotAuthentic("a sealed value is not unpadded base64url") from error
    if _written(raw) != text:
        raise NotAuthentic("a sealed value is not unpadded base64url")
    return raw
