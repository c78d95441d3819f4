"""Flags in the `WatermarksTable`: that polling is paused, which notifications were accepted.

The webhook loads this file: it stays light.
"""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from connector.adapters.aws.dynamodb import Values, aliases, from_item, to_item
from connector.adapters.aws.errors import Client, answering, code_of
from connector.ports.state import PollingPause

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.ports.clock import Clock

PAUSE_KEY = "paused"
NOT_YET = "attribute_not_exists(#stream)"
NOT_ANY_MORE = f"{NOT_YET} OR #expires_at <= :now"
THERE = "attribute_exists(#at)"


class DynamoPollingPauses:
    """Whether polling is paused, in one row."""

    def __init__(self, clock: Clock, client: Client, table: str) -> None:
        self._clock = clock
        self._client = client
        self._table = table

    def pause(self, reason: str) -> None:
        """Pauses polling; where it is paused already, since when and why stay as they are."""
        update = "SET #at = if_not_exists(#at, :at), #reason = if_not_exists(#reason, :reason)"
        given = {":at": self._clock.now().isoformat(timespec="seconds"), ":reason": reason}
        self._update(update, given)

    def current(self) -> PollingPause | None:
        with answering("DynamoDB"):
            answer = self._client.get_item(
                TableName=self._table, Key=to_item({"stream": PAUSE_KEY}), ConsistentRead=True
            )
        return _pause(answer.get("Item", {}))

    def end(self) -> PollingPause | None:
        try:
            return self._update("REMOVE #at, #reason", {}, ConditionExpression=THERE)
        except ClientError as error:
            if code_of(error) != "ConditionalCheckFailedException":
                raise
            return None

    def _update(
        self, update: str, given: Mapping[str, str], **condition: str
    ) -> PollingPause | None:
        values = {"ExpressionAttributeValues": to_item(given)} if given else {}
        with answering("DynamoDB"):
            answer = self._client.update_item(
                TableName=self._table,
                Key=to_item({"stream": PAUSE_KEY}),
                UpdateExpression=update,
                ExpressionAttributeNames=aliases(update, *condition.values()),
                ReturnValues="ALL_OLD",
                **values,
                **condition,
            )
        return _pause(answer.get("Attributes", {}))


class DynamoNotifications:
    """The ids of accepted notifications; only their hashes are stored, and not for long."""

    def __init__(self, clock: Clock, client: Client, table: str) -> None:
        self._clock = clock
        self._client = client
        self._table = table

    def take(self, notification_id: str, until: datetime) -> bool:
        item = {**notification_key(notification_id), "expires_at": int(until.timestamp())}
        now = to_item({":now": int(self._clock.now().timestamp())})
        try:
            with answering("DynamoDB"):
                self._client.put_item(
                    TableName=self._table,
                    Item=to_item(item),
                    ConditionExpression=NOT_ANY_MORE,
                    ExpressionAttributeNames=aliases(NOT_ANY_MORE),
                    ExpressionAttributeValues=now,
                )
        except ClientError as error:
            if code_of(error) != "ConditionalCheckFailedException":
                raise
            return False
        return True

    def give_back(self, notification_id: str) -> None:
        with answering("DynamoDB"):
            self._client.delete_item(
                TableName=self._table, Key=to_item(notification_key(notification_id))
            )


def notification_key(notification_id: str) -> dict[str, str]:
    """The key of a notification: its id comes from outside, so only a digest is stored."""
    digest = sha256(notification_id.encode(errors="replace")).hexdigest()
    return {"stream": f"visma notification {digest}"}


def _pause(item: Values) -> PollingPause | None:
    held = from_item(item)
    return (
        PollingPause(datetime.fromisoformat(held["at"]), held["reason"]) if "at" in held else None
    )
