"""What is kept of one person, shown to whoever asks for it, and taken away on request.

Nobody is erased who works, whom Rippling still shows, or about whom something is open: the next
sweep would write it all again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from connector.domain.errors import ConfigurationError, ConflictError
from connector.domain.records.acts import OPERATORS
from connector.domain.records.ledger import Claim, Record
from connector.ports.approvals import Approvals
from connector.ports.clock import Clock
from connector.ports.ledger import AuditLog, Ledger
from connector.ports.rippling import Source
from connector.ports.state import Mappings
from connector.services.foresee.numbers import number_in
from connector.services.operate.json_types import JsonObject
from connector.services.shared.companies import companies_with_people
from connector.services.shared.nearest import nearest_of
from connector.services.shared.untold import untold_write

EMPTY: tuple[Any, ...] = (None, "", (), {})
AT_WORK = "something is being done about them at this moment; say the same in two minutes"
CHAIN = ("number", "previous_hash", "previous_expires_at", "hash", "expires_at")
"""Members of an audit row that tie it to others and say nothing of a person."""


@dataclass(frozen=True, slots=True)
class Erasure:
    """The service behind `connector erase` and `connector personal-data`."""

    ledger: Ledger
    audit: AuditLog
    approvals: Approvals
    mappings: Mappings
    source: Source
    clock: Clock

    def person(self, wanted: str) -> Record:
        """The record of the person with this id, worker id, number or employee code.

        The number is that of the ledger, as the person was seen last: whoever is erased is no
        longer in Rippling. One person's number may be another's code: then they are several.

        Raises:
            ConfigurationError: nobody is known by it, or several people are.
        """
        ids = {wanted, self.ledger.person_with(wanted) or wanted}
        ids |= {*self._with_code(wanted), *self._with_number(wanted)}
        records = [self.ledger.record(each) for each in sorted(ids - {OPERATORS})]
        found = [each for each in records if each.is_known]
        if len(found) == 1:
            return found[0]
        several = ", ".join(each.person.id for each in found)
        raise ConfigurationError(
            f"{wanted} is several people: {several}; name one by id"
            if found
            else f"nobody is known by {wanted}: give a number, an employee code, a person id or a"
            f" worker id{nearest_of(wanted, self._codes())}"
        )

    def _codes(self) -> Iterator[str]:
        for company in self._companies():
            codes = (
                (each.employee_code, each.expected_code) for each in self.ledger.links(company)
            )
            yield from (code for pair in codes for code in pair if code)

    def everything(self, wanted: str) -> JsonObject:
        """All that is kept of a person, as it is stored; digests tell nothing without the key."""
        record = self.person(wanted)
        person, links = record.person, record.links.values()
        own = {"salt", "key", "audit"}
        return {
            "person": {key: value for key, value in plain(person).items() if key not in own},
            "employees": [plain(link) for link in links],
            "codes": [{"company": company, "code": code} for company, code in self._claims(record)],
            "audit": [
                {key: value for key, value in row.items() if key not in CHAIN}
                for row in self.audit.of_person(person.id)
            ],
        }

    def erase(self, wanted: str, confirmed: str) -> JsonObject:
        """Takes away every row about a person; without the id as confirmation it only counts them.

        Raises:
            ConfigurationError: the person may not be erased; with every reason.
        """
        record = self.person(wanted)
        person_id, claims = record.person.id, list(self._claims(record))
        if reasons := list(self._against(record)):
            raise ConfigurationError(f"{person_id} is not erased: {each}" for each in reasons)
        rows = sum(1 for _ in self.audit.of_person(person_id))
        counts = {"employees": len(record.links), "codes": len(claims), "audit_rows": rows}
        if confirmed != person_id:
            return {"person": person_id, "erased": False, **counts}
        self._erase(record, claims)
        return {"person": person_id, "erased": True, **counts}

    def _erase(self, record: Record, claims: list[Claim]) -> None:
        """The person's own row goes last: as long as it is there, the same command ends the work.

        Whoever came back since the row was read is not erased, and no writer begins meanwhile.
        """
        person_id = record.person.id
        try:
            held = self.ledger.hold(record)
            self.audit.erase(person_id)
            self.approvals.erase(person_id, record.links)
            self.ledger.erase(self.ledger.hold(held), claims)
        except ConflictError:
            raise ConfigurationError(f"{person_id} is not erased: {AT_WORK}") from None

    def _against(self, record: Record) -> Iterator[str]:
        """Every reason for which somebody is not erased."""
        person = record.person
        if record.active_in:
            yield f"there is an active employee in {', '.join(record.active_in)}"
        if problem := untold_write(person):
            yield problem
        elif person.intent is not None and self.clock.now() < person.intent.until:
            yield AT_WORK
        for company, link in record.links.items():
            if link.is_open:
                yield f"something is open in {company} ({link.outcome.value})"
        worker = person.worker_id or next(iter(person.fingerprints), "")
        if worker and self.source.employments(worker, person.id, person.fingerprints):
            yield "Rippling still shows them, and the next sweep would write it all again"

    def _claims(self, record: Record) -> Iterator[Claim]:
        """The employee codes that are this person's, by company."""
        for company in sorted({*self.mappings.load().companies, *record.links}):
            _, claims = self.ledger.holdings(company)
            yield from ((company, code) for code, one in claims if one == record.person.id)

    def _companies(self) -> list[str]:
        return companies_with_people(self.ledger, self.mappings.load().companies)

    def _with_code(self, code: str) -> Iterator[str]:
        for company in self._companies():
            owner = self.ledger.owner_of(code, company)
            if owner:
                yield owner

    def _with_number(self, number: str) -> Iterator[str]:
        if number:
            yield from (one.id for one in self.ledger.persons() if number_in(one.facts) == number)


def plain(row: Any) -> JsonObject:
    """A row as plain data, without what is empty."""
    members = {each.name: getattr(row, each.name) for each in fields(row)}
    return {name: shown(value) for name, value in members.items() if value not in EMPTY}


def shown(value: Any) -> Any:
    """A member of a row as JSON can say it."""
    if is_dataclass(value):
        return plain(value)
    return value if isinstance(value, str | int | dict) else str(value)
