"""The ledger in DynamoDB: the `PeopleTable`, and the rows it adds to the `AuditTable`.

A person's own row carries the version that every write is conditional on. What a row looks like is
in `ledger_items`; what begin and finish mean is in `ledger_steps`.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from botocore.exceptions import ClientError

from connector.adapters.aws.dynamodb import (
    Item,
    NotWrittenError,
    Values,
    aliases,
    batch_get,
    counted_pages,
    from_item,
    pages,
    to_item,
    transact,
    update_one,
)
from connector.adapters.aws.errors import answering, code_of
from connector.adapters.aws.ledger_rows import (
    CLAIM,
    LINK,
    NO_COMPANY,
    PERSON,
    PERSON_ATTRIBUTES,
    alias_item,
    alias_key,
    claim_item,
    claim_key,
    claimed_code,
    link_from,
    link_item,
    person_from,
    person_key,
    person_values,
    record_from,
)
from connector.adapters.ledger_steps import (
    after_outcome,
    chained,
    code_taken,
    intent_of,
    is_foreign,
    moved_on,
    new_workers,
    with_intent,
)
from connector.domain.employees import INACTIVE
from connector.domain.errors import ConflictError
from connector.domain.records.audit import AuditRow, timestamp
from connector.domain.records.ledger import Claim, Record

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from connector.adapters.aws.errors import Client
    from connector.domain.records.ledger import EmployeeLink, Person
    from connector.ports.clock import Clock

NEW = "attribute_not_exists(#person)"
SAME_VERSION = "#version = :seen_version"
NOBODY_ELSE = "(attribute_not_exists(#intent) OR #intent.#owner = :owner OR #intent.#until <= :now)"
IN_ORDER = "(attribute_not_exists(#audit_time) OR #audit_time < :first_time)"
MINE = "attribute_not_exists(#owner) OR #owner = :owner"


IS_ACTIVE = (
    "attribute_exists(#employee_code) AND"
    " (attribute_not_exists(#written.#status) OR #written.#status <> :inactive)"
)
"""What `EmployeeLink.is_active` says, of a row."""

PERSON_ACTION = 0
"""The position of the person's own row in every transaction."""


NOTED = ("kind", "version", "salt", "worker", "intent")
"""What the beginning of a write says of the person."""


