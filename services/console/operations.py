"""Operations: what callers can ask each service, in words, for its OpenAPI description."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import BaseModel

from schemas.agreements import Agreement
from services.sharing.api.agreements import Leaving, Version
from services.sharing.api.partners import Joining
from services.sharing.api.ruling import MERGE_PATCH, Reason
from services.sharing.api.search import SearchAsked

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
    media_type: str = JSON_TYPE
    """Of the answer."""
    states_purpose: bool = False
    """Whether a purpose must be stated as a query field."""
    matches: bool = False
    """Whether `If-Match` may name the state that was seen."""


def _reading(name: str, summary: str, answer: str, media_type: str = JSON_TYPE) -> Operation:
    return Operation(name, summary, answer, media_type=media_type, states_purpose=True)


def _ruling(name: str, summary: str, given: type[BaseModel], also: Mapping[str, str] | None = None) -> Operation:
    return Operation(name, summary, "The agreement as it stands, with its ETag.", given, also or {}, matches=True)


OPERATIONS: Mapping[str, Mapping[tuple[str, str], Operation]] = {
    "intake": {
        ("post", "/v1/events"): Operation(
            "postEvents",
            "Send reports",
            "The receipt; for a batch, a list of receipts and problems in the order of the events.",
            also_given={
                EVENT: "One event (CloudEvents, structured).",
                EVENTS: "At most 1,000 events.",
                JSON_TYPE: "The data of one event whose attributes are in `ce-` headers (CloudEvents, binary).",
            },
        ),
        ("get", "/v1/receipts/{receipt}"): Operation(
            "readReceipt", "Read a receipt again", "The receipt as it is now."
        ),
        ("get", "/v1/quarantine"): Operation(
            "listQuarantine", "List what was not understood, or waits for what it corrects", "A page of it."
        ),
        ("get", "/v1/currency"): Operation(
            "readIntakeCurrency", "See how much is still on its way to the log", "How many wait."
        ),
    },
    "sharing": {
        ("get", "/v1/records"): _reading("listRecords", "List your agency's records", "A page of records."),
        ("get", "/v1/subjects/{ref}"): _reading("readTimeline", "Read a young person's timeline", "A page of records."),
        ("post", "/v1/search"): Operation("search", "Search your agency's records", "A page of records.", SearchAsked),
        ("get", "/v1/feed"): _reading(
            "readFeed", "Read your agency's feed", "Lines of the feed; `Link` leads on.", "application/x-ndjson"
        ),
        ("get", "/v1/stream"): _reading(
            "followStream", "Follow your agency's feed", "Lines of the feed as events.", "text/event-stream"
        ),
        ("get", "/v1/recalls"): Operation("listRecalls", "List what must be removed", "The recalls."),
        ("post", "/v1/recalls/{recall}/ack"): Operation(
            "acknowledgeRecall", "Say that a recalled record was removed", "The recall."
        ),
        ("get", "/v1/agreements"): Operation("listAgreements", "List agreements", "The agreements."),
        ("post", "/v1/agreements"): Operation(
            "draftAgreement", "Draft an agreement", "The draft, with its ETag.", Agreement
        ),
        ("get", "/v1/agreements/{agreement}"): Operation(
            "readAgreement", "Read an agreement", "The agreement as it stands, with its ETag."
        ),
        ("post", "/v1/agreements/{agreement}/amendments"): _ruling(
            "amendAgreement", "Propose a new version", Agreement, {MERGE_PATCH: "What changes (RFC 7396)."}
        ),
        ("post", "/v1/agreements/{agreement}/signatures"): _ruling(
            "signAgreement", "Sign the proposed version for your agency", Version
        ),
        ("post", "/v1/agreements/{agreement}/in-force"): _ruling(
            "bringAgreementIntoForce", "Bring the proposed version into force", Version
        ),
        ("post", "/v1/agreements/{agreement}/suspension"): _ruling("suspendAgreement", "Suspend an agreement", Reason),
        ("post", "/v1/agreements/{agreement}/reinstatement"): _ruling(
            "reinstateAgreement", "Reinstate an agreement", Reason
        ),
        ("post", "/v1/agreements/{agreement}/end"): _ruling("endAgreement", "End an agreement for good", Reason),
        ("post", "/v1/agreements/{agreement}/withdrawals"): _ruling(
            "withdrawFromAgreement", "Let a party leave an agreement", Leaving
        ),
        ("get", "/v1/partners"): Operation("listPartners", "List the agencies that have joined", "The partners."),
        ("post", "/v1/partners"): Operation("letPartnerJoin", "Let an agency join", "The partner.", Joining),
        ("get", "/v1/currency"): Operation(
            "readSharingCurrency", "See how much is still on its way to partners", "How many wait."
        ),
    },
    "governance": {
        ("get", "/v1/matrix"): Operation(
            "readMatrix", "See who may see what", "A page of items, with a cell a partner."
        ),
        ("get", "/v1/who-saw"): Operation("listAccesses", "See who read what", "A page of accesses, newest first."),
        ("get", "/v1/who-saw.csv"): Operation(
            "exportAccesses", "Take who read what into a spreadsheet", "Accesses, newest first.", media_type="text/csv"
        ),
        ("get", "/v1/disclosures"): Operation(
            "listDisclosures", "See what was given to whom", "A page of disclosures."
        ),
        ("get", "/v1/recalls"): Operation("listAllRecalls", "See what partners have still to remove", "The recalls."),
        ("get", "/v1/currency"): Operation(
            "readGovernanceCurrency", "See how much governance has still to read", "How many wait."
        ),
    },
}
