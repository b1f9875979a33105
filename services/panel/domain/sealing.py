"""Words that people write about young people, which an aggregate keeps only sealed.

A command is given a `Seal`, checks the words, and records what the seal made of them.
"""

from typing import Any, Protocol

from services.panel.domain.refusing import WordsMissing

Words = dict[str, Any]
"""Sealed texts as they are recorded: `part`, to which they are bound, and `sealed`."""


class Seal(Protocol):
    """Seals texts of one aggregate for those whom it is about."""

    def __call__(self, part: str, **texts: str | None) -> Words:
        """Seal the texts that are there; `part` names their place in the aggregate, and is never used twice."""
        ...


def require(**texts: str | None) -> None:
    """Raises WordsMissing for those of these texts that say nothing."""
    missing = [name for name, text in texts.items() if not (text or "").strip()]
    if missing:
        raise WordsMissing(missing)
