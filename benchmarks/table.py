"""The table of all rows, in Markdown, and a chart of how far each came towards its aim."""

from collections.abc import Sequence

from benchmarks.measuring import Row

_BAR = 30
_HEADINGS = ("what", "figure", "peer", "ratio", "aim", "met?")


def table(rows: Sequence[Row]) -> str:
    """One line a row, then what is to be known of it."""
    lines = [_line(_HEADINGS), _line(["---"] * len(_HEADINGS)), *(_line(cells(row)) for row in rows)]
    return "\n".join(lines)


def cells(row: Row) -> tuple[str, ...]:
    """The row as it is told."""
    return (
        row.what,
        f"{amount(row.figure)} {row.unit}",
        f"{amount(row.peer)} {row.unit} ({row.peer_is})" if row.peer is not None else "",
        f"{amount(row.ratio)}" if row.ratio is not None else "",
        row.aim.text if row.aim else "",
        {True: "yes", False: "no", None: ""}[row.met],
    )


def chart(rows: Sequence[Row]) -> str:
    """A bar for each row with an aim: a full one reaches it, and what is beyond is cut off."""
    aimed = [(row, reach) for row in rows if (reach := _reach(row)) is not None]
    width = max((len(row.what) for row, _ in aimed), default=0)
    bars = [f"{row.what:<{width}}  {_bar(reach)} {reach:>6.0%}" for row, reach in aimed]
    return "\n".join(["```text", f"{'How far towards its aim':<{width}}  |{'-' * (_BAR - 2)}| 100%", *bars, "```"])


def drawings(rows: Sequence[Row]) -> str:
    """For each row with a series, a bar for each of its points; the longest of a row is full."""
    drawn = [_drawn(row) for row in rows if row.series]
    return "\n".join(["```text", *"\n\n".join(drawn).splitlines(), "```"]) if drawn else ""


def notes(rows: Sequence[Row]) -> tuple[str, ...]:
    """What is to be known of each row that has a note."""
    return tuple(dict.fromkeys(f"{row.what}: {row.note}" for row in rows if row.note))


def _reach(row: Row) -> float | None:
    if row.aim is None:
        return None
    seen = row.ratio if row.aim.of_ratio else row.figure
    if not seen:
        return None
    return seen / row.aim.value if row.aim.text.startswith(">") else row.aim.value / seen


def _drawn(row: Row) -> str:
    longest = max(each for _, each in row.series)
    bars = [f"{number:>12,.0f}  {_bar(each / longest)} {amount(each * 1_000):>6} ms" for number, each in row.series]
    return "\n".join([row.what, *bars])


def _bar(reach: float) -> str:
    full = min(_BAR, round(reach * _BAR))
    return "█" * full + "·" * (_BAR - full)


def _line(row: Sequence[str]) -> str:
    return "| " + " | ".join(row) + " |"


def amount(value: float) -> str:
    """With as many digits as mean something."""
    if value >= 1_000:
        return f"{value:,.0f}"
    return f"{value:.3g}"
