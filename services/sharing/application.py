"""Agreements and partners: the commands that change what governs sharing, and the questions about it.

Each command is one transaction in sharing's store; a relay says what became of it on `hub.rules`.
"""

from collections.abc import Callable
from contextlib import suppress

from eventsourcing.application import AggregateNotFoundError
from sqlalchemy import BigInteger, Column, Integer, MetaData, String, Table, insert, select

from schemas.agreements import Agreement as Document
from services.kernel.clock import Clock
from services.kernel.identity import Caller, Role
from services.kernel.store import Store
from services.kernel.store.application import StoredApplication
from services.sharing.domain.agreement import Agreement, AgreementExists, NotAParty, UnknownAgreement, digest_of
from services.sharing.domain.partner import Partner, UnknownPartner

_tables = MetaData()
_register = Table(
    "rules_register",
    _tables,
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("kind", String(20), nullable=False),
    Column("name", String(80), nullable=False),
)


class StateChanged(Exception):
    """The agreement is not in the state that the caller has seen."""


class Agreements(StoredApplication):
    """Keeps agreements and partners. Safe to call from several threads.

    Commands take the caller, whose right to them the routes have checked, and return the aggregate as it then is.
    `seen`, where given, is the state the caller has seen: another raises StateChanged.
    """

    name = "agreements"

    def __init__(self, store: Store, clock: Clock) -> None:
        super().__init__(store)
        self._clock = clock
        store.create_tables(_tables)

    def join(self, who: Caller, partner: str, name: str, contact: str = "") -> Partner:
        """Let an agency join, or describe one that has; harmless to repeat."""
        with self.store.transaction():
            try:
                known: Partner = self.repository.get(Partner.create_id(partner))
            except AggregateNotFoundError:
                known = Partner(partner, name, contact, who.practitioner, self._now())
                self._note("partner", partner)
            else:
                known.describe(name, contact, who.practitioner, self._now())
            self.save(known)
            return known

    def partners(self) -> list[Partner]:
        """Every partner, in the order in which they joined."""
        with self.store.reading():
            return [self.repository.get(Partner.create_id(partner)) for partner in self._noted("partner")]

    def draft(self, who: Caller, document: Document) -> Agreement:
        """Draft an agreement. Drafting the same document again is harmless while nothing else has been done to it.

        Raises AgreementExists, UnknownPartner.
        """
        with self.store.transaction():
            with suppress(AggregateNotFoundError):
                known: Agreement = self.repository.get(Agreement.create_id(document.id))
                if known.version == Agreement.INITIAL_VERSION and known.proposed_document() == document:
                    return known
                raise AgreementExists
            self._all_joined(document)
            drafted = Agreement(
                document.id, document.model_dump_json(), digest_of(document), who.practitioner, self._now()
            )
            self._note("agreement", document.id)
            self.save(drafted)
            return drafted

    def agreement(self, who: Caller, agreement: str) -> Agreement:
        """The agreement, for its parties and for governance. Raises UnknownAgreement for everybody else."""
        with self.store.reading():
            return self._visible(who, agreement)

    def agreements(self, who: Caller) -> list[Agreement]:
        """The agreements that the caller may know of, in the order of drafting."""
        with self.store.reading():
            every: list[Agreement] = [
                self.repository.get(Agreement.create_id(name)) for name in self._noted("agreement")
            ]
        return [agreement for agreement in every if _may_know(who, agreement)]

    def amend(
        self, who: Caller, agreement: str, change: Callable[[Document], Document], seen: int | None = None
    ) -> Agreement:
        """Propose what `change` makes of the newest version. Raises UnknownPartner."""

        def propose(found: Agreement) -> None:
            newest = found.proposed_document() or found.governing_document()
            if newest is None:
                raise UnknownAgreement
            document = change(newest)
            self._all_joined(document)
            found.amend(document, who.practitioner, self._now())

        return self._change(who, agreement, seen, propose)

    def sign(
        self,
        who: Caller,
        agreement: str,
        version: int | None = None,
        digest: str | None = None,
        seen: int | None = None,
    ) -> Agreement:
        """Sign the proposed version for the caller's own agency."""
        return self._change(
            who, agreement, seen, lambda one: one.sign(who.partner, who.practitioner, self._now(), version, digest)
        )

    def bring_into_force(
        self,
        who: Caller,
        agreement: str,
        version: int | None = None,
        digest: str | None = None,
        seen: int | None = None,
    ) -> Agreement:
        """Let the proposed version, signed by all its parties, govern."""
        return self._change(
            who, agreement, seen, lambda one: one.bring_into_force(who.practitioner, self._now(), version, digest)
        )

    def suspend(self, who: Caller, agreement: str, reason: str, seen: int | None = None) -> Agreement:
        """Stop sharing under an agreement for the time being."""
        return self._change(who, agreement, seen, lambda one: one.suspend(who.practitioner, reason, self._now()))

    def reinstate(self, who: Caller, agreement: str, reason: str, seen: int | None = None) -> Agreement:
        """Let a suspended agreement govern again."""
        return self._change(who, agreement, seen, lambda one: one.reinstate(who.practitioner, reason, self._now()))

    def end(self, who: Caller, agreement: str, reason: str, seen: int | None = None) -> Agreement:
        """End an agreement for good."""
        return self._change(who, agreement, seen, lambda one: one.end(who.practitioner, reason, self._now()))

    def withdraw(self, who: Caller, agreement: str, party: str, reason: str, seen: int | None = None) -> Agreement:
        """Let a party leave: a signatory its own, governance any. Raises NotAParty for another's."""

        def leave(found: Agreement) -> None:
            if party != who.partner and not who.may(Role.GOVERNANCE):
                raise NotAParty
            found.withdraw(party, who.practitioner, reason, self._now())

        return self._change(who, agreement, seen, leave)

    def _change(self, who: Caller, agreement: str, seen: int | None, command: Callable[[Agreement], None]) -> Agreement:
        with self.store.transaction():
            found = self._visible(who, agreement)
            if seen not in (None, found.version):
                raise StateChanged
            command(found)
            self.save(found)
            return found

    def _visible(self, who: Caller, agreement: str) -> Agreement:
        try:
            found: Agreement = self.repository.get(Agreement.create_id(agreement))
        except AggregateNotFoundError:
            raise UnknownAgreement from None
        if not _may_know(who, found):
            raise UnknownAgreement
        return found

    def _all_joined(self, document: Document) -> None:
        joined = set(self._noted("partner"))
        strangers = tuple(place for place, party in enumerate(document.parties) if party not in joined)
        if strangers:
            raise UnknownPartner(strangers)

    def _note(self, kind: str, name: str) -> None:
        with self.store.transaction() as session:
            session.execute(insert(_register).values(kind=kind, name=name))

    def _noted(self, kind: str) -> list[str]:
        c = _register.c
        with self.store.reading() as session:
            return list(session.execute(select(c.name).where(c.kind == kind).order_by(c.number)).scalars())

    def _now(self) -> str:
        return self._clock.now().isoformat()


def _may_know(who: Caller, agreement: Agreement) -> bool:
    return who.may(Role.GOVERNANCE) or agreement.concerns(who.partner)
