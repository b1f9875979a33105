"""The envelope: a CloudEvents 1.0 event, the wrapping of everything that enters, lies on or leaves the log.

`time` is when it happened, `recordedtime` when the hub was told. Attribute names follow the CloudEvents
extensions correlation, recordedtime, data-classification, partitioning and sequence.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any, Generic, Literal, TypeVar

from pydantic import ConfigDict, Field

from schemas.classes import Published

Data = TypeVar("Data")


class Marking(StrEnum):
    """Government security classification; the hub takes nothing above official-sensitive."""

    OFFICIAL = "official"
    OFFICIAL_SENSITIVE = "official-sensitive"


class Event(Published, Generic[Data]):
    """One event with its data. `source` and `id` together name it for ever."""

    model_config = ConfigDict(use_attribute_docstrings=False)  # there are none, and looking takes long

    specversion: Literal["1.0"] = "1.0"
    id: str = Field(min_length=1, max_length=200)
    source: str = Field(min_length=1, max_length=200)
    type: str = Field(min_length=1, max_length=200)
    time: datetime
    recordedtime: datetime | None = None
    datacontenttype: Literal["application/json"] = "application/json"
    dataschema: str | None = None
    subject: str | None = None
    correlationid: str | None = None
    causationid: str | None = None
    dataclassification: Marking = Marking.OFFICIAL_SENSITIVE
    sequence: str | None = None
    data: Data

    @classmethod
    def __pydantic_init_subclass__(cls, **named: Any) -> None:
        """Keep `Event[...]` of each kind of data: else it is forgotten, and made anew the next time it is needed."""
        super().__pydantic_init_subclass__(**named)
        _KINDS.append(cls)


_KINDS: list[type[Event[Any]]] = []


def source_of(agency: str) -> str:
    """The CloudEvents source under which an agency posts, such as `urn:cairn:partner:police`."""
    return f"urn:cairn:partner:{agency}"
