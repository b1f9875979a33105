"""House B many times over: the reports of the scenario's night, told of ever new young people and places."""

import json
from collections.abc import Iterator
from itertools import count, islice
from typing import Any

from services.composition import POLICIES
from services.console.rehearsal.scenario import Scenario, load
from services.console.rehearsal.telling import event_of

JSON = dict[str, Any]
NIGHTS_OF_A_FAMILY = 10
"""So many nights in a row are about the same young people: they have a history, as real ones do."""
NIGHTS_OF_A_PLACE = 40
REPORTS_A_NIGHT = 15
ITEMS_A_NIGHT = 24


def scenario() -> Scenario:
    """The scenario that ships with the policies."""
    return load(POLICIES / "scenarios" / "house_b.json")


def events(reports: int, first_night: int = 0) -> list[JSON]:
    """So many reports of the night's mix, in the order in which they were made."""
    return list(islice(_events(first_night), reports))


def _events(first_night: int) -> Iterator[JSON]:
    night = scenario()
    told = [json.dumps(event_of(night, report)) for report in night.reports]
    for number in count(first_night):
        family, place = number // NIGHTS_OF_A_FAMILY, number // NIGHTS_OF_A_PLACE
        for text in told:
            event: JSON = json.loads(
                text.replace('"scenario|', f'"scenario|{family}-').replace(
                    '"scenario-adult|', f'"scenario-adult|{family}-'
                )
            )
            event["id"] = f"{event['id']}-{number}"
            for context in event["data"]["contexts"].values():
                context["name"] = f"{context['name']}-{place}"
            yield event
