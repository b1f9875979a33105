"""By what agencies know young people, as far as their own holdings give them the numbers."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from schemas.classes import DataClass, Purpose
from services.kernel.identity import Caller
from services.panel.domain.held import TIMED, Held, Opened
from services.panel.projections.holdings import held_of
from services.panel.projections.named import mentions_of
from services.panel.reading import Reading

OPERATION: Final = "panel.identifiers"
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
            for record in self._reading.chronology(who, purpose, OPERATION, of_them).records:
                for ref, name in record.held.rendering.about.items():
                    if ref in wanted and (numbers := _numbers(record, name)):
                        found[ref] = list(dict.fromkeys([*found.get(ref, []), *numbers]))
        return found

    def of(self, who: Caller, purpose: Purpose, name: str) -> Sequence[str]:
        """The identifiers of whoever the caller's agency knows by this reference of its own. Raises Problem."""

        def find(session: Session, _: datetime) -> tuple[None, Sequence[Held]]:
            items = {
                one.item
                for one in mentions_of(session, who.partner, purpose, [name])
                if one.section == DataClass.IDENTIFIERS and one.form in TIMED
            }
            return None, held_of(session, who.partner, purpose, sorted(items))

        records = self._reading.look(who, purpose, OPERATION, find).records
        ordered = sorted(records, key=lambda one: (one.held.occurred, one.held.rendering.reference))
        return list(dict.fromkeys(number for record in ordered for number in _numbers(record, name)))


def _numbers(record: Opened, name: str) -> Sequence[str]:
    found: Sequence[str] = record.each.get(name, {}).get("numbers", [])
    return found
