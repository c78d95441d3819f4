"""The operator's decisions in the `ApprovalsTable`."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from connector.adapters.aws.dynamodb import delete_all, from_item, to_item
from connector.adapters.aws.errors import answering
from connector.domain.records.approvals import Approval, OperatorDecision
from connector.domain.records.times import timestamp

if TYPE_CHECKING:
    from collections.abc import Iterable

    from connector.adapters.aws.errors import Client


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

    def save(self, approval: Approval) -> None:
        item = {
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
        with answering("DynamoDB"):
            self._client.put_item(TableName=self._table, Item=to_item(item))
