"""What Rippling says of a person, in our words and independent of which of its APIs said it.

Business facts, personal data and pay are kept apart: `Facts` may be stored in clear in the ledger
and the audit, `Personal` never leaves memory except towards Visma, and `Pay` is stored only in the
cost allocation of the ledger.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any


class EmploymentStatus(StrEnum):
    """Where an employment stands, in Rippling's words; UNKNOWN is any word we do not know."""

    INIT = "INIT"
    HIRED = "HIRED"
    ACCEPTED = "ACCEPTED"
    ACTIVE = "ACTIVE"
    TERMINATED = "TERMINATED"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True, slots=True)
class Named:
    """Something Rippling knows by an id, mostly a name, and sometimes a code the customer keeps."""

    id: str | None = None
    name: str | None = None
    code: str | None = None

    def answers_to(self, key: str) -> bool:
        """True where `key` is exactly this thing's id, code or name."""
        return key in (self.id, self.code, self.name)


NOTHING = Named()
REMOTE = Named(name="Remote")
"""Where someone works who is bound to no work location."""


@dataclass(frozen=True, slots=True)
class EmploymentType:
    """How someone is employed: `kind` EMPLOYEE or CONTRACTOR, `period` HOURLY or SALARIED."""

    label: str | None = None
    kind: str | None = None
    period: str | None = None
    amount: str | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """The business side of one employment: all that routing, mapping and dates depend on."""

    status: EmploymentStatus
    number: str | None = None
    person_number: str | None = None
    start_date: date | None = None
    end_date: date | None = None
    termination_type: str | None = None
    department: Named = NOTHING
    location: Named = NOTHING
    legal_entity: Named = NOTHING
    employment_type: EmploymentType = EmploymentType()
    country: str | None = None
    custom_fields: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """A plain form that is stored in the ledger; `from_json` reads it back."""
        return {key: plain_facts(value) for key, value in asdict(self).items() if value}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Facts:
        """The facts that `to_json` wrote; a member it does not know is ignored."""
        return cls(
            status=EmploymentStatus(data["status"]),
            number=data.get("number"),
            person_number=data.get("person_number"),
            start_date=_date(data.get("start_date")),
            end_date=_date(data.get("end_date")),
            termination_type=data.get("termination_type"),
            department=Named(**data.get("department", {})),
            location=Named(**data.get("location", {})),
            legal_entity=Named(**data.get("legal_entity", {})),
            employment_type=EmploymentType(**data.get("employment_type", {})),
            country=data.get("country"),
            custom_fields=data.get("custom_fields", {}),
        )


@dataclass(frozen=True, slots=True)
class Address:
    """A postal address; `country` is a two-letter code."""

    street: str = ""
    postal_code: str = ""
    city: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True)
class Personal:
    """The personal side. `None` means that Rippling withheld it: unknown, not empty."""

    given_name: str | None = None
    middle_name: str | None = None
    family_name: str | None = None
    work_email: str | None = None
    personal_email: str | None = None
    work_phone: str | None = None
    mobile_phone: str | None = None
    address: Address | None = None


@dataclass(frozen=True, slots=True)
class Pay:
    """What an employment pays in a year, and the day on which that took effect."""

    amount: Decimal = field(repr=False)
    currency: str
    effective_on: date | None = None

    @property
    def text(self) -> str:
        """The amount as text; equal amounts have equal texts."""
        return f"{self.amount.normalize():f}"


@dataclass(frozen=True, slots=True)
class Worker:
    """One employment of one person, as Rippling showed it at the moment of reading.

    `pay` is None where no one asked for it, where Rippling withholds it, and where there is none.
    """

    id: str
    person_id: str
    facts: Facts
    personal: Personal = field(default_factory=Personal, repr=False)
    updated_at: datetime | None = None
    title: str | None = None
    manager_id: str | None = None
    pay: Pay | None = field(default=None, repr=False)


def fingerprint(worker: Worker) -> str:
    """A digest of everything about an employment that can change what Visma should hold.

    It leaves out `updated_at`, which moves without visible change, and title and manager, for which
    Visma has no place. Pay counts where it was read.
    """
    content: list[Any] = [worker.id, worker.person_id]
    content += [worker.facts.to_json(), asdict(worker.personal)]
    if worker.pay:
        content.append([worker.pay.text, worker.pay.currency, worker.pay.effective_on])
    text = json.dumps(content, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def plain_facts(value: Any) -> Any:
    """Facts as plain data."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: inner for key, inner in value.items() if inner}
    return value


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
