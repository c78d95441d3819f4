"""Which facts a mapping asks for: only those are missed where Rippling does not show them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from connector.domain.facts import UNKNOWN
from connector.domain.mapping.model import EVERYBODY, NOT_SHOWN_CLAIM, CompanyRules, MappingFile
from connector.domain.people import EmploymentStatus, Facts, Worker

ALWAYS = ("status", "start_date", "end_date", "department", "family_name", "work_email")
"""No one can be placed, begin, leave or be created without these."""


ASKED_OF_THE_PAST = frozenset({"end_date"})
"""All that matters of an employment that is over."""

OF_EMPLOYMENT_TYPE = frozenset(
    {"employment_type", "compensation_time_period", "kind", "amount_worked"}
)
"""The conditions that the employment type answers."""


def asked_facts(mapping: MappingFile) -> frozenset[str]:
    """The names of the facts on which something depends."""
    companies = mapping.companies.values()
    found = {fact for rules in companies for fact in _asked_by(rules)}
    claims = {name for rules in companies for name in rules.legal_entities}
    # Where the mapping says who takes people without a legal entity, it is none to be missed.
    is_asked = bool(claims - {EVERYBODY}) and NOT_SHOWN_CLAIM not in claims
    return frozenset({*ALWAYS, *found, *(("legal_entity",) if is_asked else ())})


def _asked_by(rules: CompanyRules) -> Iterator[str]:
    scope = rules.scope
    conditions = {name for _, _, when in rules.conditions for name in when.plain}
    asks = {
        "number": "{worker.number}" in rules.employee_code,
        "person_number": "{person.number}" in rules.employee_code,
        "location": bool(rules.locations) or "location" in conditions,
        "legal_entity": bool(scope.exclude_legal_entities or rules.branches)
        or "legal_entity" in conditions,
        "country": bool(scope.exclude_countries) or "country" in conditions,
        "employment_type": bool(
            scope.exclude_employment_types
            or rules.employee_classes
            or conditions & OF_EMPLOYMENT_TYPE
        ),
        "custom_fields": rules.department_custom_field is not None,
        "pay": rules.uses_pay,
    }
    return (fact for fact, is_asked in asks.items() if is_asked)


def facts_missed(workers: Iterable[Worker], mapping: MappingFile) -> Counter[str]:
    """How many workers lack each fact that the mapping asks for, since Rippling hides it."""
    asked = asked_facts(mapping)
    missed: Counter[str] = Counter()
    for worker in workers:
        hidden = {*worker.facts.unknown, *_hidden_besides(worker)}
        is_past = worker.facts.status is EmploymentStatus.TERMINATED
        wanted = hidden & (ASKED_OF_THE_PAST if is_past else asked)
        missed.update(fact for fact in wanted if not is_decided(fact, worker.facts, mapping))
    return missed


def _hidden_besides(worker: Worker) -> Iterator[str]:
    """What is not shown and is no fact that may be unknown: a status, pay, names and addresses.

    A status that is a word nobody knows is none. Of the others the value is not looked at.
    """
    if worker.facts.status is EmploymentStatus.UNKNOWN:
        yield "status"
    if worker.pay is UNKNOWN:
        yield "pay"
    yield from (
        name for name in ("family_name", "work_email") if getattr(worker.personal, name) is None
    )


def is_decided(fact: str, facts: Facts, mapping: MappingFile) -> bool:
    """Whether the rows for a thing find it by its id alone, though its name is not shown."""
    companies = mapping.companies.values()
    for rules in companies:
        if fact in (*rules.department(facts).hinges_on, *rules.branch(facts).hinges_on):
            return False
    match fact:
        case "legal_entity":
            return mapping.company_of(facts.legal_entity) is not UNKNOWN
        case "location":
            return all(rules.location(facts.location) is not UNKNOWN for rules in companies)
    return fact == "department"
