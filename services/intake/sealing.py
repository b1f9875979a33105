"""Sealing a report: local names become opaque refs, and content becomes ciphertext bound to its place.

What an item says of all its subjects is sealed for all of them; what it says of one, for that one alone.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson

from schemas.binding import SHARED, bound, bound_birth, token
from schemas.classes import SubjectKind
from schemas.reports import IntelligencePublished, ReportData, Section, content_of, data_class_of
from schemas.sealed import Correction, Sealed, SealedItem, SealedReport, SealedSubject
from services.intake.domain.submission import RECEIPT_PREFIX
from services.intake.resolution import People, context_ref
from services.intake.understanding import Understood
from services.kernel.keys import Keys


@dataclass(frozen=True)
class Named:
    """Whom the local names of one report stand for."""

    refs: Mapping[str, str]
    """Local name -> ref, of people and contexts."""
    kinds: Mapping[str, SubjectKind]
    """Ref -> kind."""
    marks: Mapping[str, tuple[str, ...]]
    """Ref of a person -> keyed hashes of the identifiers given."""
    present: tuple[str, ...]
    """Refs of the young people who were there, when no section says so."""

    def sealed_for(self, about: Iterable[str]) -> tuple[str, ...]:
        """Whose keys open what is about these refs: the people's or, where there are none, the contexts'."""
        refs = tuple(about)
        return tuple(ref for ref in refs if self.kinds[ref] is not SubjectKind.CONTEXT) or refs


def report_ref(keys: Keys, source: str, event_id: str) -> str:
    """The ref of a report: the same for the same source and id, whoever computes it."""
    return token("r", keys.mac("report", f"{source}\n{event_id}"))


def receipt_of(keys: Keys, report: str) -> str:
    """The receipt for the report of this ref."""
    return token(RECEIPT_PREFIX, keys.mac("receipt", report))


def identifiers_of(report: ReportData) -> list[tuple[SubjectKind, str]]:
    """Every identifier that the report gives."""
    return [(person.kind, one) for person in report.people.values() for one in person.identifiers]


def name_everybody(understood: Understood, report: str, people: People, keys: Keys, now: datetime) -> Named:
    """Find out, or decide, who the people and contexts are that a report makes use of."""
    data = understood.report
    used = dict.fromkeys((*_named_in_sections(data), *data.present, *data.about_contexts))
    refs: dict[str, str] = {}
    kinds: dict[str, SubjectKind] = {}
    marks: dict[str, tuple[str, ...]] = {}
    for local, person in data.people.items():
        if local in used:
            ref, given = people.resolve(person.kind, person.identifiers, local, report, now)
            if ref in kinds:  # the sender tells two people apart whom the index takes for one
                ref = people.set_apart(person.kind, local, ref, report, now)
            refs[local], kinds[ref] = ref, person.kind
            marks[ref] = given
    for local, context in data.contexts.items():
        if local in used:
            ref = context_ref(keys, uprn=context.uprn, reference=context.reference, name=context.name)
            refs[local], kinds[ref] = ref, SubjectKind.CONTEXT
    present = tuple(dict.fromkeys(refs[local] for local in data.present))
    return Named(refs, kinds, marks, present)


def seal_report(
    understood: Understood, named: Named, report: str, agency: str, keys: Keys, recorded: datetime
) -> SealedReport:
    """The report as it will lie on the log, numbered 1 until its number is known. Raises KeyDestroyed."""
    data = understood.report
    return SealedReport(
        report=report,
        by=agency,
        type=understood.event["type"],
        occurred=understood.occurred,
        recorded=recorded,
        sequence=1,
        subjects=tuple(_subjects(data, named, keys)),
        contexts=tuple(dict.fromkeys(named.refs[local] for local in data.about_contexts)),
        items=tuple(
            _item(name, section, report, understood.event["type"], named, keys) for name, section in data.sections()
        ),
        corrects=_correction(understood, keys),
        assesses=data.assesses if isinstance(data, IntelligencePublished) else None,
    )


def _named_in_sections(data: ReportData) -> list[str]:
    return [local for _, section in data.sections() for local in section.about]


def _subjects(data: ReportData, named: Named, keys: Keys) -> Iterable[SealedSubject]:
    born = {named.refs[local]: one.born for local, one in data.people.items() if local in named.refs and one.born}
    for ref, kind in named.kinds.items():
        day = born.get(ref)
        sealed = keys.seal(day.isoformat().encode(), (ref,), bound_birth(ref)) if day else None
        yield SealedSubject(ref=ref, kind=kind, born=sealed, marks=named.marks.get(ref, ()))


def _item(name: str, section: Section, report: str, type_name: str, named: Named, keys: Keys) -> SealedItem:
    item = token("i", keys.mac("item", f"{report}\n{name}"))
    data_class = data_class_of(section)
    about = tuple(dict.fromkeys(named.refs[local] for local in section.about))
    shared, parts = content_of(section)

    def seal(content: Mapping[str, object], subjects: Sequence[str], part: str) -> Sealed:
        facts = bound(report=report, type=type_name, item=item, section=name, data_class=data_class.value, part=part)
        return keys.seal(orjson.dumps(content), subjects, facts)

    return SealedItem(
        item=item,
        section=name,
        data_class=data_class,
        about=about,
        handling=section.handling,
        shared=seal(shared, named.sealed_for(about), SHARED),
        parts={
            ref: seal(content, (ref,), ref)
            for ref, content in ((named.refs[local], content) for local, content in parts.items())
            if content
        },
    )


def _correction(understood: Understood, keys: Keys) -> Correction | None:
    corrects = understood.corrects
    if corrects is None:
        return None
    return Correction(
        report=report_ref(keys, understood.event["source"], corrects.event_id),
        kind=corrects.kind,
        section=corrects.section,
        handling=corrects.handling,
    )
