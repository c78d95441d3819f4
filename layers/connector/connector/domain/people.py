"""What Rippling says of a person, in our words and independent of which of its APIs said it.

Business facts, personal data and pay are kept apart: `Facts` may be stored in clear in the ledger
and the audit, `Personal` never leaves memory except towards Visma, and `Pay` is stored only in the
cost allocation of the ledger.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from connector.domain.facts import (
    EMPTY,
    NOT_SHOWN,
    NOTHING,
    UNKNOWN,
    Absence,
    Fact,
    Known,
    Named,
    Truth,
    any_holds,
    fact,
    says,
)
from connector.domain.records.digests import DigestKey


class EmploymentStatus(StrEnum):
    """Where an employment stands, in Rippling's words; UNKNOWN is any word we do not know."""

    INIT = "INIT"
    HIRED = "HIRED"
    ACCEPTED = "ACCEPTED"
    ACTIVE = "ACTIVE"
    TERMINATED = "TERMINATED"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True, slots=True)
class EmploymentType:
    """How someone is employed: `kind` EMPLOYEE or CONTRACTOR, `period` HOURLY or SALARIED.

    `named` is the type itself by its label, which a customer may rename.
    """

    named: Named = NOTHING
    kind: Fact[str] = EMPTY
    period: Fact[str] = EMPTY
    amount: Fact[str] = EMPTY

    @classmethod
    def of(
        cls,
        label: str | None,
        kind: str | None = None,
        period: str | None = None,
        amount: str | None = None,
    ) -> EmploymentType:
        """A type of which everything is shown."""
        return cls(Named(name=label), fact(kind), fact(period), fact(amount))

    @property
    def is_partial(self) -> bool:
        """Whether something of it is not shown."""
        return self.named.is_partial or UNKNOWN in (self.kind, self.period, self.amount)

    def answers_to(self, key: str) -> Truth:
        """Whether `key` is this type's kind or label."""
        return any_holds((says(self.kind, key), self.named.answers_to(key)))


NEVER_BEGAN = frozenset({"OFFER_DECLINED", "RESCIND", "RENEGE"})


def only_never_began(termination_type: Fact[str]) -> Fact[str]:
    """A termination's type where it says that the employment never began.

    Any other type may say of someone that they died or were dismissed, and decides nothing: it goes
    no further than here.
    """
    if isinstance(termination_type, Known):
        word = termination_type.value.strip().upper()
        return Known(word) if word in NEVER_BEGAN else EMPTY
    return termination_type


HIDDEN_TYPE = EmploymentType(NOT_SHOWN, UNKNOWN, UNKNOWN, UNKNOWN)


@dataclass(frozen=True, slots=True)
class Facts:
    """The business side of one employment: all that routing, mapping and dates depend on."""

    status: EmploymentStatus
    number: Fact[str] = EMPTY
    person_number: Fact[str] = EMPTY
    start_date: Fact[date] = EMPTY
    end_date: Fact[date] = EMPTY
    termination_type: Fact[str] = EMPTY
    department: Named = NOTHING
    location: Named = NOTHING
    legal_entity: Named = NOTHING
    employment_type: EmploymentType = EmploymentType()
    country: Fact[str] = EMPTY
    custom_fields: Fact[Mapping[str, str]] = EMPTY

    @property
    def unknown(self) -> tuple[str, ...]:
        """The names of the facts that Rippling does not show, or not wholly."""
        return tuple(
            name
            for name in FACTS
            if (value := getattr(self, name)) is UNKNOWN
            or (isinstance(value, Named | EmploymentType) and value.is_partial)
        )

    @property
    def now(self) -> Facts:
        """The facts without the names that things had before."""
        named = (self.department, self.location, self.legal_entity, self.employment_type.named)
        if not any(thing.former or thing.taken or thing.unsettled for thing in named):
            return self
        department, location, entity, kind = (
            replace(thing, former=(), former_in=(), taken=(), unsettled=()) for thing in named
        )
        return replace(
            self,
            department=department,
            location=location,
            legal_entity=entity,
            employment_type=replace(self.employment_type, named=kind),
        )

    def to_json(self) -> dict[str, Any]:
        """A plain form that is stored in the ledger; `from_json` reads it back."""
        plain = {name: plain_fact(getattr(self, name)) for name in FACTS}
        return {key: value for key, value in plain.items() if value}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Facts:
        """The facts that `to_json` wrote; a member it does not know is ignored."""
        kind = data.get("employment_type", {})
        return cls(
            status=EmploymentStatus(data.get("status", EmploymentStatus.UNKNOWN)),
            number=fact_in(data.get("number")),
            person_number=fact_in(data.get("person_number")),
            start_date=day_in(data.get("start_date")),
            end_date=day_in(data.get("end_date")),
            termination_type=only_never_began(fact_in(data.get("termination_type"))),
            department=named_in(data.get("department")),
            location=named_in(data.get("location")),
            legal_entity=named_in(data.get("legal_entity")),
            employment_type=EmploymentType(
                named_in(kind.get("named")),
                fact_in(kind.get("kind")),
                fact_in(kind.get("period")),
                fact_in(kind.get("amount")),
            ),
            country=fact_in(data.get("country")),
            custom_fields=fact_in(data.get("custom_fields")),
        )


