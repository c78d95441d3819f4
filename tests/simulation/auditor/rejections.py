"""What an operator rejected, by the audit alone: it is not done, and everything else is.

A rejection is about what was held: a kind of change in one company, and what each field would have
become. For as long as the second opinion asks for that very thing at every look, it must not be
done. Where anything else was asked for at any look, it may have ended; once all is quiet, it has.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from tests.simulation.auditor.rows import FIELDS
from tests.simulation.stored import Row
from tests.support.model import PLACES, Employees, Expected

SAID = "the operator rejected it"
TAKEN_BACK = "the rejection was taken back"
BUSINESS = ("status", "department", "branch", "class", "calendar")
LEAVING = ("deactivate", "transfer")
NAMES = {FIELDS.get(name, name): name for name in PLACES}
"""The audit's names of fields to those of the second opinion."""

SEALED = 24
"""So many digits the digest of a personal field has."""

Seal = Callable[[str, str], str]
"""The digest of a person's field, of its name in the audit and what it is."""


@dataclass
class Rejection:
    """What must not be done about one person in one company.

    `fields` has what was rejected in the words of the second opinion, where personal ones are
    sealed. `number` is the row of the audit by which it was held.
    """

    person: str
    company: str
    kind: str
    fields: Mapping[str, str]
    number: int
    seal: Seal = field(repr=False)
    arrival: str | None = None
    """The company in which somebody would arrive by a rejected transfer."""
    is_sure: bool = True
    """Whether nothing else was asked for at any look since."""

    def is_asked_by(self, expected: Expected) -> bool:
        """Whether this expectation would have the very thing done that was rejected."""
        if self.kind in LEAVING:
            is_there = self.kind == "deactivate" or expected.company == self.arrival
            return is_there and expected.leaves(self.company)
        return self.wanted(expected) == set(self.fields)

    def wanted(self, expected: Expected) -> set[str]:
        """The rejected fields that would be written as was rejected."""
        if expected.company != self.company or expected.fields is None:
            return set()
        now = expected.fields
        return {name for name in self.fields if self.is_rejected(name, now.get(name))}

    def is_rejected(self, name: str, value: str | None) -> bool:
        """Whether this is what a field would have become."""
        before = self.fields.get(name)
        if value is None or before is None:
            return False
        return before in (value, self.seal(FIELDS.get(name, name), value))

    def broken_by(self, before: Employees, after: Employees, own: Iterable[str]) -> Iterator[str]:
        """What was done of it; `own` are the codes of the person."""
        keys = [key for key in after if key[1] in own and after[key] != before.get(key)]
        for company, code in keys:
            was, now = before.get((company, code)), after[company, code]
            if self._is_done(company, was, now):
                what = f"was changed after a rejected {self.kind}"
                yield f"{company}: employee {code} {what} in {self.company}"

    def _is_done(self, company: str, was: Mapping[str, str] | None, now: Mapping[str, str]) -> bool:
        if self.kind == "transfer":
            return True
        if company != self.company:
            return False
        if self.kind in ("deactivate", "create"):
            return self.kind == "deactivate" or was is None
        return was is not None and any(
            was[name] != now[name] and self.is_rejected(name, now[name]) for name in self.fields
        )

    def is_there_already(self, employees: Employees, own: Iterable[str]) -> bool:
        """Whether nothing is left of it to be done, by whose hand ever."""
        here = [employees[key] for key in employees if key[0] == self.company and key[1] in own]
        if self.kind == "create":
            return bool(here)
        if self.kind in LEAVING:
            return all(each["status"] == "Inactive" for each in here)
        return any(all(self.is_rejected(name, each[name]) for name in self.fields) for each in here)

    def excuse(self, expected: Expected) -> Expected:
        """What a person should have, but for what was rejected."""
        if self.kind in LEAVING:
            if not self.is_asked_by(expected):
                return expected
            stays = expected.stays_in | {self.company}
            nothing: Mapping[str, str] | None = {} if expected.fields is not None else None
            return replace(expected, stays_in=stays, fields=nothing, is_refused=True)
        wanted = self.wanted(expected)
        if self.kind == "create":
            return replace(expected, is_refused=True) if wanted == set(self.fields) else expected
        others = (expected.fields or {}).items()
        kept = {name: value for name, value in others if name not in wanted}
        return replace(expected, fields=kept) if wanted else expected


