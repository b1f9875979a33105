"""What the panel tells other agencies: its own reports, as any agency would write them for intake.

The id of a report is made from what it tells, so that telling it again is recognised.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from schemas.envelope import source_of

DECIDED = "cairn.panel.decided.v1"
ASSIGNED = "cairn.action.assigned.v1"
OBSERVED = "cairn.context.observed.v1"
WITHDRAWN = "cairn.report.withdrawn.v1"

JSON = dict[str, Any]


@dataclass(frozen=True)
class Named:
    """Whom and what a report is about: people by identifiers that the panel itself was given, contexts by name."""

    people: Sequence[Sequence[str]] = ()
    contexts: Sequence[Mapping[str, str]] = ()

    def __bool__(self) -> bool:
        return bool(self.people or self.contexts)

    def about(self) -> list[str]:
        """Local names: people first."""
        return [f"p{n}" for n in range(1, len(self.people) + 1)] + [f"c{n}" for n in range(1, len(self.contexts) + 1)]

    def declared(self) -> JSON:
        """The report's people and contexts."""
        people = {
            f"p{n}": {"kind": "young_person", "identifiers": list(identifiers)}
            for n, identifiers in enumerate(self.people, start=1)
        }
        contexts = {f"c{n}": dict(name) for n, name in enumerate(self.contexts, start=1)}
        return {"people": people, "contexts": contexts, "about_contexts": list(contexts)}


def context_name(words: Mapping[str, str]) -> dict[str, str]:
    """How a confirmed context is named in a report: by its UPRN, if it has one."""
    return {"uprn": words["uprn"]} if "uprn" in words else {"name": words["name"]}


def decided(panel: str, unique: str, at: str, named: Named, decision: Mapping[str, Any]) -> JSON:
    """A decision of the panel; `unique` names the item of the meeting."""
    section = {"about": named.about(), **{name: said for name, said in decision.items() if said not in (None, ())}}
    return _event(panel, DECIDED, unique, at, {**named.declared(), "decision": section})


def assigned(panel: str, unique: str, at: str, named: Named, owner: str, text: str, due: str) -> JSON:
    """An action, addressed to its owner in the words that were written for it; nothing of the decision behind it."""
    section = {"about": named.about(), "handling": {"addressed_to": [owner]}, "to_do": text, "due": due}
    return _event(panel, ASSIGNED, unique, at, {**named.declared(), "action": section})


def observed(panel: str, unique: str, at: str, named: Named, context: Mapping[str, Any]) -> JSON:
    """What the panel knows of a confirmed context, in coded values."""
    contexts = Named((), named.contexts)
    return _event(
        panel, OBSERVED, unique, at, {**contexts.declared(), "context": {"about": contexts.about(), **context}}
    )


def withdrawn(panel: str, report: str, at: str) -> JSON:
    """That an earlier report of the panel's no longer stands."""
    return _event(panel, WITHDRAWN, report, at, {"report": report})


def _event(panel: str, type_name: str, unique: str, at: str, data: JSON) -> JSON:
    return {
        "specversion": "1.0",
        "id": str(uuid5(NAMESPACE_URL, f"urn:cairn:panel:{type_name}:{unique}")),
        "source": source_of(panel),
        "type": type_name,
        "time": at,
        "datacontenttype": "application/json",
        "data": data,
    }
