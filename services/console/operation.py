"""An operation of a service's interface, as it is put into words for the OpenAPI description."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

JSON_TYPE = "application/json"
EVENT = "application/cloudevents+json"
EVENTS = "application/cloudevents-batch+json"


@dataclass(frozen=True)
class Operation:
    """One operation: its name for generated clients, what it does, what it is given and what it answers."""

    name: str
    summary: str
    answer: str = "The answer."
    given: type[BaseModel] | None = None
    """What the JSON body is; the bodies of intake are published events."""
    also_given: Mapping[str, str] = field(default_factory=dict)
    """Media type -> what a body of it is, besides."""
    answers: Any = None
    """The type of the answer, or of each of its lines; None where that is no JSON."""
    media_type: str = JSON_TYPE
    """Of the answer."""
    states_purpose: bool = False
    """Whether a purpose must be stated as a query field."""
    matches: bool = False
    """Whether `If-Match` may name the state that was seen."""


def reading(name: str, summary: str, answer: str, answers: Any, media_type: str = JSON_TYPE) -> Operation:
    """An operation that is asked for a purpose."""
    return Operation(name, summary, answer, answers=answers, media_type=media_type, states_purpose=True)
