"""Naming: what the hub is told where a scenario uses a name that no agency's system would mint.

A scenario's names are any text, and two are the same only if they are spelled alike. The hub is told most of them as
they are; a name that it would refuse, or take for another that is spelled nearly so, is told as one made from it.
"""

import re
from hashlib import sha256

_PLAIN = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,62}[A-Za-z0-9])?", re.ASCII)
_PLAIN_CONTEXT = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*", re.ASCII)
_LONGEST_CONTEXT = 60


def told_as(name: str) -> str:
    """What the hub is told for the id of a report, an agreement, a young person or an adult."""
    return name if _PLAIN.fullmatch(name) else _made_from(name)


def context_told_as(name: str) -> str:
    """What the hub is told for a context, whose names it compares without regard to case and hyphens."""
    return name if len(name) <= _LONGEST_CONTEXT and _PLAIN_CONTEXT.fullmatch(name) else _made_from(name)


def withdrawal_of(report: str) -> str:
    """The id of the event that withdraws a report: always made, so that no report of the scenario has it."""
    return _made_from(f"withdrawal of {report}")


def successor_of(agreement: str) -> str:
    """The id under which the parties sign anew what has ended: made, as above."""
    return _made_from(f"successor of {agreement}")


def _made_from(name: str) -> str:
    return f"named-{sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}"
