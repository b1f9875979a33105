"""The two policy engines asked a million made-up labels: equal answers, to the last word."""

import time
from collections.abc import Callable

from deploy.local.opa import VERSION, opa
from services.kernel.policy.opening import open_policy
from tests.policies import POLICIES
from tests.policies.engines import BATCH, CHANGES, batches, disagreement, notice
from tests.support.evidence import Evidence

FULL = 1_000_000


def soak(seed: int, share: float, say: Callable[[str], None]) -> Evidence:
    """Ask both engines the same; raises AssertionError at the first answer that differs."""
    count, asked, sets, said = max(BATCH, int(FULL * share)), 0, 0, time.monotonic()
    with opa() as address:
        embedded, server = open_policy("embedded:", POLICIES), open_policy(address, POLICIES)
        for labels, grants in batches(seed, count):
            found = disagreement(embedded, server, labels, grants)
            assert found is None, str(found)
            asked, sets = asked + len(labels), sets + 1
            if time.monotonic() - said > 5:
                said = time.monotonic()
                say(f"{asked:,} of {count:,} labels")
        for change in CHANGES:
            assert notice(server, change, seed), f"the control was not noticed: {change}"
        server.close()
    return Evidence(
        name="",
        promise="The engine in the process and the OPA server decide every label alike.",
        command="",
        result=f"no answer differed, under {sets} sets of agreements, one label in 50 malformed or odd; OPA {VERSION}",
        control=f"policies changed on one side were noticed: {len(CHANGES)} of {len(CHANGES)} changes",
        count=asked,
        whole=FULL,
        unit="labels",
    )
