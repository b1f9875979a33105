"""Telling: turning what a scenario says in a line into what an agency would really send.

The words come from the published example of the type; the item's id is woven into a free text, so that what reaches a
partner can be traced.
"""

import copy
import json

from schemas.agreements import Agreement
from schemas.classes import DataClass
from schemas.envelope import source_of
from schemas.reports import example, free_text_fields, section_for_class, section_model
from services.console.rehearsal.naming import context_told_as, told_as
from services.console.rehearsal.scenario import JSON, Scenario, report_type


def trace_of(item: str) -> str:
    """The text by which an item is known again."""
    return f"trace-{item}-"


def event_of(scenario: Scenario, report: JSON, traced: bool = True) -> JSON:
    """The CloudEvents event of one report; `traced`, each item's id is woven into a free text of it."""
    kind = report_type(report["type"])
    event = copy.deepcopy(example(kind))
    local = _LocalNames(scenario)
    data: JSON = {}
    for item in report["items"]:
        section = section_for_class(kind, DataClass(item["class"]))
        if section is None:
            raise ValueError("a checked scenario names only sections that there are")
        data[section] = _section(event["data"][section], item, local)
        if traced:
            _weave(data[section], trace_of(item["id"]), free_text_fields(section_model(kind, section)))
    data["present"] = [local.of(person) for person in report.get("young_people", ())]
    data["about_contexts"] = [local.of(f"context:{report['context']}")] if "context" in report else []
    data |= {"people": local.people, "contexts": local.contexts}
    event |= {"id": told_as(report["id"]), "source": source_of(report["by"]), "type": kind}
    event |= {"time": report["at"], "data": data}
    for name in ("correlationid", "causationid", "subject", "recordedtime", "sequence"):
        event.pop(name, None)
    return event


def _section(words: JSON, item: JSON, local: "_LocalNames") -> JSON:
    section = copy.deepcopy(words)
    about = [local.of(subject) for subject in dict.fromkeys(item["about"])]
    part = next(iter(section.pop("each", {}).values()), None)
    section["about"] = about
    if part:
        section["each"] = {one: part for one in about if one in local.people}
    section.pop("tightened_to", None)
    section.pop("handling", None)
    if "handling" in item:
        section["handling"] = {"existence": "silent"} | item["handling"]
    return section


def _weave(section: JSON, trace: str, free_texts: list[str]) -> None:
    free = next(field for field in free_texts if isinstance(section.get(field), str))
    section[free] = f"{section[free]} {trace}"


class _LocalNames:
    """Names within one report for whom and what it is about."""

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self._names: dict[str, str] = {}
        self.people: JSON = {}
        self.contexts: JSON = {}

    def of(self, subject: str) -> str:
        """The local name of a young person, `context:NAME` or `adult:NAME`; declares it when first used."""
        if subject in self._names:
            return self._names[subject]
        kind, _, name = subject.partition(":")
        if kind == "context":
            local = f"c{len(self.contexts) + 1}"
            self.contexts[local] = {"name": context_told_as(name)}
        elif kind == "adult":
            local = f"p{len(self.people) + 1}"
            self.people[local] = {"kind": "adult", "identifiers": [f"scenario-adult|{told_as(name)}"]}
        else:
            local = f"p{len(self.people) + 1}"
            born = self._scenario.subjects[subject]
            self.people[local] = {"kind": "young_person", "identifiers": [f"scenario|{told_as(subject)}"], "born": born}
        self._names[subject] = local
        return local


def agreement_of(agreement: JSON) -> JSON:
    """The whole document that the parties sign: what the scenario states, and the published headings."""
    return Agreement.model_validate_json(json.dumps(agreement)).model_dump(mode="json")
