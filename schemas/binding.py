"""What sealed content is bound to, and how opaque refs are written: the same for whoever seals or opens.

A sealed text opens only together with the report, type, item, section, class and part it was sealed for, so that no
ciphertext can be moved to another child, item or class.
"""

import base64

SHARED = "shared"


def bound(*, report: str, type: str, item: str, section: str, data_class: str, part: str = SHARED) -> dict[str, str]:
    """The facts that the shared content of an item (or, with a subject's ref, that subject's part) is bound to."""
    return {
        "report": report,
        "type": type,
        "item": item,
        "section": section,
        "class": data_class,
        "part": part,
    }


def bound_birth(subject: str) -> dict[str, str]:
    """The facts that a sealed date of birth is bound to."""
    return {"subject": subject, "part": "born"}


def token(prefix: str, mac: bytes) -> str:
    """An opaque ref: the prefix and 26 base32 letters (128 bits) of a keyed hash, such as `s-4rz...`."""
    return f"{prefix}-{base64.b32encode(mac[:16]).decode().rstrip('=').lower()}"
