"""What happens in the town: a year of reports, each as its agency would send it, and the same for the same seed.

What is often and what is seldom is made up; nothing is drawn from anybody's records.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Final

from schemas.envelope import source_of
from services.console.rehearsal.scenario import JSON, report_type
from services.console.town.living import Place, Town, YoungPerson, settled
from services.console.town.wording import HARMS, SAID, SEEN, WENT
from services.kernel.pages.times import LONDON

SEED: Final = 20_260_424
_YEAR_DAYS = 365
_PEOPLE_PER_REPORT = 1 / 25
_PEOPLE_MIN = 40
_STILL_MISSING = 3
_APART = timedelta(days=2)
_REPORTERS = ("youth-work", "youth-work", "education", "police", "social-work", "health")


def happenings(reports: int, now: datetime, seed: int = SEED) -> list[JSON]:
    """So many events, oldest first, of the year before this instant."""
    chance = Random(seed)  # noqa: S311 - a made-up town keeps no secrets
    town = settled(max(_PEOPLE_MIN, int(reports * _PEOPLE_PER_REPORT)), now.date(), chance)
    telling = _Telling(town, now, chance)
    told: list[JSON] = []
    for _ in range(_STILL_MISSING):
        told += telling.still_missing()
    while len(told) < reports:
        several = telling.something()
        told += several if len(told) + len(several) <= reports else telling.at_a_place()
    told = sorted(told[:reports], key=lambda event: str(event["time"]))
    return [event | {"id": f"town-{number:06}"} for number, event in enumerate(told, start=1)]


class _Telling:
    """Makes events up. Each comes without an id."""

    def __init__(self, town: Town, now: datetime, chance: Random) -> None:
        self._town, self._now, self._chance = town, now.astimezone(LONDON), chance
        self._often = [one for one in town.people if one.often] or list(town.people)
        self._missing: dict[int, list[datetime]] = {}

    def something(self) -> list[JSON]:
        """One thing that happens, in as many reports as it takes."""
        kind = self._chance.choices(
            (self.episode, self.at_a_place, self.at_school, self.seen_by_health), (18, 50, 20, 12)
        )[0]
        return kind()

    def still_missing(self) -> list[JSON]:
        """Somebody who has not been found yet."""
        began = self._now - timedelta(minutes=self._chance.randrange(90, 900))
        anybody = self._chance.sample(self._often, len(self._often)) + list(self._town.people)
        return list(self._missed(next(one for one in anybody if self._is_home([one], began)), began))

    def episode(self) -> list[JSON]:
        """Somebody goes missing and is found; sometimes a friend does too. Afterwards somebody listens, or will."""
        who = self._chance.choice(self._often if self._chance.random() < 0.6 else self._town.people)
        began = self._some_day().replace(hour=0, minute=0) + timedelta(
            hours=self._chance.choice((16, 18, 19, 20, 21, 21, 22, 22, 23)), minutes=self._chance.randrange(60)
        )
        found = began + timedelta(minutes=self._chance.choice((90, 180, 240, 360, 540, 1500)))
        together = self._chance.random() < 0.2
        along = [who, self._town.friend_of(who, self._chance)] if together else [who]
        if found > self._now - timedelta(hours=1) or not self._is_home(along, began):
            return self.at_a_place()
        told = [
            event for one in along for event in self._missed(one, began + timedelta(minutes=self._chance.randrange(30)))
        ]
        told.append(self._found(along, found))
        for one in along:
            told += self._listened(one, found)
        return told

    def at_a_place(self) -> list[JSON]:
        """Somebody sees something somewhere."""
        place = self._chance.choices(self._town.places, [one.weight for one in self._town.places])[0]
        at = self._when(place)
        reporters = (*_REPORTERS, "bus-operator") if place.band in ("bus_station", "stop_or_stance") else _REPORTERS
        by = self._chance.choice(reporters)
        kind = {"education": "school.concern", "health": "health.attendance"}.get(by, "context.observed")
        if by == "social-work":
            kind = "ird.contribution"
        there = self._chance.sample(self._town.people, self._chance.choice((0, 1, 1, 2)))
        context = self._context(place, at, len(there))
        data = {**_people(there), "contexts": {"c1": _called(place)}, "about_contexts": ["c1"], "context": context}
        return [_event(by, kind, at + timedelta(minutes=40), data | {"present": list(_people(there)["people"])})]

    def at_school(self) -> list[JSON]:
        """The school is worried about somebody, or about friends."""
        who = self._chance.choice(self._town.people)
        at = self._some_day(school=True).replace(hour=self._chance.randrange(9, 16), minute=self._chance.randrange(60))
        several = [who, self._town.friend_of(who, self._chance)] if self._chance.random() < 0.4 else [who]
        data = _people(several)
        data["school"] = {
            "about": ["k1"],
            "school": who.school,
            "attendance": self._chance.choice(("as_usual", "some_absence", "often_absent", "part_timetable")),
            "harms": [self._chance.choice(HARMS)],
            "trusted_adult_in_school": self._chance.random() < 0.7,
            "concern": "Seems tired, and has asked twice to be let out early.",
            "support_in_place": "A quiet start to the day with the pastoral teacher.",
        }
        if len(several) > 1:
            data["peer_links"] = self._link(list(data["people"]), at)
        return [_event("education", "school.concern", at, data)]

    def seen_by_health(self) -> list[JSON]:
        """Somebody is seen by health."""
        who = self._chance.choice(self._town.people)
        at = self._some_day().replace(hour=self._chance.randrange(8, 23), minute=self._chance.randrange(60))
        summary = {
            "about": ["k1"],
            "attended": at.isoformat(),
            "setting": self._chance.choice(("emergency_department", "minor_injuries", "general_practice", "pharmacy")),
            "injury": self._chance.random() < 0.4,
            "follow_up_planned": self._chance.random() < 0.6,
            "harms": [self._chance.choice(HARMS)],
            "summary": "Seen and treated; comes back in a week.",
        }
        return [_event("health", "health.attendance", at, _people([who]) | {"health_summary": summary})]

    def _is_home(self, several: list[YoungPerson], at: datetime) -> bool:
        """Whether none of them is missing in these days, so that one episode ends before another begins."""
        return all(abs(at - other) > _APART for one in several for other in self._missing.get(one.number, ()))

    def _missed(self, who: YoungPerson, since: datetime) -> Iterator[JSON]:
        self._missing.setdefault(who.number, []).append(since)
        at = since + timedelta(minutes=self._chance.randrange(20, 70))
        by = "childrens-house" if who.placement == "childrens_house" else "police"
        data = _people([who])
        data["identity"] = {
            "about": ["k1"],
            "each": {"k1": {"given_name": who.given, "family_name": who.family, "known_as": who.given}},
        }
        data["missing"] = {
            "about": ["k1"],
            "status": "missing",
            "circumstances": self._chance.choice(WENT),
            "since": since.isoformat(),
            "reported_by": "residential_care" if by == "childrens-house" else "reporter",
        }
        yield _event(by, "missing-episode.reported", at, data)
        level = self._chance.choice(("low", "medium", "medium", "high"))
        assessed = {"about": ["k1"], "status": "missing", "risk_scheme": "scotland", "risk_level": level}
        yield _event(
            "police",
            "missing-episode.risk-assessed",
            at + timedelta(minutes=self._chance.randrange(10, 40)),
            _people([who]) | {"missing": assessed},
        )

    def _found(self, along: list[YoungPerson], found: datetime) -> JSON:
        data = _people(along)
        about = list(data["people"])
        data["missing"] = {
            "about": about,
            "status": "found_safe" if self._chance.random() < 0.9 else "found_needs_care",
            "found": found.isoformat(),
            "found_by": self._chance.choice(("police", "police", "residential_care", "other")),
            "found_at": self._chance.choice(self._town.places).name,
        }
        company = "with_young_people" if len(along) > 1 else self._chance.choice(("alone", "not_known", "with_adults"))
        data["missing_companions"] = {"about": about, "company": company}
        return _event("police", "missing-episode.located", found + timedelta(minutes=20), data)

    def _listened(self, who: YoungPerson, found: datetime) -> Iterator[JSON]:
        """The offer and the discussion, as far as they have come; some are late, and some never happen."""
        offered = found + timedelta(hours=self._chance.choice((6, 10, 20, 30, 60, 90)))
        if offered < self._now and self._chance.random() < 0.92:
            said = {"about": ["k1"], "status": "found_safe", "return_discussion": "offered"}
            yield _event("social-work", "return-discussion.offered", offered, _people([who]) | {"missing": said})
            held = offered + timedelta(hours=self._chance.choice((12, 24, 48, 72, 160)))
            if held < self._now and self._chance.random() < 0.75:
                yield self._heard(who, held)

    def _heard(self, who: YoungPerson, at: datetime) -> JSON:
        data = _people([who])
        data["missing"] = {"about": ["k1"], "status": "found_safe", "return_discussion": "completed"}
        data["voice_safety"] = {
            "about": ["k1"],
            "told_what_is_shared": True,
            "heard_by": "third_sector",
            "choice_of_person_offered": True,
            "harms": [self._chance.choice(HARMS)],
            "own_words": self._chance.choice(SAID),
            "agreed_plan": "A lift home whenever it is asked for.",
        }
        return _event("return-service", "return-discussion.completed", at, data)

    def _context(self, place: Place, at: datetime, seen: int) -> JSON:
        hour = at.hour
        context: JSON = {
            "about": ["c1"],
            "kind": place.kind,
            "location_band": place.band,
            "time_band": f"{hour:02}:00-{min(hour + 2, 24):02}:00",
            "days": place.days,
            "ask": self._chance.choice(place.asks),
            "observed": at.isoformat(),
            "harms": [self._chance.choice(HARMS)],
            "young_people_seen": seen + self._chance.randrange(4),
            "description": self._chance.choice(SEEN),
        }
        return context | ({"spot": self._chance.choice(place.spots)} if place.spots else {})

    def _link(self, about: list[str], at: datetime) -> JSON:
        return {
            "about": about,
            "kind": "seen_together",
            "observed_on": at.date().isoformat(),
            "observed_by": "education",
            "grading": {"scheme": "3x5x2", "source": "2", "assessment": "A"},
            "description": "Seen together at break and after school.",
            "strengths": "They look out for each other.",
        }

    def _some_day(self, school: bool = False) -> datetime:
        """A day of the year before, with more of them lately; while `school` is open, from Monday to Friday."""
        while True:
            back = int(_YEAR_DAYS * self._chance.random() ** 1.3) + 1
            day = self._now - timedelta(days=back)
            if not school or (day.weekday() < 5 and day.month != 7):
                return day

    def _when(self, place: Place) -> datetime:
        while True:
            day = self._some_day()
            if day.weekday() in place.weekdays:
                return day.replace(hour=self._chance.randrange(*place.hours), minute=self._chance.randrange(60))


def _people(several: list[YoungPerson]) -> JSON:
    return {"people": {f"k{number}": one.declared() for number, one in enumerate(several, start=1)}}


def _called(place: Place) -> JSON:
    return {"uprn": place.uprn} if place.uprn else {"name": place.name}


def _event(by: str, kind: str, at: datetime, data: JSON) -> JSON:
    return {
        "specversion": "1.0",
        "source": source_of(by),
        "type": report_type(kind),
        "time": at.astimezone(UTC).isoformat(),
        "datacontenttype": "application/json",
        "data": data,
    }
