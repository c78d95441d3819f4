"""The operator's decisions in the `ApprovalsTable`."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from connector.adapters.aws.dynamodb import aliases, delete_all, from_item, to_item
from connector.adapters.aws.errors import answering, code_of
from connector.domain.errors import ConflictError
from connector.domain.records.approvals import Approval, OperatorDecision
from connector.domain.records.times import timestamp

if TYPE_CHECKING:
    from collections.abc import Iterable

    from connector.adapters.aws.errors import Client


NEW = "attribute_not_exists(#person)"
SEEN = ("decision", "kind", "plan", "run", "at", "by")
UNCHANGED = (
    "#decision = :decision AND #kind = :kind AND #plan = :plan AND #run = :run AND #at = :at"
    " AND (#by = :by OR attribute_not_exists(#by))"  # older rows do not say who
)


class DynamoApprovals:
    """A row for each person in each company; the table forgets it when it no longer counts."""

    def __init__(self, client: Client, table: str) -> None:
        self._client = client
        self._table = table

    def latest(self, person_id: str, company: str) -> Approval | None:
        key = to_item({"person": person_id, "company": company})
        with answering("DynamoDB"):
            answer = self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True)
        item = from_item(answer.get("Item", {}))
        if not item:
            return None
        return Approval(
            person_id,
            company,
            OperatorDecision(item["decision"]),
            item["kind"],
            item["plan"],
            datetime.fromisoformat(item["held_since"]),
            item["run"],
            datetime.fromisoformat(item["at"]),
            datetime.fromisoformat(item["until"]),
            tuple(item.get("by", ())),
        )

    def erase(self, person_id: str, companies: Iterable[str]) -> None:
        keys = ({"person": person_id, "company": company} for company in companies)
        delete_all(self._client, self._table, keys)

    def save(self, approval: Approval, before: Approval | None) -> None:
        put: dict[str, Any] = {"TableName": self._table, "Item": to_item(_item_of(approval))}
        condition = NEW if before is None else UNCHANGED
        put |= {"ConditionExpression": condition, "ExpressionAttributeNames": aliases(condition)}
        if before is not None:
            seen = _item_of(before)
            given = {f":{name}": seen[name] for name in SEEN}
            put["ExpressionAttributeValues"] = to_item(given)
        try:
            with answering("DynamoDB"):
                self._client.put_item(**put)
        except ClientError as error:
            if code_of(error) != "ConditionalCheckFailedException":
                raise
            raise ConflictError("somebody else has decided meanwhile") from error


def _item_of(approval: Approval) -> dict[str, Any]:
    return {
        "person": approval.person_id,
        "company": approval.company,
        "decision": approval.decision.value,
        "kind": approval.kind,
        "plan": approval.plan,
        "held_since": timestamp(approval.held_since),
        "run": approval.run,
        "at": timestamp(approval.at),
        "until": timestamp(approval.until),
        "by": list(approval.by),
        "expires_at": int(approval.until.timestamp()),
    }
