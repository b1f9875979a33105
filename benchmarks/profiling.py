"""Profiling: where the time of some work goes, by what it is spent in rather than by function."""

import cProfile
import pstats
from collections import Counter
from collections.abc import Callable

_PARTS = (
    ("the policy engine", ("regorus", "eval_rule", "set_input_json", "opa_client")),
    ("SQLite", ("pysqlite3",)),
    ("PostgreSQL", ("psycopg",)),
    ("Kafka", ("/kafka/",)),
    ("SQLAlchemy", ("sqlalchemy",)),
    ("pydantic", ("pydantic",)),
    ("eventsourcing", ("eventsourcing",)),
    ("the web framework", ("fastapi", "starlette", "uvicorn", "anyio", "asyncio", "httpx2", "h11", "httptools")),
    ("sealing", ("cryptography", "keywrap", "hmac", "/kernel/keys/", "base64")),
    ("JSON", ("json",)),
    ("the hub's own code", ("/services/", "/schemas/")),
)
_OTHER = "Python itself"
_TOLD = 5


def where_time_goes(work: Callable[[], object]) -> str:
    """Do the work under a profiler; the shares of what it was spent in, the most first. Measures this thread alone."""
    profile = cProfile.Profile()
    profile.runcall(work)
    spent: Counter[str] = Counter()
    for (file, _, function), (_, _, seconds, _, _) in pstats.Stats(profile).stats.items():  # type: ignore[attr-defined]
        spent[_part_of(f"{file} {function}")] += seconds
    whole = sum(spent.values())
    return "profiled: " + ", ".join(f"{part} {seconds / whole:.0%}" for part, seconds in spent.most_common(_TOLD))


def _part_of(place: str) -> str:
    return next((part for part, words in _PARTS if any(word in place for word in words)), _OTHER)
