"""The policies with one thing wrong, in every way: whether their own tests, or the ladder, notice."""

import random
import time
from collections.abc import Callable

from deploy.local.opa import VERSION, fetch
from tests.policies.mutants import Fate, Mutant, fate, mutants, reviewed_survivors
from tests.support.evidence import Evidence

LEAST_KILLED = 0.95
CONTROL = 20


def soak(seed: int, share: float, say: Callable[[str], None]) -> Evidence:
    """Try the mutants; raises AssertionError where too few are killed, or one survives that nobody has reviewed."""
    every = mutants()
    chosen = random.Random(seed).sample(every, max(1, int(len(every) * min(1.0, share))))
    opa_command, said = fetch(), time.monotonic()
    fates: dict[Mutant, Fate] = {}
    for one in chosen:
        fates[one] = fate(one, opa_command)
        if time.monotonic() - said > 5:
            said = time.monotonic()
            say(f"{len(fates)} of {len(chosen)} mutants")
    survived = {one.name for one, what in fates.items() if what is Fate.SURVIVED}
    killed = sum(1 for what in fates.values() if what is Fate.KILLED)
    reviewed = reviewed_survivors()
    unreviewed = survived - reviewed.keys()
    assert not unreviewed, f"nothing notices these, and nobody has reviewed them: {sorted(unreviewed)}"
    tried = killed + len(survived)
    unnoticed = [fate(one, opa_command, noticing=False) for one in chosen[:CONTROL]]
    assert Fate.KILLED not in unnoticed, "the control was killed, though nothing was there to kill it"
    assert killed >= LEAST_KILLED * tried, f"{killed} of {tried} mutants were killed"
    return Evidence(
        name="",
        promise="A mistake in the policies is noticed by their tests.",
        command="",
        result=f"{killed} of {tried} killed ({killed / tried:.1%}) by `opa test` ({VERSION}) or the ladder in Python; "
        f"{len(survived)} survived, each reviewed and listed with the reason why it makes no difference; "
        f"{len(fates) - tried} more were no policies at all",
        control=f"with the tests taken out, {len(unnoticed)} of {len(unnoticed)} went unnoticed",
        count=tried,
        unit="mutants",
    )
