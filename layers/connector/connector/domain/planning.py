"""What to do about one person: desired against known, as a list of per-field differences.

The one place that decides between creating, updating, deactivating, reactivating and leaving alone.
Everything it sees of personal data are marks, so that a plan may be shown and kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from connector.domain.employees import (
    ACTIVE,
    FIELDS,
    INACTIVE,
    REQUIRED_TO_CREATE,
    Fields,
    StoredValues,
    same,
    stored_value,
)
from connector.domain.facts import UNKNOWN, Fact, Known
from connector.domain.mapping.model import CompanyRules
from connector.domain.mapping.rules.places import LocationRule, OfficeAddress
from connector.domain.people import Address, Personal, Worker
from connector.domain.placement import Placement
from connector.domain.records.digests import Seal


class Outcome(StrEnum):
    """The ends a change can come to; besides these there is only the dead-letter queue."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    DEACTIVATED = "deactivated"
    REACTIVATED = "reactivated"
    WAITING = "waiting"
    SCHEDULED = "scheduled"
    HELD = "held"
    REJECTED = "rejected"
    OUT_OF_SCOPE = "out_of_scope"


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that is not as it should be; `before` and `after` are marks."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What one write would change, and what the change amounts to.

    The `rejected` differences are left as they are, since an operator has said so.
    """

    outcome: Outcome
    differences: tuple[Difference, ...] = ()
    rejected: tuple[Difference, ...] = ()

    @property
    def fields(self) -> tuple[str, ...]:
        """The paths of the differing fields, in the order of the employee's fields."""
        return tuple(difference.field for difference in self.differences)


def desired_fields(worker: Worker, placement: Placement, rules: CompanyRules) -> dict[str, str]:
    """What the employee of a working person should be; withheld fields are left out."""
    return {
        "status": ACTIVE,
        **placement.fields(),
        **contact_fields(worker.personal, rules),
        **_address(worker.personal.address, rules.location(worker.facts.location)),
    }


def contact_fields(person: Personal, rules: CompanyRules) -> dict[str, str]:
    """The contact of an employee as Rippling shows it; withheld fields are left out."""
    email = person.work_email
    # Only where the work address is known to be empty: one that is withheld may well be there.
    if email is not None and not email.strip() and rules.email == "work_or_personal":
        email = person.personal_email
    return known_texts(
        {
            "contact.first_name": person.given_name,
            "contact.middle_name": person.middle_name,
            "contact.last_name": person.family_name,
            "contact.email": email,
            "contact.phone1": person.work_phone,
            "contact.phone2": person.mobile_phone,
        }
    )


def problem_with(fields: Fields) -> tuple[str, str] | None:
    """The first field without which Visma cannot hold the employee, and why it is not there."""
    for path in REQUIRED_TO_CREATE:
        if path not in fields:
            return (
                path,
                "Rippling did not show it, or as nothing readable; check the scopes of the token",
            )
        if not fields[path].strip():
            return path, "it is empty in Rippling"
    return None


def plan_employee(
    desired: Fields, known: StoredValues | None, rules: CompanyRules, seal: Seal
) -> Plan:
    """The least that makes the known employee the desired one; None known means create."""
    if known is None:
        return Plan(Outcome.CREATED, tuple(_differences(desired, {}, FIELDS, seal)))
    writable = [path for path in FIELDS if _may_write(path, desired, known, rules)]
    differences = tuple(_differences(desired, known, writable, seal))
    if not differences:
        return Plan(Outcome.UNCHANGED)
    returns = any(item.field == "status" and item.before == INACTIVE for item in differences)
    return Plan(Outcome.REACTIVATED if returns else Outcome.UPDATED, differences)


def plan_leaving(known: StoredValues | None) -> Plan:
    """The least that makes an employee inactive; every other field stays as it is."""
    status = (known or {}).get("status")
    if status is None or status == INACTIVE:
        return Plan(Outcome.UNCHANGED)
    return Plan(Outcome.DEACTIVATED, (Difference("status", status, INACTIVE),))


def _may_write(path: str, desired: Fields, known: StoredValues, rules: CompanyRules) -> bool:
    if path in REQUIRED_TO_CREATE and not desired.get(path, "").strip():
        return False  # Visma cannot do without it, and Rippling may just not show it any more
    if path == "status":
        # On hold is finance's word about payments, not ours about employment.
        return known.get("status", INACTIVE) in (ACTIVE, INACTIVE)
    owner = rules.owner(path)
    return owner == "rippling" or (owner == "once" and not known.get(path))


def _differences(
    desired: Fields, known: StoredValues, paths: Iterable[str], seal: Seal
) -> Iterable[Difference]:
    for path in paths:
        if path not in desired:
            continue
        before, after = known.get(path, ""), stored_value(path, desired[path], seal)
        if not same(path, before, after):
            yield Difference(path, before, after)


def _address(home: Address | None, location: Fact[LocationRule]) -> dict[str, str]:
    if location is UNKNOWN:
        return {}  # the office's address or the home's: either may be right, so neither is written
    if isinstance(location, Known) and location.value.address:
        return _office(location.value.address)
    if home is None:
        return {}
    lines = [line.strip() for line in home.street.splitlines() if line.strip()]
    first, second, *rest = [*lines, "", ""]
    return {
        "address.line1": first,
        "address.line2": second,
        "address.line3": ", ".join(line for line in rest if line),
        "address.postal_code": home.postal_code,
        "address.city": home.city,
        "address.country": home.country,
    }


def _office(office: OfficeAddress) -> dict[str, str]:
    return {
        "address.line1": office.line1,
        "address.postal_code": office.postal_code,
        "address.city": office.city,
        "address.country": office.country,
    }


def known_texts(fields: Mapping[str, str | None]) -> dict[str, str]:
    """The fields that Rippling shows, trimmed."""
    return {path: value.strip() for path, value in fields.items() if value is not None}
