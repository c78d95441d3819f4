"""Nordfab's posted months agree with its people, and what goes wrong in them is planted by name.

Both sides are read over the APIs and added up again here, without the code that posted them.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
import requests

from tests.simulator import Rippling, Visma, nordfab_books, nordfab_rippling, nordfab_visma
from tests.simulator.books.differences import NAMES, Difference, Differences, Name
from tests.simulator.books.history import months_before
from tests.simulator.clients import VismaClient
from tests.simulator.nordfab import UNITS

Costs = dict[tuple[str, str], Decimal]
CENT = Decimal("0.01")
LABOUR = {"norway": ("50", "54", "59"), "sweden": ("70", "72", "74", "75", "76")}
HOLIDAY, TAX_ZONE_1, SOCIAL = Decimal("0.12"), Decimal("0.141"), Decimal("0.3142")
PENSIONS = {"norway": Decimal("0.02"), "sweden": Decimal("0.045")}
ACCOUNTS = {
    ("norway", False): ("5010", "5092", "5400", "5405", "5950"),
    ("norway", True): ("5010", "5092", "5400", "5405", "5950"),
    ("sweden", False): ("7210", "7290", "7510", "7519", "7411"),
    ("sweden", True): ("7010", "7090", "7510", "7519", "7411"),
}
ENTITIES = {"norway": "Nordfab AS", "sweden": "Nordfab AB"}


@pytest.mark.parametrize("company", ["norway", "sweden"])
@pytest.mark.parametrize("period", ["202503", "202504", "202505"])
def test_every_posted_month_agrees_with_the_people(
    nordfab: Differences, rippling: Rippling, visma: Visma, company: str, period: str
) -> None:
    assert posted(visma, company, period) == expected(rippling, company) != {}


@pytest.mark.parametrize("company", ["norway", "sweden"])
def test_debits_equal_credits_and_liabilities_have_no_cost_centre(
    nordfab: Differences, visma: Visma, company: str
) -> None:
    rows = visma.balances("202505", company)

    assert sum(_moved(row) for row in rows) == 0
    owed = {row["subAccountCd"] for row in rows if row["account"]["type"] == "Liability"}
    assert owed == {"000-00"}
    assert {row["branch"]["number"] for row in rows} == (
        {"1", "2", "3"} if company == "norway" else {"1"}
    )


def test_the_contribution_on_holiday_pay_is_its_rate_of_what_is_owed(
    nordfab: Differences, visma: Visma
) -> None:
    owed: dict[str, Decimal] = defaultdict(Decimal)
    for row in visma.balances("202505"):
        owed[row["account"]["number"]] += Decimal(str(row["yearToDateBalance"]))

    # Each person is rounded, so the whole is a little off.
    assert abs(owed["2781"] - owed["2940"] * TAX_ZONE_1) < 5


def test_whoever_comes_or_goes_within_a_month_costs_a_part_of_it(
    rippling: Rippling, visma: Visma
) -> None:
    before = nordfab_books(rippling, visma, months=1)
    usual = posted(visma, "norway", "202505")
    first, second = (rippling.worker(share.worker_id) for share in _salaried(before)[:2])
    rippling.change(first["id"], start_date="2025-04-16", annual_salary=600_000)
    rippling.terminate(second["id"], "2025-04-15")

    before.history.post_month("202504")

    shares = {share.worker_id: share for share in before.history.shares("norway", "202504")}
    assert shares[first["id"]].wages == Decimal("25000.00")
    assert posted(visma, "norway", "202504") != usual
    after = {share.worker_id for share in before.history.shares("norway", "202505")}
    assert first["id"] in after
    assert second["id"] not in after


def test_contractors_are_not_on_the_payroll(nordfab: Differences, rippling: Rippling) -> None:
    kinds = {row["id"]: row["type"] for row in rippling.rows("employment-types")}
    paid = {
        share.worker_id
        for key in ENTITIES
        for share in nordfab.history.shares(key, "202505")
    }  # fmt: skip

    contractors = {
        row["id"] for row in rippling.workers() if kinds[row["employment_type_id"]] == "CONTRACTOR"
    }

    assert contractors
    assert not contractors & paid


def test_one_company_holds_everyone(rippling: Rippling) -> None:
    clock = rippling.clock.now
    alone = nordfab_rippling(clock, people=40)
    with nordfab_visma(1, clock) as visma:
        nordfab_books(alone, visma, months=1)

        assert list(visma.companies) == ["norway"]
        assert posted(visma, "norway", "202505") == expected(alone, "norway")


@pytest.mark.parametrize("company", ["norway", "sweden"])
def test_a_payroll_run_of_the_month_comes_to_what_was_posted(
    nordfab: Differences, rippling: Rippling, visma: Visma, company: str
) -> None:
    run = rippling.payroll.draft_run(ENTITIES[company], "2025-05-01", "2025-05-31", "2025-06-05")

    records = rippling.payroll.by_id[run["id"]].records
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for (_, account), amount in posted(visma, company, "202505").items():
        sums[account] += amount
    wages = {account for (key, _), accounts in ACCOUNTS.items() if key == company
             for account in accounts[:1]}  # fmt: skip
    contribution, _, pension = ACCOUNTS[company, False][2:]
    assert sum(record.gross for record in records) == sum(sums[account] for account in wages)
    assert sum(record.taxes_of("EMPLOYER") for record in records) == sums[contribution]
    assert sum(record.contributed for record in records) == sums[pension]


def test_the_last_whole_months_end_with_the_one_before_today() -> None:
    assert months_before(date(2025, 2, 28), 3) == ["202411", "202412", "202501"]
    assert months_before(date(2025, 12, 1), 1) == ["202511"]


def test_a_month_is_posted_once(nordfab: Differences) -> None:
    with pytest.raises(ValueError, match="posted already"):
        nordfab.history.post_month("202505")


def test_nordfab_without_books_has_none() -> None:
    with nordfab_visma() as visma, VismaClient(visma) as client:
        assert client.get("/v1/ledger").json() == []
        assert client.get("/v2/generalLedgerBalance", periodId="202505").json() == []


@pytest.mark.parametrize("company", ["norway", "sweden"])
@pytest.mark.parametrize("name", [name for name in NAMES if name != "moved mid-month"])
def test_a_planted_difference_is_off_by_what_it_says(
    nordfab: Differences, rippling: Rippling, visma: Visma, name: Name, company: str
) -> None:
    # The people as the month should have cost them, before anyone is paid in another currency.
    people = expected(rippling, company)

    planted = nordfab.plant_difference(name, company)

    assert _off(planted)
    assert _minus(posted(visma, company, "202505"), people) == _off(planted)
    other = "sweden" if company == "norway" else "norway"
    assert posted(visma, other, "202505") == expected(rippling, other)
    assert posted(visma, company, "202504") == people
    assert nordfab.planted == [planted]


def test_all_differences_fit_into_one_month(
    nordfab: Differences, rippling: Rippling, visma: Visma
) -> None:
    people = expected(rippling, "norway")

    planted = [nordfab.plant_difference(name) for name in NAMES]

    workers = [one.worker_id for one in planted if one.worker_id]
    assert len(workers) == len(set(workers)) == 6
    # A move is a difference without a posting: the people are elsewhere, the books are not.
    off = _sum([_off(one) for one in planted if one.name != "moved mid-month"])
    assert _minus(posted(visma, "norway", "202505"), people) == off


def test_who_moved_mid_month_was_posted_whole_in_the_old_place(
    nordfab: Differences, rippling: Rippling, visma: Visma
) -> None:
    before = {row["id"]: row for row in rippling.workers()}
    books = posted(visma, "norway", "202505")

    planted = nordfab.plant_difference("moved mid-month")

    worker = rippling.worker(str(planted.worker_id))
    old, new = (
        rippling.department(row["department_id"])["name"] for row in (before[worker["id"]], worker)
    )
    places = {unit.name: unit.cost_centre for unit in UNITS}
    pay = {row["id"]: row for row in rippling.rows("compensations")}[worker["compensation_id"]]
    # From the sixteenth to the thirty-first they belong to the new place.
    part = [
        _round(amount * 16 / 31) for amount in _cost(pay["annual_compensation"]["value"], "norway")
    ]
    there = dict(zip(ACCOUNTS["norway", False], part, strict=True))
    assert _off(planted) == {
        **{(places[old], account): amount for account, amount in there.items()},
        **{(places[new], account): -amount for account, amount in there.items()},
    }
    assert old != new
    assert worker["updated_at"].startswith("2025-05-16")
    assert posted(visma, "norway", "202505") == books


def test_who_waits_is_in_a_department_that_no_one_has_mapped(
    nordfab: Differences, rippling: Rippling
) -> None:
    planted = nordfab.plant_difference("waiting person")

    worker = rippling.worker(str(planted.worker_id))
    department = rippling.department(worker["department_id"])
    assert department["name"] not in {unit.name for unit in UNITS}
    assert department["reference_code"] is None
    assert (worker["status"], worker["start_date"]) == ("ACTIVE", "2025-05-01")
    costs = dict(zip(ACCOUNTS["norway", False], _cost(660_000, "norway"), strict=True))
    assert {(one.cost_centre, one.account): one.amount for one in planted.effects} == {
        **{("600", account): amount for account, amount in costs.items()},
        **{("", account): -amount for account, amount in costs.items()},
    }
    assert worker["id"] not in {
        share.worker_id for share in nordfab.history.shares("norway", "202505")
    }


def test_an_accrual_is_owed_on_an_account_that_is_not_its_own(
    nordfab: Differences, visma: Visma
) -> None:
    before = {row["account"]["number"]: row for row in visma.balances("202505")}

    planted = nordfab.plant_difference("accrual without counter-account")

    (number,) = planted.batches
    batch = visma.books().batch(number)
    assert [(line.account, line.debit, line.credit) for line in batch.lines] == [
        ("5090", Decimal("25000.00"), 0), ("2650", 0, Decimal("25000.00")),
    ]  # fmt: skip
    assert planted.accounts_off == (
        ("2930", Decimal("-25000.00")), ("2650", Decimal("25000.00")),
    )  # fmt: skip
    after = {row["account"]["number"]: row for row in visma.balances("202505")}
    assert after["2930"] == before["2930"]


def test_what_is_not_posted_shows_in_the_journal(client: VismaClient, nordfab: Differences) -> None:
    planted = nordfab.plant_difference("unposted batch")

    path, period = "/v2/journaltransaction", {"periodId": "202505"}
    waiting = client.get(path, **period, status="Unposted").json()

    assert [row["batchNumber"] for row in waiting] == list(planted.batches)
    debits = sum(line["debitAmount"] for line in waiting[0]["journalTransactionLines"])
    assert Decimal(str(round(debits, 2))) == -sum(one.amount for one in planted.effects)


def test_a_posting_without_subaccount_is_on_no_cost_centre(
    client: VismaClient, nordfab: Differences
) -> None:
    planted = nordfab.plant_difference("posting without sub-account")

    rows = client.get("/v2/generalLedgerBalance", periodId="202505", account="5010").json()

    bare = [row for row in rows if row["subAccountCd"] == "000-00"]
    assert [Decimal(str(row["periodToDateDebit"])) for row in bare] == [
        one.amount for one in planted.effects if one.cost_centre == "000"
    ]


def test_who_is_paid_in_euro_has_a_balance_in_euro(
    client: VismaClient, nordfab: Differences, rippling: Rippling
) -> None:
    planted = nordfab.plant_difference("currency")

    rows = client.get("/v2/generalLedgerBalance", periodId="202505", account="5010").json()

    (euro,) = (row for row in rows if row["currencyId"] == "EUR")
    assert euro["periodToDateDebit"] > 10 * euro["periodToDateDebitInCurrency"] > 0
    worker = rippling.worker(str(planted.worker_id))
    pay = {row["id"]: row for row in rippling.rows("compensations")}[worker["compensation_id"]]
    assert pay["annual_compensation"]["currency_type"] == "EUR"
    assert pay["monthly_compensation"]["value"] == euro["periodToDateDebitInCurrency"]


def test_the_month_after_a_currency_difference_is_posted_in_both_currencies(
    nordfab: Differences, visma: Visma
) -> None:
    nordfab.plant_difference("currency")

    nordfab.history.post_month("202506")

    rows = visma.balances("202506")
    assert {row["currencyId"] for row in rows} == {"NOK", "EUR"}
    euro = [row for row in rows if (row["currencyId"], row["account"]["number"]) == ("EUR", "5010")]
    in_currency = Decimal(str(euro[0]["periodToDateDebitInCurrency"]))
    assert _moved(euro[0]) == _round(in_currency * Decimal("11.70"))


def test_only_what_there_is_can_be_planted(
    nordfab: Differences, rippling: Rippling, visma: Visma
) -> None:
    with pytest.raises(ValueError, match="there is no difference"):
        nordfab.plant_difference("unheard of")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="202501 is not posted"):
        nordfab.plant_difference("currency", period="202501")


def test_an_earlier_month_can_be_chosen(
    nordfab: Differences, rippling: Rippling, visma: Visma
) -> None:
    planted = nordfab.plant_difference("wrong cost centre", "sweden", "202504")

    assert planted.period == "202504"
    assert posted(visma, "sweden", "202505") == expected(rippling, "sweden")
    assert _minus(posted(visma, "sweden", "202504"), expected(rippling, "sweden")) == _off(planted)


def test_differences_are_planted_over_the_control_endpoint(
    nordfab: Differences, visma: Visma
) -> None:
    home = f"{visma.url}/_control"
    listed = requests.post(f"{home}/difference_names", timeout=5).json()

    answer = requests.post(f"{home}/plant_difference", json={"name": listed[3]}, timeout=5)

    assert listed == list(NAMES)
    assert answer.json()["name"] == "wrong cost centre"
    assert [one.name for one in nordfab.planted] == ["wrong cost centre"]
    assert len(requests.post(f"{home}/planted_differences", timeout=5).json()) == 1
    unknown = requests.post(f"{home}/plant_difference", json={"name": "unheard of"}, timeout=5)
    assert unknown.status_code == 400


def posted(visma: Visma, company: str, period: str) -> Costs:
    """What the balances of a month say was spent on labour, by cost centre and account."""
    costs: Costs = defaultdict(Decimal)
    for row in visma.balances(period, company):
        account = row["account"]["number"]
        if account.startswith(LABOUR[company]):
            costs[row["subaccount"]["subaccountNumber"][:3].strip(), account] += _moved(row)
    return {place: amount for place, amount in costs.items() if amount}


def expected(rippling: Rippling, company: str) -> Costs:
    """What the people of a legal entity cost in a whole month, from their rows in Rippling."""
    tables = {
        name: {row["id"]: row for row in rippling.rows(name)}
        for name in ("departments", "compensations", "employment-types", "legal-entities")
    }
    places = {unit.name: unit.cost_centre for unit in UNITS}
    costs: Costs = defaultdict(Decimal)
    for worker in rippling.workers():
        kind = tables["employment-types"][worker["employment_type_id"]]
        entity = tables["legal-entities"][worker["legal_entity_id"]]["legal_name"]
        place = places.get(tables["departments"][worker["department_id"]]["name"])
        if kind["type"] != "EMPLOYEE" or worker["status"] != "ACTIVE" or place is None:
            continue
        if entity != ENTITIES[company] and len(tables["legal-entities"]) > 1:
            continue
        pay = tables["compensations"][worker["compensation_id"]]["annual_compensation"]["value"]
        accounts = ACCOUNTS[company, kind["compensation_time_period"] == "HOURLY"]
        for account, amount in zip(accounts, _cost(pay, company), strict=True):
            costs[place, account] += amount
    return dict(costs)


def _cost(annual: float, company: str) -> tuple[Decimal, ...]:
    wages = _round(Decimal(str(annual)) / 12)
    contribution = TAX_ZONE_1 if company == "norway" else SOCIAL
    holiday = _round(wages * HOLIDAY)
    return (
        wages, holiday, _round(wages * contribution), _round(holiday * contribution),
        _round(wages * PENSIONS[company]),
    )  # fmt: skip


def _round(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)


def _moved(row: dict[str, Any]) -> Decimal:
    return Decimal(str(row["periodToDateDebit"])) - Decimal(str(row["periodToDateCredit"]))


def _off(planted: Difference) -> Costs:
    """By how much the books of the month are off from its people."""
    pairs = [{(one.cost_centre, one.account): one.amount} for one in planted.effects]
    return _sum([pair for pair in pairs if not any(place == "" for place, _ in pair)])


def _salaried(differences: Differences) -> list[Any]:
    shares = differences.history.shares("norway", "202505")
    return [share for share in shares if not share.is_hourly]


def _sum(parts: list[Costs]) -> Costs:
    total: Costs = defaultdict(Decimal)
    for part in parts:
        for place, amount in part.items():
            total[place] += amount
    return {place: amount for place, amount in total.items() if amount}


def _minus(one: Costs, other: Costs) -> Costs:
    return _sum([one, {place: -amount for place, amount in other.items()}])
