"""The budgets of the vendors in the `WatermarksTable`: one row for each vendor and company."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from connector.adapters.aws.dynamodb import Item, aliases, from_item, to_item
from connector.adapters.aws.errors import Client, answering, code_of
from connector.domain.budgets import Budget, current, merged
from connector.domain.errors import ConfigurationError, RetryableError
from connector.domain.records.times import timestamp

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector.ports.clock import Clock

SHARE_ATTEMPTS = 4
UNCHANGED = "#version = :seen"
UNSEEN = "attribute_not_exists(#version)"
CONDITION_FAILED = "ConditionalCheckFailedException"


class DynamoBudgets:
    """What all functions together know of each budget."""

    def __init__(self, clock: Clock, client: Client, table: str) -> None:
        self._clock = clock
        self._client = client
        self._table = table

    def known(self, name: str) -> Budget:
        budget, _ = _parsed(self._read(name))
        return current(budget, self._clock.now())

    def share(self, name: str, budget: Budget) -> None:
        """Adds a view to what is known; an older one never takes the place of a newer.

        Raises:
            RetryableError: DynamoDB does not answer, or others tell something all the time.
            ConfigurationError: the row is unusable, or the role may not write it.
        """
        for _ in range(SHARE_ATTEMPTS):
            known, version = _parsed(self._read(name))
            after = merged(known, budget, self._clock.now())
            if after == known or self._put(name, after, version):
                return
        raise RetryableError(f"others changed {_stream(name)} {SHARE_ATTEMPTS} times in between")

    def _read(self, name: str) -> Item:
        with _usable(name), answering("DynamoDB"):
            answer = self._client.get_item(
                TableName=self._table, Key=to_item({"stream": _stream(name)}), ConsistentRead=True
            )
            return from_item(answer.get("Item", {}))

    def _put(self, name: str, budget: Budget, seen: int | None) -> bool:
        """Writes the row unless another function did so since it was read."""
        condition = UNSEEN if seen is None else UNCHANGED
        values = {} if seen is None else {"ExpressionAttributeValues": to_item({":seen": seen})}
        item = {"stream": _stream(name), "version": (seen or 0) + 1, **_values_of(budget)}
        with _usable(name), answering("DynamoDB"):
            try:
                self._client.put_item(
                    TableName=self._table,
                    Item=to_item(item),
                    ConditionExpression=condition,
                    ExpressionAttributeNames=aliases(condition),
                    **values,
                )
            except ClientError as error:
                if code_of(error) != CONDITION_FAILED:
                    raise
                return False
        return True


def _stream(name: str) -> str:
    return f"budget {name}"


@contextmanager
def _usable(name: str) -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        raise ConfigurationError(
            f"DynamoDB refuses {_stream(name)} in the WatermarksTable ({code_of(error)}):"
            " is the table there, the role allowed?"
        ) from None


def _values_of(budget: Budget) -> Item:
    values: Item = {"limit": budget.limit, "remaining": budget.remaining}
    moments = {"resets_at": budget.resets_at, "closed_until": budget.closed_until}
    values |= {key: timestamp(moment) for key, moment in moments.items() if moment}
    return {key: value for key, value in values.items() if value is not None}


def _parsed(item: Item) -> tuple[Budget, int | None]:
    """The budget in a row and the version of the row, None where there is none."""
    try:
        budget = Budget(
            budget_number(item.get("limit")),
            budget_number(item.get("remaining")),
            budget_moment(item.get("resets_at")),
            budget_moment(item.get("closed_until")),
        )
        return budget, budget_number(item.get("version"))
    except (TypeError, ValueError):
        raise ConfigurationError(
            f"the row {item.get('stream')} in the WatermarksTable cannot be read: delete it"
        ) from None


def budget_number(value: Any) -> int | None:
    """A stored number of calls."""
    return None if value is None else int(value)


def budget_moment(text: Any) -> datetime | None:
    """A stored moment."""
    if text is None:
        return None
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a moment without a zone")
    return moment
