"""Reports: what agencies tell the hub, type by type, and the sections of which they are made."""

from schemas.reports.reading import (
    UnknownSection,
    UnknownType,
    example,
    fields_annotated,
    fitted,
    free_text_fields,
    part_model,
    section_for_class,
    section_model,
    section_models,
    sections_of,
)
from schemas.reports.report import NamedContext, Person, ReportData
from schemas.reports.sections import TIGHTER, LocalName, Part, Section, content_of, data_class_of
from schemas.reports.types import (
    REPORT_TYPES,
    IntelligencePublished,
    IntelligenceRegraded,
    IntelligenceWithdrawn,
    ReportAmended,
    ReportWithdrawn,
)

__all__ = [
    "REPORT_TYPES",
    "TIGHTER",
    "IntelligencePublished",
    "IntelligenceRegraded",
    "IntelligenceWithdrawn",
    "LocalName",
    "NamedContext",
    "Part",
    "Person",
    "ReportAmended",
    "ReportData",
    "ReportWithdrawn",
    "Section",
    "UnknownSection",
    "UnknownType",
    "content_of",
    "data_class_of",
    "example",
    "fields_annotated",
    "fitted",
    "free_text_fields",
    "part_model",
    "section_for_class",
    "section_model",
    "section_models",
    "sections_of",
]
