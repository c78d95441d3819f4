"""The states of installations in the `WatermarksTable`; only their hashes are stored.

The webhook loads this file: it stays light.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from connector.adapters.aws.dynamodb import aliases, from_item, to_item
from connector.adapters.aws.errors import Client, answering, code_of

if TYPE_CHECKING:
    from datetime import datetime

    from connector.ports.clock import Clock

OPEN = "#expires_at > :now"


class DynamoInstallStates:
    """The states of installations that were started here: each is valid once, and for a while."""

    def __init__(self, clock: Clock, client: Client, table: str) -> None:
        self._clock = clock
        self._client = client
        self._table = table

    def remember(self, state: str, until: datetime) -> None:
        """Makes a state valid until then; the table forgets it some time after."""
        item = {**state_key(state), "expires_at": int(until.timestamp())}
        with answering("DynamoDB"):
            self._client.put_item(TableName=self._table, Item=to_item(item))

    def is_open(self, state: str) -> bool:
        with answering("DynamoDB"):
            answer = self._client.get_item(
                TableName=self._table, Key=to_item(state_key(state)), ConsistentRead=True
            )
        until = from_item(answer.get("Item", {})).get("expires_at", 0)
        return bool(until > self._clock.now().timestamp())

    def use_up(self, state: str) -> bool:
        try:
            with answering("DynamoDB"):
                self._client.delete_item(
                    TableName=self._table,
                    Key=to_item(state_key(state)),
                    ConditionExpression=OPEN,
                    ExpressionAttributeNames=aliases(OPEN),
                    ExpressionAttributeValues=to_item({":now": self._clock.now().timestamp()}),
                )
        except ClientError as error:
            if code_of(error) != "ConditionalCheckFailedException":
                raise
            return False
        return True


def state_key(state: str) -> dict[str, str]:
    """The key of an install state: only its digest is stored."""
    return {"stream": f"oauth state {sha256(state.encode()).hexdigest()}"}
