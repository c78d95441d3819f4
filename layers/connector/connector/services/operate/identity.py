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
from connector.domain.employees import INACTIVE, Employee
from connector.domain.errors import CodeTakenError, ConfigurationError
from connector.domain.planning import Outcome
from connector.domain.records.audit import AuditRow
from connector.domain.records.ledger import EmployeeLink, LinkUpdate, Record
from connector.ports.clock import Clock
from connector.ports.ledger import Ledger
from connector.ports.queue import ChangeQueue
from connector.ports.state import Mappings
from connector.ports.visma import Target, Targets
from connector.services.operate.json_types import Arguments, JsonObject
from connector.services.shared.new_change import new_change


@dataclass(frozen=True, slots=True)
class Identity:
    """The operator's verbs about identity."""

    ledger: Ledger
    mappings: Mappings
    targets: Targets
    queue: ChangeQueue
    clock: Clock
    is_dry_run: bool = False

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
        self._tie(record, company, employee)
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
        begun = self._begin(record, company, code)
        self._give_code(self.targets.company(company), link, company, code)
        now = self.clock.now()
        after = link.after(Outcome.UPDATED, now, LinkUpdate(employee_code=code, etag=None))
        message = f"Renamed employee {link.employee_code} to {code} in {company}."
        self.ledger.finish(begun, begun.person, [after], [self._row(record, after, message)])
        return {"person": person_id, "company": company, "code": code}

    def _give_code(self, target: Target, link: EmployeeLink, company: str, code: str) -> None:
        """Renames, unless an earlier attempt, whose answer was lost, has done so."""
        employee = target.read(link.employee_code or "")
        if employee is not None and employee.employee_id is not None:
            target.rename(employee.employee_id, code)
            return
        renamed = target.read(code)
        if renamed is None or link.employee_id not in (None, renamed.employee_id):
            raise ConfigurationError(
                f"Visma ({company}) has neither an employee {link.employee_code} nor this"
                f" person's under {code}"
            )

    def _must_be_live(self) -> None:
        if self.is_dry_run:
            raise ConfigurationError("this stack is a dry run: it changes nothing in Visma")

    def duplicates(self, arguments: Arguments) -> JsonObject:
        """Employees who look like one person: the same e-mail, or the same name and branch."""
        mapping = self.mappings.load()
        wanted = arguments.get("company")
        rows = [
            row
            for company in mapping.companies
            if wanted in (None, company)
            for row in _duplicates(company, self.targets.company(company).employees())
        ]
        return {"rows": rows}

    def _tie(self, record: Record, company: str, employee: Employee) -> None:
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
        tied = tied.after(Outcome.UNCHANGED, now, LinkUpdate(reason=ON_THE_OPERATORS_WORD))
        message = f"Adopted employee {employee.code} in {company}: {ON_THE_OPERATORS_WORD}."
        active = tuple(sorted({*begun.person.active_in, company} if tied.is_active else ()))
        person = replace(begun.person, active_in=active or begun.person.active_in)
        self.ledger.finish(begun, person, [tied], [self._row(record, tied, message)])

    def _begin(self, record: Record, company: str, code: str) -> Record:
        try:
            return self.ledger.begin(record, company, code, claim=True)
        except CodeTakenError as error:
            raise ConfigurationError(str(error)) from None

    def _row(self, record: Record, link: EmployeeLink, message: str) -> AuditRow:
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
        )

    def _known(self, person_id: str) -> Record:
        record = self.ledger.record(person_id)
        if not record.is_known or not record.person.worker_id:
            raise ConfigurationError(f"the ledger does not know the person {person_id}")
        return record

    def _company(self, arguments: Arguments) -> str:
        companies = self.mappings.load().companies
        wanted = arguments.get("company")
        if wanted in companies:
            return str(wanted)
        if wanted is None and len(companies) == 1:
            return next(iter(companies))
        raise ConfigurationError(f"company: name one of {', '.join(companies)}")


ON_THE_OPERATORS_WORD = "on the operator's word"


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
                "reason": why,
            }


def _likenesses(employee: Employee) -> Iterator[tuple[str, str]]:
    fields = {path: value.strip().casefold() for path, value in employee.fields.items()}
    if fields.get("contact.email"):
        yield "the same e-mail address", fields["contact.email"]
    names = (fields.get("contact.first_name", ""), fields.get("contact.last_name", ""))
    if all(names):
        yield "the same name and branch", "|".join((*names, fields.get("branch", "")))
