"""The topics of one hub on a broker that it shares with others: removed, or copied for another hub to go on from.

The copy has every record where the original has it, so that positions kept in a database hold for both.
"""

from collections.abc import Iterator, Mapping
from contextlib import closing
from typing import Any

from deploy.local.cache import PartUnavailable

_SECONDS_MAX = 60


def drop(broker: str, prefix: str) -> None:
    """Remove every topic whose name begins like this."""
    from kafka.admin import KafkaAdminClient

    with closing(KafkaAdminClient(bootstrap_servers=broker)) as admin:
        found = [topic for topic in admin.list_topics() if topic.startswith(prefix)]
        if found:
            admin.delete_topics(found)


def copy(broker: str, prefix: str, to: str) -> None:
    """Make every topic of the one prefix anew under the other. Raises PartUnavailable if the copy is not exact."""
    from kafka.admin import KafkaAdminClient

    with closing(KafkaAdminClient(bootstrap_servers=broker)) as admin:
        topics = [topic for topic in admin.list_topics() if topic.startswith(prefix)]
        partitions = {one["name"]: len(one["partitions"]) for one in admin.describe_topics(topics)}
        new = {topic: to + topic.removeprefix(prefix) for topic in topics}
        described = _descriptions(admin, partitions)
        admin.create_topics({new[topic]: description for topic, description in described.items()})
        admin.wait_for_topics(list(new.values()))
    _copy_records(broker, partitions, new)


def _descriptions(admin: Any, partitions: Mapping[str, int]) -> dict[str, Any]:
    from kafka.admin import ConfigResource, ConfigResourceType

    resources = [ConfigResource(ConfigResourceType.TOPIC, topic) for topic in partitions]
    settings = admin.describe_configs(resources)["topic"]
    return {
        topic: {
            "num_partitions": number,
            "replication_factor": -1,
            "configs": {name: setting["value"] for name, setting in settings[topic].items()},
        }
        for topic, number in partitions.items()
    }


def _copy_records(broker: str, partitions: Mapping[str, int], new: Mapping[str, str]) -> None:
    from kafka import KafkaProducer

    with closing(
        KafkaProducer(bootstrap_servers=broker, acks="all", enable_idempotence=True, linger_ms=50)
    ) as producer:
        promises = [
            (one.offset, producer.send(new[one.topic], one.value, one.key, list(one.headers), one.partition))
            for one in _records(broker, partitions)
        ]
        producer.flush(timeout=_SECONDS_MAX)
        if any(promise.get(timeout=0).offset != offset for offset, promise in promises):
            raise PartUnavailable("Kafka gave the records of a copied topic other positions.")


def _records(broker: str, partitions: Mapping[str, int]) -> Iterator[Any]:
    """Every record, those of a partition in their order."""
    from kafka import KafkaConsumer, TopicPartition

    places = [TopicPartition(topic, one) for topic, number in partitions.items() for one in range(number)]
    with closing(KafkaConsumer(bootstrap_servers=broker, group_id=None, enable_auto_commit=False)) as consumer:
        consumer.assign(places)
        consumer.seek_to_beginning()
        ends = {place: consumer.end_offsets([place])[place] for place in places}
        while any(consumer.position(place) < end for place, end in ends.items()):
            for found in consumer.poll(timeout_ms=200).values():
                yield from found
