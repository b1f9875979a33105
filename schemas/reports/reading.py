"""Reading a report or its type: which sections there are, of which class, and what may become of a field."""

import json
from functools import cache
from importlib import resources
from types import UnionType
from typing import Any, TypeVar, get_args

from schemas.annotations import Annotation, annotations_of
from schemas.classes import DataClass, Published
from schemas.reports.report import ReportData
from schemas.reports.sections import FRAME, Part, Section
from schemas.reports.types import REPORT_TYPES, ReportAmended

Model = TypeVar("Model")


class UnknownType(LookupError):
    """No report type has this name."""


class UnknownSection(LookupError):
    """The report type has no section of this name."""


def model_of(type_name: str) -> type[ReportData]:
    """The model of a report type's data. Raises UnknownType."""
    try:
        return REPORT_TYPES[type_name]
    except KeyError:
        raise UnknownType("no report type has this name") from None


def sections_of(data: ReportData) -> list[tuple[str, Section]]:
    """The sections that a report carries, with their names, in declared order."""
    return list(data.sections())


@cache
def section_models(type_name: str) -> dict[str, type[Section]]:
    """Section name -> its model, in declared order. Raises UnknownType."""
    fields = model_of(type_name).model_fields
    found = {name: _member(field.annotation, Section) for name, field in fields.items()}
    return {name: model for name, model in found.items() if model is not None}


def section_model(type_name: str, section_name: str) -> type[Section]:
    """The model of one section. Raises UnknownType, UnknownSection."""
    try:
        return section_models(type_name)[section_name]
    except KeyError:
        raise UnknownSection("the type has no section of this name") from None


def section_for_class(type_name: str, data_class: DataClass) -> str | None:
    """The name of the type's section of this class, or None. Raises UnknownType."""
    for name, model in section_models(type_name).items():
        if model.DATA_CLASS is DataClass(data_class):
            return name
    return None


@cache
def part_model(section: type[Section]) -> type[Part]:
    """The model of what the section says about one person."""
    return _member(section.model_fields["each"].annotation, Part) or Part


@cache
def free_text_fields(model: type[Published]) -> list[str]:
    """Names of the free-text fields of a section or part, in declared order; not those of a child's own words."""
    return _annotated(model, Annotation.FREE_TEXT)


@cache
def fields_annotated(type_name: str, section_name: str, annotation: str) -> frozenset[str]:
    """Names of the fields with this annotation, in the section's own content and in the parts of its people.

    A name means the same in both. Raises UnknownType, UnknownSection.
    """
    model = section_model(type_name, section_name)
    return frozenset(_annotated(model, annotation)) | frozenset(_annotated(part_model(model), annotation))


def fitted(amended: ReportAmended, type_name: str) -> ReportData:
    """The sections of an amendment as data of the type it amends. Raises UnknownType, pydantic.ValidationError."""
    sections = amended.model_dump_json(exclude={"report"}, exclude_none=True, exclude_unset=True)
    return model_of(type_name).model_validate_json(sections)


def example(type_name: str) -> dict[str, Any]:
    """The published example of a type, a whole CloudEvents event with every section. Raises UnknownType."""
    model_of(type_name)
    text = resources.files("schemas").joinpath("examples", f"{type_name}.json").read_text("utf-8")
    event: dict[str, Any] = json.loads(text)
    return event


def _annotated(model: type[Published], annotation: str) -> list[str]:
    return [
        name for name, field in model.model_fields.items() if name not in FRAME and annotation in annotations_of(field)
    ]


def _member(annotation: object, kind: type[Model]) -> type[Model] | None:
    """The first class of this kind within an optional or a mapping."""
    if isinstance(annotation, type) and not isinstance(annotation, UnionType) and issubclass(annotation, kind):
        return annotation
    for one in get_args(annotation):
        if (found := _member(one, kind)) is not None:
            return found
    return None
