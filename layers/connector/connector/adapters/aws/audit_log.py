"""The `AuditTable` in DynamoDB, read only: its rows are appended by the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from connector.adapters.aws.dynamodb import Item, aliases, pages, to_item
from connector.domain.records.audit import timestamp

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from connector.adapters.aws.errors import Client


class DynamoAuditLog:
    """What happened, in the order in which it happened."""

    def __init__(self, client: Client, table: str) -> None:
        self._client = client
        self._table = table

    def of_person(self, person_id: str) -> Iterator[Item]:
        """The rows of one person, oldest first."""
        return self._query("#person = :person", {":person": person_id}, ConsistentRead=True)

    def of_outcome(self, outcome: str, since: datetime) -> Iterator[Item]:
        """The rows of one outcome, oldest first."""
        given = {":outcome": outcome, ":since": timestamp(since)}
        condition = "#outcome = :outcome AND #time >= :since"
        return self._query(condition, given, IndexName="ByOutcome")

    def of_day(self, day: date) -> Iterator[Item]:
        """The rows of one day, oldest first."""
        return self._query("#day = :day", {":day": day.isoformat()}, IndexName="ByDay")

    def _query(self, condition: str, given: dict[str, str], **options: Any) -> Iterator[Item]:
        return pages(
            self._client.query,
            TableName=self._table,
            KeyConditionExpression=condition,
            ExpressionAttributeNames=aliases(condition),
            ExpressionAttributeValues=to_item(given),
            **options,
        )
