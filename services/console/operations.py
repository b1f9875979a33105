"""Operations: what callers can ask each service, in words, for its OpenAPI description."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from schemas.agreements import Agreement
from schemas.rules import PartnerJoined
from services.intake.receipts_told import IntakeCurrency, Receipt, WaitingPage
from services.kernel.http.problem_told import Problem
from services.panel.api.actions import ActionCommand
from services.panel.api.back_links import BackLinkCommand
from services.panel.api.contexts import ContextCommand, Opening
from services.panel.api.discussions import ClosingDiscussion
from services.panel.api.meeting_commands import MeetingCommand
from services.panel.api.meetings import Convening
from services.panel.api.referrals import ReferralCommand, Referring
from services.sharing.api.agreements import AgreementsListed, Leaving, Version
from services.sharing.api.currency import SharingCurrency
from services.sharing.api.partners import Joining, PartnersListed
from services.sharing.api.recalls import RecallsListed
from services.sharing.api.ruling import MERGE_PATCH, AgreementStands, Reason
from services.sharing.api.search import SearchAsked
from services.sharing.recalling import RecallTold
from services.sharing.records_read import FeedLine, RecordPage, Timeline

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


def _reading(name: str, summary: str, answer: str, answers: Any = None, media_type: str = JSON_TYPE) -> Operation:
    return Operation(name, summary, answer, answers=answers, media_type=media_type, states_purpose=True)


def _ruling(name: str, summary: str, given: type[BaseModel], also: Mapping[str, str] | None = None) -> Operation:
    return Operation(
        name, summary, "The agreement as it stands, with its ETag.", given, also or {}, AgreementStands, matches=True
    )


def _doing(name: str, summary: str, given: type[BaseModel]) -> Operation:
    return Operation(name, summary, "Its ref, version and state, with its ETag.", given, matches=True)


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
        ("get", "/v1/records"): _reading("listRecords", "List your agency's records", "A page of records.", RecordPage),
        ("get", "/v1/subjects/{ref}"): _reading(
            "readTimeline", "Read a young person's timeline", "A page of records.", Timeline
        ),
        ("post", "/v1/search"): Operation(
            "search", "Search your agency's records", "A page of records.", SearchAsked, answers=RecordPage
        ),
        ("get", "/v1/feed"): _reading(
            "readFeed",
            "Read your agency's feed",
            "Lines of the feed, each a `FeedLine`; `Link` leads on.",
            FeedLine,
            "application/x-ndjson",
        ),
        ("get", "/v1/stream"): _reading(
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
            "readAgreement", "Read an agreement", "The agreement as it stands, with its ETag.", answers=AgreementStands
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
    "panel": {
        ("get", "/v1/contexts"): _reading("listContexts", "List contexts, proposed and open", "The contexts."),
        ("post", "/v1/contexts"): Operation("openContext", "Propose a context", "The context.", Opening),
        ("get", "/v1/contexts/{context}"): _reading("readContext", "Read a context", "The context."),
        ("post", "/v1/contexts/{context}/commands"): _doing(
            "changeContext", "Confirm, assess, weigh, plan for or close a context", ContextCommand
        ),
        ("get", "/v1/contexts/{context}/alike"): _reading(
            "listContextsAlike", "Find contexts that may be the same", "Their refs."
        ),
        ("get", "/v1/contexts/{context}/conference-pack"): _reading(
            "readConferencePack", "Make the pack of a context conference, which names nobody", "Coded values."
        ),
        ("get", "/v1/contexts/{context}/back-links"): _reading(
            "listLeadsTold", "List which lead professionals were told of a plan", "The back-links."
        ),
        ("post", "/v1/contexts/{context}/back-links/commands"): _doing(
            "changeBackLink", "Tell a lead professional that a plan exists, or no longer", BackLinkCommand
        ),
        ("get", "/v1/back-links"): _reading(
            "listBackLinks", "List young people of whom you are told that a plan exists", "The back-links."
        ),
        ("get", "/v1/referrals"): _reading("listReferrals", "List referrals to the panel", "The referrals."),
        ("post", "/v1/referrals"): Operation("refer", "Refer to the panel", "The referral.", Referring),
        ("get", "/v1/referrals/{referral}"): _reading("readReferral", "Read a referral", "The referral."),
        ("post", "/v1/referrals/{referral}/commands"): _doing(
            "changeReferral", "Answer its prompts, send it in again, or review it as a peer", ReferralCommand
        ),
        ("get", "/v1/meetings"): _reading("listMeetings", "List the meetings that concern you", "The meetings."),
        ("post", "/v1/meetings"): Operation("convene", "Call a meeting of the panel", "The meeting.", Convening),
        ("get", "/v1/meetings/{meeting}"): _reading("readMeeting", "Read a meeting", "What of it concerns you."),
        ("post", "/v1/meetings/{meeting}/commands"): _doing(
            "changeMeeting", "Prepare, hold and end a meeting, item by item", MeetingCommand
        ),
        ("get", "/v1/meetings/{meeting}/minutes"): _reading("readMinutes", "Read your minutes", "Your minutes."),
        ("get", "/v1/meetings/{meeting}/items/{agenda_item}/pack"): _reading(
            "readPack", "Read your pack for an item", "What your agency holds about it."
        ),
        ("get", "/v1/actions"): _reading("listActions", "List actions", "The actions."),
        ("get", "/v1/actions/{action}"): _reading("readAction", "Read an action", "The action."),
        ("post", "/v1/actions/{action}/commands"): _doing(
            "changeAction", "Say how far an action is, or give more time", ActionCommand
        ),
        ("get", "/v1/discussions"): _reading("listDiscussions", "List discussions that you closed", "The discussions."),
        ("post", "/v1/discussions"): Operation(
            "closeDiscussion", "Close an inter-agency referral discussion", "The receipt.", ClosingDiscussion
        ),
        ("get", "/v1/missing"): _reading("readMissing", "See missing episodes and what is due", "The episodes."),
    },
}
