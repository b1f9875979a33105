"""The AsyncAPI 3.1 description of the log: its topics, what lies on them, who writes and who reads.

It also names what agencies post, so that the whole language is in one document; how to post it is in the OpenAPI
description of intake.
"""

from typing import Any

from schemas.catalogue import ENVELOPE, LOG_TYPES, PUBLISHED, Topic, topics
from schemas.reports import REPORT_TYPES

_SCHEMA_FORMAT = "application/schema+json;version=draft-2020-12"
_INTAKE = "intake.events"
_PARAMETER = "{partner}"


def document() -> dict[str, Any]:
    """The whole description, ready to be written as JSON."""
    return {
        "asyncapi": "3.1.0",
        "info": {
            "title": "Cairn",
            "version": "1.0.0",
            "description": "What agencies post to the hub, and what its services say to one another on the log.",
            "license": {"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"},
        },
        "defaultContentType": "application/cloudevents+json",
        "servers": {
            "log": {"host": "kafka.cairn.example:9092", "protocol": "kafka", "description": "The log, inside the hub."},
            "intake": {"host": "cairn.example", "protocol": "https", "description": "Where agencies post."},
        },
        "channels": {_INTAKE: _intake()} | {_channel_id(name): _channel(name, one) for name, one in topics().items()},
        "operations": {"intake.receives.events": _operation("receive", _INTAKE, "Intake takes reports from agencies.")}
        | {key: value for name, topic in topics().items() for key, value in _operations(name, topic).items()},
        "components": {"messages": {name: _message(name) for name in (*REPORT_TYPES, *LOG_TYPES)}},
    }


def _channel_id(topic: str) -> str:
    return topic.removesuffix(f".{_PARAMETER}")


def _intake() -> dict[str, Any]:
    return {
        "address": "/v1/events",
        "title": "Reports",
        "description": "What agencies post. Exactly one receipt for a source and id.",
        "servers": [{"$ref": "#/servers/intake"}],
        "messages": _messages(list(REPORT_TYPES)),
        "bindings": {"http": {"bindingVersion": "0.3.0"}},
    }


def _channel(name: str, topic: Topic) -> dict[str, Any]:
    channel: dict[str, Any] = {
        "address": name,
        "title": name,
        "description": f"{topic.about} Key: {topic.key}",
        "servers": [{"$ref": "#/servers/log"}],
        "messages": _messages(topic.types),
        "bindings": {"kafka": _kafka(topic)},
        "x-partitions": topic.partitions,
        "x-retention": topic.retention,
    }
    if _PARAMETER in name:
        channel["parameters"] = {"partner": {"description": "Id of the agency whose feed it is."}}
    return channel


def _kafka(topic: Topic) -> dict[str, Any]:
    settings: dict[str, Any] = {"cleanup.policy": ["delete"], "retention.ms": -1, "retention.bytes": -1}
    binding: dict[str, Any] = {"topicConfiguration": settings, "bindingVersion": "0.5.0"}
    if isinstance(topic.partitions, int):
        binding["partitions"] = topic.partitions
    return binding


def _operations(name: str, topic: Topic) -> dict[str, Any]:
    channel = _channel_id(name)
    writes = {
        f"{service}.writes.{channel}": _operation("send", channel, f"{service.capitalize()} writes to {name}.")
        for service in topic.producers
    }
    reads = {
        f"{service}.reads.{channel}": _operation("receive", channel, f"{service.capitalize()} reads {name}.")
        for service in topic.consumers
    }
    return writes | reads


def _operation(action: str, channel: str, summary: str) -> dict[str, Any]:
    return {"action": action, "channel": {"$ref": f"#/channels/{channel}"}, "summary": summary}


def _messages(types: list[str]) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/messages/{name}"} for name in types}


def _message(name: str) -> dict[str, Any]:
    return {
        "name": name,
        "title": name,
        "summary": (PUBLISHED[name].__doc__ or "").strip().splitlines()[0],
        "contentType": "application/cloudevents+json",
        "payload": {
            "schemaFormat": _SCHEMA_FORMAT,
            "schema": {
                "allOf": [
                    {"$ref": f"./json/{ENVELOPE}.json"},
                    {"properties": {"type": {"const": name}, "data": {"$ref": f"./json/{name}.json"}}},
                ]
            },
        },
    }
