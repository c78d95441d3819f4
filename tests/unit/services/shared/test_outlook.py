"""What would be done about people: equal facts are placed once, where all of it is equal."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from connector.domain.catalogue import Catalogue
from connector.domain.facts import NOT_SHOWN, Known, Named
from connector.domain.people import Pay, Worker
from connector.domain.placement import resolve_placement
from connector.domain.records.ledger import Person
from connector.services.shared.outlook import Outlook
from tests.support.clock import HandClock
from tests.unit.builders import NOW, a_catalogue, a_mapping, a_worker, some_rules

BANDS = [
    {
        "when": {"annual_pay": {"at_least": "900000", "currency": "NOK"}},
        "employee_class": "LEADERS",
    }
]
RULES = some_rules(employee_classes=BANDS)


def an_outlook(catalogue: Catalogue | None = None) -> Outlook:
    return Outlook(a_mapping(norway=RULES), HandClock(NOW), lambda _: catalogue or a_catalogue())


def paid(worker: Worker, amount: int) -> Worker:
    return replace(worker, pay=Known(Pay(Decimal(amount), "NOK")))


def as_placed(worker: Worker) -> Person:
    """Somebody of whom the ledger says what the facts of this worker say."""
    placement = resolve_placement("norway", RULES, worker.facts, a_catalogue(), worker.pay)
    placed = placement.to_json()
    return Person(
        worker.person_id, 1, "salt", {}, {}, worker.id, {}, placed, "created", ("norway",)
    )


def test_people_are_placed_by_what_each_of_them_had_before_where_a_fact_is_not_shown() -> None:
    outlook = an_outlook()
    for place, department in enumerate(("PRD", "MGMT", "PRD")):
        named = Named("d1", "Production" if department == "PRD" else "Management", department)
        shown = paid(a_worker(f"w{place}", f"p{place}", department=named), 100)
        hidden = replace(shown, facts=replace(shown.facts, department=NOT_SHOWN))

        assert not outlook.is_otherwise([hidden], as_placed(shown))


def test_people_with_equal_facts_are_told_apart_by_their_pay_where_a_class_hinges_on_it() -> None:
    outlook, before = an_outlook(), as_placed(paid(a_worker(), 100_000))

    assert not outlook.is_otherwise([paid(a_worker(), 100_000)], before)
    assert outlook.is_otherwise([paid(a_worker(), 950_000)], before)


@pytest.mark.parametrize("gone", ["departments", "branches"])
def test_with_another_catalogue_everyone_is_placed_again(gone: str) -> None:
    outlook, worker = an_outlook(), paid(a_worker(), 100)
    assert not outlook.is_otherwise([worker], as_placed(worker))

    outlook.renew("norway", a_catalogue(**{gone: {}}))

    assert outlook.is_otherwise([worker], as_placed(worker))
