"""The `AuditTable` in DynamoDB: read, and appended to by operators; the ledger appends the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from connector.adapters.aws.dynamodb import (
    Item,
    NotWrittenError,
    Values,
    aliases,
    delete_all,
    from_item,
    pages,
    to_item,
    transact,
)
from connector.adapters.aws.errors import answering
from connector.adapters.aws.ledger_rows import head_from, head_values, person_key
from connector.domain.errors import ConflictError
from connector.domain.records.acts import OPERATORS
from connector.domain.records.chain import Head
from connector.domain.records.times import timestamp

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from connector.adapters.aws.errors import Client
    from connector.domain.records.acts import Act
    from connector.domain.records.digests import DigestKey


NEW = "attribute_not_exists(#person)"
ATTEMPTS = 5
ACTS = "acts"
"""The kind of the row of the `PeopleTable` that is about no person."""


class DynamoAuditLog:
    """What happened, in the order in which it happened."""

    def __init__(
        self,
        client: Client,
        table: str,
        people_table: str,
        key: DigestKey,
        retention_days: int = 0,
    ) -> None:
        self._client = client
        self._table = table
        self._people = people_table
        self._key = key
        self._retention_days = retention_days

    def record(self, act: Act) -> None:
        """Appends what an operator did, tied to the act before it; never over another row.

        Where the chain ends is kept in the `PeopleTable`, so that no one can shorten it unseen.

        Raises:
            RetryableError: DynamoDB does not answer, or others append at the same moment.
        """
        for _ in range(ATTEMPTS):
            end = self._end()
            head, after = head_from(end), act.after(end.get("audit_time", ""))
            item = head.linked(after.content(), after.time, self._key, self._retention_days)
            try:
                transact(self._client, [self._append(item), self._moved(head, item)])
            except (NotWrittenError, ConflictError):
                continue
            return
        raise ConflictError("other operators' acts were put on record at the same moment")

    def head_of_acts(self) -> Head:
        """Where the chain of the operators' acts ends."""
        return head_from(self._end())

    def _append(self, item: Values) -> Item:
        names = aliases(NEW)
        put = {"TableName": self._table, "Item": to_item(item), "ConditionExpression": NEW}
        return {"Put": {**put, "ExpressionAttributeNames": names}}

    def _moved(self, head: Head, item: Values) -> Item:
        """The end of the chain behind one more row, if it has not moved meanwhile."""
        values = {"kind": ACTS, **head_values(Head.of(item)), "audit_time": item["time"]}
        values = {name: value for name, value in values.items() if value}
        update = "SET " + ", ".join(f"#{name} = :{name}" for name in values)
        condition, given = NEW, {f":{name}": value for name, value in values.items()}
        if head.rows:
            condition, given[":seen"] = "#audit_hash = :seen", head.hash
        return {
            "Update": {
                "TableName": self._people,
                "Key": to_item(person_key(OPERATORS)),
                "UpdateExpression": update,
                "ConditionExpression": condition,
                "ExpressionAttributeNames": aliases(update, condition),
                "ExpressionAttributeValues": to_item(given),
            }
        }

    def _end(self) -> Item:
        """The row that says where the chain ends; until there is one, the last act says it."""
        with answering("DynamoDB"):
            answer = self._client.get_item(
                TableName=self._people, Key=to_item(person_key(OPERATORS)), ConsistentRead=True
            )
        if "Item" in answer:
            return from_item(answer["Item"])
        last = self._last_act()
        return {"audit_hash": last["hash"], "audit_time": last["time"]} if last else {}

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

    def erase(self, person_id: str) -> None:
        """Takes away every row of a person; operators' acts stay."""
        keys = [{"person": person_id, "time": row["time"]} for row in self.of_person(person_id)]
        delete_all(self._client, self._table, keys)

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
