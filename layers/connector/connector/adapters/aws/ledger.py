"""Writing the ledger in DynamoDB: the `PeopleTable`, and the rows it adds to the `AuditTable`.

A person's own row carries the version that every write is conditional on. What a row looks like is
in `ledger_items`; what begin and finish mean is in `ledger_steps`.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import uuid4

from botocore.exceptions import ClientError

from connector.adapters.aws.dynamodb import (
    Item,
    NotWrittenError,
    Values,
    aliases,
    delete_all,
    to_item,
    transact,
    update_one,
)
from connector.adapters.aws.errors import answering, code_of
from connector.adapters.aws.keys.pay_cipher import PayCipher
from connector.adapters.aws.ledger_reads import LedgerReads
from connector.adapters.aws.ledger_rows import (
    PERSON_ATTRIBUTES,
    alias_item,
    alias_key,
    claim_item,
    claim_key,
    link_item,
    person_from,
    person_key,
    person_values,
)
from connector.adapters.ledger_steps import (
    after_outcome,
    chained,
    code_taken,
    ends_intent,
    intent_of,
    is_foreign,
    moved_on,
    new_workers,
    of_nothing,
    with_intent,
)
from connector.domain.errors import ConflictError
from connector.domain.records.ledger import Claim, Record, Write
from connector.domain.records.times import timestamp

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from connector.adapters.aws.errors import Client
    from connector.domain.records.audit import AuditRow
    from connector.domain.records.chain import Row
    from connector.domain.records.digests import DigestKey
    from connector.domain.records.ledger import EmployeeLink, Person
    from connector.ports.clock import Clock

NEW = "attribute_not_exists(#person)"
SAME_VERSION = "#version = :seen_version"
NOBODY_ELSE = "(attribute_not_exists(#intent) OR #intent.#owner = :owner OR #intent.#until <= :now)"
IN_ORDER = "(attribute_not_exists(#audit_time) OR #audit_time < :first_time)"
THEIRS = "#owner = :owner"
MINE = f"attribute_not_exists(#owner) OR {THEIRS}"


PERSON_ACTION = 0
"""The position of the person's own row in every transaction."""


NOTED = ("kind", "version", "salt", "worker", "intent")
"""What the beginning of a write says of the person."""


