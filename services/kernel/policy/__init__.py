"""The policy engine: what the rules say to a list of labels.

A decision is a pure function of the policies, the compiled agreements and the instant. Absent means no: an engine
that is down, slow, stale or talking nonsense raises `PolicyUnavailable`, and nobody is given anything.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from schemas.decisions import Answer, Label


class PolicyUnavailable(Exception):
    """The engine gave no usable answer; nothing may be disclosed on the strength of it."""


class PolicyEngine(Protocol):
    """Decides labels."""

    @property
    def revision(self) -> str:
        """Names the policies: others have another."""
        ...

    def decide(self, labels: Sequence[Label], grants: Mapping[str, Any], now_microseconds: int) -> list[Answer]:
        """One answer for each label, in their order.

        `grants` is the compiled index: source -> data class -> list of grants, each
        `{"agreement", "purpose", "to", "form", "starts", "ends", "before_era"}` with instants in microseconds since
        1970 (UTC), `before_era` null unless the grant covers only items of an era below it.
        Raises PolicyUnavailable.
        """
        ...

    def close(self) -> None: ...
