"""The agreements as a page shows them: what each is for, who signed, how it stands, and what it grants to whom."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from schemas.classes import Form
from services.governance.projections.rules import Standing
from services.kernel.pages import Cell, Part, SummaryRow, Table, text
from services.kernel.pages.times import day_words, time_words
from services.kernel.pages.words import class_words, purpose_words, spaced

_STATES = {
    "in_force": ("In force", "green"),
    "suspended": ("Suspended", "orange"),
    "ended": ("Ended", "grey"),
    "expired": ("Reached its end", "grey"),
    "not_begun": ("Not begun", "blue"),
}


@dataclass(frozen=True)
class AgreementShown:
    """An agreement in words."""

    agreement: str
    title: str
    path: str
    state: str
    colour: str
    facts: Sequence[SummaryRow]
    grants: Table
    versions: Sequence[str]


def agreement_shown(standing: Standing, names: Mapping[str, str]) -> AgreementShown:
    """How one agreement stands."""
    version, document = standing.version, standing.version.document
    words, colour = _STATES[standing.state]
    parties = [names.get(party, spaced(party)) for party in document.parties if party not in standing.withdrawn]
    facts = [
        SummaryRow("For", text(purpose_words(document.purpose))),
        SummaryRow("Parties", text(", ".join(parties))),
        SummaryRow("Runs", text(f"{day_words(document.starts)} until {day_words(document.ends)}")),
        SummaryRow("Version", text(f"{version.version}, in force since {time_words(version.since)}")),
    ]
    if standing.state in ("suspended", "ended"):
        facts.append(SummaryRow(words, text(f"Since {time_words(standing.state_since)}")))
    if standing.withdrawn:
        left = ", ".join(names.get(party, spaced(party)) for party in standing.withdrawn)
        facts.append(SummaryRow("Withdrew", text(left)))
    return AgreementShown(
        agreement=version.agreement,
        title=document.title,
        path=f"/agreements/{version.agreement}",
        state=words,
        colour=colour,
        facts=facts,
        grants=_grants(standing, names),
        versions=[f"Version {one.version}, from {time_words(one.since)}" for one in standing.earlier],
    )


def _grants(standing: Standing, names: Mapping[str, str]) -> Table:
    document = standing.version.document
    rows = []
    for partner, classes in document.grants.items():
        by_form: dict[Form, list[str]] = {}
        for data_class, form in classes.items():
            by_form.setdefault(form, []).append(class_words(data_class))
        for form in sorted(by_form, key=lambda form: -form.generosity):
            name = names.get(partner, spaced(partner))
            rows.append([text(name), Cell((Part(form=form),)), text(", ".join(by_form[form]))])
    caption = f"What {document.title} lets each party see of what another party reports"
    return Table(caption, ["Party", "Form", "What"], rows)
