"""Growth: what each costs when there are more of them: items held, labels, partners and agreements.

Each is tried at several sizes while the others stay. The figure is the power by which the whole grows: 1 is linear.
"""

from collections.abc import Callable, Sequence
from math import log

from benchmarks.benchmark import Run
from benchmarks.decisions import World
from benchmarks.measuring import Row, below

NAME = "growth"
_NEARLY_LINEAR = 1.2


def rows(run: Run) -> list[Row]:
    """Of processor time, which other work on the machine does not lengthen as it does the wall's."""
    return [_items(run), *_decided(run)]


def _items(run: Run) -> Row:
    """A night told, by how much is held already."""
    most = run.items
    fewer = run.size.of((), (1_000, 3_000), (1_000, 10_000))
    built = [run.buildings.of(items) for items in (*fewer, most)]
    nights = [(float(one.items), one.night.processor) for one in built]
    whole = [(items, items * night) for items, night in nights]
    return _row("items held", "a night told", nights, whole)


def _decided(run: Run) -> list[Row]:
    """The whole matrix, by each of what it is made of."""
    partners, agreements, labels = run.size.of((5, 10, 40), (30, 300, 1_000), (30, 300, 2_000))
    shares = run.size.of((0.5, 1.0), (0.25, 0.5, 1.0), (0.125, 0.25, 0.5, 1.0))

    def some(number: int) -> list[int]:
        return [max(2, round(number * share)) for share in shares]

    tried: Sequence[tuple[str, list[int], Callable[[int], World]]] = (
        ("labels", some(labels), lambda number: World(partners, agreements, number)),
        ("partners", some(partners), lambda number: World(number, agreements, labels)),
        ("agreements", some(agreements), lambda number: World(partners, number, labels)),
    )
    World(partners, agreements, 2).decide_all()  # the first of a process takes longer, whatever its size
    found = []
    for what, numbers, world in tried:
        run.say(f"growth with {what}: {', '.join(f'{number:,}' for number in numbers)}")
        whole = [(float(number), _seconds(world(number))) for number in numbers]
        each = [(number, seconds / number) for number, seconds in whole]
        found.append(_row(what, f"the matrix decided, for each of the {what}", each, whole))
    return found


def _seconds(world: World) -> float:
    world.decide_all()
    return world.processor


def _row(what: str, of: str, each: Sequence[tuple[float, float]], whole: Sequence[tuple[float, float]]) -> Row:
    (fewest, least), (most, longest) = whole[0], whole[-1]
    power = log(longest / least) / log(most / fewest) if most > fewest else 1.0
    return Row(
        f"growth with {what}, {fewest:,.0f} to {most:,.0f}",
        power,
        "power",
        aim=below(_NEARLY_LINEAR),
        note=f"{of}; 1 is linear, and is drawn level",
        series=each,
    )
