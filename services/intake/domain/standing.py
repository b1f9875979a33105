"""Where a report stands: its sections as its amendments have left them, and what it adds to each context.

A report and its amendments count as one report behind a context, under the ref of the first.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from schemas.classes import SubjectKind
from schemas.sealed import Contribution, SealedReport, SealedSubject


@dataclass(frozen=True)
class Standing:
    """What is true of a report now, by opaque refs."""

    root: str
    """The ref of the first report."""
    sections: dict[str, tuple[str, ...]]
    """Section -> refs of its subjects."""
    contexts: tuple[str, ...]
    """What the whole report is about."""
    present: tuple[str, ...]
    """Young people who were there, when no section says so."""
    subjects: dict[str, SealedSubject]

    @classmethod
    def of(cls, report: SealedReport, present: Iterable[str]) -> "Standing":
        """Where a report stands by itself."""
        return cls(
            root=report.corrects.report if report.corrects else report.report,
            sections={item.section: item.about for item in report.items},
            contexts=report.contexts,
            present=tuple(present),
            subjects={subject.ref: subject for subject in report.subjects},
        )

    def amended(self, later: "Standing") -> "Standing":
        """Where it stands once the sections of a later report have taken the place of its own."""
        return Standing(
            root=self.root,
            sections=self.sections | later.sections,
            contexts=later.contexts or self.contexts,
            present=later.present or self.present,
            subjects=self.subjects | later.subjects,
        )

    def contributions(self) -> dict[str, Contribution]:
        """Context -> what the report adds to it: every young person it names."""
        named = [ref for about in self.sections.values() for ref in about]
        young = self._of_kind((*named, *self.present), SubjectKind.YOUNG_PERSON)
        people = tuple(self.subjects[ref].model_copy(update={"marks": ()}) for ref in young)
        contexts = dict.fromkeys((*self.contexts, *self._of_kind(named, SubjectKind.CONTEXT)))
        return {ref: Contribution(context=ref, report=self.root, young_people=people) for ref in contexts}

    def _of_kind(self, refs: Sequence[str], kind: SubjectKind) -> tuple[str, ...]:
        known = (ref for ref in refs if ref in self.subjects and self.subjects[ref].kind is kind)
        return tuple(dict.fromkeys(known))


def changes(before: Standing, after: Standing | None, revision: int) -> tuple[Contribution, ...]:
    """What must be said of contexts when a report is amended or, with None after it, withdrawn.

    `revision` counts the corrections of the report, this one included.
    """
    was = before.contributions()
    now = after.contributions() if after else {}
    taken_back = [one.model_copy(update={"withdrawn": True}) for ref, one in was.items() if ref not in now]
    changed = (*taken_back, *(one for ref, one in now.items() if one != was.get(ref)))
    return tuple(one.model_copy(update={"revision": revision}) for one in changed)
