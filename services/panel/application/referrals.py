"""Referrals: what agencies bring to the panel, from its own feed or sent in, until it is decided."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from schemas.access import Seen
from schemas.classes import Form, Purpose
from services.kernel.access import AccessGate
from services.kernel.identity import Caller
from services.panel.application.kept import Kept
from services.panel.application.referral_views import ReferralLine, ReferralView
from services.panel.domain.panel_referral import SAMPLED_SHARE, About, PanelReferral, PersonalHandle, Standing, Way
from services.panel.domain.prompts import Prompt, PromptAnswer
from services.panel.domain.refusing import NotKnown, Refused, Sort, WordsMissing
from services.panel.domain.sealing import Seal, require
from services.panel.projections.sought import whole_reference
from services.panel.projections.subjects import names_of, refs_of

KIND = "referral"
HEAR_WITHIN = timedelta(days=28)
"""The panel's own target for hearing a referral (our proposal); a return to the referrer does not move it."""


class SubjectNotKnown(Refused):
    """The agency's records name nobody by one of these references."""

    sort = Sort.CONTENT
    code = "subject_unknown"
    title = "A reference is not known to your agency"
    detail = "Refer young people by the references under which your agency's own records name them."


@dataclass(frozen=True)
class Submission:
    """What an agency sends in. `young_people` are its own references; `contexts` are refs of contexts it knows."""

    about: About
    asked: str
    """What the panel is asked for."""
    concern: str
    strengths: str
    immediate_safety: str
    views: str | None = None
    no_views_because: str | None = None
    young_people: Sequence[str] = ()
    contexts: Sequence[str] = ()
    personal_handle: bool = False
    """For an online space: whether it is named by its members' personal data."""

    def checked(self) -> "Submission":
        """This submission, complete. Raises WordsMissing, PersonalHandle."""
        require(
            asked=self.asked,
            concern=self.concern,
            strengths=self.strengths,
            immediate_safety=self.immediate_safety,
            views_or_why_not=self.views or self.no_views_because,
        )
        if self.about is About.ONLINE_SPACE and self.personal_handle:
            raise PersonalHandle
        if self.about in (About.CHILD, About.GROUP) and not self.young_people:
            raise WordsMissing(["young_people"])
        return self

    def words(self) -> dict[str, str | None]:
        """What is written in it, by name."""
        return {
            "asked": self.asked,
            "concern": self.concern,
            "strengths": self.strengths,
            "immediate_safety": self.immediate_safety,
            "views": self.views,
            "no_views_because": self.no_views_because,
        }


