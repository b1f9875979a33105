"""Two sharing workers, each a process with a store and partitions of its own, give what one gives."""

import pytest

from deploy.local import RealParts
from services.console.rehearsal.player import Player
from tests.journeys.night import HOUSE_B, embedded
from tests.support.process_hub import Role, process_hub


@pytest.mark.real
def test_two_workers_with_half_of_the_partitions_each_end_in_the_same_matrix_as_one(
    kafka_address: str, opa_address: str, postgres_address: str
) -> None:
    # given a worker with some of the partitions and the desk, and one with the others, on a database of its own
    parts = RealParts(kafka=kafka_address, opa=opa_address, postgres=postgres_address)
    with parts.share() as share, parts.share() as other:
        one = Role("sharing", {"CAIRN_OWNED_PARTITIONS": "0,2"})
        two = Role("sharing", {"CAIRN_OWNED_PARTITIONS": "1", "CAIRN_STORE": other.store})
        with process_hub(share, HOUSE_B.now, ("intake", one, two, "governance")) as hub:
            # when the night is played, A2 is suspended, and the youth workers withdraw their report
            player = Player(hub, HOUSE_B)
            player.prepare()
            before = player.see()
            player.apply("/0", {"suspend": "A2"})
            player.apply("/1", {"withdraw_report": "E13"})
            after = player.see()

            # then either of them serves each partner the same
            for partner in HOUSE_B.partners:
                query = {"purpose": "child_protection", "limit": "500"}
                lines = [
                    hub.ask("GET", f"/{name}/v1/feed", f"{partner}/system", params=query).content
                    for name in ("sharing", "sharing-2")
                ]
                assert lines[0] == lines[1]

    # and everybody sees what they would see of one worker
    with embedded(HOUSE_B) as stage:
        alone = Player(stage, HOUSE_B)
        alone.prepare()
        assert before.matrix_for == alone.see().matrix_for
        alone.apply("/0", {"suspend": "A2"})
        alone.apply("/1", {"withdraw_report": "E13"})
        assert after.matrix_for == alone.see().matrix_for
