"""What Visma should hold, worked out from Rippling, the mapping and the books alone.

A second, smaller opinion: it reads the fakes' own rows and shares no decision with the product. It
remembers nothing of what was written before. What may change at a step is what the present asks
for, so whoever waits, is out of scope or out of sight must simply stay as they are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import product
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from tests.simulator import Rippling, Visma
from tests.support.mapping_rules import ENTITY, Rules, Thing

Row: TypeAlias = Mapping[str, Any]
Employees: TypeAlias = Mapping[tuple[str, str], Mapping[str, str]]
"""Company and employee code to the employee's fields, flat."""

ZONE = ZoneInfo("Europe/Oslo")  # Stockholm keeps the same time
BELIEVED_FOR = timedelta(seconds=900)
"""As long as this the connector may believe what it knows of departments and branches."""

LISTS = {"department": "departments", "location": "work-locations", ENTITY: "legal-entities"}
NEVER_BEGAN = ("OFFER_DECLINED", "RESCIND", "RENEGE")
PLACES = {
    "status": ("status",),
    "department": ("department",),
    "branch": ("branch", "number"),
    "class": ("employeeClass", "id"),
    "calendar": ("calendarID",),
    "first name": ("contact", "firstName"),
    "last name": ("contact", "lastName"),
    "e-mail": ("contact", "email"),
    "phone": ("contact", "phone1"),
    "mobile": ("contact", "phone2"),
}


def local_day(moment: datetime) -> date:
    """The calendar day in both companies."""
    return moment.astimezone(ZONE).date()


@dataclass(frozen=True)
class Books:
    """What a company of Visma offers at a moment."""

    departments: Mapping[str, str]
    """Department to the cost centre its expenses go to."""
    cost_centres: frozenset[str]
    branches: frozenset[str]

    def can_take(self, row: Row, branch: str) -> bool:
        """True where the department of a row, its cost centre and the branch are as they must."""
        carried = self.departments.get(row["department"])
        wanted = row.get("cost_centre") or carried
        is_open = not wanted or (wanted == carried and wanted in self.cost_centres)
        return carried is not None and is_open and branch in self.branches


@dataclass(frozen=True)
class Expected:
    """What a person should have: where they work and as what, or that they have left.

    Without `fields` they wait, and `obstructed` is what they would be but for that. Where they
    neither work nor have left, nothing may change. `left_scope` are the companies that want no one
    who is out of scope. `is_refused` where Visma cannot take them in as they are, and `may_leave`
    where it cannot be said whether the connector has seen enough to be sure.
    """

    company: str | None = None
    number: str = ""
    fields: Mapping[str, str] | None = None
    has_left: bool = False
    may_leave: bool = False
    is_refused: bool = False
    left_scope: frozenset[str] = frozenset()
    obstructed: Mapping[str, str] | None = None
    may_have_left: bool = False
    """Whoever is on the way out, where no one has ever been shown the last day, or is half seen."""
    last_day: str = ""
    """The last of the days of whoever has left."""
    stays_in: frozenset[str] = frozenset()
    """The companies that an operator does not let them leave."""

    def leaves(self, company: str) -> bool:
        """True where an employee of this company must be inactive.

        No one leaves one company before they can arrive in the other.
        """
        if company in self.stays_in:
            return False
        arrives = self.fields is not None and not self.is_refused
        has_moved = arrives and self.company not in (None, company)
        return self.has_left or has_moved or company in self.left_scope


Excuse: TypeAlias = Callable[[str, Expected], Expected]
"""What a person should have, where it is left aside that something of it was rejected."""

NOTHING_EARLIER: Mapping[str, Sequence[Expected]] = {}


