"""Families of worlds: every combination of some secrets, and for each partner the worlds that it may not tell apart.

A partner that has a hand in a secret knows of it; worlds with the same known secrets, in which the rule never gives it
anything else, must be one to it. So the one family puts every partner to the test, each with questions of its own.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from tests.journeys.secret_weaver import Weaver
from tests.journeys.secret_worlds import PARTNERS, Act, Agree, Report, Secret, Settle, Trail, World, reported_anew

_THOUGHT_OF = 14
"""Groups of secrets that are tried on a family of many worlds."""


@dataclass(frozen=True)
class Family:
    """A common history, and groups of secrets that are all kept from its watcher."""

    watcher: str
    common: tuple[Act, ...]
    groups: tuple[tuple[Secret, ...], ...]

    def choices(self) -> Iterator[tuple[int, ...]]:
        """Every combination of the groups, by their numbers; the first is none of them."""
        numbers = range(len(self.groups))
        return (some for many in range(len(self.groups) + 1) for some in combinations(numbers, many))

    def world(self, chosen: Sequence[int]) -> World:
        """The world with these groups of secrets, as its watcher knows it."""
        return World(self.watcher, self.common, tuple(secret for number in chosen for secret in self.groups[number]))

    def classes(self, partner: str) -> list[list[tuple[int, ...]]]:
        """All worlds, those together that this partner may not tell apart; one in which a secret shows is alone."""
        known = {number for number, group in enumerate(self.groups) if self._is_known(group, partner)}
        found: list[tuple[tuple[int, ...], Trail, list[tuple[int, ...]]]] = []
        alone: list[list[tuple[int, ...]]] = []
        for chosen in self.choices():
            knows = tuple(number for number in chosen if number in known)
            trail = Trail(self._as_known(partner, chosen, knows))
            alike = next((one for same, first, one in found if same == knows and trail.is_as(first)), None)
            if trail.shaken:
                alone.append([chosen])
            elif alike is not None:
                alike.append(chosen)
            else:
                found.append((knows, trail, [chosen]))
        return [one for _, _, one in found] + alone

    def _is_known(self, group: Sequence[Secret], partner: str) -> bool:
        """Whether the partner has a hand in it, or has its name under it."""
        replaced = [self.common[one.at] for one in group if one.instead]
        acts = [*(one.act for one in group), *replaced]
        parties = [act.agreement["parties"] for act in acts if isinstance(act, Agree)]
        return any(getattr(act, "by", None) == partner for act in acts) or any(partner in one for one in parties)

    def _as_known(self, partner: str, chosen: Sequence[int], knows: Sequence[int]) -> World:
        """The world as a partner knows it: what it knows of is common to all worlds that it may not tell apart. Last
        come the reports that all watchers make."""
        laid = [(number in knows, secret) for number in chosen for secret in self.groups[number]]
        common, hidden = list[Act](), list[Secret]()
        for at, usual in enumerate((*self.common, Settle())):
            instead = any(one.instead for _, one in laid if one.at == at)
            for is_known, one in sorted((pair for pair in laid if pair[1].at == at), key=lambda pair: pair[1].instead):
                if is_known:
                    common.append(one.act)
                else:
                    hidden.append(replace(one, at=len(common)))
                    common += [usual] if one.instead else []
            common += [] if instead else [usual]
        common += [act for one in PARTNERS for act in (Report(reported_anew(one)), Settle())]
        return World(partner, tuple(common), tuple(hidden))


def family_of(seed: int, groups_max: int) -> Family:
    """The family of a seed, with at most so many groups of secrets: twice as many worlds for each."""
    weaver = Weaver(seed)
    bare = World(weaver.watcher, weaver.common)
    fair = weaver.fair_groups(bare, Trail(bare), _THOUGHT_OF)
    return Family(weaver.watcher, weaver.common, tuple(fair[:groups_max]))
