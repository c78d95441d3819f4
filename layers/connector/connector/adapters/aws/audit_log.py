"""The `AuditTable` in DynamoDB: read, and appended to by operators; the ledger appends the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from connector.adapters.aws.dynamodb import Item, aliases, from_item, pages, to_item
from connector.adapters.aws.errors import answering, code_of
from connector.domain.errors import ConflictError
from connector.domain.records.acts import OPERATORS
from connector.domain.records.audit import timestamp

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from connector.adapters.aws.errors import Client
    from connector.domain.records.acts import Act


NEW = "attribute_not_exists(#person)"
ATTEMPTS = 5


class DynamoAuditLog:
    """What happened, in the order in which it happened."""

    def __init__(self, client: Client, table: str, retention_days: int = 0) -> None:
        self._client = client
        self._table = table
        self._retention_days = retention_days

    def record(self, act: Act) -> None:
        """Appends what an operator did, tied to the act before it; never over another row.

        Raises:
            RetryableError: DynamoDB does not answer, or others append at the same moment.
        """
        for _ in range(ATTEMPTS):
            item = act.after(self._last_act()).stored(self._retention_days)
            try:
                with answering("DynamoDB"):
                    self._client.put_item(
                        TableName=self._table,
                        Item=to_item(item),
                        ConditionExpression=NEW,
                        ExpressionAttributeNames=aliases(NEW),
                    )
            except ClientError as error:
                if code_of(error) != "ConditionalCheckFailedException":
                    raise
            else:
                return
        raise ConflictError("other operators' acts were put on record at the same moment")

    def _last_act(self) -> Item:
        condition = "#person = :person"
        with answering("DynamoDB"):
            answer = self._client.query(
                TableName=self._table,
                KeyConditionExpression=condition,
                ExpressionAttributeNames=aliases(condition),
                ExpressionAttributeValues=to_item({":person": OPERATORS}),
                ConsistentRead=True,
                ScanIndexForward=False,
                Limit=1,
            )
        return next((from_item(each) for each in answer["Items"]), {})

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
