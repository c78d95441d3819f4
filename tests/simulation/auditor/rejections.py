"""What an operator rejected, by the audit alone: it is not done, and everything else is.

A rejection is about what was held: a kind of change in one company, and what each field would have
become. For as long as the second opinion asks for that very thing at every look, it must not be
done. Where anything else was asked for at any look, it may have ended; once all is quiet, it has.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from tests.simulation.auditor.rows import FIELDS
from tests.simulation.stored import Row
from tests.support.model import PLACES, Employees, Expected

REJECTED, BUT_ELSE = "the operator rejected it", "the operator rejected what was held"
"""What the audit says of whom nothing is done, and where something else is done or asked for."""
BUSINESS = ("status", "department", "branch", "class", "calendar")
LEAVING = ("deactivate", "transfer")
ONE_FIELD = "update"
"""The kind of a change of which each field is rejected on its own; all others are so as a whole."""

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
    last_day: str = ""
    """The last day of whoever has left: with another one, they would leave otherwise."""
    is_sure: bool = True
    """Whether nothing else was asked for at any look since."""

    def is_asked_by(self, expected: Expected) -> bool:
        """Whether this expectation would have the very thing done that was rejected."""
        if self.kind == "transfer":
            return expected.company == self.arrival and expected.leaves(self.company)
        if self.kind == "deactivate":
            return expected.leaves(self.company) and expected.last_day == self.last_day
        if expected.company != self.company or expected.fields is None:
            return False
        return all(self.is_rejected(name, expected.fields.get(name)) for name in self.fields)

    def is_rejected(self, name: str, value: str | None) -> bool:
        """Whether this is what a field would have become."""
        rejected = self.fields.get(name)
        if value is None or rejected is None:
            return False
        return rejected in (value, self.seal(FIELDS.get(name, name), value))

    def fitted(self, expected: Expected) -> Rejection:
        """With what the held row does not say: where to, since when, and what stays as it is."""
        fields = self.fields
        if self.kind == "reactivate":
            as_it_was = {name: (expected.fields or {}).get(name, "") for name in BUSINESS}
            fields = {**as_it_was, **fields}
        arrival, last_day = expected.company, expected.last_day
        return replace(self, fields=fields, arrival=arrival, last_day=last_day)

    def broken_by(self, before: Employees, after: Employees, own: Iterable[str]) -> Iterator[str]:
        """What was done of it; `own` are the codes of the person."""
        keys = [key for key in after if key[1] in own and after[key] != before.get(key)]
        for company, code in keys:
            was, now = before.get((company, code)), after[company, code]
            if self._is_done(company, was, now):
                what = f"was changed after a rejected {self.kind}"
                yield f"{company}: employee {code} {what} in {self.company}"

    def _is_done(self, company: str, was: Mapping[str, str] | None, now: Mapping[str, str]) -> bool:
        """Of what was rejected as a whole nothing is done."""
        if self.kind == "transfer":
            is_there, was_there = _is_active(now), _is_active(was)
            left, came = was_there and not is_there, is_there and not was_there
            return left if company == self.company else came
        if company != self.company:
            return False
        if self.kind != ONE_FIELD:
            return self.kind != "create" or was is None
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
        if self.kind == "reactivate":
            return any(each["status"] != "Inactive" for each in here)
        return any(self.is_rejected(name, each[name]) for each in here for name in self.fields)

    def excuse(self, expected: Expected) -> Expected:
        """What a person should have, but for what was rejected and is asked for."""
        others = (expected.fields or {}).items()
        kept = {name: value for name, value in others if name not in self.fields}
        nothing = None if expected.fields is None else dict[str, str]()
        match self.kind:
            case "update":
                return replace(expected, fields=kept)
            case "create" | "reactivate":
                return replace(expected, fields=nothing, is_refused=True)
            case _:
                stays = expected.stays_in | {self.company}
                return replace(expected, stays_in=stays, fields=nothing, is_refused=True)


class Rejections:
    """All that operators rejected, as far as it may not have ended."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._read: dict[str, int] = {}
        self._all: list[Rejection] = []

    def people(self) -> set[str]:
        """Everybody of whom something is rejected."""
        return {each.person for each in self._all}

    def sure(self) -> set[str]:
        """Those of whom nothing else was asked for ever since."""
        return {each.person for each in self._all if each.is_sure}

    def undone(self) -> set[str]:
        """Those of whom a change that is done wholly or not at all may still be rejected."""
        return {each.person for each in self._all if each.kind != ONE_FIELD}

    def staying(self) -> set[str]:
        """Those who may still be somewhere because their leaving was rejected."""
        return {each.person for each in self._all if each.kind in LEAVING}

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
                held = _held_before(row, rows) if _says_rejected(row) else None
                if held is not None and not _is_otherwise(held, row):
                    seal = self._seal(salts[person])
                    is_sure = _is_by_field(held) or row["outcome"] == "rejected"
                    begun = self._begun(person, held, seal, asked(person), is_sure=is_sure)
                    if not begun and row["outcome"] == "rejected" and person not in self.people():
                        yield f"{row['company']}: of {person} was rejected what nobody asks for"

    def _begun(
        self, person: str, held: Row, seal: Seal, asked: Sequence[Expected], *, is_sure: bool
    ) -> bool:
        """Whether anybody asks for anything of what was held; that is rejected from now on."""
        kind, fields = _about(held)
        company, number = str(held["company"]), held["number"]
        if any((each.person, each.number) == (person, number) for each in self._all):
            return True
        parts = [{name: fields[name]} for name in fields] if kind == ONE_FIELD else [fields]
        begun = not parts
        for part in parts:
            found = Rejection(person, company, kind, part, number, seal)
            found.is_sure = is_sure
            begun = self._begin(found, asked) or begun
        return begun

    def _begin(self, held: Rejection, asked: Sequence[Expected]) -> bool:
        """Whether anybody asks for it; then it takes the place of what was rejected before."""
        for each in asked:
            found = held.fitted(each)
            # Of whoever waits nobody can say what else is asked for.
            is_waiting = each.company == held.company and each.fields is None
            if found.is_asked_by(each) or (is_waiting and held.kind == ONE_FIELD):
                found.is_sure = found.is_sure and all(map(found.is_asked_by, asked))
                self._all = [known for known in self._all if not _is_over(known, found)]
                self._all.append(found)
                return True
        return False

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
        for each in self._all:
            # Whoever is shown without a last day may have been taken for one who has left.
            is_asked = all(
                each.is_asked_by(now) and not now.may_have_left for now in asked(each.person)
            )
            if each.is_sure and not is_asked:
                each.is_sure = False
            if each.is_there_already(employees, own(each.person)):
                each.is_sure = False

    def broken(
        self, before: Employees, after: Employees, own: Callable[[str], Iterable[str]]
    ) -> Iterator[str]:
        """What was done although it was rejected, and asked for ever since."""
        for each in self._all:
            if each.is_sure:
                yield from each.broken_by(before, after, own(each.person))

    def doubt(self, people: Iterable[str]) -> None:
        """The operator takes these back, if nothing comes in between."""
        for each in self._all:
            if each.person in people:
                each.is_sure = False

    def end(self, present: Callable[[str], Expected], spared: Collection[str] = ()) -> None:
        """All is quiet: what is not asked for any more is over, but for those who are spared."""
        self._all = [
            each
            for each in self._all
            if each.person in spared or not _is_past(each, present(each.person))
        ]

    def excuse(self, person: str, expected: Expected) -> Expected:
        """What a person should have, but for what was rejected of them."""
        excused = expected
        for each in self._all:
            if each.person == person and each.is_asked_by(expected):
                excused = each.excuse(excused)
        return excused


