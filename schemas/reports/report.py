"""A report: what one agency says at one time about people and contexts, in sections.

People and contexts are declared once, under names that mean something in this report only, and each section says
which of them it is about. Intake puts opaque refs in the place of these names.
"""

from collections.abc import Iterable, Iterator
from typing import Annotated, Any, ClassVar, Self

from pydantic import Field, StringConstraints, ValidationError, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from schemas.annotations import Day
from schemas.classes import Published, SubjectKind
from schemas.identifiers import Identifier, Uprn
from schemas.reports.sections import LocalName, Section, data_class_of

ContextName = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-zÀ-ÖØ-öø-ɏ][^\r\n]{0,99}$")]
"""What people call it; it begins with a letter or a digit, because only those count when names are compared."""
ContextReference = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9|._:/-]{0,99}$")]
Pointer = tuple[str | int, ...]


class Person(Published):
    """Somebody a report names: by the agency's own identifiers, never by a number of the hub."""

    kind: SubjectKind = SubjectKind.YOUNG_PERSON
    identifiers: tuple[Identifier, ...] = Field(default=(), max_length=20)
    """As `system|value`, the most widely known first."""
    born: Day | None = None

    @model_validator(mode="after")
    def _is_a_person(self) -> Self:
        if self.kind is SubjectKind.CONTEXT:
            raise PydanticCustomError("not_a_person", "a person is a young_person or an adult")
        if len(set(self.identifiers)) != len(self.identifiers):
            raise PydanticCustomError("named_twice", "an identifier is given twice")
        return self


class NamedContext(Published):
    """A place, school, group or online space: named in exactly one of three ways."""

    uprn: Uprn | None = None
    reference: ContextReference | None = None
    name: ContextName | None = None

    @model_validator(mode="after")
    def _is_named_once(self) -> Self:
        if [self.uprn, self.reference, self.name].count(None) != 2:
            raise PydanticCustomError("one_name", "a context has exactly one of uprn, reference and name")
        return self


class ReportData(Published):
    """The `data` of every report type; the types add their sections, each of them optional."""

    TYPE: ClassVar[str]
    NEEDS_A_SECTION: ClassVar[bool] = True

    people: dict[LocalName, Person] = Field(default_factory=dict, max_length=200)
    contexts: dict[LocalName, NamedContext] = Field(default_factory=dict, max_length=50)
    about_contexts: tuple[LocalName, ...] = Field(default=(), max_length=50)
    """The contexts that the whole report is about."""
    present: tuple[LocalName, ...] = Field(default=(), max_length=200)
    """Young people who were there, when no section says so."""

    def sections(self) -> Iterator[tuple[str, Section]]:
        """The sections that are there, with their names, in declared order."""
        for name in type(self).model_fields:
            section = getattr(self, name)
            if isinstance(section, Section):
                yield name, section

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        wrong = [
            *_twice_declared(self.people, self.contexts),
            *_undeclared(("about_contexts",), self.about_contexts, self.contexts),
            *_undeclared(("present",), self.present, self._young_people()),
            *self._wrong_in_sections(),
        ]
        if wrong:
            raise ValidationError.from_exception_data(type(self).__name__, wrong)
        return self

    def _young_people(self) -> set[str]:
        return {name for name, person in self.people.items() if person.kind is SubjectKind.YOUNG_PERSON}

    def _wrong_in_sections(self) -> Iterator[InitErrorDetails]:
        classes = set()
        for name, section in self.sections():
            yield from _undeclared((name, "about"), section.about, {*self.people, *self.contexts})
            yield from (
                _error((name, "each"), "not_a_person", "`each` is for people, and names a context")
                for one in section.each
                if one in self.contexts
            )
            if data_class_of(section) in classes:
                yield _error((name, "tightened_to"), "class_twice", "a report has one section of a class")
            classes.add(data_class_of(section))
        if self.NEEDS_A_SECTION and not classes:
            yield _error((), "no_section", "a report needs at least one section")


def _twice_declared(people: Iterable[str], contexts: Iterable[str]) -> Iterator[InitErrorDetails]:
    if set(people) & set(contexts):
        yield _error(("contexts",), "named_twice", "a name stands for a person and for a context")


def _undeclared(pointer: Pointer, names: tuple[str, ...], declared: Iterable[str]) -> Iterator[InitErrorDetails]:
    known = set(declared)
    for index, name in enumerate(names):
        if name not in known:
            yield _error((*pointer, index), "not_declared", "is not declared in this report as what is meant here")


def _error(pointer: Pointer, code: Any, sentence: Any) -> InitErrorDetails:
    return InitErrorDetails(type=PydanticCustomError(code, sentence), loc=pointer, input=None)
