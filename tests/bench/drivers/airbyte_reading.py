"""airbyte-cdk: a low-code source of one incremental stream, run by the CDK's own entry point.

With a `lag` its cursor has a look-back window, as the manual describes it for late rows.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from airbyte_cdk.entrypoint import AirbyteEntrypoint
from airbyte_cdk.sources.declarative.concurrent_declarative_source import (
    ConcurrentDeclarativeSource,
)
from measure import Run

RUN = Run()
FORMAT = "%Y-%m-%dT%H:%M:%SZ"


def manifest() -> dict[str, Any]:
    """The source, in the words of the low-code framework."""
    cursor = {
        "type": "DatetimeBasedCursor",
        "cursor_field": "updated_at",
        "cursor_datetime_formats": [FORMAT, "%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M:%S.%f%z"],
        "datetime_format": "%Y-%m-%dT%H:%M:%S",
        "start_datetime": "2000-01-01T00:00:00",
    }
    if RUN.task.get("lag"):
        cursor["lookback_window"] = f"PT{RUN.task['lag']}S"
    requester = {
        "type": "HttpRequester",
        "url_base": RUN.task["url"],
        "path": "/workers/",
        "authenticator": {"type": "BearerAuthenticator", "api_token": RUN.task["token"]},
        "request_parameters": {
            "limit": "100",
            "expand": RUN.task["expand"],
            "order_by": "updated_at",
            "filter": "updated_at ge {{ stream_interval.start_time }}",
        },
    }
    paginator = {
        "type": "DefaultPaginator",
        "page_token_option": {"type": "RequestPath"},
        "pagination_strategy": {
            "type": "CursorPagination",
            "cursor_value": "{{ response.next_link }}",
            "stop_condition": "{{ not response.next_link }}",
        },
    }
    extractor = {"type": "DpathExtractor", "field_path": ["results"]}
    stream = {
        "type": "DeclarativeStream",
        "name": "workers",
        "primary_key": "id",
        "incremental_sync": cursor,
        "retriever": {
            "type": "SimpleRetriever",
            "requester": requester,
            "paginator": paginator,
            "record_selector": {"type": "RecordSelector", "extractor": extractor},
        },
        "schema_loader": {
            "type": "InlineSchemaLoader",
            "schema": {"type": "object", "additionalProperties": True, "properties": {}},
        },
    }
    return {
        "version": "6.0.0",
        "type": "DeclarativeSource",
        "check": {"type": "CheckStream", "stream_names": ["workers"]},
        "spec": {"type": "Spec", "connection_specification": {"type": "object"}},
        "streams": [stream],
    }


def catalog() -> dict[str, Any]:
    """What is to be synced: the one stream, incrementally."""
    modes = ["full_refresh", "incremental"]
    stream = {"name": "workers", "json_schema": {}, "supported_sync_modes": modes}
    chosen = {"sync_mode": "incremental", "destination_sync_mode": "append", "stream": stream}
    return {"streams": [{**chosen, "cursor_field": ["updated_at"]}]}


def put(name: str, content: Any) -> Path:
    """A file beside the task."""
    path = RUN.folder / name
    path.write_text(json.dumps(content), "utf-8")
    return path


def main() -> None:
    """One `read`, as the platform would start it; the messages go to a file."""
    state = RUN.folder / "state.json"
    words = ["read", "--config", str(put("config.json", {}))]
    words += ["--catalog", str(put("catalog.json", catalog()))]
    words += ["--state", str(state)] if state.exists() else []
    arguments = AirbyteEntrypoint.parse_args(words)
    known = ConcurrentDeclarativeSource.read_state(str(state)) if state.exists() else None
    configured = ConcurrentDeclarativeSource.read_catalog(str(RUN.folder / "catalog.json"))
    source = ConcurrentDeclarativeSource(
        catalog=configured, config={}, state=known, source_config=manifest()
    )
    messages = RUN.folder / "messages.jsonl"
    RUN.begin()
    with messages.open("w", encoding="utf-8") as output:
        for message in AirbyteEntrypoint(source).run(arguments):
            output.write(message + "\n")
    RUN.end()
    found = []
    for line in messages.read_text("utf-8").splitlines():
        message = json.loads(line)
        if message["type"] == "RECORD":
            found.append(message["record"]["data"]["id"])
        elif message["type"] == "STATE":
            put("state.json", [message["state"]])
    RUN.tell(found=found)


main()
