"""By what agencies know young people, as far as the panel's own feed gave it the numbers."""

from collections.abc import Mapping, Sequence

from schemas.classes import DataClass, Purpose
from services.kernel.identity import Caller
from services.panel.domain.held import TIMED, Held
from services.panel.reading import Reading

_PURPOSES = (Purpose.CHILD_PROTECTION, Purpose.CONTEXT)


class KnownNumbers:
    """Reads identifiers in the caller's agency's holdings, with a trace like any other reading."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading

    def identifiers(self, who: Caller, subjects: Sequence[str]) -> Mapping[str, Sequence[str]]:
        """Hub ref -> identifiers as `system|value`, in the order given; nobody who has none. Raises Problem."""
        wanted = frozenset(subjects)

        def of_them(held: Held) -> bool:
            return held.data_class == DataClass.IDENTIFIERS and held.form in TIMED and bool(wanted & set(held.subjects))

        found: dict[str, list[str]] = {}
        for purpose in _PURPOSES:
            for record in self._reading.chronology(who, purpose, "panel.identifiers", of_them).records:
                for ref, name in record.held.rendering.about.items():
                    numbers = record.each.get(name, {}).get("numbers", [])
                    if ref in wanted and numbers:
                        found[ref] = list(dict.fromkeys([*found.get(ref, []), *numbers]))
        return found
