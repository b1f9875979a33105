"""The report types, version 1: which sections each may carry.

Every section is optional, and a report has at least one; a correction names an earlier report of the same source.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, ClassVar, Final

from pydantic import StringConstraints

from schemas.classes import Assessed, Handling
from schemas.reports.action import Action
from schemas.reports.context import Context
from schemas.reports.decision import Decision, IrdDecision, PanelDecision, ReferralDecision
from schemas.reports.health import HealthSensitive, HealthSummary
from schemas.reports.intelligence import Grading, IntelligenceSanitised, IntelligenceSource, IntelligenceSubmission
from schemas.reports.missing import (
    Missing,
    MissingCompanions,
    MissingLocated,
    MissingReported,
    MissingRiskAssessed,
    MissingSighting,
    MissingWithDiscussion,
)
from schemas.reports.offence import Offence
from schemas.reports.peers import AdultOfConcern, PeerLinks
from schemas.reports.person import Address, Identifiers, Identity, School
from schemas.reports.report import ReportData
from schemas.reports.voice import VoicePrivate, VoiceSafety

ReportId = Annotated[str, StringConstraints(min_length=1, max_length=200)]
"""The CloudEvents `id` of an earlier report of the same source."""

SectionName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]{0,62}$")]


class MissingEpisodeReported(ReportData):
    """A young person's whereabouts are not known and there is concern for them."""

    TYPE: ClassVar[str] = "cairn.missing-episode.reported.v1"
    identity: Identity | None = None
    identifiers: Identifiers | None = None
    address: Address | None = None
    school: School | None = None
    missing: MissingReported | None = None
    missing_companions: MissingCompanions | None = None
    health_summary: HealthSummary | None = None


class MissingEpisodeRiskAssessed(ReportData):
    """The risk to a young person who is missing was assessed, or assessed anew."""

    TYPE: ClassVar[str] = "cairn.missing-episode.risk-assessed.v1"
    missing: MissingRiskAssessed | None = None


class MissingEpisodeSighting(ReportData):
    """Somebody may have seen a young person who is missing."""

    TYPE: ClassVar[str] = "cairn.missing-episode.sighting.v1"
    missing: MissingSighting | None = None
    missing_companions: MissingCompanions | None = None


class MissingEpisodeLocated(ReportData):
    """A young person who was missing has been found."""

    TYPE: ClassVar[str] = "cairn.missing-episode.located.v1"
    missing: MissingLocated | None = None
    missing_companions: MissingCompanions | None = None
    health_summary: HealthSummary | None = None


class MissingEpisodeClosed(ReportData):
    """The police have closed a missing episode."""

    TYPE: ClassVar[str] = "cairn.missing-episode.closed.v1"
    missing: MissingLocated | None = None


class ReturnDiscussionOffered(ReportData):
    """A young person who came back was offered a conversation, with somebody of their choice."""

    TYPE: ClassVar[str] = "cairn.return-discussion.offered.v1"
    missing: MissingWithDiscussion | None = None


class ReturnDiscussionDeclined(ReportData):
    """A young person chose not to have a return discussion for now."""

    TYPE: ClassVar[str] = "cairn.return-discussion.declined.v1"
    missing: MissingWithDiscussion | None = None
    voice_safety: VoiceSafety | None = None
    voice_private: VoicePrivate | None = None


class ReturnDiscussionArranged(ReportData):
    """A time and a person for the return discussion are agreed."""

    TYPE: ClassVar[str] = "cairn.return-discussion.arranged.v1"
    missing: MissingWithDiscussion | None = None


class ReturnDiscussionCompleted(ReportData):
    """A return discussion took place."""

    TYPE: ClassVar[str] = "cairn.return-discussion.completed.v1"
    voice_safety: VoiceSafety | None = None
    voice_private: VoicePrivate | None = None
    missing: MissingWithDiscussion | None = None
    missing_companions: MissingCompanions | None = None
    context: Context | None = None


class ReferralSubmitted(ReportData):
    """A child, group, place, school or online space is referred to the panel.

    The outcome code of `decision` says which of them; `identity` is for a child, `peer_links` for a group, `context`
    for a place, a school or an online space.
    """

    TYPE: ClassVar[str] = "cairn.referral.submitted.v1"
    decision: ReferralDecision | None = None
    identity: Identity | None = None
    identifiers: Identifiers | None = None
    address: Address | None = None
    school: School | None = None
    peer_links: PeerLinks | None = None
    context: Context | None = None
    voice_safety: VoiceSafety | None = None
    voice_private: VoicePrivate | None = None
    health_summary: HealthSummary | None = None
    adult_of_concern: AdultOfConcern | None = None


class IntelligenceSubmitted(ReportData):
    """An agency passes on to the police something it noticed."""

    TYPE: ClassVar[str] = "cairn.intelligence.submitted.v1"
    intelligence_submission: IntelligenceSubmission | None = None


class IntelligencePublished(ReportData):
    """The police pass on intelligence they have assessed."""

    TYPE: ClassVar[str] = "cairn.intelligence.published.v1"
    intelligence_sanitised: IntelligenceSanitised | None = None
    intelligence_source: IntelligenceSource | None = None
    assesses: Assessed | None = None
    """The submission that it was made of: its agency is told whether it was used, and nothing else."""


