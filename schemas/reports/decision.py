"""What agencies decide or ask of one another, with reasons, dissent and the young person's view."""

from enum import StrEnum
from typing import ClassVar, Final, Self

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from schemas.annotations import ChildQuote, Coded, Day, FreeText, Generalised, Line
from schemas.classes import DataClass
from schemas.reports.codes import Agency, Harm
from schemas.reports.sections import Section


class Outcome(StrEnum):
    """What was decided: the codes of an inter-agency referral discussion, and the ways to the panel."""

    PASS_TO_NAMED_PERSON = "pass_to_named_person"  # noqa: S105 - a decision code
    NAMED_PERSON_ARRANGES_SUPPORT = "named_person_arranges_support"
    FURTHER_ENQUIRIES = "further_enquiries"
    CONVENE_CASE_DISCUSSION = "convene_case_discussion"
    INVESTIGATION_SINGLE_AGENCY = "investigation_single_agency"
    INVESTIGATION_JOINT = "investigation_joint"
    CHILD_PROTECTION_PLANNING_MEETING = "child_protection_planning_meeting"
    VULNERABLE_YOUNG_PERSONS_PROTOCOL = "vulnerable_young_persons_protocol"
    NO_FURTHER_ACTION = "no_further_action"
    REFER_CHILD_TO_EFH_PANEL = "refer_child_to_efh_panel"
    REFER_GROUP_TO_EFH_PANEL = "refer_group_to_efh_panel"
    REFER_PLACE_TO_EFH_PANEL = "refer_place_to_efh_panel"
    REFER_SCHOOL_TO_EFH_PANEL = "refer_school_to_efh_panel"
    REFER_ONLINE_SPACE_TO_EFH_PANEL = "refer_online_space_to_efh_panel"


class Support(StrEnum):
    """How far support has come: all that a generalised decision is made from."""

    IN_PLACE = "in_place"
    BEING_ARRANGED = "being_arranged"
    NOT_DECIDED = "not_decided"


class Decision(Section):
    """A decision, or a request for one, with what it rests on."""

    DATA_CLASS: ClassVar[DataClass] = DataClass.DECISION

    outcome: Coded[Outcome] | None = None
    support: Generalised[Support] | None = None
    reasons: FreeText | None = None
    decided_on: Coded[Day] | None = None
    review_by: Coded[Day] | None = None
    harms: Coded[tuple[Harm, ...]] = ()
    took_part: Coded[tuple[Agency, ...]] = ()
    not_taken_part_because: FreeText | None = None
    lead_professional: Line | None = None
    """A role and a team; the name only where others need it to make contact."""
    immediate_safety: FreeText | None = None
    actions: FreeText | None = None
    """What, by whom, by when."""
    dissent: FreeText | None = None
    young_persons_view: ChildQuote | None = None
    no_view_because: FreeText | None = None


STATUTORY: Final = frozenset({Agency.SOCIAL_WORK, Agency.POLICE, Agency.HEALTH})
"""Who must take part in an inter-agency referral discussion (national guidance for Scotland, 3.21 to 3.26)."""


class ReferralDecision(Decision):
    """The decision to refer somebody or something to the panel, and what the panel is asked."""

    outcome: Coded[Outcome]


class PanelOutcome(StrEnum):
    """What the panel for harm outside the home can decide."""

    ACCEPT = "accept"
    RETURN = "return"
    REDIRECT = "redirect"
    OPEN_CONTEXT_ASSESSMENT = "open_context_assessment"
    JOINT_INTERVENTION = "joint_intervention"
    NO_FURTHER_ACTION = "no_further_action"
    ESCALATE = "escalate"


class PanelDecision(Decision):
    """What the panel decided on one item."""

    panel_outcome: Coded[PanelOutcome]


class IrdDecision(Decision):
    """How an inter-agency referral discussion ended."""

    outcome: Coded[Outcome]

    @model_validator(mode="after")
    def _was_reached_together(self) -> Self:
        if STATUTORY - set(self.took_part) and self.not_taken_part_because is None:
            raise PydanticCustomError(
                "participation_not_explained",
                "social work, police and health take part; where one did not, `not_taken_part_because` says why",
            )
        return self
