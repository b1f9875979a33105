"""The words people read for the closed lists of the published language: forms, classes, purposes, report types.

A form has a short word for a cell, a name, and one sentence of meaning. Words about children are neutral.
"""

from dataclasses import dataclass

from schemas.classes import DataClass, Form, Purpose


@dataclass(frozen=True)
class FormWords:
    """How a form is called where there is little room, in a sentence, and what it means."""

    short: str
    name: str
    meaning: str


FORMS: dict[Form, FormWords] = {
    Form.OWN: FormWords("Own", "Own report", "Reported it, and keeps its own copy."),
    Form.FULL: FormWords("Full", "In full", "May read all of it, including what was written in free text."),
    Form.PSEUDONYMISED: FormWords(
        "Pseudonym", "Under a pseudonym", "May read coded facts, with a pseudonym in place of the young person."
    ),
    Form.GENERALISED: FormWords(
        "General", "In general terms", "May read one general statement, with no time, companion or exact place."
    ),
    Form.EXISTENCE: FormWords("Exists", "Existence only", "May know that something is held, and whom to ask."),
    Form.NONE: FormWords("None", "Nothing", "Is not told anything, not even that it exists."),
}

CLASSES: dict[str, str] = {
    DataClass.IDENTITY: "Identity",
    DataClass.IDENTIFIERS: "Identifiers",
    DataClass.ADDRESS: "Address",
    DataClass.SCHOOL: "School",
    DataClass.MISSING: "Missing episode",
    DataClass.MISSING_COMPANIONS: "Companions while missing",
    DataClass.VOICE_SAFETY: "Own words about safety",
    DataClass.VOICE_PRIVATE: "Own words told in private",
    DataClass.INTELLIGENCE_SUBMISSION: "Intelligence submission",
    DataClass.INTELLIGENCE_SANITISED: "Sanitised intelligence",
    DataClass.INTELLIGENCE_SOURCE: "Intelligence source",
    DataClass.HEALTH_SUMMARY: "Health summary",
    DataClass.HEALTH_SENSITIVE: "Sensitive health facts",
    DataClass.PEER_LINKS: "Links with peers",
    DataClass.CONTEXT: "Place or group",
    DataClass.OFFENCE: "Offence",
    DataClass.ADULT_OF_CONCERN: "Adult of concern",
    DataClass.DECISION: "Decision",
    DataClass.ACTION: "Action",
}

PURPOSES: dict[Purpose, str] = {
    Purpose.CHILD_PROTECTION: "Child protection",
    Purpose.MISSING: "Missing children",
    Purpose.CONTEXT: "Places and groups",
    Purpose.ADULT_PROTECTION: "Adult protection",
}

_WHOLE_TYPES = {
    "ird.convened": "Inter-agency discussion convened",
    "ird.contribution": "Inter-agency discussion: contribution",
    "ird.closed": "Inter-agency discussion closed",
    "missing-episode.risk-assessed": "Missing episode: risk assessed",
    "missing-episode.sighting": "Missing episode: sighting",
    "missing-episode.located": "Missing episode: found",
    "health.attendance": "Health attendance",
    "school.concern": "School concern",
    "context.observed": "Place or group observed",
    "offence.charged": "Charge brought",
    "adult-of-concern.identified": "Adult of concern identified",
}


_OPERATIONS = {
    "governance.who_saw": "Looked up who saw what",
    "governance.who_looked": "Counted who looked",
    "governance.matrix": "Looked at who may see what",
    "governance.why": "Looked up a decision",
    "governance.agreements": "Looked at agreements",
    "governance.recalls": "Looked at recalls",
    "governance.disclosures": "Looked at disclosures",
    "panel.action": "Opened an action of the panel",
    "panel.actions": "Looked at actions of the panel",
    "panel.arrivals": "Looked at what came in for the panel",
    "panel.back-links": "Was told, or looked at, that a plan for a context exists",
    "panel.chronology": "Opened the chronology",
    "panel.conference-pack": "Made the pack of a context conference",
    "panel.context": "Opened a context",
    "panel.context-evidence": "Read what was reported of a context",
    "panel.contexts": "Looked at contexts",
    "panel.contexts-alike": "Looked for contexts that are alike",
    "panel.contexts-described": "Read what a proposed context is like",
    "panel.discussions": "Looked at closed discussions",
    "panel.identifiers": "Looked up identifiers for a report",
    "panel.meeting": "Opened a panel meeting",
    "panel.meetings": "Looked at panel meetings",
    "panel.minutes": "Read minutes of the panel",
    "panel.pack": "Opened a pack for the panel",
    "panel.referral": "Opened a referral to the panel",
    "panel.referral-report": "Read the report that a referral came as",
    "panel.referrals": "Looked at referrals to the panel",
    "panel.queue": "Opened the queue",
    "panel.queue_news": "Was told whether the queue has news",
    "panel.young_people": "Opened the list of young people",
    "panel.sought": "Looked for a young person by a name or a number",
    "panel.young_person": "Opened a young person's page",
    "panel.missing": "Opened the missing figures",
    "panel.network": "Opened the network",
    "panel.places": "Opened places and times",
    "records.list": "Read records",
    "records.search": "Searched records",
    "subjects.timeline": "Read a timeline",
    "feed.read": "Read the feed",
    "stream.open": "Opened the stream",
    "stream.next": "Followed the stream",
}


def operation_words(operation: str) -> str:
    """What people call an operation that an access names."""
    return _OPERATIONS.get(operation) or spaced(operation.replace(".", " "))


_WHOLE_NAMES = {
    "childrens_house": "children's house",
    "anti_social_behaviour": "anti-social behaviour",
    "found_needs_care": "found, and in need of care",
    "self_harm": "self-harm",
    "peer_on_peer_abuse": "harm between young people",
    "reporter": "the Children's Reporter",
}


_PANEL = {
    "ctx": "Context case",
    "m": "Panel meeting",
    "it": "Item of a meeting",
    "pr": "Referral to the panel",
    "act": "Action",
    "d": "Closed discussion",
    "bl": "Plan told to a lead professional",
}
"""What the panel keeps itself, by how its references begin."""


def panel_words(reference: str) -> str | None:
    """What the panel's own thing with this reference is; None where it is no thing of the panel's."""
    return _PANEL.get(reference.partition("-")[0])


def type_words(type_name: str) -> str:
    """What people call a report type: `cairn.missing-episode.reported.v1` is a "Missing episode reported"."""
    parts = type_name.split(".")
    if parts[0] == "cairn":
        parts = parts[1:]
    if parts and parts[-1][:1] == "v" and parts[-1][1:].isdigit():
        parts = parts[:-1]
    return _WHOLE_TYPES.get(".".join(parts)) or spaced(" ".join(parts))


def class_words(data_class: str) -> str:
    """What people call a data class."""
    return CLASSES.get(data_class) or spaced(data_class)


def purpose_words(purpose: str | None) -> str:
    """What people call a purpose; metadata alone is read for oversight."""
    if purpose is None:
        return "Oversight"
    return PURPOSES.get(Purpose(purpose), spaced(purpose)) if purpose in set(Purpose) else spaced(purpose)


def spaced(name: str) -> str:
    """A name of the code as words with a capital: `risk_level` is "Risk level"."""
    words = _WHOLE_NAMES.get(name) or name.replace("_", " ").replace("-", " ").strip()
    return words[:1].upper() + words[1:]
