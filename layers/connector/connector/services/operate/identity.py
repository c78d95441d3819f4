"""Who is who: adopting an employee on the operator's word, finding people who are there twice.

Likeness is shown here and never acted upon: only the operator's word or the same code and e-mail
address tie a person to an employee.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from uuid import uuid4

from connector.domain.catalogue import canonical
from connector.domain.changes import Cause
from connector.domain.employees import INACTIVE, Employee, stored_values
from connector.domain.errors import CodeTakenError, ConfigurationError
from connector.domain.planning import Outcome
from connector.domain.records.audit import AuditRow
from connector.domain.records.audit_kind import AuditKind
from connector.domain.records.booking import Booking, booked_before
from connector.domain.records.digests import Seal
from connector.domain.records.ledger import EmployeeLink, LinkUpdate, Record, Write
from connector.domain.records.mode import ModeName
from connector.ports.clock import Clock
from connector.ports.ledger import Ledger
from connector.ports.queue import ChangeQueue
from connector.ports.rippling import Source
from connector.ports.state import Mappings
from connector.ports.visma import Target, Targets
from connector.services.operate.json_types import Arguments, JsonObject
from connector.services.shared.nearest import must_be_one_of, nearest_of
from connector.services.shared.new_change import new_change
from connector.services.shared.untold import untold_write


@dataclass(frozen=True, slots=True)
class Identity:
    """The operator's verbs about identity."""

    ledger: Ledger
    mappings: Mappings
    targets: Targets
    queue: ChangeQueue
    clock: Clock
    source: Source
    mode: ModeName = ModeName.LIVE

    def adopt(self, arguments: Arguments) -> JsonObject:
        """Ties a person to an employee that Visma has already, and looks at the person again."""
        person_id, code = _given(arguments, "person"), _given(arguments, "code")
        company = self._company(arguments)
        self._must_be_live()
        record = self._known(person_id)
        target = self.targets.company(company)
        held = record.links[company].employee_code if company in record.links else None
        if held and target.read(held):
            raise ConfigurationError(
                f"person {person_id} has the employee {held} in {company} already"
            )
        employee = target.read(code)
        if employee is None:
            raise ConfigurationError(f"Visma ({company}) has no employee {code}")
        operator = str(arguments.get("operator") or "")
        self._take_over(person_id, company, employee.code, operator)
        self._tie(self._known(person_id), company, employee, operator)
        queued = self.queue.send([new_change(record.person.worker_id, person_id, Cause.OPERATOR)])
        return {"person": person_id, "company": company, "code": employee.code, "queued": queued}

    def rename(self, arguments: Arguments) -> JsonObject:
        """Gives the employee of a person another code, with Visma's own action."""
        person_id, code = _given(arguments, "person"), _given(arguments, "code")
        company = self._company(arguments)
        record = self._known(person_id)
        link = record.links.get(company)
        if link is None or not link.employee_code:
            raise ConfigurationError(f"person {person_id} has no employee in {company}")
        self._must_be_live()
        employee_id = self._id_of(self.targets.company(company), record, link)
        begun = self._begin(record, company, code)
        target = self.targets.company(company)
        renamed = self._give_code(target, record, link, employee_id, code)
        now = self.clock.now()
        update = LinkUpdate(
            employee_code=code, employee_id=renamed, etag=None, rejections=link.rejections
        )
        after = link.after(Outcome.UPDATED, now, update)
        message = f"Renamed employee {link.employee_code} to {code} in {company}."
        released = (
            [(company, link.employee_code)] if not same_code(link.employee_code, code) else []
        )
        row = self._row(record, after, message, str(arguments.get("operator") or ""))
        booked = booked_before(record, company)
        row = replace(row, event=AuditKind.RENAME, before=booked, after=booked)
        self.ledger.finish(begun, begun.person, [after], [row], released)
        queued = self.queue.send([new_change(record.person.worker_id, person_id, Cause.OPERATOR)])
        return {"person": person_id, "company": company, "code": code, "queued": queued}

    def _id_of(self, target: Target, record: Record, link: EmployeeLink) -> int | None:
        """Visma's own id of the person's employee; None where it is not under its code any more."""
        employee = target.read(link.employee_code or "")
        if employee is None or employee.employee_id is None:
            return None
        # By now the code may be somebody else's, who is not renamed.
        is_anothers = is_theirs(employee, link, record.person.seal) is False
        return None if is_anothers else employee.employee_id

    def _give_code(
        self, target: Target, record: Record, link: EmployeeLink, employee_id: int | None, code: str
    ) -> int | None:
        """Renames by Visma's own id, unless an earlier attempt, whose answer was lost, has."""
        if employee_id is not None:
            target.rename(employee_id, code)
            return employee_id
        renamed = target.read(code)
        # Under another code than its own an employee has to be shown to be the person's.
        is_own = renamed is not None and is_theirs(renamed, link, record.person.seal)
        if renamed is None or not is_own:
            nothing_tells = is_own is None
            raise ConfigurationError(
                f"Visma ({link.company}) has the employee of this person not under"
                f" {link.employee_code}, and nothing tells whether {code} is theirs: if it is,"
                " `connector adopt` ties the person to it"
                if nothing_tells
                else f"Visma ({link.company}) has neither the employee of this person under"
                f" {link.employee_code} nor under {code}: `connector adopt` ties the person to"
                " another employee"
            )
        return renamed.employee_id

    def _take_over(self, person_id: str, company: str, code: str, operator: str) -> None:
        """Ends the tie of a person whom Rippling no longer shows to an employee.

        Someone re-entered in Rippling is another person there, with the same employee here.
        """
        owner = self.ledger.owner_of(code, company)
        if owner is None or owner == person_id:
            return
        other = self.ledger.record(owner)
        known = other.person.fingerprints
        if other.is_known and self.source.employments(other.person.worker_id, owner, known):
            raise ConfigurationError(
                f"the employee {code} in {company} is that of person {owner}, whom Rippling shows"
            )
        must_be_told(other)
        now, link = self.clock.now(), other.links.get(company)
        links, rows = [], []
        if link is not None and same_code(link.employee_code, code):
            untied = replace(link, employee_code=None, employee_id=None, etag=None, written=None)
            reason = f"the employee {code} is now person {person_id}'s, {ON_THE_OPERATORS_WORD}"
            links = [untied.after(Outcome.OUT_OF_SCOPE, now, LinkUpdate(reason=reason))]
            row = self._row(other, links[0], f"Untied in {company}: {reason}.", operator)
            rows = [replace(row, before=booked_before(other, company))]
        active = tuple(key for key in other.person.active_in if key != company or not links)
        person = replace(other.person, active_in=active)
        self.ledger.finish(other, person, links, rows, [(company, code)])

    def _must_be_live(self) -> None:
        if self.mode is not ModeName.LIVE:
            raise ConfigurationError(
                f"the connector is not live ({self.mode}): it changes nothing in Visma"
            )

    def duplicates(self, arguments: Arguments) -> JsonObject:
        """Employees who look like one person: the same e-mail, or the same name and branch."""
        mapping = self.mappings.load()
        wanted = str(arguments.get("company") or "")
        must_be_one_of("company", wanted, list(mapping.companies))
        rows = [
            row
            for company in mapping.companies
            if wanted in ("", company)
            for row in _duplicates(company, self.targets.company(company).employees())
        ]
        return {"rows": rows}

    def _tie(self, record: Record, company: str, employee: Employee, operator: str) -> None:
        begun = self._begin(record, company, employee.code)
        now, person_id = self.clock.now(), record.person.id
        blank = EmployeeLink(person_id, company, Outcome.UNCHANGED, now)
        tied = replace(
            record.links.get(company) or blank,
            employee_code=employee.code,
            employee_id=employee.employee_id,
            etag=None,  # so that the writer looks before it writes
            written={"status": employee.fields.get("status", INACTIVE)},
        )
        update = LinkUpdate(reason=ON_THE_OPERATORS_WORD, rejections=tied.rejections)
        tied = tied.after(Outcome.UNCHANGED, now, update)
        message = f"Adopted employee {employee.code} in {company}: {ON_THE_OPERATORS_WORD}."
        active = tuple(sorted({*begun.person.active_in, company} if tied.is_active else ()))
        person = replace(begun.person, active_in=active or begun.person.active_in)
        row = self._row(record, tied, message, operator)
        booked = Booking(employee.fields.get("department", ""))
        self.ledger.finish(begun, person, [tied], [replace(row, after=booked)])

    def _begin(self, record: Record, company: str, code: str) -> Record:
        must_be_told(record)
        try:
            return self.ledger.begin(record, Write(company, code, ()), claim=True)
        except CodeTakenError as error:
            raise ConfigurationError(str(error)) from None

    def _row(self, record: Record, link: EmployeeLink, message: str, operator: str) -> AuditRow:
        return AuditRow(
            person_id=record.person.id,
            time=self.clock.now(),
            outcome=link.outcome,
            message=message,
            cause=Cause.OPERATOR.value,
            correlation_id=uuid4().hex,
            company=link.company,
            employee_code=link.employee_code,
            worker_id=record.person.worker_id,
            event=AuditKind.ADOPTION,
            operator=operator,
        )

    def _known(self, person_id: str) -> Record:
        record = self.ledger.record(person_id)
        if not record.is_known or not record.person.worker_id:
            ids = (each.id for each in self.ledger.persons())
            raise ConfigurationError(
                f"the ledger does not know the person {person_id}{nearest_of(person_id, ids)};"
                " `connector explain NUMBER` says the id"
            )
        return record

    def _company(self, arguments: Arguments) -> str:
        companies = self.mappings.load().companies
        wanted = arguments.get("company")
        if wanted in companies:
            return str(wanted)
        if wanted is None and len(companies) == 1:
            return next(iter(companies))
        must_be_one_of("company", str(wanted or ""), companies)
        raise ConfigurationError(f"company: name one of {', '.join(companies)}")


