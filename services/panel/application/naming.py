"""Naming: how the panel tells other agencies whom, or what, an item of a meeting is about."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from services.kernel.identity import Caller
from services.panel import publishing
from services.panel.application.contexts import Contexts
from services.panel.application.kept import Kept
from services.panel.publishing import Named


class Identifying(Protocol):
    """Finds by what agencies know young people, in the panel's own feed."""

    def identifiers(self, who: Caller, subjects: Sequence[str]) -> Mapping[str, Sequence[str]]:
        """Hub ref -> identifiers as `system|value`, for those whom the panel was given any for. Raises Problem."""
        ...


class Naming:
    """Names people and contexts as agencies know them."""

    def __init__(self, kept: Kept, contexts: Contexts, known: Identifying) -> None:
        self._kept, self._contexts, self._known = kept, contexts, known

    def of(self, who: Caller, subjects: Sequence[str], contexts: Sequence[str]) -> Named:
        """Whom something is about by their identifiers, or else what it is about. Raises NotYours, Problem.

        Somebody without an identifier would be taken for somebody new, and so is left out.
        """
        known = self._known.identifiers(who, subjects) if subjects else {}
        people = [known[subject] for subject in subjects if known.get(subject)]
        if people:
            return Named(people)
        names = []
        for context in contexts:
            case = self._kept.case_of(context)
            words = self._contexts.opened(who, case).words.get("name") if case else None
            if case and words:
                names.append(publishing.context_name(self._kept.texts.open(case, words)))
        return Named((), names)
