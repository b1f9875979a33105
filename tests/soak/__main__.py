"""`make soak`: run the long form of the tests, in parts, and keep what each part saw as evidence."""

import argparse
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from importlib import import_module

from tests.support.evidence import Evidence, keep

Soak = Callable[[int, float, Callable[[str], None]], Evidence]
"""Given a seed, a share of the full count (1.0 is all of it) and a way to say how far it is; raises where a promise is
broken."""

PARTS: dict[str, str] = {
    "broker": "tests.soak.broker",
    "convergence": "tests.soak.convergence",
    "fuzz": "tests.soak.fuzz",
    "input": "tests.soak.input",
    "kills": "tests.soak.kills",
    "kills-real": "tests.soak.kills_real",
    "non-interference": "tests.soak.non_interference",
    "openapi": "tests.soak.openapi",
    "policy-agreement": "tests.soak.policy_agreement",
    "policy-mutation": "tests.soak.policy_mutation",
    "power-loss": "tests.soak.power_loss",
    "scenarios-killed": "tests.soak.scenarios_killed",
}
"""Name -> the module that has `soak`."""


def main() -> int:
    """Run the parts named, or all. Exit status 1 when one of them found a promise broken."""
    asked = _asked()
    broken = 0
    for name in asked.parts or PARTS:
        soak: Soak = import_module(PARTS[name]).soak
        began = time.monotonic()
        try:
            evidence = soak(asked.seed, asked.share, lambda text, name=name: _say(f"{name}: {text}"))  # type: ignore[misc]
        except AssertionError as error:
            _say(f"{name}: BROKEN: {error}")
            broken += 1
            continue
        seconds = time.monotonic() - began
        again = f"make soak ARGS='{name} --seed {asked.seed} --share {asked.share:g}'"
        keep(replace(evidence, name=name, command=again, seed=asked.seed, seconds=seconds))
        _say(f"{name}: {evidence.count:,} {evidence.unit} in {seconds:,.0f} s: {evidence.result}")
    return 1 if broken else 0


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make soak", description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[[], *PARTS], metavar="PART", help=f"of: {', '.join(PARTS)}")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--share", type=float, default=1.0, help="how much of the full count, 1.0 for all")
    return parser.parse_args()


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