def _is_past(rejection: Rejection, now: Expected) -> bool:
    """Whether something else is asked for, and not only whether it waits."""
    is_transfer = rejection.kind == "transfer"
    there = rejection.arrival if is_transfer else rejection.company
    is_undecided = now.company == there and now.fields is None
    return not is_undecided and not rejection.is_asked_by(now)


def _is_over(known: Rejection, found: Rejection) -> bool:
    """Whether a new rejection takes the place of another one."""
    is_same_place = (known.person, known.company) == (found.person, found.company)
    is_beside = known.kind == found.kind == ONE_FIELD and known.fields.keys() != found.fields.keys()
    return is_same_place and not is_beside


def _says_rejected(row: Row) -> bool:
    """Whether somebody's change was rejected at this moment, and did not only stay so."""
    reason = str(row.get("reason"))
    is_left = row["outcome"] == "rejected" and bool(row.get("operator")) and REJECTED in reason
    return row.get("cause") == "operator" and (is_left or BUT_ELSE in reason)


def _is_otherwise(held: Row, row: Row) -> bool:
    """Whether a change that is done wholly or not at all is another one by then.

    No row has the last day that was held, nor what stayed as it was where somebody comes back.
    Where nothing at all is done, what hinges on it may be hidden: it may be the same one.
    """
    return not _is_by_field(held) and row["outcome"] not in ("rejected", "unchanged")


def _is_by_field(held: Row) -> bool:
    """Whether each field of it is rejected on its own."""
    return _about(held)[0] == ONE_FIELD


def _held_before(row: Row, rows: Sequence[Row]) -> Row | None:
    """The row by which was held what a row says was rejected."""
    held = [
        each
        for each in rows[: row["number"] - 1]
        if (each["outcome"], each.get("company")) == ("held", row.get("company"))
    ]
    return held[-1] if held else None


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
        return "create", _business(fields)
    return ("reactivate", _business(fields)) if status else (ONE_FIELD, fields)


def _is_active(fields: Mapping[str, str] | None) -> bool:
    return fields is not None and fields["status"] != "Inactive"


def _business(fields: Mapping[str, str]) -> Mapping[str, str]:
    return {name: value for name, value in fields.items() if name in BUSINESS}
