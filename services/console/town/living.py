"""Who lives in the town and where they meet: young people, their homes and friends, and places with their hours."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Final

TOWN: Final = "Carrickmoss"
_GIVEN = (
    "Ailsa", "Blair", "Cameron", "Dana", "Erin", "Finlay", "Greer", "Hamish", "Iona", "Jude", "Kirsty", "Lewis",
    "Mirren", "Niall", "Orla", "Presley", "Quinn", "Rory", "Skye", "Taylor", "Una", "Vaila", "Wynn", "Yasmin",
    "Zain", "Amina", "Bartek", "Chidi", "Dilan", "Ewa", "Farah", "Goran",
)  # fmt: skip
_FAMILY = (
    "Testerson", "Examplewood", "Sampleford", "Mockridge", "Fictley", "Inventon", "Dummelow", "Placeholm",
    "Draftwell", "Specimore", "Trialby", "Stencilton", "Modelby", "Makebury", "Pretendale", "Notionside",
)  # fmt: skip
_PLACEMENTS = ("family_home",) * 7 + ("kinship_care", "foster_care", "childrens_house", "childrens_house")


@dataclass(frozen=True)
class YoungPerson:
    """Somebody invented. `often`: goes missing again and again."""

    number: int
    given: str
    family: str
    born: date
    placement: str
    school: str
    often: bool
    friends: tuple[int, ...]
    """Numbers of those with whom they are seen."""

    def declared(self) -> dict[str, object]:
        """As a report declares them."""
        return {"kind": "young_person", "identifiers": [f"swis|{self.number}"], "born": self.born.isoformat()}


@dataclass(frozen=True)
class Place:
    """Somewhere that young people meet, and when: on which weekdays (Monday is 0), and from which hour until which."""

    name: str
    kind: str
    band: str
    spots: tuple[str, ...]
    weekdays: tuple[int, ...]
    days: str
    hours: tuple[int, int]
    weight: int
    """How much happens there, compared with the others."""
    uprn: str | None
    asks: tuple[str, ...]
    """What would help there."""


_ALL, _WEEK, _SCHOOL, _END = (0, 1, 2, 3, 4, 5, 6), (0, 1, 2, 3, 4), (0, 1, 2, 3, 4), (4, 5, 6)
_ASKS: Final = {
    "bus_station": ("lighting", "staff_presence", "youth_work_presence"),
    "rail_station": ("staff_presence", "cameras"),
    "shops": ("staff_awareness", "somewhere_to_go"),
    "park": ("lighting", "youth_work_presence"),
    "takeaway": ("seller_checks", "staff_awareness"),
    "car_park": ("cameras", "clear_sight_lines"),
    "empty_building": ("repair",),
    "leisure_centre": ("staff_awareness", "somewhere_to_go"),
    "school_route": ("safer_route", "lighting"),
    "street": ("police_presence", "youth_work_presence"),
    "stop_or_stance": ("safer_route", "staff_presence"),
    "school_grounds": ("staff_presence",),
    "online": ("moderation",),
}
_PLACES: Final = (
    ("Carrickmoss bus station", "place", "bus_station", ("stance 2", "stance 3"), _WEEK, "weekdays", (15, 18), 12),
    ("Wellbrae railway station", "place", "rail_station", ("platform 1", "platform 2"), _END, "weekends", (18, 23), 7),
    ("Mossgate shopping centre", "place", "shops", ("entrance 1", "entrance 3"), _END, "weekends", (12, 18), 9),
    ("The Glebe park", "place", "park", ("gate 1", "gate 2"), _END, "weekends", (19, 23), 8),
    ("Burnside takeaway", "place", "takeaway", (), _ALL, "every_day", (18, 22), 7),
    ("Quarry Road car park", "place", "car_park", ("floor 2", "floor 3"), _ALL, "every_day", (20, 24), 6),
    ("Old creamery", "place", "empty_building", (), _END, "weekends", (20, 24), 4),
    ("Leisure centre foyer", "place", "leisure_centre", (), _ALL, "every_day", (16, 21), 4),
    ("Canal path at the footbridge", "place", "school_route", (), _SCHOOL, "school_days", (15, 17), 5),
    ("Kirk Street corner", "place", "street", (), _ALL, "every_day", (17, 22), 4),
    ("Northfield stop", "place", "stop_or_stance", ("stop 4",), _WEEK, "weekdays", (8, 9), 3),
    ("Calder High gates", "school", "school_grounds", ("gate 1",), _SCHOOL, "school_days", (15, 16), 5),
    ("St Ninian's yard", "school", "school_grounds", ("gate 2",), _SCHOOL, "school_days", (12, 14), 3),
    ("Third-year group chat", "online_space", "online", (), _ALL, "every_day", (21, 24), 4),
    ("Racing game lobby", "online_space", "online", (), _END, "weekends", (20, 24), 3),
)  # fmt: skip


PLACES: Final = tuple(
    Place(*told, uprn=f"99990000{index:04}" if told[1] == "place" else None, asks=_ASKS[told[2]])
    for index, told in enumerate(_PLACES, start=1)
)


@dataclass(frozen=True)
class Town:
    """Everybody and every place."""

    people: tuple[YoungPerson, ...]
    places: tuple[Place, ...]

    def friend_of(self, person: YoungPerson, chance: Random) -> YoungPerson:
        """One of those with whom somebody is seen."""
        return self.people[chance.choice(person.friends) - self.people[0].number]


def settled(count: int, today: date, chance: Random) -> Town:
    """A town with so many young people; the same for the same chance."""
    first = 40_001
    people = []
    for index in range(count):
        circle = [first + (index // 5 * 5 + other) % count for other in range(5) if index % 5 != other]
        people.append(
            YoungPerson(
                number=first + index,
                given=chance.choice(_GIVEN),
                family=chance.choice(_FAMILY),
                born=today - timedelta(days=chance.randrange(12 * 365 + 3, 18 * 365 - 200)),
                placement=chance.choice(_PLACEMENTS),
                school=chance.choice(("Calder High School (invented)", "St Ninian's Academy (invented)")),
                often=chance.random() < 0.1,
                friends=tuple(circle),
            )
        )
    return Town(tuple(people), PLACES)
