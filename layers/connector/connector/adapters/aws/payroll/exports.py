"""A row of the `PeopleTable` for each payroll run that was exported: `payroll <company> <run>`.

One more for each company, `payroll * <company>`, says that it has such rows: so they are found
once the mapping has lost it.

It stands among the people because that table is kept, and what was exported must never be
forgotten. In place of a company it has a word that no company is called, so that no list of a
company's people shows it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from connector.adapters.aws.dynamodb import aliases, from_item, pages, to_item, update_one
from connector.adapters.aws.errors import answering
from connector.domain.payroll.exports import Export, RunExports, Stage
from connector.domain.records.times import timestamp

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector.adapters.aws.dynamodb import Item, Values
    from connector.adapters.aws.errors import Client

PAYROLL = "payroll"
EVERY_COMPANY = "*"
"""In place of a company, where a row is about which companies there are; none is called so."""

UNCHANGED = "attribute_not_exists(#version) OR #version = :seen"
WRITTEN = ("kind", "version", "run", "exports")
WRITE = "SET " + ", ".join(f"#{name} = :{name}" for name in WRITTEN)


class DynamoExportLog:
    """What was exported of each run; every write is conditional on the version that was read."""

    def __init__(self, client: Client, people_table: str) -> None:
        self._client = client
        self._table = people_table

    def of_run(self, company: str, run: str) -> RunExports:
        """What is known now, consistently; of version 0 where nothing is."""
        with answering("DynamoDB"):
            answer = self._client.get_item(
                TableName=self._table, Key=to_item(key_of(company, run)), ConsistentRead=True
            )
        row = from_item(answer.get("Item", {}))
        return exports_from(row, company) if row else RunExports(company, run)

    def of_company(self, company: str) -> Iterator[RunExports]:
        """Everything that is known of a company, perhaps a moment late."""
        return (exports_from(row, company) for row in self._rows_of(company))

    def companies(self) -> list[str]:
        """Every company that a batch was ever begun for, in or out of the mapping, by name."""
        return sorted(row["run"] for row in self._rows_of(EVERY_COMPANY))

    def save(self, exports: RunExports) -> RunExports:
        """Writes it down; the same with the version that it has now.

        Raises:
            ConflictError: someone else wrote since it was read; nothing was written.
        """
        if exports.version == 0:  # first, so that no run of a company is ever without it
            self._note(exports.company)
        written = replace(exports, version=exports.version + 1)
        item = item_of(written)
        update_one(
            self._client,
            {
                "TableName": self._table,
                "Key": to_item(key_of(exports.company, exports.run)),
                "UpdateExpression": WRITE,
                "ConditionExpression": UNCHANGED,
                "ExpressionAttributeNames": aliases(WRITE, UNCHANGED),
                "ExpressionAttributeValues": to_item(
                    {":seen": exports.version, **{f":{name}": item[name] for name in WRITTEN}}
                ),
            },
        )
        return written

    def _note(self, company: str) -> None:
        """Writes down that a company has exports."""
        with answering("DynamoDB"):
            self._client.put_item(TableName=self._table, Item=to_item(item_of_company(company)))

    def _rows_of(self, company: str) -> Iterator[Item]:
        condition = "#company = :company"
        return pages(
            self._client.query,
            TableName=self._table,
            IndexName="ByCompany",
            KeyConditionExpression=condition,
            ExpressionAttributeNames=aliases(condition),
            ExpressionAttributeValues=to_item({":company": place_of(company)}),
        )


def place_of(company: str) -> str:
    """What stands in place of a company."""
    return f"{PAYROLL} {company}"


def key_of(company: str, run: str) -> dict[str, str]:
    """The key of a run's row."""
    return {"person": f"{PAYROLL} {company} {run}", "company": place_of(company)}


def item_of(exports: RunExports) -> Item:
    """A run's row as it is stored."""
    by_currency = exports.by_currency.items()
    return {
        **key_of(exports.company, exports.run),
        "kind": PAYROLL,
        "version": exports.version,
        "run": exports.run,
        "exports": {currency: export_values(each) for currency, each in by_currency},
    }


def item_of_company(company: str) -> Item:
    """The row that says that a company has exports."""
    return {**key_of(EVERY_COMPANY, company), "kind": PAYROLL, "run": company}


def exports_from(row: Values, company: str) -> RunExports:
    """What a row tells of a run."""
    exports = {currency: export_from(each) for currency, each in row.get("exports", {}).items()}
    return RunExports(company, row["run"], row["version"], exports)


def export_values(export: Export) -> Item:
    """One export as it is stored: readable, and without an amount."""
    values = {
        "key": export.key,
        "revision": export.revision,
        "stage": export.stage.value,
        "content": export.content,
        "total": export.total,
        "period": export.period,
        "lines": export.lines,
        "people": export.people,
        "begun_at": timestamp(export.begun_at),
        "lands_until": timestamp(export.lands_until),
        "operator": export.operator,
        "number": export.number,
        "earlier": list(export.earlier),
        "before": export_values(export.before) if export.before else "",
    }
    return {name: value for name, value in values.items() if value not in ("", [])}


def export_from(values: Values) -> Export:
    """The export that was stored."""
    return Export(
        key=values["key"],
        revision=values["revision"],
        stage=Stage(values["stage"]),
        content=values["content"],
        total=values["total"],
        period=values["period"],
        lines=values["lines"],
        people=values["people"],
        begun_at=datetime.fromisoformat(values["begun_at"]),
        lands_until=datetime.fromisoformat(values["lands_until"]),
        operator=values.get("operator", ""),
        number=values.get("number", ""),
        earlier=tuple(values.get("earlier", ())),
        before=export_from(values["before"]) if "before" in values else None,
    )
