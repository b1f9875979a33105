"""A section: one item of a report, with whom it is about, how it may be passed on, and its content.

There is one section model for each data class, and a section bears the name of its class wherever it appears. So the
parties to an agreement can read in one place every field that a grant of that class covers.
"""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Final, Self

from pydantic import Field, GetJsonSchemaHandler, StringConstraints, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError

from schemas.annotations import FreeText
from schemas.classes import DataClass, Handling, Published

LocalName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9-]{0,62}$")]
"""A name for a person or context that means something inside one report only, such as `k1`."""

TIGHTER: Final[Mapping[DataClass, DataClass]] = {
    DataClass.VOICE_SAFETY: DataClass.VOICE_PRIVATE,
    DataClass.HEALTH_SUMMARY: DataClass.HEALTH_SENSITIVE,
    DataClass.INTELLIGENCE_SANITISED: DataClass.INTELLIGENCE_SOURCE,
    DataClass.INTELLIGENCE_SUBMISSION: DataClass.INTELLIGENCE_SOURCE,
}
"""Class of a section -> the stricter class that its sender may move it to."""


class Part(Published):
    """What a section says about one person only: sealed for that person alone."""

    note: FreeText | None = None


class Section(Published):
    """What every section has. Content fields are flat: an annotation covers a whole field."""

    DATA_CLASS: ClassVar[DataClass]

    about: tuple[LocalName, ...] = Field(min_length=1, max_length=200)
    """Local names of the people and contexts it is about."""
    handling: Handling = Handling()
    tightened_to: DataClass | None = None
    """A stricter class, where the sender knows better than the schema."""
    each: Mapping[LocalName, Part] = Field(default_factory=dict)
    """Local name -> what is about that person only."""

    @model_validator(mode="after")
    def _says_whom_it_is_about_once(self) -> Self:
        if len(set(self.about)) != len(self.about):
            raise PydanticCustomError("named_twice", "`about` names somebody twice")
        if not set(self.each) <= set(self.about):
            raise PydanticCustomError("part_of_nobody", "`each` has a part for somebody whom `about` does not name")
        return self

    @model_validator(mode="after")
    def _is_tightened_only(self) -> Self:
        if self.tightened_to not in (None, self.DATA_CLASS, TIGHTER.get(self.DATA_CLASS)):
            raise PydanticCustomError("not_stricter", "`tightened_to` must name the stricter class of this section")
        return self

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Write the data class into the published schema."""
        written = handler.resolve_ref_schema(handler(core_schema))
        if hasattr(cls, "DATA_CLASS"):
            written["x-data-class"] = cls.DATA_CLASS.value
        return written


FRAME: Final = frozenset({"about", "handling", "tightened_to", "each"})
"""The fields of a section that are not its content."""


def data_class_of(section: Section) -> DataClass:
    """The class of a section as sent, which may be stricter than that of its model."""
    return section.tightened_to or section.DATA_CLASS


def content_of(section: Section) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """The JSON-ready content: what its subjects share, and local name -> the part of one person. Nothing is null."""
    shared = section.model_dump(mode="json", exclude=set(FRAME), exclude_none=True)
    parts = {name: part.model_dump(mode="json", exclude_none=True) for name, part in section.each.items()}
    return shared, parts
