"""Players: one for the reports of a scenario and one for each of its branches, each on a hub of its own.

The world is told once, and copied for each branch.
"""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from services.console.rehearsal.hubs import hub_in, throw_away_folder
from services.console.rehearsal.player import NewPlayer, Player
from services.console.rehearsal.scenario import Scenario
from services.kernel.settings import Settings

Configure = Callable[[Path], Settings]


@contextmanager
def copied_players(scenario: Scenario, configure: Configure) -> Iterator[NewPlayer]:
    """Players of whom the first tells everything, and the others are on copies of its hub."""
    teller: list[Player] = []
    with throw_away_folder() as told:

        @contextmanager
        def telling() -> Iterator[Player]:
            with hub_in(told, scenario.now, configure) as hub:
                player = Player(hub, scenario)
                player.prepare()
                teller.append(player)
                yield player

        @contextmanager
        def copying() -> Iterator[Player]:
            with throw_away_folder() as copy:
                shutil.copytree(told, copy, dirs_exist_ok=True)
                with hub_in(copy, scenario.now, configure) as hub:
                    yield teller[0].on(hub)

        yield lambda: copying() if teller else telling()
