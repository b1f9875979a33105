"""Recalling: what a partner was asked to remove, and its word that it did.

An acknowledgement is said on the log, and the records learn it from there: so it survives whatever stops, and every
process that serves the partner knows it.
"""

import time
from datetime import datetime

from schemas.binding import token
from schemas.classes import Published
from schemas.disclosures import RecallAcknowledged
from schemas.envelope import Event
from services.kernel import topics
from services.kernel.access import AccessGate
from services.kernel.clock import Clock
from services.kernel.http.problems import Problem
from services.kernel.identity import Caller
from services.kernel.keys import Keys
from services.kernel.log import Log, LogUnavailable, Record
from services.sharing.currency import Currency
from services.sharing.projections import record_queries as records
from services.sharing.projections.record_queries import Recall
from services.sharing.release import ShownInstant, shown_instant

_LOOK_SECONDS = 0.01


class RecallTold(Published):
    """A recall as the partner that is asked to remove something reads it."""

    recall: str
    records: tuple[str, ...]
    """The partner's own names of the records to be removed."""
    purposes: tuple[str, ...]
    """For which it had them."""
    recalled: ShownInstant
    acknowledged: ShownInstant | None
    """When the partner said that it has removed them."""
    overdue: bool
    """Whether it has taken longer than the hub allows; then nothing else can be read."""


class Recalling:
    """Lists recalls and takes acknowledgements of them."""

    def __init__(
        self, currency: Currency, log: Log, keys: Keys, clock: Clock, gate: AccessGate, wait_seconds_max: float
    ) -> None:
        self._currency, self._log, self._keys, self._clock, self._gate = currency, log, keys, clock, gate
        self._wait_seconds_max = wait_seconds_max

    def listed(self, caller: Caller, with_acknowledged: bool) -> list[RecallTold]:
        """The recalls that the partner has still to acknowledge, or all. Readable even where nothing else is.

        Raises Problem: 403 `not_a_partner`, 503 `access_not_recorded`.
        """
        found = self._currency.known(caller.partner, lambda session: records.recalls(session, caller.partner))
        now = self._clock.now()
        self._gate.record(caller, "recalls.list", None, ())
        return [self._shown(one, now) for one in found if with_acknowledged or one.acknowledged is None]

    def acknowledge(self, caller: Caller, recall: str) -> RecallTold:
        """Take the partner's word; harmless to repeat, and the first counts.

        Raises Problem: 403 `not_a_partner`, 404 `recall_unknown`, 503 `acknowledgement_not_recorded`.
        """
        known = self._known(caller, recall)
        if known.acknowledged is None:
            self._say(caller, recall)
            known = self._learnt(caller, recall)
        return self._shown(known, self._clock.now())

    def _known(self, caller: Caller, recall: str) -> Recall:
        found = self._currency.known(caller.partner, lambda session: records.recalls(session, caller.partner, recall))
        if not found:
            raise Problem(404, "recall_unknown", "Not found", "Your agency has no recall of this id.")
        return found[0]

    def _say(self, caller: Caller, recall: str) -> None:
        now = self._clock.now()
        name = token("ack", self._keys.mac("acknowledgement", f"{caller.partner}\n{recall}"))
        said = RecallAcknowledged(partner=caller.partner, recall=recall, by=caller.practitioner, acknowledged=now)
        event = Event[RecallAcknowledged](
            id=name, source="urn:cairn:hub:sharing", type="cairn.recall.acknowledged.v1", time=now, data=said
        )
        try:
            self._log.append([Record(topics.RECALLS, caller.partner, name, event.model_dump_json().encode())])
        except LogUnavailable as error:
            raise Problem(
                503,
                "acknowledgement_not_recorded",
                "The acknowledgement could not be recorded",
                "Give it again in a few seconds.",
                headers={"Retry-After": "2"},
            ) from error

    def _learnt(self, caller: Caller, recall: str) -> Recall:
        """The recall once the records know that it is acknowledged, or as it is after waiting a little."""
        until = time.monotonic() + self._wait_seconds_max
        while True:
            known = self._known(caller, recall)
            if known.acknowledged is not None or time.monotonic() >= until:
                return known
            time.sleep(_LOOK_SECONDS)

    def _shown(self, recall: Recall, now: datetime) -> RecallTold:
        age_seconds = (now - recall.recalled).total_seconds()
        return RecallTold(
            recall=recall.recall,
            records=tuple(recall.records),
            purposes=tuple(recall.purposes),
            recalled=shown_instant(recall.recalled),
            acknowledged=shown_instant(recall.acknowledged) if recall.acknowledged else None,
            overdue=recall.acknowledged is None and self._currency.is_overdue(age_seconds),
        )