class Referrals:
    """The referrals. Commands take what was `seen`, and return the referral."""

    def __init__(self, kept: Kept, gate: AccessGate, conflicted: Callable[[str, str, str], bool]) -> None:
        """`conflicted(meeting, referral, practitioner)`: whether somebody declared an interest in it."""
        self._kept, self._gate, self._conflicted = kept, gate, conflicted

    def lines(self, who: Caller, purpose: Purpose, standing: str | None = None) -> list[ReferralLine]:
        """All for the panel; for another agency, those that it sent in. In the order of arrival."""
        ours = self._kept.visitor(who).of_panel
        found = [self.load(ref) for ref in self._kept.listed(KIND, **({} if ours else {"partner": who.partner}))]
        mine = [one for one in found if standing in (None, _shown_standing(one, ours)) and self._may_know(who, one)]
        self._gate.record(who, "panel.referrals", purpose, [seen_of(one) for one in mine])
        return [self._line(who, one) for one in mine]

    def to_review(self, who: Caller, purpose: Purpose) -> list[ReferralLine]:
        """Those of the sample that no peer has looked at."""
        return [line for line in self.lines(who, purpose) if line.sampled and not line.peer_reviewed]

    def referral(self, who: Caller, purpose: Purpose, ref: str) -> ReferralView:
        """One referral, for the panel and for who sent it in. Raises NotKnown for everybody else."""
        found = self.known(who, ref)
        self._gate.record(who, "panel.referral", purpose, [seen_of(found)])
        return self._view(who, found)

    def submit(self, who: Caller, unique: str, submission: Submission) -> PanelReferral:
        """An agency sends in a referral; `unique` names it for that agency, so that sending it again is harmless."""
        said = submission.checked()
        ref = self._kept.ref("pr", f"{who.partner}\n{unique}")
        with self._kept.store.transaction() as session:
            if ref in self._kept.listed(KIND, ref=ref):
                return self.known(who, ref)
            young_people, places = (
                [whole_reference(session, who.partner, written) for written in names]
                for names in (said.young_people, said.contexts)
            )
            known = refs_of(session, who.partner, [*young_people, *places])
            if set(known) != {*young_people, *places}:
                raise SubjectNotKnown
            subjects, contexts = [known[name] for name in young_people], [known[name] for name in places]
            words = self._kept.texts.of(ref, subjects or contexts)("asked", **said.words())
            made = self._made(ref, said.about, Way.SUBMITTED, who, subjects, contexts, None, words)
            return self._save(made)

    def take(self, who: Caller, about: About, report: str, by: str, subjects: list[str], contexts: list[str]) -> None:
        """A report in the panel's own feed refers somebody or something; once for each report."""
        ref = self._kept.ref("pr", f"report\n{report}")
        with self._kept.store.transaction():
            if not self._kept.listed(KIND, ref=ref):
                self._save(self._made(ref, about, Way.REPORT, who, subjects, contexts, report, None, by))

    def answer_prompts(
        self, who: Caller, ref: str, answers: Mapping[Prompt, PromptAnswer], seen: int | None = None
    ) -> PanelReferral:
        """Answer all quality prompts, or skip some with a reason."""
        self._kept.for_panel(who)
        return self._change(who, ref, seen, lambda one, by, at, seal: one.answer_prompts(answers, by, at, seal))

    def send_in_again(self, who: Caller, ref: str, more: str, seen: int | None = None) -> PanelReferral:
        """The referrer, or the panel for it, gives what was asked for."""
        return self._change(who, ref, seen, lambda one, by, at, seal: one.send_in_again(more, by, at, seal))

    def review(self, who: Caller, ref: str, learning: str, seen: int | None = None) -> PanelReferral:
        """A peer looks at how a referral of the sample was worked on."""
        self._kept.for_panel(who)
        return self._change(who, ref, seen, lambda one, by, at, seal: one.review(learning, by, at, seal))

    def change(self, ref: str, command: Callable[[PanelReferral], None]) -> PanelReferral:
        """What a meeting does to a referral, in its transaction. Raises NotKnown."""
        found = self.load(ref)
        command(found)
        return self._save(found)

    def load(self, ref: str) -> PanelReferral:
        """The referral as an aggregate, for what is made of it. Raises NotKnown."""
        return self._kept.find(PanelReferral, PanelReferral.create_id(ref))

    def known(self, who: Caller, ref: str) -> PanelReferral:
        """The same, of one that concerns the caller. Raises NotKnown."""
        found = self.load(ref)
        if not self._may_know(who, found):
            raise NotKnown
        return found

    def _made(
        self,
        ref: str,
        about: About,
        way: Way,
        who: Caller,
        subjects: list[str],
        contexts: list[str],
        report: str | None,
        words: dict[str, object] | None,
        by_partner: str | None = None,
    ) -> PanelReferral:
        drawn = int.from_bytes(self._kept.mac("panel", f"sample\n{ref}")[:8], "big") / 2**64
        now = self._kept.now()
        hear_by = (datetime.fromisoformat(now) + HEAR_WITHIN).date().isoformat()
        return PanelReferral(
            ref, about.value, way.value, by_partner or who.partner, subjects, contexts, report, words,
            drawn < SAMPLED_SHARE, hear_by, who.practitioner, now,
        )  # fmt: skip

    def _change(
        self, who: Caller, ref: str, seen: int | None, command: Callable[[PanelReferral, str, str, Seal], None]
    ) -> PanelReferral:
        with self._kept.store.transaction():
            found = self.known(who, ref)
            if self._kept.visitor(who).of_panel:
                self._kept.as_seen(found, seen)
            seal = self._kept.texts.of(ref, found.subjects or found.contexts)
            command(found, who.practitioner, self._kept.now(), seal)
            return self._save(found)

    def _may_know(self, who: Caller, found: PanelReferral) -> bool:
        sent_in = found.by_partner == who.partner and found.way == Way.SUBMITTED
        if not (sent_in or self._kept.visitor(who).of_panel):
            return False
        return not any(self._conflicted(meeting, found.ref, who.practitioner) for meeting in found.meetings)

    def _save(self, found: PanelReferral) -> PanelReferral:
        own = found.by_partner if found.way == Way.SUBMITTED else ""
        self._kept.keep(found, KIND, found.ref, found.standing.value, own, found.hear_by)
        return found

    def _line(self, who: Caller, found: PanelReferral) -> ReferralLine:
        ours = self._kept.visitor(who).of_panel
        return ReferralLine(
            ref=found.ref,
            about=found.about.value,
            way=found.way.value,
            by_partner=found.by_partner,
            standing=_shown_standing(found, ours).value,
            received_at=found.received_at,
            hear_by=found.hear_by,
            meeting=found.meeting if ours else None,
            outcome=found.outcome if ours else None,
            sampled=found.sampled and ours,
            peer_reviewed=bool(found.reviews) and ours,
            prompts_open=not found.prompts and ours,
        )

    def _view(self, who: Caller, found: PanelReferral) -> ReferralView:
        texts, ours = self._kept.texts, self._kept.visitor(who).of_panel
        with self._kept.store.reading() as session:
            names = names_of(session, who.partner, [*found.subjects, *found.contexts], found.report)
        history = [
            one if ours else {"at": one["at"], "kind": one["kind"]}
            for one in found.history
            if ours or one["kind"] in ("received", "returned", "sent_in_again")
        ]
        return ReferralView(
            line=self._line(who, found),
            version=found.version if ours else 0,
            words=texts.open(found.ref, found.words.get("asked")),
            more=[texts.open(found.ref, words) for part, words in found.words.items() if part != "asked"],
            young_people=[names.get(ref) for ref in found.subjects],
            contexts=[names[ref] for ref in found.contexts if ref in names],
            report=found.report,
            prompts=found.prompts if ours else {},
            prompts_words=texts.open(found.ref, found.prompts_words) if ours else {},
            peer_reviews=[
                {"by": one["by"], "at": one["at"], **texts.open(found.ref, one["words"])}
                for one in found.reviews
                if ours
            ],
            history=[dict(one) for one in history],
        )


def _shown_standing(found: PanelReferral, ours: bool) -> Standing:
    """How far it has come, as the panel, or who sent it in, is told: when it is heard is the panel's own."""
    return Standing.RECEIVED if not ours and found.standing is Standing.ON_AGENDA else found.standing


def seen_of(found: PanelReferral) -> Seen:
    """What the trace says of a referral that was read."""
    return Seen(
        item=found.ref,
        reference=found.ref,
        subjects=(*found.subjects, *found.contexts),
        form=Form.OWN,
        agreements=(),
        revision=f"v{found.version}",
    )
