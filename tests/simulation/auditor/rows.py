"""What must hold of the connector's rows and texts: the audit's chain, open rows, no canary."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from tests.simulation.stored import Row, Stored

OPEN = ("waiting", "held", "scheduled", "rejected")
OUTCOMES = frozenset(
    {
        *OPEN, "created", "updated", "unchanged", "deactivated", "reactivated", "out_of_scope",
    }
)  # fmt: skip

WRITTEN = ("created", "updated", "deactivated", "reactivated")

FIELDS = {
    "class": "employee_class",
    "first name": "contact.first_name",
    "last name": "contact.last_name",
    "e-mail": "contact.email",
    "phone": "contact.phone1",
    "mobile": "contact.phone2",
}
"""The fields that the audit has under another name."""

GUARDED = {
    "hire": "create", "rehire": "reactivate", "leave": "deactivate", "transfer": "transfer",
    "department": "move", "location": "reclassify", "pay_basis": "reclassify",
    "contact": "rewrite",
}  # fmt: skip
"""Kinds of rows to the kind of change that an operator approves."""

APPROVED_FOR = timedelta(days=7)

OPERATORS = "operators"
"""Under this name the audit has what operators did."""


class AuditTrail:
    """The audit as it was when last looked at: rows are only ever appended."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._seen: dict[str, list[str]] = {}

    def check(self, audit: Mapping[str, Sequence[Row]]) -> Iterator[str]:
        """What is wrong with the chains, and with what became of rows seen before."""
        for person, seen in self._seen.items():
            now = [row["hash"] for row in audit.get(person, ())][: len(seen)]
            if now != seen:
                yield f"rows about {person} were changed or taken away"
        for person, rows in audit.items():
            yield from self._broken(person, rows)
            self._seen[person] = [row["hash"] for row in rows]

    def mixed(
        self, audit: Mapping[str, Sequence[Row]], approved: Mapping[tuple[str, str, str], datetime]
    ) -> Iterator[str]:
        """Runs of which a guard held some people, and others were written without a word.

        What was approved (person, company and kind of change, and when), and could not be done
        then, may be done by a later run.
        """
        rows = [row for person, told in audit.items() if person != OPERATORS for row in told]
        held = {
            (row["run"], row.get("company"), row.get("kind"))
            for row in rows
            if row["outcome"] == "held" and f"run {row.get('run')} would" in str(row.get("reason"))
        }
        for row in rows:
            what = row.get("run"), row.get("company"), row.get("kind")
            is_done = row["outcome"] in WRITTEN and not row.get("operator")
            is_said = row.get("cause") == "operator" or was_approved(row, approved)
            if what in held and is_done and not arrives(row) and not is_said:
                yield f"run {what[0]} was held, and {row['person']} was {row['outcome']} by it"

    def _broken(self, person: str, rows: Sequence[Row]) -> Iterator[str]:
        begin = len(self._seen.get(person, ()))
        last = rows[begin - 1] if begin else {}
        for number, row in enumerate(rows[begin:], begin + 1):
            if row.get("number") != number or row.get("previous_hash", "") != last.get("hash", ""):
                yield f"row {number} about {person} does not follow on the one before"
            if row["hash"].rpartition(":")[2] != self._digest(row):
                yield f"row {number} about {person} is not as its digest says"
            if person != OPERATORS and row["outcome"] not in OUTCOMES:
                yield f"row {number} about {person} has the outcome {row['outcome']}"
            last = row

    def _digest(self, row: Row) -> str:
        own = {name: value for name, value in row.items() if name != "hash"}
        text = json.dumps(own, sort_keys=True, separators=(",", ":"), default=str)
        return hmac.new(self._key, text.encode(), hashlib.sha256).hexdigest()


def arrives(row: Row) -> bool:
    """Whether somebody comes from another company: that was counted in the one that they left."""
    return row.get("kind") == "transfer" and row["outcome"] != "deactivated"


def was_approved(row: Row, approved: Mapping[tuple[str, str, str], datetime]) -> bool:
    """Whether an operator had approved of such a change to this person here before."""
    kind = GUARDED.get(str(row.get("kind")), "")
    at = approved.get((row["person"], str(row.get("company")), kind))
    when = row["time"] if isinstance(row["time"], datetime) else datetime.fromisoformat(row["time"])
    return at is not None and timedelta() <= when - at < APPROVED_FOR


def unexplained(
    written: Iterable[tuple[str, str, str]], audit: Mapping[str, Sequence[Row]], since: str
) -> Iterator[str]:
    """Fields of employees that were written since a moment, of which the audit tells nothing."""
    told = {
        (row.get("company"), str(row.get("employee_code", "")).upper(), each["field"])
        for rows in audit.values()
        for row in rows
        if str(row["time"]) >= since
        for each in row.get("differences") or ()
    }
    for company, code, name in sorted(set(written)):
        if (company, code.upper(), FIELDS.get(name, name)) not in told:
            yield f"{company}: {name} of employee {code} was written, and the audit does not say so"


def open_twice(stored: Stored) -> Iterator[str]:
    """People about whom more than one thing waits, or is held, in one company."""
    rows = Counter(
        (row["person"], row["company"]) for row in stored.links if row["outcome"] in OPEN
    )
    yield from (f"{key} is open {count} times" for key, count in rows.items() if count > 1)
    for row in stored.links:
        if row["outcome"] == "waiting" and not row["waiting_for"]:
            yield f"{row['person']} waits in {row['company']} for nothing that is named"
        if row["outcome"] == "held" and not row["kind"]:
            yield f"{row['person']} is held in {row['company']} for no kind of change"
        if row["outcome"] in OPEN and not row["reason"]:
            yield f"{row['person']} is {row['outcome']} in {row['company']} without a reason"


def canaries(texts: Iterable[str], words: Iterable[str]) -> Iterator[str]:
    """Personal data that turn up in a text."""
    pattern = re.compile("|".join(map(re.escape, ("@", *sorted(words)))))
    for text in texts:
        if found := pattern.search(text):
            begin = max(0, found.start() - 60)
            yield f"{found.group()!r} in {text[begin : found.end() + 20]!r}"