class DynamoLedger(LedgerReads):
    """The ledger in DynamoDB; with `planned`, what a rehearsal dealt with counts as dealt with."""

    def __init__(
        self,
        clock: Clock,
        client: Client,
        people_table: str,
        audit_table: str,
        retention_days: int = 0,
        *,
        key: DigestKey,
        cipher: PayCipher | None = None,
        planned: bool = False,
    ) -> None:
        cipher = cipher or PayCipher(client, "")
        super().__init__(client, people_table, key, cipher, planned=planned)
        self._clock = clock
        self._audit = audit_table
        self._retention_days = retention_days
        self._owner = uuid4().hex

    def begin(self, record: Record, write: Write, *, claim: bool) -> Record:
        """Notes that a write is about to be sent; with `claim` the code becomes this person's."""
        now = self._clock.now()
        after = with_intent(record, intent_of(write, self._owner, now))
        values = person_values(after.person)
        noted = {name: values[name] for name in NOTED if name in values}
        # The person's row goes first: its condition is the version, and whatever is in the way of a
        # transaction is told by position, so PERSON_ACTION is how a version that moved on is known.
        update = self._person_update(record, noted, now)
        try:
            if claim:
                claimed = self._claim(write.code, write.company, record.person.id)
                transact(self._client, [update, claimed])
            else:  # half of what a transaction costs
                update_one(self._client, update["Update"])
        except NotWrittenError as error:
            if PERSON_ACTION in error.current_rows:
                raise self._moved_on(record, error, now) from error
            raise code_taken(write.code, write.company) from error
        return after

    def release_intent(
        self, record: Record, lands_until: datetime | None = None, *, nothing_written: bool = False
    ) -> None:
        """Notes that the write that was begun is over, its outcome unknown."""
        given: Item = {":seen_version": record.person.version, ":owner": self._owner}
        update = "SET #intent.#until = :over"
        if lands_until:
            update += ", #intent.#lands_until = :lands_until"
            given[":lands_until"] = timestamp(lands_until)
        if nothing_written:
            update += ", #intent.#differences = :nothing"
            given[":nothing"] = {}
        if not lands_until:
            update += " REMOVE #intent.#lands_until"
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

    def finish(
        self,
        record: Record,
        person: Person,
        links: Iterable[EmployeeLink],
        audit: Iterable[AuditRow],
        released: Iterable[Claim] = (),
    ) -> None:
        """Writes outcome and audit together; a row that tells what came of it ends the intent."""
        links, audit, now = tuple(links), tuple(audit), self._clock.now()
        head, days = record.person.audit, self._retention_days
        rows = chained(audit, head, self.key, days)
        claims = [self._release(code, company, person.id) for company, code in released]
        try:
            self._write(record, person, links, rows, now, claims)
        except NotWrittenError as error:
            last = self._last_time(record, error, now)
            if last is None:
                raise self._moved_on(record, error, now) from error
            rows = chained(audit, head, self.key, days, last)
            self._write(record, person, links, rows, now, claims)

    def hold(self, record: Record) -> Record:
        """Keeps writers away as a write that was begun does, which writes nothing to Visma."""
        return self.begin(record, of_nothing(), claim=False)

    def erase(self, record: Record, claims: Iterable[Claim]) -> None:
        """Takes away every row of a person and these claims, the person's own row last."""
        person = record.person
        workers = {person.worker_id, *person.fingerprints, *person.planned_fingerprints} - {""}
        keys = [alias_key(worker_id) for worker_id in sorted(workers)]
        keys += [claim_key(code, company) for company, code in claims]
        keys += [{"person": person.id, "company": company} for company in record.links]
        delete_all(self._client, self._people, keys)
        self._erase_own(record)

    def _erase_own(self, record: Record) -> None:
        """Takes away the person's own row as it was read, so that nobody who came back goes."""
        now = self._clock.now()
        condition, given = self._condition(record, now, None)
        own = self._where(person_key(record.person.id), condition, given)
        try:
            transact(self._client, [{"Delete": own}])
        except NotWrittenError as error:
            raise self._moved_on(record, error, now) from error

    def learn_id(self, link: EmployeeLink, employee_id: int) -> None:
        # The poller may name no other attribute of a row than these: see the template.
        update = "SET #employee_id = :employee_id"
        condition = "attribute_not_exists(#employee_id) AND #etag = :etag"
        key = {"person": link.person_id, "company": link.company}
        given = {":employee_id": employee_id, ":etag": link.etag or ""}
        request = {
            **self._where(key, condition, given),
            "UpdateExpression": update,
            "ExpressionAttributeNames": aliases(update, condition),
        }
        with suppress(NotWrittenError, ConflictError):  # the next sweep sees how it is by then
            update_one(self._client, request)

    def release_claim(self, record: Record, claim: Claim) -> None:
        # The poller may write nothing of the person, so that theirs is checked alone.
        now, (company, code) = self._clock.now(), claim
        condition, given = self._condition(record, now, None)
        checked = self._where(person_key(record.person.id), condition, given)
        owned = self._where(claim_key(code, company), THEIRS, {":owner": record.person.id})
        told = {"ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
        try:
            transact(self._client, [{"ConditionCheck": checked | told}, {"Delete": owned}])
        except NotWrittenError as error:
            if PERSON_ACTION in error.current_rows:
                raise self._moved_on(record, error, now) from error
            raise

    def _write(
        self,
        record: Record,
        person: Person,
        links: Sequence[EmployeeLink],
        rows: Sequence[Row],
        now: datetime,
        claims: Sequence[Item] = (),
    ) -> None:
        values = person_values(after_outcome(record, person, rows))
        gone = [name for name in PERSON_ATTRIBUTES if name not in values]
        if not ends_intent(rows):
            gone.remove("intent")
        if rows:
            values["audit_time"] = rows[-1]["time"]
        first_time = rows[0]["time"] if rows else None
        actions = [self._person_update(record, values, now, gone, first_time)]
        rows_of_links = [link_item(self._cipher.sealed(link)) for link in links]
        actions += [self._put(self._people, row) for row in rows_of_links]
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
        update = "REMOVE #owner"  # the writer may delete no row of the ledger
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

    def _where(self, key: Values, condition: str, given: Values) -> Item:
        """A row, and what has to hold of it."""
        place = {"TableName": self._people, "Key": to_item(key), "ConditionExpression": condition}
        names = {"ExpressionAttributeNames": aliases(condition)}
        return {
            **place,
            **names,
            **({"ExpressionAttributeValues": to_item(given)} if given else {}),
        }

    def _append(self, row: Row) -> Item:
        append = self._put(self._audit, row)
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
