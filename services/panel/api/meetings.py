"""Meetings over HTTP: the agenda, who takes part, what was decided, and each reader's own pack and minutes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fastapi import APIRouter
from pydantic import Field, TypeAdapter
from starlette.responses import Response

from schemas.annotations import Instant
from schemas.classes import DataClass, Form, PartnerId, Published
from services.kernel.identity import Caller
from services.panel.api.meeting_commands import COMMAND
from services.panel.api.speaking import (
    Body,
    Key,
    Practising,
    Practitioner,
    Ref,
    Seen,
    Stated,
    answer,
    content_of,
    done,
    joined,
)
from services.panel.application.holding import where_it_is_said
from services.panel.application.meeting_views import MeetingView
from services.panel.domain.held import TIMED, Opened
from services.panel.domain.meeting import Meeting
from services.panel.domain.meeting_terms import Part
from services.panel.packs import Pack
from services.panel.refusals import refusals
from services.panel.room import Room


class Convening(Published):
    """A meeting: when, and who of the panel does what. The chair does not take the minutes."""

    key: Key
    starts: Instant
    ends: Instant
    parts: dict[Part, Practitioner]


class RecordInPack(Published):
    """A record as the reader's own feed has it: nothing that its form does not tell."""

    record: str
    form: Form
    data_class: DataClass = Field(alias="class")
    by: PartnerId = Field(alias="from")
    agreements: tuple[str, ...]
    about: tuple[str, ...]
    """The reader's agency's own names, or pseudonyms, of those whom it is about."""
    content: dict[str, Any]
    """A section of a report, as the schema of the report's type has it, or what is left of it in another form."""
    each: dict[str, dict[str, Any]]
    """Name of somebody whom it is about -> what is about them alone."""
    type: str = where_it_is_said()
    """The type of the report, in the forms that tell it."""
    occurred: datetime = where_it_is_said()


class PackTold(Published):
    """The reader's pack for an item, from what the reader's own agency holds."""

    meeting: str
    title: str
    starts: str
    reader: str
    read_at: datetime
    records: tuple[RecordInPack, ...]


_CONVENING = TypeAdapter(Convening)


@dataclass(frozen=True)
class MeetingsListed:
    """The meetings that concern the caller, by when they start."""

    meetings: Sequence[MeetingView]


def routes(room: Room) -> APIRouter:
    """`/v1/meetings`: for members of other agencies their own items alone, and otherwise as if there were none."""
    router = APIRouter(tags=["meetings"])

    @router.get("/v1/meetings")
    def every(who: Practising, purpose: Stated) -> Response:
        """The meetings that concern the caller, by when they start."""
        joined(room.reading, who)
        with refusals():
            return answer(MeetingsListed(room.meetings.meetings(who, purpose)))

    @router.post("/v1/meetings", status_code=201)
    def convene(who: Practising, body: Body) -> Response:
        """Call a meeting of the panel."""
        joined(room.reading, who)
        told = content_of(body, _CONVENING)
        with refusals():
            return _done(room, who, room.convening.convene(who, told.key, told.starts, told.ends, told.parts), 201)

    @router.get("/v1/meetings/{meeting}")
    def one(who: Practising, purpose: Stated, meeting: Ref) -> Response:
        """One meeting, as far as it concerns the caller."""
        joined(room.reading, who)
        with refusals():
            return answer(room.meetings.meeting(who, purpose, meeting))

    @router.post("/v1/meetings/{meeting}/commands")
    def change(who: Practising, meeting: Ref, body: Body, seen: Seen) -> Response:
        """Do something in a meeting; `command` says what. Members declare an interest for themselves."""
        joined(room.reading, who)
        command = content_of(body, COMMAND)
        with refusals():
            return _done(room, who, command.do(room, who, meeting, seen))

    @router.get("/v1/meetings/{meeting}/minutes")
    def minutes(who: Practising, purpose: Stated, meeting: Ref) -> Response:
        """The minutes as they are the caller's to read, once they went out."""
        joined(room.reading, who)
        with refusals():
            return answer(room.meetings.minutes(who, purpose, meeting))

    @router.get("/v1/meetings/{meeting}/items/{agenda_item}/pack")
    def pack(who: Practising, purpose: Stated, meeting: Ref, agenda_item: Ref) -> Response:
        """The caller's pack for an item, from what the caller's own agency holds, while it is open."""
        joined(room.reading, who)
        with refusals():
            return answer(_pack_document(room.packs.pack(who, purpose, meeting, agenda_item)))

    return router


def _done(room: Room, who: Caller, meeting: Meeting, status: int = 200) -> Response:
    """Of the state of a meeting, a member of another agency learns nothing by what it did."""
    if room.kept.visitor(who).of_panel:
        return done(meeting.ref, meeting.version, meeting.stage.value, status)
    return done(meeting.ref, 0, "", status)


def _pack_document(pack: Pack) -> dict[str, Any]:
    return {
        "meeting": pack.meeting,
        "title": pack.title,
        "starts": pack.starts,
        "reader": pack.reader,
        "read_at": pack.read_at.isoformat(),
        "records": [_record(one) for one in pack.records],
    }


def _record(record: Opened) -> dict[str, Any]:
    """As the reader's own feed has it: nothing that its form does not tell."""
    held = record.held
    timed = {"type": held.type, "occurred": held.occurred.isoformat()} if held.form in TIMED else {}
    return {
        "record": held.rendering.reference,
        "form": held.form.value,
        "class": held.data_class,
        "from": held.by,
        "agreements": list(held.agreements),
        "about": list(held.rendering.about.values()),
        "content": record.content,
        "each": record.each,
        **timed,
    }
