"""The `WatermarksTable` in DynamoDB: cursors, leases, and what is cached between runs."""

from __future__ import annotations

import base64
import zlib
from contextlib import contextmanager, suppress
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from botocore.exceptions import ClientError

from connector.adapters.aws.dynamodb import aliases, from_item, to_item
from connector.adapters.aws.errors import Client, answering, code_of
from connector.domain.audit import timestamp
from connector.domain.catalogue import Catalogue, Department, EmployeeKey
from connector.domain.cursors import Cursor
from connector.domain.errors import RetryableError
from connector.domain.guards import Run
from connector.ports.clock import Clock

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

LOCATIONS = "locations"
PREVIOUS_MAPPING = "mapping previous"
LONGEST_PLAIN_TEXT = 300_000
"""A row may have 400 KB; a longer text rests packed, no longer readable in the console."""

COUNTED_FOR = timedelta(days=2)
"""A counter is for one hour, and nobody looks at it later."""

FREE = "attribute_not_exists(#lease_owner) OR #lease_until <= :now OR #lease_owner = :owner"
OWN = "#lease_owner = :owner"


class DynamoWatermarks:
    """How far readers have read, and what is cached between runs."""

    def __init__(self, clock: Clock, client: Client, table: str) -> None:
        self._clock = clock
        self._client = client
        self._table = table

    @contextmanager
    def lease(self, stream: str, seconds: float) -> Iterator[bool]:
        """Enters with True for one holder at a time, with False for everybody else."""
        owner = uuid4().hex
        held = self._take(stream, owner, seconds)
        try:
            yield held
        finally:
            if held:
                self._give_back(stream, owner)

    def cursor(self, stream: str) -> Cursor:
        """How far the stream has been read."""
        item = self._read(stream)
        return Cursor(
            stream,
            watermark=_moment(item.get("watermark")),
            page_token=item.get("page_token"),
            started=_moment(item.get("started")),
            newest=_moment(item.get("newest")),
            seen=int(item.get("seen", 0)),
            loading=tuple(item.get("loading", ())),
            ended=_moment(item.get("ended")),
        )

    def save(self, cursor: Cursor) -> None:
        """Remembers how far the stream has been read."""
        values = {
            "watermark": _text(cursor.watermark),
            "page_token": cursor.page_token,
            "started": _text(cursor.started),
            "newest": _text(cursor.newest),
            "seen": cursor.seen or None,
            "loading": list(cursor.loading) or None,
            "ended": _text(cursor.ended),
        }
        self._put(cursor.stream, _known(values))

    def catalogue(self, company: str) -> Catalogue:
        """The cached catalogue of a company; an empty one where none was read."""
        item = self._read(f"catalogue {company}")
        departments, read_at = item.get("departments", {}), item.get("read_at", {})
        return Catalogue(
            departments={key: Department(**values) for key, values in departments.items()},
            branches=item.get("branches", {}),
            cost_centres=item.get("cost_centres", {}),
            employee_key=EmployeeKey(**item.get("employee_key", {})),
            read_at={part: datetime.fromisoformat(at) for part, at in read_at.items()},
        )

    def save_catalogue(self, company: str, catalogue: Catalogue) -> None:
        """Caches the catalogue of a company."""
        departments = catalogue.departments.items()
        values = {
            "departments": {key: _known(asdict(department)) for key, department in departments},
            "branches": dict(catalogue.branches),
            "cost_centres": dict(catalogue.cost_centres),
            "employee_key": _known(asdict(catalogue.employee_key)),
            "read_at": {part: timestamp(at) for part, at in catalogue.read_at.items()},
        }
        self._put(f"catalogue {company}", values)

    def run(self, run: str) -> Run:
        """What a run was not allowed to do; nothing where it is not known."""
        return Run.from_json(run, self._read(f"run {run}"))

    def save_run(self, run: Run) -> None:
        """Remembers what a run was not allowed to do."""
        self._put(f"run {run.id}", run.to_json())

    def count_up(self, counter: str) -> int:
        """Adds one to a counter and says what it comes to; the table forgets it in two days."""
        then = int((self._clock.now() + COUNTED_FOR).timestamp())
        with answering("DynamoDB"):
            answer = self._client.update_item(
                TableName=self._table,
                Key=to_item({"stream": f"counter {counter}"}),
                UpdateExpression="ADD #count :one SET #expires_at = :then",
                ExpressionAttributeNames={"#count": "count", "#expires_at": "expires_at"},
                ExpressionAttributeValues=to_item({":one": 1, ":then": then}),
                ReturnValues="UPDATED_NEW",
            )
        return int(from_item(answer["Attributes"])["count"])

    def locations(self) -> tuple[datetime, dict[str, str]] | None:
        """The cached names of the Rippling work locations, and when they were read."""
        item = self._read(LOCATIONS)
        if not item:
            return None
        return datetime.fromisoformat(item["read_at"]), item["names"]

    def save_locations(self, read_at: datetime, names: Mapping[str, str]) -> None:
        """Caches the names of the Rippling work locations."""
        self._put(LOCATIONS, {"read_at": timestamp(read_at), "names": dict(names)})

    def previous_mapping(self) -> tuple[str, datetime] | None:
        """The mapping before the last import, as a file, and when that import was."""
        item = self._read(PREVIOUS_MAPPING)
        if not item:
            return None
        text = item["text"] if "text" in item else _unpacked(item["packed_text"])
        return text, datetime.fromisoformat(item["imported_at"])

    def save_previous_mapping(self, text: str, imported_at: datetime) -> None:
        """Keeps the mapping that an import made at `imported_at` replaces."""
        is_long = len(text.encode()) > LONGEST_PLAIN_TEXT
        kept = {"packed_text": _packed(text)} if is_long else {"text": text}
        self._put(PREVIOUS_MAPPING, {**kept, "imported_at": timestamp(imported_at)})

    def _take(self, stream: str, owner: str, seconds: float) -> bool:
        now = self._clock.now()
        until = timestamp(now + timedelta(seconds=seconds))
        try:
            self._put(
                _lease(stream),
                {"lease_owner": owner, "lease_until": until},
                ConditionExpression=FREE,
                ExpressionAttributeNames=aliases(FREE),
                ExpressionAttributeValues=to_item({":now": timestamp(now), ":owner": owner}),
            )
        except ClientError as error:
            if code_of(error) != "ConditionalCheckFailedException":
                raise
            return False
        return True

    def _give_back(self, stream: str, owner: str) -> None:
        update = "REMOVE #lease_owner, #lease_until"
        # A lease that cannot be given back runs out by itself; the work under it is done.
        with suppress(RetryableError), answering("DynamoDB"):
            try:
                self._client.update_item(
                    TableName=self._table,
                    Key=to_item({"stream": _lease(stream)}),
                    UpdateExpression=update,
                    ConditionExpression=OWN,
                    ExpressionAttributeNames=aliases(update, OWN),
                    ExpressionAttributeValues=to_item({":owner": owner}),
                )
            except ClientError as error:
                if code_of(error) != "ConditionalCheckFailedException":
                    raise

    def _read(self, stream: str) -> dict[str, Any]:
        with answering("DynamoDB"):
            answer = self._client.get_item(
                TableName=self._table, Key=to_item({"stream": stream}), ConsistentRead=True
            )
        return from_item(answer.get("Item", {}))

    def _put(self, stream: str, values: Mapping[str, Any], **condition: Any) -> None:
        item = to_item({"stream": stream, **values})
        with answering("DynamoDB"):
            self._client.put_item(TableName=self._table, Item=item, **condition)


def _packed(text: str) -> str:
    return base64.b64encode(zlib.compress(text.encode(), level=9)).decode("ascii")


def _unpacked(packed: str) -> str:
    return zlib.decompress(base64.b64decode(packed)).decode()


def _lease(stream: str) -> str:
    return f"lease {stream}"


def _text(moment: datetime | None) -> str | None:
    return timestamp(moment) if moment else None


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _known(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in (None, "")}
