"""The catalogue: every published type by its name, and the topics on which the log's own events lie."""

from collections.abc import Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Final, Literal

import yaml
from pydantic import Field

from schemas.access import AccessRecorded
from schemas.agreements import Agreement
from schemas.classes import Published
from schemas.decisions import ItemLabelled, LabelAnswered
from schemas.disclosures import FeedCurrent, ItemDisclosed, RecallAcknowledged, ReportReflected
from schemas.envelope import Event
from schemas.reports import REPORT_TYPES
from schemas.rules import (
    AgreementEnded,
    AgreementInForce,
    AgreementReinstated,
    AgreementSuspended,
    PartnerJoined,
    PartyWithdrawn,
)
from schemas.sealed import Contribution, SealedReport

LOG_TYPES: Final[Mapping[str, type[Published]]] = MappingProxyType(
    {
        "cairn.report.sealed.v1": SealedReport,
        "cairn.context.contributed.v1": Contribution,
        "cairn.partner.joined.v1": PartnerJoined,
        "cairn.agreement.in-force.v1": AgreementInForce,
        "cairn.agreement.suspended.v1": AgreementSuspended,
        "cairn.agreement.reinstated.v1": AgreementReinstated,
        "cairn.agreement.ended.v1": AgreementEnded,
        "cairn.agreement.party-withdrawn.v1": PartyWithdrawn,
        "cairn.label.answered.v1": LabelAnswered,
        "cairn.item.labelled.v1": ItemLabelled,
        "cairn.item.disclosed.v1": ItemDisclosed,
        "cairn.report.reflected.v1": ReportReflected,
        "cairn.feed.current.v1": FeedCurrent,
        "cairn.recall.acknowledged.v1": RecallAcknowledged,
        "cairn.access.recorded.v1": AccessRecorded,
    }
)
"""Type of a record on the log -> the model of its data."""


class Envelope(Event[object]):
    """The envelope of every event, whatever its data: CloudEvents 1.0 in structured mode."""


AGREEMENT: Final = "cairn.agreement.v1"
ENVELOPE: Final = "cairn.event.v1"

DOCUMENTS: Final[Mapping[str, type[Published]]] = MappingProxyType({AGREEMENT: Agreement, ENVELOPE: Envelope})
"""Name -> the model of what is published and is not the data of an event."""

PUBLISHED: Final[Mapping[str, type[Published]]] = MappingProxyType({**REPORT_TYPES, **LOG_TYPES, **DOCUMENTS})
"""Name -> model of everything that has a published schema."""

Service = Literal["intake", "sharing", "panel", "governance"]


class Topic(Published):
    """One topic of the log, as `topics.yaml` describes it."""

    about: str = Field(min_length=1)
    producers: list[Service] = Field(min_length=1)
    consumers: list[Service] = Field(min_length=1)
    types: list[str] = Field(min_length=1)
    key: str = Field(min_length=1)
    partitions: int | str
    """A number, `setting`, or the name of the topic whose partitions it has."""
    retention: Literal["never_drop"]


@cache
def topics() -> dict[str, Topic]:
    """Name of a topic -> its description."""
    text = resources.files("schemas").joinpath("topics.yaml").read_text("utf-8")
    return {name: Topic.model_validate(found) for name, found in yaml.safe_load(text)["topics"].items()}


def schema_id(name: str) -> str:
    """Where the schema of a type is known: the value of `dataschema`."""
    return f"https://cairn.example/schemas/{name}.json"
