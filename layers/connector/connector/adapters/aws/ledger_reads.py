"""Reading the ledger in DynamoDB: the `PeopleTable` and its indexes. Nothing is written here."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from connector.adapters.aws.dynamodb import (
    Item,
    aliases,
    batch_get,
    counted_pages,
    from_item,
    pages,
    to_item,
)
from connector.adapters.aws.errors import answering
from connector.adapters.aws.ledger_rows import (
    CLAIM,
    LINK,
    NO_COMPANY,
    PERSON,
    alias_key,
    claim_key,
    claimed_code,
    link_from,
    person_from,
    person_key,
    record_from,
)
from connector.domain.employees import INACTIVE
from connector.domain.records.ledger import OPEN, Record

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date

    from connector.adapters.aws.errors import Client
    from connector.adapters.aws.keys.pay_cipher import PayCipher
    from connector.domain.records.digests import DigestKey
    from connector.domain.records.ledger import EmployeeLink, Person

IS_ACTIVE = (
    "attribute_exists(#employee_code) AND"
    " (attribute_not_exists(#written.#status) OR #written.#status <> :inactive)"
)
"""What `EmployeeLink.is_active` says, of a row."""


IS_EMPLOYED = "attribute_exists(#active_in)"
"""Whether a person's own row names a company: it is left out where there is none."""

IS_OPEN = "(#outcome IN (:waiting, :scheduled, :held, :rejected) OR attribute_exists(#due_on))"
"""What `EmployeeLink.is_open` says, of a row."""

TOLD_OF_OPEN = (
    "#person, #company, #outcome, #since, #employee_code, #expected_code, #missing, #due_on,"
    " #reason, #held_kind, #held_run, #rejections"
)


