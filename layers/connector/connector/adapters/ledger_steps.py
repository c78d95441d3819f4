"""What beginning and finishing a write mean, whatever the ledger is stored in.

Every ledger adapter stands on these steps, so that all behave alike. Nothing is stored here.
"""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from connector.domain.employees import PERSONAL_FIELDS
from connector.domain.errors import CodeTakenError, ConflictError
from connector.domain.records.chain import Head
from connector.domain.records.ledger import (
    ANSWER_SECONDS,
    INTENT_SECONDS,
    Intent,
    Person,
    Record,
    Write,
)
from connector.domain.records.times import timestamp

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime
    from typing import Any

    from connector.domain.planning import Difference
    from connector.domain.records.audit import AuditRow
    from connector.domain.records.chain import Row
    from connector.domain.records.digests import DigestKey

SHORTEST_WAIT = 5.0
SMALLEST_STEP = timedelta(microseconds=1)


def unknown(person_id: str) -> Record:
    """The record of someone never seen, with a salt so that fields can be marked at once."""
    return Record(Person(person_id, salt=new_salt()))


def new_salt() -> str:
    """A salt of a person's own."""
    return secrets.token_hex(16)


def intent_of(write: Write, owner: str, now: datetime) -> Intent:
    """A write that begins now.

    Of a create the personal fields are noted by name: what Visma has then tells the rest. Should
    the writer be killed, Visma may have got the write at the last moment, and apply it later still.
    """
    until = now + timedelta(seconds=INTENT_SECONDS)
    proof, etag = write.proof, write.etag
    is_something = bool(proof or write.differences)
    lands_until = until + timedelta(seconds=ANSWER_SECONDS) if is_something else None
    is_create = proof and etag is None
    noted = tuple(by_name(each) if is_create else each for each in write.differences)
    return Intent(write.company, write.code, until, owner, proof, lands_until, noted, etag)


def of_nothing() -> Write:
    """What is begun about somebody to whose employees nothing is written."""
    return Write("", "", ())


def by_name(difference: Difference) -> Difference:
    """A difference without what is stored of a personal field."""
    is_personal = difference.field in PERSONAL_FIELDS
    return replace(difference, before="", after="") if is_personal else difference


def with_intent(record: Record, intent: Intent) -> Record:
    """The record once a write has been noted."""
    person = record.person
    salt = person.salt or new_salt()
    return replace(
        record, person=replace(person, version=person.version + 1, salt=salt, intent=intent)
    )


def ends_intent(rows: Iterable[Mapping[str, Any]]) -> bool:
    """Whether what was begun is over: only a row that tells what came of it ends an intent.

    Rows of a rehearsal tell what would be, and whoever writes no row has not looked.
    """
    return any(not row.get("planned") for row in rows)


def after_outcome(record: Record, person: Person, rows: Sequence[Row]) -> Person:
    """The person once an outcome has been written, with what was begun at its end."""
    return replace(
        person,
        version=record.person.version + 1,
        salt=person.salt or record.person.salt or new_salt(),
        intent=None,
        audit=Head.of(rows[-1]) if rows else record.person.audit,
    )


def new_workers(record: Record, person: Person) -> set[str]:
    """The workers of a person whom the ledger has not dealt with before, in a rehearsal or not."""
    before = {*record.person.fingerprints, *record.person.planned_fingerprints}
    return {*person.fingerprints, *person.planned_fingerprints} - before


def chained(
    rows: Iterable[AuditRow],
    head: Head,
    key: DigestKey,
    retention_days: int,
    last: datetime | None = None,
) -> list[Row]:
    """The rows, each tied to the one before it, and each later than it: they are read by time."""
    chain: list[Row] = []
    for row in rows:
        time = row.time if last is None or row.time > last else last + SMALLEST_STEP
        content = replace(row, time=time).content()
        chain.append(head.linked(content, time, key, retention_days))
        head, last = Head.of(chain[-1]), time
    return chain


def is_foreign(intent: Intent | None, owner: str, now: datetime) -> bool:
    """True while another writer may still be at a write it began."""
    return intent is not None and intent.owner != owner and intent.until > now


def moved_on(person: Person, owner: str, now: datetime) -> ConflictError:
    """The error of a writer whose record is no longer what the ledger holds."""
    intent = person.intent
    if intent is None or not is_foreign(intent, owner, now):
        return ConflictError(f"person {person.id} moved on since it was read")
    wait = max(SHORTEST_WAIT, (intent.until - now).total_seconds())
    until = timestamp(intent.until)
    return ConflictError(f"another writer is at person {person.id} until {until}", retry_after=wait)


def code_taken(code: str, company: str) -> CodeTakenError:
    """The error of a writer whose employee code is someone else's."""
    return CodeTakenError(f"employee code {code} is claimed by another person in {company}")