@dataclass
class Model:
    """The second opinion on everyone."""

    rippling: Rippling
    visma: Visma
    rules: Rules = field(default_factory=Rules)
    persons: dict[str, str] = field(default_factory=dict)
    """Employee code to person: every number that a worker of theirs ever had."""
    entered: dict[tuple[str, str], str] = field(default_factory=dict)
    """Company and code of employees whom finance entered by hand, and their e-mail address."""
    had_addresses: dict[str, set[str]] = field(default_factory=dict)
    """Person to every address they ever had at work: a write may have begun by an earlier one."""
    out_of_sight: dict[str, bool] = field(default_factory=dict)
    """People whose row vanished while they worked, for all that the connector knew.

    True where the connector had not seen that row, or Rippling has spoken of them since.
    """
    former: dict[str, list[str]] = field(default_factory=dict)
    """Department, location or legal entity to the names that it had before, the newest first."""
    lost: set[tuple[str, str]] = field(default_factory=set)
    """Company and person whose employee finance has deleted or given another code."""
    hides_obstacles: bool = False
    """Whether the connector may not see what someone should wait for."""
    are_entities_in_doubt: bool = False
    """Whether rows were imported by names of legal entities that the connector has not seen yet."""
    hides_last_days: bool = False
    """Whether a last day is shown as if there were none."""
    half_seen: set[str] = field(default_factory=set)
    """People about whom the writer may be asked while no run has found their new employment."""
    by_platform: bool = False
    """Whether the older API is read, which has no legal entities and one number of a person."""
    _called_then: dict[str, str] = field(default_factory=dict)
    """What locations and entities were called at the last look at everyone."""
    _is_by_names_of_then: bool = False
    _books: list[tuple[datetime, dict[str, Books]]] = field(default_factory=list)
    _known_rows: dict[int, tuple[Row, dict[str, str]]] = field(default_factory=dict)

    def look(self, now: datetime) -> None:
        """Takes in the numbers of Rippling and the books of Visma as they are now."""
        workers = self.rippling.tables["workers"]
        self.persons |= {str(row["number"]): row["user_id"] for row in workers}
        for user_id in self.everyone():
            had = self.had_addresses.setdefault(user_id, set())
            had |= self.addresses(user_id)
        books = {key: self._books_of(key) for key in self.visma.companies}
        if not self._books or self._books[-1][1] != books:
            self._books.append((now, books))

    def look_around(self, now: datetime) -> None:
        """All is quiet: whoever works is in sight, and so is what has a name."""
        self.look_at_names()
        for user_id in list(self.out_of_sight):
            if self.present(user_id, now).company:
                del self.out_of_sight[user_id]

    def employees(self) -> Employees:
        """Everyone in Visma."""
        return {
            (company, row["employeeNumber"]): self._flat(row)
            for company in self.visma.companies
            for row in self.visma.employees(company)
        }

    def _flat(self, row: Row) -> dict[str, str]:
        """The fields of an employee; of a row that is still the same one, those of before."""
        known = self._known_rows.get(id(row))
        if known is None or known[0] is not row:  # the fake replaces a row, and never changes one
            known = self._known_rows[id(row)] = row, flat(row)
        return known[1]

    def everyone(self) -> list[str]:
        """Every person who is or was there."""
        return sorted(set(self.persons.values()))

    def expected(self, user_id: str, day: date, books: Mapping[str, Books]) -> Expected:
        """What a person should have on a day, with these books."""
        rows = self._workers(user_id)
        in_scope = [row for row in rows if self._is_in_scope(row)]
        working = [row for row in in_scope if self._works(row, day)]
        if working:
            counts = max(working, key=_weight)
            is_ending = counts["status"] == "TERMINATED"
            found = self._working(counts, books)
            may_have_left = (self.hides_last_days and is_ending) or user_id in self.half_seen
            return replace(found, may_have_left=may_have_left)
        # What went out of sight says nothing, and what goes on out of scope does all the same.
        goes_on = not in_scope and any(self._works(row, day) for row in rows)
        out_of_sight = None if goes_on else self.out_of_sight.get(user_id)
        if not rows or out_of_sight is False:
            return Expected()
        ended = [row for row in rows if _has_ended(row, day)]
        if ended and out_of_sight:
            return Expected(may_leave=True)
        if in_scope:
            return Expected(has_left=bool(ended), last_day=_last_day(ended))
        is_undecided = bool(out_of_sight) or any(map(self._is_undecided, rows))
        return Expected(
            has_left=len(ended) == len(rows),
            last_day=_last_day(ended),
            may_leave=bool(out_of_sight),  # what is yet to begin out of scope decides nothing alone
            left_scope=frozenset(() if is_undecided else self._left_scope()),
            obstructed=self._but_for_scope(max(rows, key=_weight), books),
        )

    def _but_for_scope(self, worker: Row, books: Mapping[str, Books]) -> Mapping[str, str]:
        """What someone out of scope would be; where that is hidden, the class hinges on it."""
        if self._company(worker) is None:
            return self._person(worker)
        found = self._working(worker, books)
        fields = found.fields or found.obstructed or {}
        return {name: value for name, value in fields.items() if name not in ("class", "status")}

    def present(self, user_id: str, now: datetime) -> Expected:
        """What a person should have now."""
        return self.expected(user_id, local_day(now), self._books[-1][1])

    def possible(self, user_id: str, since: datetime, now: datetime) -> list[Expected]:
        """All that the connector may have taken for the truth during a step."""
        days = {local_day(since), local_day(now)}
        books = self._books_between(since, now)
        found = [self.expected(user_id, day, each) for day, each in product(days, books)]
        if self._have_others_names():
            self._is_by_names_of_then = True
            found += [self.expected(user_id, day, each) for day, each in product(days, books)]
            self._is_by_names_of_then = False
        return found

    def _have_others_names(self) -> bool:
        """Whether any location is called otherwise than at the last look at everyone."""
        return any(
            row["name"] != self._called_then.get(row["id"], row["name"])
            for row in self.rippling.tables["work-locations"]
        )

    def _books_between(self, since: datetime, now: datetime) -> list[dict[str, Books]]:
        ends = [*(at for at, _ in self._books[1:]), now + BELIEVED_FOR]
        return [
            each
            for (_, each), end in zip(self._books, ends, strict=True)
            if end >= since - BELIEVED_FOR
        ]

    def kept(
        self, user_id: str, company: str, since: datetime, now: datetime
    ) -> Iterator[Expected]:
        """What a person would be in this company, where it cannot be known that they left it."""
        day = local_day(now)
        working = [row for row in self._workers(user_id) if self._works(row, day)]
        if (self.hides_obstacles or self.are_entities_in_doubt) and working:
            worker = max(working, key=_weight)
            yield from (
                self._working(worker, each, company) for each in self._books_between(since, now)
            )

    def _by_another(self, user_id: str, since: datetime, now: datetime) -> Iterator[Expected]:
        """What a person would be without the new employment, as long as no run has found that."""
        if user_id not in self.half_seen:
            return
        day = local_day(now)
        rows = [row for row in self._workers(user_id) if self._is_in_scope(row)]
        working = sorted((row for row in rows if self._works(row, day)), key=_weight)
        for row, books in product(working[:-1], self._books_between(since, now)):
            yield self._working(row, books)

    def unjustified(
        self,
        before: Employees,
        after: Employees,
        since: datetime,
        now: datetime,
        earlier: Mapping[str, Sequence[Expected]] = NOTHING_EARLIER,
    ) -> Iterator[str]:
        """Every change of an employee that nothing in Rippling, mapping or books asks for.

        `earlier` is what was expected of people a moment ago, by what may be under way still.
        """
        for key, fields in after.items():
            if fields == before.get(key):
                continue
            company, code = key
            person = self.persons.get(code)
            possible = self.possible(person, since, now) if person else []
            possible += earlier.get(person or "", ())
            if person and key in before:
                possible += self.kept(person, company, since, now)
                possible += self._by_another(person, since, now)
            if not any(self._asks(each, key, before.get(key), fields) for each in possible):
                changed = _differences(before.get(key, {}), fields)
                yield f"{company}: employee {code}: {changed or 'created'} without a reason"

    def mismatches(
        self, now: datetime, skipped: Iterable[str] = (), excuse: Excuse = lambda _, each: each
    ) -> Iterator[str]:
        """Everyone whose employees are not what they should be, but for what is excused."""
        employees = self.employees()
        for user_id in self.everyone():
            if user_id not in skipped:
                expected = excuse(user_id, self.present(user_id, now))
                yield from self._mismatches(user_id, expected, employees)

    def waiting(self, now: datetime) -> tuple[set[str], set[str]]:
        """The people who must be seen waiting, and all those who may be."""
        employees = self.employees()
        may = {
            user_id: expected
            for user_id in self.everyone()
            if (expected := self.present(user_id, now)).company and expected.fields is None
        }
        must = {
            user_id
            for user_id, expected in may.items()
            if not self._is_active_in(user_id, str(expected.company), employees)
        }
        out_of_sight = {each for each in self.everyone() if not self._workers(each)}
        return must, {*may, *out_of_sight, *self.out_of_sight, *self._unclaimed()}

    def _unclaimed(self) -> set[str]:
        """People of a legal entity that no company claims by its name of now, and that had more."""
        workers = self.rippling.tables["workers"]
        return {
            row["user_id"]
            for row in workers
            if self.former.get(row["legal_entity_id"]) and self._company(row) is None
        }

    def doubles(self, employees: Employees) -> Iterator[str]:
        """Codes and addresses that more than one active employee of a company has."""
        for company in self.visma.companies:
            here = {
                code: each
                for (key, code), each in employees.items()
                if key == company and (key, code) not in self.entered
            }
            active = [each["e-mail"].casefold() for each in here.values() if _is_active(each)]
            codes = Counter(code.strip().upper() for code in here)
            twice = [name for name, count in (Counter(active) + codes).items() if count > 1]
            yield from (f"{company}: {name} is there twice" for name in twice)
            people = Counter(self.persons.get(code, code) for code in here)
            several = [person for person, count in people.items() if count > 1]
            yield from (f"{company}: {person} has several employees" for person in several)

    def active_twice(self, employees: Employees) -> set[str]:
        """The people who are active in more than one company."""
        active = (key for key, each in employees.items() if _is_active(each))
        own = [self.persons.get(key[1], "") for key in active if key not in self.entered]
        return {person for person, count in Counter(own).items() if count > 1}

    def stuck(self, now: datetime) -> set[str]:
        """The people who work where they cannot be written."""
        expected = {user_id: self.present(user_id, now) for user_id in self.everyone()}
        return {
            user_id
            for user_id, each in expected.items()
            if each.company and (each.fields is None or each.is_refused)
        }

    def _mismatches(self, user_id: str, expected: Expected, employees: Employees) -> Iterator[str]:
        for company in self._at_hand(user_id):
            for code, employee in self._of(user_id, company, employees).items():
                if expected.leaves(company) and employee["status"] != "Inactive":
                    yield f"{company}: employee {code} should be inactive"
        if expected.company not in self._at_hand(user_id) or expected.fields is None:
            return
        own = self._of(user_id, expected.company, employees)
        if not own and not expected.is_refused:
            yield f"{expected.company}: worker {expected.number} has no employee"
        for code, employee in own.items():
            for name, value in expected.fields.items():
                if not self._is_as_it_should(expected.company, name, employee[name], value):
                    yield (
                        f"{expected.company}: employee {code}: {name} {employee[name]!r},"
                        f" not {value!r}"
                    )

    def _at_hand(self, user_id: str) -> list[str]:
        """The companies in which something of the person can be told.

        None, where finance has taken an employee away: who cannot leave there arrives nowhere else.
        """
        return [] if self._is_lost(user_id) else list(self.visma.companies)

    def _is_lost(self, user_id: str) -> bool:
        return any(person == user_id for _, person in self.lost)

    def _is_as_it_should(self, company: str, name: str, actual: str, wanted: str) -> bool:
        if name == "status":
            return actual in (wanted, "OnHold")
        owner = self._owner(company, name)
        return actual == wanted or owner == "visma" or (owner == "once" and actual != "")

    def _asks(
        self,
        expected: Expected,
        key: tuple[str, str],
        before: Mapping[str, str] | None,
        after: Mapping[str, str],
    ) -> bool:
        """True where what is expected of a person asks for this change of an employee."""
        company, code = key
        if before is None:
            wanted = {**dict.fromkeys(PLACES, ""), **(expected.fields or {})}
            return (expected.company, expected.number, wanted) == (company, code, dict(after))
        changed = _differences(before, after)
        if not self._is_ours(key):
            return False
        if expected.may_have_left and changed == {"status": "Inactive"}:
            return True
        may_leave = expected.may_leave and expected.company != company
        if expected.leaves(company) or may_leave:
            return changed == {"status": "Inactive"}
        fields = expected.fields or (expected.obstructed if self.hides_obstacles else None)
        if expected.company not in (company, None) or fields is None:
            return False
        return all(
            value == fields.get(name) and self._may_write(company, name, before[name])
            for name, value in changed.items()
        )

    def _may_write(self, company: str, name: str, before: str) -> bool:
        if name == "status":
            return before == "Inactive"
        owner = self._owner(company, name)
        return owner == "rippling" or (owner == "once" and before == "")

    def _owner(self, company: str, name: str) -> str:
        fields = self.rules.companies[company]["fields"]
        return str(fields.get("contact.phone1", "rippling")) if name == "phone" else "rippling"

    def _is_ours(self, key: tuple[str, str]) -> bool:
        """False for someone else whom finance entered under the code of one of our people."""
        person = self.persons.get(key[1], "")
        address = self.entered.get(key)
        return address is None or address in self.addresses(person)

    def addresses(self, user_id: str) -> set[str]:
        """The addresses of a person at work."""
        return {str(row["work_email"]).casefold() for row in self._workers(user_id)}

    def _is_active_in(self, user_id: str, company: str, employees: Employees) -> bool:
        return any(map(_is_active, self._of(user_id, company, employees).values()))

    def _of(self, user_id: str, company: str, employees: Employees) -> dict[str, Mapping[str, str]]:
        """The employees of a person in a company, by code."""
        return {
            code: each
            for (key, code), each in employees.items()
            if (key, self.persons.get(code)) == (company, user_id)
            and (key, code) not in self.entered
        }

    def _books_of(self, company: str) -> Books:
        books = self.visma.company(company)
        values = books.cost_centres.values
        return Books(
            {each.code: each.subaccount[:3].strip() for each in books.departments.values()},
            frozenset(value for value, each in values.items() if each.is_active),
            frozenset(number for number, each in books.branches.items() if each.is_active),
        )

    def _workers(self, user_id: str) -> list[Row]:
        return list(self.rippling.tables["workers"].find("user_id", user_id))

    def _row(self, table: str, row_id: str | None) -> Row:
        return self.rippling.tables[table].get(row_id) or {}

    def _company(self, worker: Row) -> str | None:
        if self.by_platform:
            return self.rules.company_of(Thing("", "?"))
        claims = self.rules.company_of(self._thing(ENTITY, worker["legal_entity_id"]))
        if claims or not self._is_undecided(worker):
            return claims
        return self._home(worker["user_id"])

    def _is_undecided(self, worker: Row) -> bool:
        """Whether nobody can say which company claims a legal entity, as far as its names tell.

        That is no word about its people: none of them moves, or leaves, because of it.
        """
        return self.rules.is_undecided(self._thing(ENTITY, worker["legal_entity_id"]))

    def _home(self, user_id: str) -> str | None:
        """The one company in which somebody is active."""
        employees = self.employees()
        homes = [
            each for each in self.visma.companies if self._is_active_in(user_id, each, employees)
        ]
        return homes[0] if len(homes) == 1 else None

    def _is_in_scope(self, worker: Row) -> bool:
        company = self._company(worker)
        kind = self._row("employment-types", worker["employment_type_id"])["type"]
        return bool(
            company
            and kind not in self.rules.companies[company]["scope"]["exclude_employment_types"]
        )

    def _left_scope(self) -> Iterator[str]:
        for company, rules in self.rules.companies.items():
            if rules["scope"]["deactivate_when_out_of_scope"] == "true":
                yield company

    def _works(self, worker: Row, day: date) -> bool:
        if worker["status"] == "ACTIVE":
            return True
        if _never_began(worker):
            return False
        if worker["status"] == "TERMINATED":
            return bool(worker["end_date"] and worker["end_date"] > day.isoformat())
        company = self._company(worker)
        lead = int(self.rules.companies[company]["lead_days"]) if company else 0
        first = date.fromisoformat(worker["start_date"]) - timedelta(days=lead)
        return bool(worker["status"] == "ACCEPTED" and first <= day)

    def _working(
        self, worker: Row, books: Mapping[str, Books], company: str | None = None
    ) -> Expected:
        company = company or self._company(worker)
        if company is None:
            raise AssertionError("someone in scope has a company")
        department = self._department(worker, company, books[company])
        branch = self._branch(worker, company)
        number, rules = str(worker["number"]), self.rules.companies[company]
        period = self._row("employment-types", worker["employment_type_id"])
        is_hourly = period["compensation_time_period"] == "HOURLY"
        fields = {
            "status": "Active",
            **({"department": department["department"]} if department else {}),
            **({"branch": branch} if branch else {}),
            "class": "HOURLY" if is_hourly else rules["defaults"]["employee_class"],
            "calendar": rules["defaults"]["calendar"],
            **self._person(worker),
        }
        if department is None or branch is None:
            return Expected(company, number, obstructed=fields)
        if not books[company].can_take(department, branch):
            return Expected(company, number, obstructed=fields)
        key = (company, number)
        has_employee = bool(self._of(worker["user_id"], company, self.employees()))
        is_taken = self._is_lost(worker["user_id"]) or (not has_employee and not self._is_ours(key))
        is_refused = is_taken or not (has_employee or "e-mail" in fields)
        return Expected(company, number, fields, may_leave=is_taken, is_refused=is_refused)

    def _department(self, worker: Row, company: str, books: Books) -> Row | None:
        """The row of the mapping for a department, or its reference code where Visma knows it."""
        thing = self._thing("department", worker["department_id"])
        row, is_anothers = self.rules.row_of("department", company, thing)
        if row or is_anothers:
            return row or None
        return {"department": thing.code} if thing.code in books.departments else None

    def _branch(self, worker: Row, company: str) -> str | None:
        """The branch of a work location; None where the row that seems to name it is another's."""
        thing = self._thing("location", (worker["location"] or {}).get("work_location_id"))
        row, is_anothers = self.rules.row_of("location", company, thing)
        if is_anothers:
            return None
        return row.get("branch") or str(self.rules.companies[company]["defaults"]["branch"])

    def things(self, kind: str) -> list[Thing]:
        """Everything of a kind in Rippling."""
        return [self._thing(kind, row["id"]) for row in self.rippling.tables[LISTS[kind]]]

    def import_now(self, *, is_by_hand: bool = False) -> None:
        """The file is imported: by what things are called now, and by what entities were called.

        Rippling has no list of legal entities, so an import knows what they were called at the last
        look.
        """
        things = {kind: self.things(kind) for kind in LISTS}
        known = [each for each in things[ENTITY] if each.id in self._called_then]
        things[ENTITY] = [self._as_then(each) for each in known]
        self.rules.import_now(things, is_by_hand=is_by_hand)

    def look_at_names(self) -> None:
        """Everyone has been read: words that meant nothing mean what is called so."""
        self.note_names()
        rows = self.rippling.tables["workers"]
        places = [(row["location"] or {}).get("work_location_id") for row in rows]
        seen = {
            "department": {row["department_id"] for row in rows},
            "location": set(places),
            ENTITY: {row["legal_entity_id"] for row in rows},
        }
        self.see({kind: {each for each in ids if each} for kind, ids in seen.items()})

    def see(self, ids: Mapping[str, Iterable[str]]) -> None:
        """The connector was shown these: words that meant nothing mean what is called so."""
        seen = {kind: [self._thing(kind, each) for each in ids.get(kind, ())] for kind in LISTS}
        self._called_then |= {thing.id: thing.name for thing in seen[ENTITY]}
        self.rules.look(seen)

    def may_words_mean_more(self) -> bool:
        """Whether a word that means nothing would mean something if all in Rippling were seen."""
        rules = deepcopy(self.rules)
        rules.look({kind: self.things(kind) for kind in LISTS})
        before, after = (set(filter(each.means.get, each.means)) for each in (self.rules, rules))
        return after != before

    def note_names(self) -> None:
        """What locations and entities are called is known from now on; these if anyone has them."""
        having = {row["legal_entity_id"] for row in self.rippling.tables["workers"]}
        seen = [thing for thing in self.things(ENTITY) if thing.id in having]
        self._called_then |= {thing.id: thing.name for thing in (*self.things("location"), *seen)}

    def _thing(self, kind: str, row_id: str | None) -> Thing:
        row = self._row(LISTS[kind], row_id)
        code = "" if self.by_platform else str(row.get("reference_code") or "")
        former, name = self.former.get(row_id or "", ()), row.get("name") or row.get("legal_name")
        thing = Thing(str(row.get("id", "")), str(name or ""), code, tuple(former))
        is_then = self._is_by_names_of_then and kind == "location"
        return self._as_then(thing) if is_then else thing

    def _as_then(self, thing: Thing) -> Thing:
        """A thing by what it was called at the last look at everyone."""
        then = self._called_then.get(thing.id, thing.name)
        if then not in thing.former:
            return thing
        return replace(thing, name=then, former=thing.former[thing.former.index(then) + 1 :])

    def _person(self, worker: Row) -> dict[str, str]:
        user = self._row("users", worker["user_id"])
        phones = {phone["type"]: phone["value"] for phone in user["phone_numbers"]}
        shown = {
            "first name": user["name"]["given_name"],
            "last name": user["name"]["family_name"],
            "phone": phones.get("WORK", ""),
            "mobile": phones.get("MOBILE", ""),
        }
        if self.by_platform:
            shown["mobile"] = shown["mobile"] or shown.pop("phone")
            shown.pop("phone", None)
        address = {"e-mail": worker["work_email"]} if worker["work_email"] else {}
        return {**shown, **address}


def flat(row: Row) -> dict[str, str]:
    """The fields of an employee as Visma shows them; what is absent is empty."""
    found: dict[str, str] = {}
    for name, path in PLACES.items():
        value: Any = row
        for step in path:
            value = value.get(step, {})
        found[name] = str(value or "")
    return found


def _is_active(employee: Mapping[str, str]) -> bool:
    return employee["status"] != "Inactive"


def _differences(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in after.items() if before.get(name) != value}


def _never_began(worker: Row) -> bool:
    return (worker["termination_details"] or {}).get("type") in NEVER_BEGAN


def _has_ended(worker: Row, day: date) -> bool:
    if worker["status"] != "TERMINATED":
        return False
    is_ahead = worker["end_date"] and worker["end_date"] > day.isoformat()
    return _never_began(worker) or not is_ahead


def _last_day(ended: Iterable[Row]) -> str:
    return max((row["end_date"] or "" for row in ended), default="")


def _weight(worker: Row) -> tuple[bool, str, str]:
    """Of several employments the one that is not about to end counts, then the latest."""
    return worker["status"] != "TERMINATED", worker["start_date"], worker["id"]