def must_be_told(record: Record) -> None:
    """Demands that no write to the person's employee is left of which nothing is on record.

    Raises:
        ConfigurationError: one was begun, and nobody has looked yet what came of it.
    """
    if problem := untold_write(record.person):
        raise ConfigurationError(problem)


ON_THE_OPERATORS_WORD = "on the operator's word"


def same_code(one: str | None, other: str | None) -> bool:
    """Whether two employee codes are the same to Visma."""
    return canonical(one or "") == canonical(other or "")


def is_theirs(employee: Employee, link: EmployeeLink, seal: Seal) -> bool | None:
    """Whether an employee is the one of a link; None where nothing tells."""
    return link.is_of(employee.employee_id, stored_values(employee.fields, seal), seal)


def _given(arguments: Arguments, name: str) -> str:
    value = str(arguments.get(name) or "").strip()
    if not value:
        raise ConfigurationError(f"{name}: is missing")
    return value


def _duplicates(company: str, employees: Iterable[Employee]) -> Iterator[JsonObject]:
    """Groups of codes; the values that make them alike are personal and stay here."""
    alike: dict[tuple[str, str], list[Employee]] = defaultdict(list)
    for employee in employees:
        for likeness in _likenesses(employee):
            alike[likeness].append(employee)
    message: set[frozenset[str]] = set()
    for (why, _), group in alike.items():
        codes = frozenset(canonical(each.code) for each in group)
        if len(codes) > 1 and codes not in message:
            message.add(codes)
            yield {
                "company": company,
                "codes": sorted(each.code for each in group),
                "active": sorted(
                    each.code for each in group if each.fields.get("status") != INACTIVE
                ),
                "departments": sorted({each.fields.get("department", "") for each in group}),
                "reason": why,
            }


def _likenesses(employee: Employee) -> Iterator[tuple[str, str]]:
    fields = {path: value.strip().casefold() for path, value in employee.fields.items()}
    if fields.get("contact.email"):
        yield "the same e-mail address", fields["contact.email"]
    names = (fields.get("contact.first_name", ""), fields.get("contact.last_name", ""))
    if all(names):
        yield "the same name and branch", "|".join((*names, fields.get("branch", "")))
