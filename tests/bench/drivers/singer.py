"""singer-sdk: a tap with one incremental stream; its messages go to a file, and its state is kept.

With a `lag` it asks for so many seconds before its bookmark; the SDK leaves that to whoever writes
the tap. The schema is as its own guide advises: the columns, and objects as they come.
"""

from __future__ import annotations

import json
import os
from datetime import timedelta
from typing import Any

from measure import Run
from singer_sdk import RESTStream, Tap
from singer_sdk import typing as th
from singer_sdk.authenticators import BearerTokenAuthenticator
from singer_sdk.pagination import JSONPathPaginator

RUN = Run()
OBJECTS = ("user", "department", "employment_type", "legal_entity", "compensation")
TEXTS = ("id", "user_id", "work_email", "status", "title", "start_date", "end_date")


class Workers(RESTStream):
    """The list of workers, by the time of their change."""

    name = "workers"
    path = "/workers/"
    url_base = RUN.task["url"]
    primary_keys = ("id",)
    replication_key = "updated_at"
    is_sorted = not RUN.task.get("lag")  # an overlap goes back
    records_jsonpath = "$.results[*]"
    schema = th.PropertiesList(
        *(th.Property(name, th.StringType) for name in TEXTS),
        *(th.Property(name, th.ObjectType(additional_properties=True)) for name in OBJECTS),
        th.Property("updated_at", th.DateTimeType),
        th.Property("number", th.IntegerType),
    ).to_dict()

    @property
    def authenticator(self) -> Any:
        """Signs in with the token."""
        return BearerTokenAuthenticator(token=RUN.task["token"])

    def get_new_paginator(self) -> Any:
        """Follows the links."""
        return JSONPathPaginator("$.next_link")

    def get_http_request(self, *, page: Any) -> Any:
        """The first page by question, the others by link."""
        request = super().get_http_request(page=page)
        if page.next_page_token:
            request.url, request.params = page.next_page_token, {}
            return request
        request.params = {"limit": 100, "expand": RUN.task["expand"], "order_by": "updated_at"}
        since = self.get_starting_timestamp(page.stream_context)
        if since:
            since -= timedelta(seconds=RUN.task.get("lag", 0))
            request.params["filter"] = f"updated_at ge {since:%Y-%m-%dT%H:%M:%S}"
        return request


class TapWorkers(Tap):
    """A tap of one stream."""

    name = "tap-workers"
    config_jsonschema = th.PropertiesList().to_dict()

    def discover_streams(self) -> list[Any]:
        """The stream of workers."""
        return [Workers(self)]


def main() -> None:
    """One sync, as the command line of a tap would run it."""
    state, messages = RUN.folder / "state.json", RUN.folder / "messages.jsonl"
    known = json.loads(state.read_text("utf-8")) if state.exists() else None
    output = os.open(messages, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(output, 1)
    tap = TapWorkers(config={}, state=known)
    RUN.begin()
    tap.sync_all()
    RUN.end()
    state.write_text(json.dumps(tap.state), "utf-8")
    found = []
    with messages.open(encoding="utf-8") as lines:
        for line in lines:
            message = json.loads(line)
            if message["type"] == "RECORD":
                found.append(message["record"]["id"])
    RUN.tell(found=found)


main()
