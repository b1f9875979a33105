"""What callers can ask the panel, in words."""

from collections.abc import Mapping

from pydantic import BaseModel

from services.console.operation import Operation, reading
from services.panel.api.actions import ActionCommand, ActionsListed
from services.panel.api.back_links import BackLinkCommand, LeadsTold, PlansTold
from services.panel.api.contexts import ContextCommand, Opening
from services.panel.api.discussions import ClosingDiscussion, DiscussionReported, DiscussionsListed, MissingTold
from services.panel.api.meeting_commands import MeetingCommand
from services.panel.api.meetings import Convening, MeetingsListed, PackTold
from services.panel.api.referrals import ReferralCommand, ReferralsListed, Referring
from services.panel.api.speaking import Done
from services.panel.application.actions import ActionView
from services.panel.application.context_views import ContextsAlike, ContextsListed, ContextView
from services.panel.application.meeting_views import MeetingView, Minutes
from services.panel.application.referral_views import ReferralView
from services.panel.domain.conference_pack import ConferencePackTold


def _doing(name: str, summary: str, given: type[BaseModel]) -> Operation:
    return Operation(name, summary, "Its ref, version and state, with its ETag.", given, answers=Done, matches=True)


PANEL: Mapping[tuple[str, str], Operation] = {
    ("get", "/v1/contexts"): reading(
        "listContexts",
        "List contexts, proposed and open",
        "The contexts.",
        ContextsListed,
    ),
    ("post", "/v1/contexts"): Operation(
        "openContext",
        "Propose a context",
        "Its ref, version and state, with its ETag.",
        Opening,
        answers=Done,
    ),
    ("get", "/v1/contexts/{context}"): reading("readContext", "Read a context", "The context.", ContextView),
    ("post", "/v1/contexts/{context}/commands"): _doing(
        "changeContext", "Confirm, assess, weigh, plan for or close a context", ContextCommand
    ),
    ("get", "/v1/contexts/{context}/alike"): reading(
        "listContextsAlike", "Find contexts that may be the same", "Their refs.", ContextsAlike
    ),
    ("get", "/v1/contexts/{context}/conference-pack"): reading(
        "readConferencePack",
        "Make the pack of a context conference, which names nobody",
        "Coded values.",
        ConferencePackTold,
    ),
    ("get", "/v1/contexts/{context}/back-links"): reading(
        "listLeadsTold", "List which lead professionals were told of a plan", "The back-links.", LeadsTold
    ),
    ("post", "/v1/contexts/{context}/back-links/commands"): _doing(
        "changeBackLink", "Tell a lead professional that a plan exists, or no longer", BackLinkCommand
    ),
    ("get", "/v1/back-links"): reading(
        "listBackLinks", "List young people of whom you are told that a plan exists", "The back-links.", PlansTold
    ),
    ("get", "/v1/referrals"): reading(
        "listReferrals",
        "List referrals to the panel",
        "The referrals.",
        ReferralsListed,
    ),
    ("post", "/v1/referrals"): Operation(
        "refer",
        "Refer to the panel",
        "Its ref, version and state, with its ETag.",
        Referring,
        answers=Done,
    ),
    ("get", "/v1/referrals/{referral}"): reading(
        "readReferral",
        "Read a referral",
        "The referral.",
        ReferralView,
    ),
    ("post", "/v1/referrals/{referral}/commands"): _doing(
        "changeReferral", "Answer its prompts, send it in again, or review it as a peer", ReferralCommand
    ),
    ("get", "/v1/meetings"): reading(
        "listMeetings",
        "List the meetings that concern you",
        "The meetings.",
        MeetingsListed,
    ),
    ("post", "/v1/meetings"): Operation(
        "convene",
        "Call a meeting of the panel",
        "Its ref, version and state, with its ETag.",
        Convening,
        answers=Done,
    ),
    ("get", "/v1/meetings/{meeting}"): reading(
        "readMeeting",
        "Read a meeting",
        "What of it concerns you.",
        MeetingView,
    ),
    ("post", "/v1/meetings/{meeting}/commands"): _doing(
        "changeMeeting", "Prepare, hold and end a meeting, item by item", MeetingCommand
    ),
    ("get", "/v1/meetings/{meeting}/minutes"): reading(
        "readMinutes",
        "Read your minutes",
        "Your minutes.",
        Minutes,
    ),
    ("get", "/v1/meetings/{meeting}/items/{agenda_item}/pack"): reading(
        "readPack", "Read your pack for an item", "What your agency holds about it.", PackTold
    ),
    ("get", "/v1/actions"): reading("listActions", "List actions", "The actions.", ActionsListed),
    ("get", "/v1/actions/{action}"): reading("readAction", "Read an action", "The action.", ActionView),
    ("post", "/v1/actions/{action}/commands"): _doing(
        "changeAction", "Say how far an action is, or give more time", ActionCommand
    ),
    ("get", "/v1/discussions"): reading(
        "listDiscussions",
        "List discussions that you closed",
        "The discussions.",
        DiscussionsListed,
    ),
    ("post", "/v1/discussions"): Operation(
        "closeDiscussion",
        "Close an inter-agency referral discussion",
        "The receipt.",
        ClosingDiscussion,
        answers=DiscussionReported,
    ),
    ("get", "/v1/missing"): reading(
        "readMissing",
        "See missing episodes and what is due",
        "The episodes.",
        MissingTold,
    ),
}