class LedgerReads:
    """What can be asked of the ledger; with `planned`, what a rehearsal dealt with counts."""

    def __init__(
        self,
        client: Client,
        people_table: str,
        key: DigestKey,
        cipher: PayCipher,
        *,
        planned: bool,
    ) -> None:
        self.key = key
        self._cipher = cipher
        self._client = client
        self._people = people_table
        self._fingerprints = "planned_fingerprints" if planned else "fingerprints"

    def record(self, person_id: str) -> Record:
        """All rows of one person, strongly consistent; a new person where there are none."""
        rows = self._query({"person": person_id}, ConsistentRead=True)
        record = record_from(person_id, list(rows))
        return Record(
            replace(record.person, key=self.key),
            {company: self._cipher.opened(link) for company, link in record.links.items()},
        )

    def fingerprints(self, person_ids: Iterable[str]) -> dict[str, dict[str, str]]:
        """For each known person, worker id to fingerprint as last dealt with."""
        projection = f"#person, #{self._fingerprints}"
        rows = self._person_rows(
            person_ids,
            ProjectionExpression=projection,
            ExpressionAttributeNames=aliases(projection),
        )
        return {row["person"]: row.get(self._fingerprints, {}) for row in rows}

    def dealt_with(self, person: Person) -> Mapping[str, str]:
        if self._fingerprints == "planned_fingerprints":
            return person.planned_fingerprints
        return person.fingerprints

    def person_with(self, worker_id: str) -> str | None:
        """Whose employment this was when last dealt with, or None: a hint, perhaps outdated."""
        return self._owner_in(alias_key(worker_id))

    def owner_of(self, code: str, company: str) -> str | None:
        """The person who claims an employee code in a company, or None."""
        return self._owner_in(claim_key(code, company))

    def waiting(self, company: str) -> Iterator[EmployeeLink]:
        """The people of a company who wait for something."""
        return map(link_from, self._query({"company": company}, IndexName="ByWaitingFor"))

    def open_links(self, company: str) -> Iterator[EmployeeLink]:
        """Found where the rows are, so that only those who are open travel."""
        condition = "#company = :company"
        outcomes = {f":{outcome.value}": outcome.value for outcome in OPEN}
        rows = pages(
            self._client.query,
            TableName=self._people,
            IndexName="ByCompany",
            KeyConditionExpression=condition,
            FilterExpression=IS_OPEN,
            ProjectionExpression=TOLD_OF_OPEN,
            ExpressionAttributeNames=aliases(condition, IS_OPEN, TOLD_OF_OPEN),
            ExpressionAttributeValues=to_item({":company": company, **outcomes}),
        )
        return map(link_from, rows)

    def due(self, company: str, day: date) -> Iterator[EmployeeLink]:
        """The people of a company whose scheduled day is `day` or earlier."""
        condition = "#company = :company AND #due_on <= :day"
        rows = pages(
            self._client.query,
            TableName=self._people,
            IndexName="ByDueDay",
            KeyConditionExpression=condition,
            ExpressionAttributeNames=aliases(condition),
            ExpressionAttributeValues=to_item({":company": company, ":day": day.isoformat()}),
        )
        return map(link_from, rows)

    def persons(self, ids: Iterable[str] | None = None) -> Iterator[Person]:
        """The person rows with these ids, or all of them (those a moment late, from an index)."""
        rows = self._of_kind(PERSON, NO_COMPANY) if ids is None else self._person_rows(ids)
        return (person_from(row, self.key) for row in rows)

    def headcount(self, company: str, enough: int | None = None) -> int:
        """Counted where the rows are, so that none of them travels."""
        condition = "#company = :company"
        pages = counted_pages(
            self._client.query,
            TableName=self._people,
            IndexName="ByCompany",
            KeyConditionExpression=condition,
            FilterExpression=IS_ACTIVE,
            ExpressionAttributeNames=aliases(condition, IS_ACTIVE),
            ExpressionAttributeValues=to_item({":company": company, ":inactive": INACTIVE}),
        )
        found = 0
        for count in pages:
            found += count
            if enough is not None and found >= enough:
                break
        return found

    def employed(self) -> dict[str, tuple[str, ...]]:
        """Found where the rows are, so that only the ids and companies of those people travel."""
        condition, projection = "#company = :company", "#person, #active_in"
        rows = pages(
            self._client.query,
            TableName=self._people,
            IndexName="ByCompany",
            KeyConditionExpression=condition,
            FilterExpression=IS_EMPLOYED,
            ProjectionExpression=projection,
            ExpressionAttributeNames=aliases(condition, IS_EMPLOYED, projection),
            ExpressionAttributeValues=to_item({":company": NO_COMPANY}),
        )
        return {row["person"]: tuple(row["active_in"]) for row in rows}

    def links(self, company: str) -> Iterator[EmployeeLink]:
        """All rows of a company."""
        return map(link_from, self._of_kind(LINK, company))

    def costs(self, company: str) -> Iterator[EmployeeLink]:
        """The same, with what people cost in clear."""
        return map(self._cipher.opened, self.links(company))

    def holdings(self, company: str) -> tuple[list[EmployeeLink], list[tuple[str, str]]]:
        """In one read: a company's codes are claimed under its key, too."""
        links: list[EmployeeLink] = []
        claims: list[tuple[str, str]] = []
        for row in self._query({"company": company}, IndexName="ByCompany"):
            if row.get("kind") == LINK:
                links.append(link_from(row))
            elif row.get("kind") == CLAIM and row.get("owner"):
                claims.append((claimed_code(row), row["owner"]))
        return links, claims

    def _owner_in(self, key: Mapping[str, str]) -> str | None:
        with answering("DynamoDB"):
            answer = self._client.get_item(TableName=self._people, Key=to_item(key))
        return from_item(answer.get("Item", {})).get("owner")

    def _of_kind(self, kind: str, company: str) -> Iterator[Item]:
        """The rows of one kind."""
        rows = self._query({"company": company}, IndexName="ByCompany")
        return (row for row in rows if row.get("kind") == kind)

    def _query(self, key: Mapping[str, str], **options: Any) -> Iterator[Item]:
        ((name, value),) = key.items()
        condition = f"#{name} = :value"
        return pages(
            self._client.query,
            TableName=self._people,
            KeyConditionExpression=condition,
            ExpressionAttributeNames=aliases(condition),
            ExpressionAttributeValues=to_item({":value": value}),
            **options,
        )

    def _person_rows(self, ids: Iterable[str], **options: Any) -> Iterator[Item]:
        keys = [person_key(person_id) for person_id in dict.fromkeys(ids)]
        return batch_get(self._client, self._people, keys, **options)
