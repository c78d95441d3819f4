"""Access to the `WatermarksTable`: one row under each name. What a row means, its reader knows."""

from __future__ import annotations

import base64
import json
import zlib
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from connector.adapters.aws.dynamodb import Item, aliases, batch_get, from_item, to_item
from connector.adapters.aws.errors import Client, answering, code_of
from connector.domain.errors import RetryableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence


MOST_BYTES = 250_000
"""A row may have 400 KB, counted otherwise than here; a longer text is stored packed, no longer
readable in the console."""

REVISION = "revision"
"""What counts the changes of a row that several functions change at the same time."""

MOST_TRIES = 20


class WatermarksTable:
    """Reads and writes single rows, strongly consistent."""

    def __init__(self, client: Client, table: str) -> None:
        self._client = client
        self._table = table

    def read(self, stream: str) -> Item:
        """The row, or an empty one where there is none."""
        return _unpacked(self._stored(stream))

    def _stored(self, stream: str) -> Item:
        with answering("DynamoDB"):
            answer = self._client.get_item(
                TableName=self._table, Key=to_item({"stream": stream}), ConsistentRead=True
            )
        return from_item(answer.get("Item", {}))

    def read_many(self, streams: Sequence[str]) -> Iterator[Item]:
        """Those of the rows that there are, each with its name, in no order."""
        keys = [{"stream": each} for each in streams]
        yield from batch_get(self._client, self._table, keys)

    def put(self, stream: str, values: Mapping[str, object]) -> None:
        """Makes the row hold exactly these values."""
        with answering("DynamoDB"):
            self._client.put_item(TableName=self._table, Item=to_item({"stream": stream, **values}))

    def put_of_any_size(self, stream: str, values: Mapping[str, object]) -> None:
        """The same; packed where a row cannot hold them, and no row where not even that fits."""
        self.put(stream, _of_any_size(values))

    def change(self, stream: str, changed: Callable[[Item], Mapping[str, object]]) -> Item:
        """Makes the row hold what `changed` makes of it, of any size; what it holds then.

        `changed` is asked again where another function has changed the row in the meantime.

        Raises:
            RetryableError: others change the row all the time.
        """
        for _ in range(MOST_TRIES):
            item = self._stored(stream)
            revision = int(item.pop(REVISION, 0))
            values = changed(_unpacked(item))
            if self.put_if(
                f"attribute_not_exists(#{REVISION}) OR #{REVISION} = :seen",
                {":seen": revision},
                stream,
                {**_of_any_size(values), REVISION: revision + 1},
            ):
                return dict(values)
        raise RetryableError(f"the row {stream} is being changed by others")

    def enter(self, stream: str, name: str, value: int, *, after: int, limit: int) -> bool:
        """Puts a name among the `people` of a row, with a value; whether it did.

        It does where the row has the name with a value `after` this, or has room.
        """
        has_it_or_room = "(#people.#name > :after OR size(#people) < :limit)"
        condition = f"attribute_exists(#people) AND {has_it_or_room}"
        return self._is_met(
            self._client.update_item,
            Key=to_item({"stream": stream}),
            UpdateExpression="SET #people.#name = :value",
            ConditionExpression=condition,
            ExpressionAttributeNames={"#people": "people", "#name": name},
            ExpressionAttributeValues=to_item({":value": value, ":limit": limit, ":after": after}),
        )

    def put_if_unchanged(self, stream: str, seen: Item, values: Mapping[str, object]) -> bool:
        """Makes the row hold these values if its `people` are those that were seen."""
        condition = "attribute_not_exists(#people) OR #people = :people"
        return self.put_if(condition, {":people": seen.get("people", {})}, stream, values)

    def put_if(
        self,
        condition: str,
        given: Mapping[str, object],
        stream: str,
        values: Mapping[str, object],
    ) -> bool:
        """The same if the row fulfils a condition; whether it did."""
        return self._is_met(
            self._client.put_item,
            Item=to_item({"stream": stream, **values}),
            ConditionExpression=condition,
            ExpressionAttributeNames=aliases(condition),
            ExpressionAttributeValues=to_item(given),
        )

    def update(self, stream: str, update: str, given: Mapping[str, object]) -> Item:
        """Changes some attributes; their new values."""
        with answering("DynamoDB"):
            answer = self._client.update_item(
                TableName=self._table,
                Key=to_item({"stream": stream}),
                UpdateExpression=update,
                ExpressionAttributeNames=aliases(update),
                ExpressionAttributeValues=to_item(given),
                ReturnValues="UPDATED_NEW",
            )
        return from_item(answer["Attributes"])

    def update_if(
        self, condition: str, given: Mapping[str, object], stream: str, update: str
    ) -> bool:
        """Changes some attributes if the row fulfils a condition; whether it did."""
        return self._is_met(
            self._client.update_item,
            Key=to_item({"stream": stream}),
            UpdateExpression=update,
            ConditionExpression=condition,
            ExpressionAttributeNames=aliases(update, condition),
            ExpressionAttributeValues=to_item(given),
        )

    def _is_met(self, call: Client, **request: object) -> bool:
        try:
            with answering("DynamoDB"):
                call(TableName=self._table, **request)
        except ClientError as error:
            if code_of(error) != "ConditionalCheckFailedException":
                raise
            return False
        return True


def without_empty(values: Mapping[str, object]) -> dict[str, object]:
    """The values that say something: a row has no attribute that is None or an empty text."""
    return {name: value for name, value in values.items() if value not in (None, "")}


def _of_any_size(values: Mapping[str, object]) -> Mapping[str, object]:
    text = json.dumps(values, ensure_ascii=False)
    if len(text.encode()) <= MOST_BYTES:
        return values
    small = packed(text)
    return {"packed": small} if len(small) <= MOST_BYTES else {}


def _unpacked(item: Item) -> Item:
    return json.loads(unpacked(item["packed"])) if "packed" in item else item


def packed(text: str) -> str:
    """A text in a form that takes less room."""
    return base64.b64encode(zlib.compress(text.encode(), level=9)).decode("ascii")


def unpacked(packed_text: str) -> str:
    """The text that was packed."""
    return zlib.decompress(base64.b64decode(packed_text)).decode()
