"""Texts: sealing what people write before it is kept, and opening it for those who may read it."""

import json
from collections.abc import Mapping, Sequence

from schemas.sealed import Sealed
from services.kernel.http.problems import Problem
from services.kernel.keys import KeyDestroyed, Keys, KeysUnavailable, NotAuthentic
from services.panel.domain.sealing import Seal, Words


class Texts:
    """Seals the texts of an aggregate for those whom they are about, or, where it is about nobody, for itself."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys

    def of(self, ref: str, subjects: Sequence[str] = ()) -> Seal:
        """Seals texts of the aggregate `ref` for these subjects; the seal raises Problem 503 `content_unavailable`."""

        def seal(part: str, **texts: str | None) -> Words:
            said = {name: text for name, text in texts.items() if text is not None and text.strip()}
            content = json.dumps(said, ensure_ascii=True).encode()
            try:
                readers = [one for one in dict.fromkeys(subjects) if self._can_seal_for(one)] or [ref]
                sealed = self._keys.seal(content, readers, {"panel": ref, "part": part})
            except KeysUnavailable as error:
                raise unavailable() from error
            return {"part": part, "sealed": sealed.model_dump(mode="json")}

        return seal

    def open(self, ref: str, words: Mapping[str, object] | None) -> dict[str, str]:
        """The texts by name; none where the keys of all whom they are about were destroyed.

        Raises Problem 503 `content_unavailable`.
        """
        if words is None:
            return {}
        try:
            sealed = Sealed.model_validate(words["sealed"])
            found: dict[str, str] = json.loads(self._keys.open(sealed, {"panel": ref, "part": str(words["part"])}))
        except KeyDestroyed:
            return {}
        except (KeysUnavailable, NotAuthentic) as error:
            raise unavailable() from error
        return found

    def _can_seal_for(self, subject: str) -> bool:
        try:
            self._keys.prepare([subject])
        except KeyDestroyed:
            return False
        return True


def unavailable() -> Problem:
    """What cannot be opened or sealed now."""
    return Problem(
        503,
        "content_unavailable",
        "Nothing can be written or shown now",
        "What people wrote cannot be sealed or opened at the moment. Try again shortly.",
        headers={"Retry-After": "5"},
    )
