"""Operations: what callers can ask each service, in words, for its OpenAPI description."""

from collections.abc import Mapping

from pydantic import BaseModel

from schemas.agreements import Agreement
from schemas.rules import PartnerJoined
from services.console.operation import EVENT, EVENTS, JSON_TYPE, Operation, reading
from services.console.panel_operations import PANEL
from services.governance.api.given import DisclosurePage, GovernanceCurrency, RecallsKnown
from services.governance.api.who_may_see import MatrixTold
from services.governance.api.who_saw import AccessPage
from services.intake.receipts_told import IntakeCurrency, Receipt, WaitingPage
from services.kernel.http.problem_told import Problem
from services.sharing.api.agreements import AgreementsListed, Leaving, Version
from services.sharing.api.currency import SharingCurrency
from services.sharing.api.partners import Joining, PartnersListed
from services.sharing.api.recalls import RecallsListed
from services.sharing.api.ruling import MERGE_PATCH, AgreementStands, Reason
from services.sharing.api.search import SearchAsked
from services.sharing.recalling import RecallTold
from services.sharing.records_read import FeedLine, RecordPage, Timeline


def _ruling(name: str, summary: str, given: type[BaseModel], also: Mapping[str, str] | None = None) -> Operation:
    return Operation(
        name, summary, "The agreement as it stands, with its ETag.", given, also or {}, AgreementStands, matches=True
    )


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
            answers=Receipt | tuple[Receipt | Problem, ...],
        ),
        ("get", "/v1/receipts/{receipt}"): Operation(
            "readReceipt", "Read a receipt again", "The receipt as it is now.", answers=Receipt
        ),
        ("get", "/v1/quarantine"): Operation(
            "listQuarantine",
            "List what was not understood, or waits for what it corrects",
            "A page of it.",
            answers=WaitingPage,
        ),
        ("get", "/v1/currency"): Operation(
            "readIntakeCurrency",
            "See how much is still on its way to the log",
            "How many wait.",
            answers=IntakeCurrency,
        ),
    },
    "sharing": {
        ("get", "/v1/records"): reading(
            "listRecords",
            "List your agency's records",
            "A page of records.",
            RecordPage,
        ),
        ("get", "/v1/subjects/{ref}"): reading(
            "readTimeline", "Read a young person's timeline", "A page of records.", Timeline
        ),
        ("post", "/v1/search"): Operation(
            "search", "Search your agency's records", "A page of records.", SearchAsked, answers=RecordPage
        ),
        ("get", "/v1/feed"): reading(
            "readFeed",
            "Read your agency's feed",
            "Lines of the feed, each a `FeedLine`; `Link` leads on.",
            FeedLine,
            "application/x-ndjson",
        ),
        ("get", "/v1/stream"): reading(
            "followStream",
            "Follow your agency's feed",
            "Lines of the feed as events, each with a `FeedLine` as its data.",
            FeedLine,
            "text/event-stream",
        ),
        ("get", "/v1/recalls"): Operation(
            "listRecalls", "List what must be removed", "The recalls.", answers=RecallsListed
        ),
        ("post", "/v1/recalls/{recall}/ack"): Operation(
            "acknowledgeRecall", "Say that a recalled record was removed", "The recall.", answers=RecallTold
        ),
        ("get", "/v1/agreements"): Operation(
            "listAgreements", "List agreements", "The agreements.", answers=AgreementsListed
        ),
        ("post", "/v1/agreements"): Operation(
            "draftAgreement", "Draft an agreement", "The draft, with its ETag.", Agreement, answers=AgreementStands
        ),
        ("get", "/v1/agreements/{agreement}"): Operation(
            "readAgreement",
            "Read an agreement",
            "The agreement as it stands, with its ETag.",
            answers=AgreementStands,
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
        ("get", "/v1/partners"): Operation(
            "listPartners", "List the agencies that have joined", "The partners.", answers=PartnersListed
        ),
        ("post", "/v1/partners"): Operation(
            "letPartnerJoin", "Let an agency join", "The partner.", Joining, answers=PartnerJoined
        ),
        ("get", "/v1/currency"): Operation(
            "readSharingCurrency",
            "See how much is still on its way to partners",
            "How many wait.",
            answers=SharingCurrency,
        ),
    },
    "governance": {
        ("get", "/v1/matrix"): Operation(
            "readMatrix", "See who may see what", "A page of items, with a cell a partner.", answers=MatrixTold
        ),
        ("get", "/v1/who-saw"): Operation(
            "listAccesses", "See who read what", "A page of accesses, newest first.", answers=AccessPage
        ),
        ("get", "/v1/who-saw.csv"): Operation(
            "exportAccesses",
            "Take who read what into a spreadsheet",
            "Accesses, newest first.",
            media_type="text/csv",
        ),
        ("get", "/v1/disclosures"): Operation(
            "listDisclosures", "See what was given to whom", "A page of disclosures.", answers=DisclosurePage
        ),
        ("get", "/v1/recalls"): Operation(
            "listAllRecalls", "See what partners have still to remove", "The recalls.", answers=RecallsKnown
        ),
        ("get", "/v1/currency"): Operation(
            "readGovernanceCurrency",
            "See how much governance has still to read",
            "How many wait.",
            answers=GovernanceCurrency,
        ),
    },
    "panel": PANEL,
}
