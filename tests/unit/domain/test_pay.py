"""Pay: how it is read, what it decides, and that it never shows itself."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from connector.adapters.http.client import HttpClient
from connector.adapters.rippling.rest import RipplingRestSource
from connector.adapters.rippling.rest_wire import worker_of
from connector.domain.facts import EMPTY, UNKNOWN, Absence, Fact, Known, shown
from connector.domain.mapping.model import CompanyRules
from connector.domain.people import EmploymentType, Pay, Worker, fingerprint
from connector.domain.placement import Placement, Remembered, resolve_placement
from tests.simulator import Rippling, nordfab_rippling
from tests.support.digests import KEY
from tests.unit.builders import a_catalogue, a_worker, some_facts, some_rules

CANARY = "731529.25"
PAID = Pay(Decimal(CANARY), "NOK", date(2026, 10, 1))


def read(compensation: Any, *withheld: str, with_pay: bool = True) -> Fact[Pay]:
    row = {"id": "w1", "user_id": "p1", "status": "ACTIVE", "compensation": compensation}
    worker = worker_of(row, frozenset(withheld), lambda _: None, with_pay=with_pay)
    assert worker is not None
    return worker.pay


def a_package(value: Any = 731529.25, currency: Any = "NOK", **more: Any) -> dict[str, Any]:
    return {"annual_compensation": {"value": value, "currency_type": currency}, **more}


class TestWire:
    def test_the_yearly_amount_its_currency_and_its_day_are_read(self) -> None:
        package = a_package(salary_effective_date="2026-10-01")

        assert read(package) == Known(PAID)

    @pytest.mark.parametrize(
        ("value", "amount"),
        [
            (731529.25, CANARY),
            ("731529.25", CANARY),
            (" 731529.250 ", CANARY),
            (600000, "600000"),
            (600000.0, "600000"),
            ("0", "0"),
            (0.1, "0.1"),
        ],
    )
    def test_a_number_and_a_numeric_text_are_the_same_exact_amount(
        self, value: Any, amount: str
    ) -> None:
        pay = shown(read(a_package(value)))

        assert pay is not None
        assert pay.amount == Decimal(amount)

    @pytest.mark.parametrize(
        "package",
        [
            None, "x", 7, [], {"annual_compensation": 600000},
            a_package(None), a_package("much"), a_package(True), a_package({}), a_package(-1),
            a_package(float("nan")), a_package("Infinity"), a_package(currency=None),
            a_package(currency=""), {"monthly_compensation": {"value": 1, "currency_type": "NOK"}},
        ],
    )  # fmt: skip
    def test_what_is_no_amount_of_any_currency_is_unknown_pay(self, package: Any) -> None:
        assert read(package) is UNKNOWN

    @pytest.mark.parametrize(
        "package",
        [{"annual_compensation": None}, {"annual_compensation": {}}, a_package(None, None)],
    )
    def test_a_package_that_shows_no_yearly_amount_is_no_yearly_pay(self, package: Any) -> None:
        assert read(package) is EMPTY

    @pytest.mark.parametrize(
        "withheld",
        ["compensation", "annual_compensation", "compensation.annual_compensation"],
    )
    def test_withheld_pay_is_unknown(self, withheld: str) -> None:
        assert read(a_package(), withheld) is UNKNOWN

    def test_pay_that_nobody_asked_for_is_not_looked_at(self) -> None:
        assert read(a_package(), with_pay=False) is UNKNOWN

    def test_an_odd_day_is_no_day(self) -> None:
        pay = shown(read(a_package(salary_effective_date="soon")))

        assert pay is not None
        assert pay.effective_on is None


@pytest.fixture
def nordfab() -> Iterator[Rippling]:
    with nordfab_rippling(people=8) as rippling:
        yield rippling
        assert [call.contract_errors for call in rippling.journal if call.contract_errors] == []


def source_of(rippling: Rippling, **settings: Any) -> RipplingRestSource:
    http = HttpClient(
        "Rippling",
        rippling.url,
        authorization=lambda _: "Bearer demo-rippling-token",
        sleep=lambda _: None,
    )
    return RipplingRestSource(http, location_names=lambda *_: {}, **settings)


def everyone(source: RipplingRestSource) -> list[Worker]:
    return [worker for page in source.everyone() for worker in page.workers]


class TestRequests:
    def test_pay_is_asked_for_only_while_it_is_wanted(self, nordfab: Rippling) -> None:
        wanted = [False]
        source = source_of(nordfab, compensation=lambda: wanted[0])

        without = everyone(source)
        wanted[0] = True
        with_pay = everyone(source)

        expands = [call.query["expand"].split(",") for call in nordfab.journal]
        assert ["compensation" in expand for expand in expands] == [False, True]
        assert {worker.pay for worker in without} == {UNKNOWN}
        currencies = {pay.currency for worker in with_pay if (pay := shown(worker.pay))}
        assert currencies == {"NOK"}

    def test_a_token_that_may_not_see_pay_does_without_it_and_loses_nothing_else(
        self, nordfab: Rippling
    ) -> None:
        nordfab.forbid_expand = {"compensation"}
        source = source_of(
            nordfab, compensation=lambda: True, custom_fields=lambda: {"Cost centre"}
        )

        workers = everyone(source)
        everyone(source)

        assert {worker.pay for worker in workers} == {UNKNOWN}
        assert workers[0].facts.legal_entity.name == "Nordfab AS"
        assert source.refused_expands == ("compensation",)
        assert [call.status for call in nordfab.journal] == [403, 200, 403, 200]
        assert nordfab.journal[-1].query["expand"].split(",")[-1] == "custom_fields"

    @pytest.mark.parametrize(
        "forbidden",
        [
            {"legal_entity"},
            {"custom_fields"},
            {"compensation", "legal_entity"},
            {"compensation", "custom_fields", "legal_entity"},
        ],
        ids=lambda names: "+".join(sorted(names)),
    )
    def test_only_what_is_forbidden_is_done_without(
        self, nordfab: Rippling, forbidden: set[str]
    ) -> None:
        nordfab.forbid_expand = forbidden
        source = source_of(
            nordfab, compensation=lambda: True, custom_fields=lambda: {"Cost centre"}
        )

        workers = everyone(source)

        assert set(source.refused_expands) == forbidden
        assert all((worker.pay is UNKNOWN) == ("compensation" in forbidden) for worker in workers)


class TestSecrecy:
    def test_a_worker_does_not_show_what_they_earn(self) -> None:
        worker = replace(a_worker(), pay=Known(PAID))

        assert "731529" not in f"{worker!r} {worker.pay!r} {worker}"

    def test_facts_never_carry_pay(self) -> None:
        worker = replace(a_worker(), pay=Known(PAID))

        assert "731529" not in json.dumps(worker.facts.to_json())

    def test_a_fingerprint_moves_with_the_pay_that_was_read_and_hides_it(self) -> None:
        worker = replace(a_worker(), pay=Known(PAID))
        others = [
            replace(worker, pay=UNKNOWN),
            replace(worker, pay=Known(replace(PAID, amount=Decimal("731529.26")))),
            replace(worker, pay=Known(replace(PAID, currency="SEK"))),
            replace(worker, pay=Known(replace(PAID, effective_on=None))),
        ]

        assert len({fingerprint(other, KEY) for other in [worker, *others]}) == 5
        assert "731529" not in fingerprint(worker, KEY)

    def test_a_fingerprint_does_not_move_with_the_way_an_amount_is_written(self) -> None:
        written = [replace(PAID, amount=Decimal(text)) for text in ("600000", "6E+5", "600000.00")]

        assert len({fingerprint(replace(a_worker(), pay=Known(pay)), KEY) for pay in written}) == 1


BANDS = some_rules(
    employee_classes=[
        {"when": {"compensation_time_period": "HOURLY"}, "employee_class": "HOURLY"},
        {
            "when": {"annual_pay": {"at_least": 700000, "currency": "NOK"}},
            "employee_class": "SENIOR",
        },
    ]
)
HOURLY = EmploymentType.of("Hourly", "EMPLOYEE", "HOURLY", "FULL-TIME")


def _place(
    pay: Pay | Absence = UNKNOWN,
    known: str | None = None,
    rules: CompanyRules = BANDS,
    **facts: Any,
) -> Placement:
    paid: Fact[Pay] = Known(pay) if isinstance(pay, Pay) else pay
    before = Remembered(employee_class=known)
    return resolve_placement(
        "norway", rules, some_facts(**facts), a_catalogue(), paid, remembered=before
    )


class TestPlacement:
    def test_pay_chooses_the_class_and_the_audit_is_told_by_which_rule_not_how_much(self) -> None:
        placement = _place(PAID)

        assert placement.employee_class == "SENIOR"
        assert placement.rules[-1] == "employee_classes: annual_pay as in employee_classes[1]"
        assert "731529" not in str(placement)
        assert "700000" not in str(placement)

    def test_no_yearly_pay_matches_no_band(self) -> None:
        assert _place(EMPTY).employee_class == "STAFF"

    def test_unknown_pay_on_which_the_class_hinges_decides_nothing(self) -> None:
        placement = _place(UNKNOWN)

        assert placement.unknown == ("pay",)
        assert [str(one) for one in placement.missing] == ["fact#pay"]

    def test_where_pay_is_unknown_and_decides_the_remembered_class_is_kept(self) -> None:
        placement = _place(UNKNOWN, "SENIOR")

        assert placement.employee_class == "SENIOR"
        assert placement.rules[-1] == "as before: the pay is not shown"

    def test_known_pay_goes_before_what_is_remembered(self) -> None:
        low = Pay(Decimal(1), "NOK")

        assert _place(low, "SENIOR").employee_class == "STAFF"

    def test_what_does_not_hinge_on_pay_is_decided_by_the_rules(self) -> None:
        assert _place(UNKNOWN, "SENIOR", employment_type=HOURLY).employee_class == "HOURLY"
        assert _place(UNKNOWN, "SENIOR", some_rules()).employee_class == "STAFF"

    def test_a_class_is_remembered_of_the_same_company_only(self) -> None:
        remembered = _place(PAID).to_json()

        assert Remembered.of(remembered, "norway").employee_class == "SENIOR"
        assert Remembered.of(remembered, "sweden").employee_class is None
        assert Remembered.of({}, "norway").employee_class is None