FACTS = tuple(each.name for each in fields(Facts))
_OF_NAMED, _OF_TYPE = (
    tuple(each.name for each in fields(kind)) for kind in (Named, EmploymentType)
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

    def to_json(self) -> dict[str, Any]:
        """A plain form for a digest; it is stored nowhere."""
        plain = {name: getattr(self, name) for name in _PERSONAL}
        if self.address is not None:
            plain["address"] = {name: getattr(self.address, name) for name in _OF_ADDRESS}
        return plain


_PERSONAL, _OF_ADDRESS = (tuple(each.name for each in fields(kind)) for kind in (Personal, Address))


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

    `pay` is unknown where no one asked for it and where Rippling withholds it.
    """

    id: str
    person_id: str
    facts: Facts
    personal: Personal = field(default_factory=Personal, repr=False)
    updated_at: datetime | None = None
    title: str | None = None
    manager_id: str | None = None
    pay: Fact[Pay] = field(default=UNKNOWN, repr=False)


_as_text = json.JSONEncoder(sort_keys=True, default=str).encode
"""Equal contents have equal texts."""


def fingerprint(worker: Worker, key: DigestKey) -> str:
    """A keyed digest of everything about an employment that can change what Visma should hold.

    It leaves out `updated_at`, which moves without visible change, title and manager, for which
    Visma has no place, and former names, which only help to understand the new ones. Pay counts
    where it was read.
    """
    content: list[Any] = [worker.id, worker.person_id]
    content += [worker.facts.now.to_json(), worker.personal.to_json()]
    if isinstance(worker.pay, Known):
        pay = worker.pay.value
        content.append([pay.text, pay.currency, pay.effective_on])
    return key.mac(_as_text(content), 32)


HIDDEN: Mapping[str, bool] = {"hidden": True}
"""How an unknown fact is stored; one that is empty is left out."""


def plain_fact(member: Any) -> Any:
    """A member of the facts as plain data; None where it is empty."""
    value = member.value if isinstance(member, Known) else member
    if isinstance(value, str):  # nearly all of them
        return value
    match value:
        case Absence():
            return dict(HIDDEN) if value is UNKNOWN else None
        case Named() | EmploymentType():
            return _plain_members(value)
        case date():
            return value.isoformat()
        case tuple():
            return list(value)
        case _:
            return value


def _plain_members(thing: Named | EmploymentType) -> dict[str, Any]:
    names = _OF_NAMED if isinstance(thing, Named) else _OF_TYPE
    members = ((name, getattr(thing, name)) for name in names)
    return {name: plain for name, one in members if one and (plain := plain_fact(one))}


def fact_in(stored: Any) -> Fact[Any]:
    """The fact in its stored form."""
    return UNKNOWN if stored == HIDDEN else fact(stored)


def day_in(stored: Any) -> Fact[date]:
    """The day in its stored form."""
    one = fact_in(stored)
    return Known(date.fromisoformat(one.value)) if isinstance(one, Known) else one


def named_in(stored: Mapping[str, Any] | None) -> Named:
    """The named thing in its stored form."""
    plain = dict(stored or {})
    names = ("former", "former_in", "taken", "unsettled")
    lists = {name: tuple(plain.get(name, ())) for name in names}
    return Named(**{**plain, **lists})