class Rejections:
    """All that operators rejected, as far as it may not have ended."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._read: dict[str, int] = {}
        self._standing: dict[tuple[str, str], Rejection] = {}

    def people(self) -> set[str]:
        """Everybody of whom something is rejected."""
        return {person for person, _ in self._standing}

    def staying(self) -> set[str]:
        """Those who may still be somewhere because their leaving was rejected."""
        found = self._standing.values()
        return {each.person for each in found if each.kind in LEAVING}

    def read(
        self,
        audit: Mapping[str, Sequence[Row]],
        salts: Mapping[str, str],
        asked: Callable[[str], Sequence[Expected]],
    ) -> Iterator[str]:
        """Takes in what was rejected since; what was rejected although nobody asked for it."""
        for person, rows in audit.items():
            begin, self._read[person] = self._read.get(person, 0), len(rows)
            for row in rows[begin:]:
                if row["outcome"] == "rejected" and SAID in str(row.get("reason")):
                    found = self._new(person, row, rows, salts[person])
                    if found:
                        yield from self._begin(found, asked(person))

    def _new(self, person: str, row: Row, rows: Sequence[Row], salt: str) -> Rejection | None:
        company = str(row["company"])
        held = [
            each
            for each in rows[: row["number"]]
            if (each["outcome"], each.get("company")) == ("held", company)
        ]
        known = self._standing.get((person, company))
        if not held or (known and known.number == held[-1]["number"]):
            return None
        kind, fields = _about(held[-1])
        return Rejection(person, company, kind, fields, held[-1]["number"], self._seal(salt))

    def _begin(self, found: Rejection, asked: Sequence[Expected]) -> Iterator[str]:
        arrivals = {each.company for each in asked if each.leaves(found.company)}
        found.arrival = next(iter(arrivals), None)
        asking = [each for each in asked if found.is_asked_by(each)]
        found.is_sure = len(asking) == len(asked) and len(arrivals) < 2
        self._standing[found.person, found.company] = found
        if not asking:
            yield f"{found.company}: of {found.person} was rejected what nobody asks for"

    def _seal(self, salt: str) -> Seal:
        def seal(name: str, plain: str) -> str:
            text = f"{salt} {name}={plain}".encode()
            return hmac.new(self._key, text, hashlib.sha256).hexdigest()[:SEALED]

        return seal

    def look(
        self,
        asked: Callable[[str], Sequence[Expected]],
        employees: Employees,
        own: Callable[[str], Iterable[str]],
    ) -> None:
        """Whatever is not asked for by all that may be taken for the truth may have ended."""
        for each in self._standing.values():
            is_asked = all(map(each.is_asked_by, asked(each.person)))
            if each.is_sure and not is_asked:
                each.is_sure = False
            if each.is_there_already(employees, own(each.person)):
                each.is_sure = False

    def broken(
        self, before: Employees, after: Employees, own: Callable[[str], Iterable[str]]
    ) -> Iterator[str]:
        """What was done although it was rejected, and asked for ever since."""
        for each in self._standing.values():
            if each.is_sure:
                yield from each.broken_by(before, after, own(each.person))

    def doubt(self, people: Iterable[str]) -> None:
        """The operator takes these back, if nothing comes in between."""
        for each in self._standing.values():
            if each.person in people:
                each.is_sure = False

    def end(self, present: Callable[[str], Expected]) -> None:
        """All is quiet: what is not asked for any more is over, and may come again."""
        for key, each in list(self._standing.items()):
            now = present(each.person)
            is_undecided = now.company == each.company and now.fields is None
            if not is_undecided and each.excuse(now) == now:
                del self._standing[key]

    def excuse(self, person: str, expected: Expected) -> Expected:
        """What a person should have, but for what was rejected of them."""
        for (whose, _), each in self._standing.items():
            if whose == person:
                expected = each.excuse(expected)
        return expected


def _about(held: Row) -> tuple[str, Mapping[str, str]]:
    """The kind of what was held, and what the fields would have become that are looked at."""
    told = {each["field"]: each for each in held.get("differences") or ()}
    fields = {
        NAMES[name]: str(each.get("after") or "").rpartition(":")[2]
        for name, each in told.items()
        if name in NAMES
    }
    status = told.get("status", {})
    if held.get("kind") == "transfer" and status.get("after") != "Active":
        return "transfer", {}
    if status.get("after") == "Inactive":
        return "deactivate", {}
    if status and not status.get("before"):
        return "create", {name: fields[name] for name in BUSINESS if name in fields}
    return "reactivate" if status else "update", fields