class IntelligenceRegraded(ReportData):
    """Intelligence passed on before is graded, or to be handled, differently."""

    TYPE: ClassVar[str] = "cairn.intelligence.regraded.v1"
    NEEDS_A_SECTION: ClassVar[bool] = False
    report: ReportId
    section: SectionName | None = None
    """The one section that changes; without it, every section of the report."""
    handling: Handling
    grading: Grading | None = None


class IntelligenceWithdrawn(ReportData):
    """Intelligence passed on before no longer stands."""

    TYPE: ClassVar[str] = "cairn.intelligence.withdrawn.v1"
    NEEDS_A_SECTION: ClassVar[bool] = False
    report: ReportId


class HealthAttendance(ReportData):
    """Somebody was seen by a health service."""

    TYPE: ClassVar[str] = "cairn.health.attendance.v1"
    health_summary: HealthSummary | None = None
    health_sensitive: HealthSensitive | None = None
    context: Context | None = None


class SchoolConcern(ReportData):
    """School staff are worried about a young person, or about what happens in or near the school."""

    TYPE: ClassVar[str] = "cairn.school.concern.v1"
    school: School | None = None
    peer_links: PeerLinks | None = None
    voice_safety: VoiceSafety | None = None
    context: Context | None = None


class IrdConvened(ReportData):
    """An inter-agency referral discussion has begun."""

    TYPE: ClassVar[str] = "cairn.ird.convened.v1"
    decision: Decision | None = None
    identity: Identity | None = None
    identifiers: Identifiers | None = None
    context: Context | None = None


class IrdContribution(ReportData):
    """One agency adds what it knows to an inter-agency referral discussion."""

    TYPE: ClassVar[str] = "cairn.ird.contribution.v1"
    decision: Decision | None = None
    school: School | None = None
    missing: Missing | None = None
    voice_safety: VoiceSafety | None = None
    health_summary: HealthSummary | None = None
    peer_links: PeerLinks | None = None
    context: Context | None = None


class IrdClosed(ReportData):
    """An inter-agency referral discussion ended with a decision and its reasons."""

    TYPE: ClassVar[str] = "cairn.ird.closed.v1"
    decision: IrdDecision | None = None
    identifiers: Identifiers | None = None


class PanelDecided(ReportData):
    """The panel for harm outside the home decided on young people, a group or a context that was referred to it."""

    TYPE: ClassVar[str] = "cairn.panel.decided.v1"
    decision: PanelDecision | None = None


class ActionAssigned(ReportData):
    """An agency was asked to do something by a day."""

    TYPE: ClassVar[str] = "cairn.action.assigned.v1"
    action: Action | None = None


class ContextObserved(ReportData):
    """Somebody saw something in a place, school, group or online space that bears on young people's safety."""

    TYPE: ClassVar[str] = "cairn.context.observed.v1"
    context: Context | None = None
    peer_links: PeerLinks | None = None


class OffenceCharged(ReportData):
    """Somebody was charged with an offence."""

    TYPE: ClassVar[str] = "cairn.offence.charged.v1"
    offence: Offence | None = None


class AdultOfConcernIdentified(ReportData):
    """An adult may be harming young people, or be about to."""

    TYPE: ClassVar[str] = "cairn.adult-of-concern.identified.v1"
    adult_of_concern: AdultOfConcern | None = None
    intelligence_source: IntelligenceSource | None = None


class ReportAmended(ReportData):
    """Sections of an earlier report are replaced by better ones; those it does not carry stand as they were."""

    TYPE: ClassVar[str] = "cairn.report.amended.v1"
    report: ReportId
    identity: Identity | None = None
    identifiers: Identifiers | None = None
    address: Address | None = None
    school: School | None = None
    missing: Missing | None = None
    missing_companions: MissingCompanions | None = None
    voice_safety: VoiceSafety | None = None
    voice_private: VoicePrivate | None = None
    intelligence_submission: IntelligenceSubmission | None = None
    intelligence_sanitised: IntelligenceSanitised | None = None
    intelligence_source: IntelligenceSource | None = None
    health_summary: HealthSummary | None = None
    health_sensitive: HealthSensitive | None = None
    peer_links: PeerLinks | None = None
    context: Context | None = None
    offence: Offence | None = None
    adult_of_concern: AdultOfConcern | None = None
    decision: Decision | None = None
    action: Action | None = None


class ReportWithdrawn(ReportData):
    """An earlier report should not have been made, and no longer stands."""

    TYPE: ClassVar[str] = "cairn.report.withdrawn.v1"
    NEEDS_A_SECTION: ClassVar[bool] = False
    report: ReportId


REPORT_TYPES: Final[Mapping[str, type[ReportData]]] = MappingProxyType(
    {
        model.TYPE: model
        for model in (
            MissingEpisodeReported,
            MissingEpisodeRiskAssessed,
            MissingEpisodeSighting,
            MissingEpisodeLocated,
            MissingEpisodeClosed,
            ReturnDiscussionOffered,
            ReturnDiscussionDeclined,
            ReturnDiscussionArranged,
            ReturnDiscussionCompleted,
            ReferralSubmitted,
            IntelligenceSubmitted,
            IntelligencePublished,
            IntelligenceRegraded,
            IntelligenceWithdrawn,
            HealthAttendance,
            SchoolConcern,
            IrdConvened,
            IrdContribution,
            IrdClosed,
            PanelDecided,
            ActionAssigned,
            ContextObserved,
            OffenceCharged,
            AdultOfConcernIdentified,
            ReportAmended,
            ReportWithdrawn,
        )
    }
)
"""Type name -> the model of its data."""