class DynamoLedger:
    """The ledger in DynamoDB; with `planned`, what a rehearsal dealt with counts as dealt with."""

    def __init__(
        self,
        clock: Clock,
        client: Client,
        people_table: str,
        audit_table: str,
        retention_days: int = 0,
        *,
        planned: bool = False,
    ) -> None:
        self._clock = clock
        self._client = client
        self._people = people_table
        self._audit = audit_table
        self._retention_days = retention_days
        self._fingerprints = "planned_fingerprints" if planned else "fingerprints"
        self._owner = uuid4().hex

    def record(self, person_id: str) -> Record:
        """All rows of one person, strongly consistent; a new person where there are none."""
        rows = self._query({"person": person_id}, ConsistentRead=True)
        return record_from(person_id, list(rows))

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

    def begin(
        self, record: Record, company: str, code: str, *, claim: bool, proof: str = ""
    ) -> Record:
        """Notes that a write is about to be sent; with `claim` the code becomes this person's."""
        now = self._clock.now()
        after = with_intent(record, intent_of(company, code, self._owner, now, proof))
        values = person_values(after.person)
        noted = {name: values[name] for name in NOTED if name in values}
        # The person's row goes first: its condition is the version, and whatever is in the way of a
        # transaction is told by position, so PERSON_ACTION is how a version that moved on is known.
        update = self._person_update(record, noted, now)
        try:
            if claim:
                transact(self._client, [update, self._claim(code, company, record.person.id)])
            else:  # half of what a transaction costs
                update_one(self._client, update["Update"])
        except NotWrittenError as error:
            if PERSON_ACTION in error.current_rows:
                raise self._moved_on(record, error, now) from error
            raise code_taken(code, company) from error
        return after

    def release_intent(self, record: Record, lands_until: datetime | None = None) -> None:
        """Notes that the write that was begun is over, its outcome unknown."""
        given = {":seen_version": record.person.version, ":owner": self._owner}
        update = "SET #intent.#until = :over"
        if lands_until:
            update += ", #intent.#lands_until = :lands_until"
            given[":lands_until"] = timestamp(lands_until)
        condition = f"{SAME_VERSION} AND #intent.#owner = :owner"
        try:
            with answering("DynamoDB"):
                self._client.update_item(
                    TableName=self._people,
                    Key=to_item(person_key(record.person.id)),
                    UpdateExpression=update,
                    ConditionExpression=condition,
                    ExpressionAttributeNames=aliases(update, condition),
                    ExpressionAttributeValues=to_item(
                        {**given, ":over": timestamp(self._clock.now())}
                    ),
                )
        except ClientError as error:
            if code_of(error) != "ConditionalCheckFailedException":
                raise

    def person_with(self, worker_id: str) -> str | None:
        """Whose employment this was when last dealt with, or None: a hint, perhaps outdated."""
        return self._owner_in(alias_key(worker_id))

    def owner_of(self, code: str, company: str) -> str | None:
        """The person who claims an employee code in a company, or None."""
        return self._owner_in(claim_key(code, company))

    def finish(
        self,
        record: Record,
        person: Person,
        links: Iterable[EmployeeLink],
        audit: Iterable[AuditRow],
        released: Iterable[Claim] = (),
    ) -> None:
        """Writes outcome and audit together, clears the intent and raises the version."""
        links, audit, now = tuple(links), tuple(audit), self._clock.now()
        rows = chained(audit, record.person.audit_hash)
        claims = [self._release(code, company, person.id) for company, code in released]
        try:
            self._write(record, person, links, rows, now, claims)
        except NotWrittenError as error:
            last = self._last_time(record, error, now)
            if last is None:
                raise self._moved_on(record, error, now) from error
            rows = chained(audit, record.person.audit_hash, last)
            self._write(record, person, links, rows, now, claims)

    def waiting(self, company: str) -> Iterator[EmployeeLink]:
        """The people of a company who wait for something."""
        return map(link_from, self._query({"company": company}, IndexName="ByWaitingFor"))

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
        if ids is not None:
            return map(person_from, self._person_rows(ids))
        return map(person_from, self._of_kind(PERSON, NO_COMPANY))

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

    def links(self, company: str) -> Iterator[EmployeeLink]:
        """All rows of a company."""
        return map(link_from, self._of_kind(LINK, company))

    def holdings(self, company: str) -> tuple[list[EmployeeLink], list[tuple[str, str]]]:
        """In one read: a company's codes are claimed under its key, too."""
        rows = list(self._query({"company": company}, IndexName="ByCompany"))
        claims = (row for row in rows if row.get("kind") == CLAIM and row.get("owner"))
        links = [link_from(row) for row in rows if row.get("kind") == LINK]
        return links, [(claimed_code(row), row["owner"]) for row in claims]

    def release_claim(self, record: Record, claim: Claim) -> None:
        self.finish(record, record.person, (), (), [claim])

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

    def _write(
        self,
        record: Record,
        person: Person,
        links: Sequence[EmployeeLink],
        rows: tuple[AuditRow, ...],
        now: datetime,
        claims: Sequence[Item] = (),
    ) -> None:
        values = person_values(after_outcome(record, person, rows))
        gone = [name for name in PERSON_ATTRIBUTES if name not in values]
        if rows:
            values["audit_time"] = timestamp(rows[-1].time)
        first_time = timestamp(rows[0].time) if rows else None
        actions = [self._person_update(record, values, now, gone, first_time)]
        actions += [self._put(self._people, link_item(link)) for link in links]
        actions += [
            self._put(self._people, alias_item(worker_id, person.id))
            for worker_id in sorted(new_workers(record, person))
        ]
        actions += [self._append(row) for row in rows]
        actions += claims
        transact(self._client, actions)

    def _person_update(
        self,
        record: Record,
        values: Values,
        now: datetime,
        gone: Sequence[str] = (),
        first_time: str | None = None,
    ) -> Item:
        condition, given = self._condition(record, now, first_time)
        update = "SET " + ", ".join(f"#{name} = :{name}" for name in values)
        if gone:
            update += " REMOVE " + ", ".join(f"#{name}" for name in gone)
        given |= {f":{name}": value for name, value in values.items()}
        return {
            "Update": {
                "TableName": self._people,
                "Key": to_item(person_key(record.person.id)),
                "UpdateExpression": update,
                "ConditionExpression": condition,
                "ExpressionAttributeNames": aliases(update, condition),
                "ExpressionAttributeValues": to_item(given),
                "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            }
        }

    def _condition(self, record: Record, now: datetime, first_time: str | None) -> tuple[str, Item]:
        """The row is as it was read, and no one else is in the middle of a write."""
        if not record.is_known:
            return NEW, {}
        given = {
            ":seen_version": record.person.version,
            ":owner": self._owner,
            ":now": timestamp(now),
        }
        if first_time is None:
            return f"{SAME_VERSION} AND {NOBODY_ELSE}", given
        given[":first_time"] = first_time
        return f"{SAME_VERSION} AND {NOBODY_ELSE} AND {IN_ORDER}", given

    def _claim(self, code: str, company: str, person_id: str) -> Item:
        claim = self._put(self._people, claim_item(code, company, person_id))
        claim["Put"] |= {
            "ConditionExpression": MINE,
            "ExpressionAttributeNames": aliases(MINE),
            "ExpressionAttributeValues": to_item({":owner": person_id}),
        }
        return claim

    def _release(self, code: str, company: str, person_id: str) -> Item:
        update = "REMOVE #owner"  # no role may delete a row of the ledger
        return {
            "Update": {
                "TableName": self._people,
                "Key": to_item(claim_key(code, company)),
                "UpdateExpression": update,
                "ConditionExpression": MINE,
                "ExpressionAttributeNames": aliases(update, MINE),
                "ExpressionAttributeValues": to_item({":owner": person_id}),
            }
        }

    def _append(self, row: AuditRow) -> Item:
        append = self._put(self._audit, row.stored(self._retention_days))
        append["Put"] |= {"ConditionExpression": NEW, "ExpressionAttributeNames": aliases(NEW)}
        return append

    @staticmethod
    def _put(table: str, item: Values) -> Item:
        return {"Put": {"TableName": table, "Item": to_item(item)}}

    def _moved_on(self, record: Record, error: NotWrittenError, now: datetime) -> ConflictError:
        row = error.current_rows.get(PERSON_ACTION)
        person = person_from(row) if row else record.person
        return moved_on(person, self._owner, now)

    def _last_time(self, record: Record, error: NotWrittenError, now: datetime) -> datetime | None:
        """The time of the last audit row, where nothing stands in the way but its being later.

        The clocks of two functions differ by a little, and the chain is read by time.
        """
        row = error.current_rows.get(PERSON_ACTION)
        if not row or "audit_time" not in row:
            return None
        stored = person_from(row)
        if stored.version != record.person.version or is_foreign(stored.intent, self._owner, now):
            return None
        return datetime.fromisoformat(row["audit_time"])
