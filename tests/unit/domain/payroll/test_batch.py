"""A run becomes balanced batches, to the unit and whatever the order; or nothing at all."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.domain.mapping.rules.payroll import Kind
from connector.domain.payroll.batch import Made, make_batches
from connector.domain.payroll.places import Placed, Share
from connector.domain.payroll.run import PayRecord
from connector.domain.records.few_people import FEWEST
from tests.support.payroll import (
    ACCOUNTS,
    PaidPeople,
    amount,
    paid_people,
    pay_record,
    payroll_rules,
    salaried_people,
)

NOTHING_TO_POST = "the run has nothing to post"
SALARY = amount(Kind.EARNINGS, "50000.00", "SALARY", "SALARY")


def people(count: int, centre: str = "100", first: int = 0) -> dict[str, Placed]:
    return {
        f"w{number}": Placed(str(1000 + number), (Share(centre, 30),))
        for number in range(first, first + count)
    }


def only(made: Made) -> list[tuple[str, str | None, str, str]]:
    """The lines of the only batch: account, cost centre, debit, credit."""
    assert made.problems == ()
    (batch,) = made.batches
    return [(one.account, one.cost_centre, str(one.debit), str(one.credit)) for one in batch.lines]


@given(paid_people())
def test_every_batch_balances_and_has_two_lines_or_more(paid: PaidPeople) -> None:
    made = make_batches(paid.records, payroll_rules(), paid.placed)

    if made.problems:
        assert set(made.problems) <= {NOTHING_TO_POST}
    for batch in made.batches if not made.problems else ():
        assert batch.debit == batch.credit > 0
        assert len(batch.lines) >= 2
        for line in batch.lines:
            assert (line.debit > 0) != (line.credit > 0)
            assert line.debit == line.debit.quantize(Decimal("0.01"))


@given(paid_people())
def test_the_splits_add_up_to_what_was_paid_of_each_kind(paid: PaidPeople) -> None:
    made = make_batches(paid.records, payroll_rules(), paid.placed)

    posted: dict[tuple[str, Kind], Decimal] = defaultdict(Decimal)
    for batch in made.batches:
        for line in batch.lines:
            is_owed = line.account in ("2770", "2650")
            posted[batch.currency, line.kind] += 0 if is_owed else line.debit - line.credit
    for currency in ("NOK", "EUR"):
        mine = [one for one in paid.records if one.currency == currency]
        for kind in Kind:
            paid_out = sum((one.sum_of(kind) for one in mine), Decimal(0))
            if kind is Kind.NET_PAY:
                paid_out = sum((one.net for one in mine), Decimal(0))
            assert posted[currency, kind] == (paid_out if kind.is_cost else -paid_out)


@given(paid_people(), st.randoms(use_true_random=False))
def test_the_order_of_the_records_makes_no_difference(paid: PaidPeople, random: object) -> None:
    shuffled = list(paid.records)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    again = [
        pay_record(
            int(one.id[1:]), *reversed(one.amounts), currency=one.currency, worker=one.worker_id
        )
        for one in shuffled
    ]

    for lines in ("cost_centre", "folded", "person"):
        rules = payroll_rules(lines=lines)
        assert make_batches(paid.records, rules, paid.placed) == make_batches(
            again, rules, paid.placed
        )


@given(salaried_people())
def test_neither_a_line_nor_what_is_left_by_subtraction_is_of_fewer_than_three(
    paid: PaidPeople,
) -> None:
    made = make_batches(paid.records, payroll_rules(lines="folded"), paid.placed)
    with_bonus = sum(len(one.amounts) == 4 for one in paid.records)
    if made.problems:
        assert 0 < with_bonus < FEWEST
        return

    (batch,) = made.batches
    assert batch.debit == batch.credit
    for line in batch.lines:
        everyone = people_of(line.kind, line.account, paid)
        alone = {
            one.cost_centre for one in batch.lines
            if (one.kind, one.account) == (line.kind, line.account)
        } - {"900"}  # fmt: skip
        if line.cost_centre == "900":
            behind = {who for who, centres in everyone.items() if centres - alone}
        else:
            behind = {who for who, centres in everyone.items() if line.cost_centre in centres}
        assert len(behind) >= FEWEST


def people_of(kind: Kind, account: str, paid: PaidPeople) -> dict[str, set[str | None]]:
    """Who has an amount on an account, and on which cost centres."""
    found: dict[str, set[str | None]] = defaultdict(set)
    rules = payroll_rules()
    for record in paid.records:
        placed = paid.placed[record.worker_id]
        centres: set[str | None] = {share.cost_centre for share in placed.shares}
        for one in (*record.amounts, amount(Kind.NET_PAY, str(record.net))):
            rule = rules.account(kind, one.category, one.code)
            if one.kind is not kind or rule is None:
                continue
            if rule.account == account:
                found[placed.code] |= centres if kind.is_cost else {None}
            if rule.owed == account:
                found[placed.code].add(None)
    return found


def test_a_run_is_posted_by_account_and_cost_centre_and_what_is_owed_on_none() -> None:
    records = [
        pay_record(
            number,
            SALARY,
            amount(Kind.EMPLOYEE_TAXES, "15000.00", code="INCOME"),
            amount(Kind.EMPLOYER_TAXES, "7050.00", code="CONTRIBUTION"),
            amount(Kind.EMPLOYER_CONTRIBUTIONS, "1000.00", code="PENSION"),
        )
        for number in range(6)
    ]
    placed = people(3, "100") | people(3, "200", 3)

    assert only(make_batches(records, payroll_rules(lines="folded"), placed)) == [
        ("5010", "100", "150000.00", "0"),
        ("5010", "200", "150000.00", "0"),
        ("5400", "100", "21150.00", "0"),
        ("5400", "200", "21150.00", "0"),
        ("5950", "100", "3000.00", "0"),
        ("5950", "200", "3000.00", "0"),
        ("2770", None, "0", "42300.00"),
        ("2650", None, "0", "6000.00"),
        ("2600", None, "0", "90000.00"),
        ("2930", None, "0", "210000.00"),
    ]


def test_negative_net_pay_is_posted_on_the_other_side() -> None:
    records = [pay_record(0, SALARY, amount(Kind.EMPLOYEE_DEDUCTIONS, "60000.00", code="ADVANCE"))]

    assert only(make_batches(records, payroll_rules(), people(1))) == [
        ("5010", "100", "50000.00", "0"),
        ("2930", None, "10000.00", "0"),
        ("2690", None, "0", "60000.00"),
    ]


def test_someone_who_moved_is_split_by_days_to_the_unit() -> None:
    placed = {"w0": Placed("1000", (Share("100", 10), Share("200", 10), Share("300", 10)))}
    records = [pay_record(0, amount(Kind.EARNINGS, "100.00"))]

    assert only(make_batches(records, payroll_rules(), placed))[:3] == [
        ("5010", "100", "33.34", "0"),
        ("5010", "200", "33.33", "0"),
        ("5010", "300", "33.33", "0"),
    ]


def test_a_reimbursement_needs_a_row_that_names_it() -> None:
    rows = [row for row in ACCOUNTS if row.get("category") != "REIMBURSEMENT"]
    records = [pay_record(0, amount(Kind.EARNINGS, "90.00", "REIMBURSEMENT", "TRAVEL"))]

    made = make_batches(records, payroll_rules(accounts=rows), people(1))

    assert made.problems == (
        "no row of `accounts` is for earnings of category REIMBURSEMENT, code TRAVEL: add one to"
        " the mapping",
    )


def test_the_most_specific_row_wins() -> None:
    rows = [
        {"kind": "earnings", "code": "spot", "account": "5017"},
        *ACCOUNTS,
        {"kind": "earnings", "category": "BONUS", "code": "YEAR", "account": "5018"},
    ]
    records = [
        pay_record(0, amount(Kind.EARNINGS, "1.00", "BONUS", "SPOT")),
        pay_record(1, amount(Kind.EARNINGS, "2.00", "bonus", "YEAR")),
        pay_record(2, amount(Kind.EARNINGS, "4.00", "BONUS", "OTHER")),
        pay_record(3, amount(Kind.EARNINGS, "8.00", "OTHER", "YEAR")),
    ]

    made = make_batches(records, payroll_rules(accounts=rows), people(4))

    assert {line[0]: line[2] for line in only(made) if line[2] != "0"} == {
        "5010": "8.00", "5015": "4.00", "5017": "1.00", "5018": "2.00",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"net": Decimal("1.00")}, "net pay is not gross pay less"),
        ({"gross": Decimal("1.00")}, "gross pay is not the sum of the earnings"),
        ({"summary": {Kind.EMPLOYER_TAXES: Decimal("5.00")}}, "the employer taxes are not the sum"),
        ({"net": Decimal("50000.001")}, "more decimals than NOK has"),
    ],
)
def test_a_record_that_does_not_add_up_is_named_and_nothing_is_rounded(
    changed: dict[str, Any], problem: str
) -> None:
    made = make_batches([pay_record(0, SALARY, **changed)], payroll_rules(), people(1))

    assert any(each.startswith("employee 1000: ") and problem in each for each in made.problems)
    assert not any("50000" in each for each in made.problems), "no pay is told"


def test_all_problems_are_told_at_once() -> None:
    records = [
        pay_record(0, SALARY, net=Decimal(1)),
        pay_record(1, SALARY, currency=""),
        pay_record(2, SALARY, currency="kroner"),
        pay_record(3, amount(Kind.EARNINGS, "1.00", "REIMBURSEMENT"), worker="stranger"),
    ]
    rows = [row for row in ACCOUNTS if row.get("category") != "REIMBURSEMENT"]

    problems = make_batches(records, payroll_rules(accounts=rows), people(3)).problems

    assert len(problems) == 4
    for place, words in enumerate(("net pay", "`currency`", "'kroner'", "REIMBURSEMENT")):
        assert words in problems[place]


def test_a_tax_that_no_one_is_said_to_pay_is_the_employers_where_the_mapping_names_it() -> None:
    rules = payroll_rules(currency="NOK", employer_taxes=["Employer's contribution"])
    raw = PayRecord(
        "r0", "w0", "", Decimal("100.00"), Decimal("70.00"),
        (
            amount(Kind.EARNINGS, "100.00"),
            amount(None, "30.00", code="Income tax"),
            amount(None, "14.10", code="Employer's contribution"),
        ),
    )  # fmt: skip

    assert only(make_batches([raw], rules, people(1))) == [
        ("5010", "100", "100.00", "0"),
        ("5400", "100", "14.10", "0"),
        ("2770", None, "0", "14.10"),
        ("2600", None, "0", "30.00"),
        ("2930", None, "0", "70.00"),
    ]
    wrong = make_batches([raw], payroll_rules(currency="NOK"), people(1)).problems
    assert "net pay is not gross pay" in wrong[0], "a wrong guess never passes"


def test_a_small_cost_centre_is_folded_with_the_next_larger_one_where_it_would_be_alone() -> None:
    records = [pay_record(number, SALARY) for number in range(9)]
    placed = people(1, "100") | people(3, "200", 1) | people(5, "300", 4)

    assert only(make_batches(records, payroll_rules(lines="folded"), placed)) == [
        ("5010", "300", "250000.00", "0"),
        ("5010", "900", "200000.00", "0"),
        ("2930", None, "0", "450000.00"),
    ]


def test_small_cost_centres_need_a_place_that_is_named() -> None:
    records = [pay_record(number, SALARY) for number in range(5)]
    rules = payroll_rules(lines="folded", small_cost_centres=None)

    problems = make_batches(records, rules, people(2) | people(3, "200", 2)).problems

    assert [each for each in problems if "cost centre 100 has too few people" in each]
    assert make_batches(records, rules, people(5)).problems == ()


def test_an_amount_of_one_person_is_refused_unless_its_row_shows_it() -> None:
    records = [pay_record(number, SALARY) for number in range(4)]
    records.append(pay_record(4, SALARY, amount(Kind.GARNISHMENTS, "500.00", code="COURT")))
    shown = [
        {**row, "lines": "cost_centre"} if row["kind"] == "garnishments" else row
        for row in ACCOUNTS
    ]

    (problem,) = make_batches(records, payroll_rules(lines="folded"), people(5)).problems
    made = make_batches(records, payroll_rules(lines="folded", accounts=shown), people(5))

    assert problem.startswith("account 2660 would tell what fewer than three people have")
    assert ("2660", None, "0", "500.00") in only(made)


def test_a_run_about_one_person_is_refused_in_one_sentence() -> None:
    (problem,) = make_batches(
        [pay_record(0, SALARY)], payroll_rules(lines="folded"), people(1)
    ).problems

    assert problem.startswith("the run is about fewer than three people")


def test_lines_of_single_people_name_the_employee_code() -> None:
    records = [pay_record(number, SALARY) for number in range(2)]

    (batch,) = make_batches(records, payroll_rules(lines="person"), people(2)).batches

    assert [(line.text, line.account) for line in batch.lines] == [
        ("Earnings, employee 1000", "5010"),
        ("Earnings, employee 1001", "5010"),
        ("Net pay, employee 1000", "2930"),
        ("Net pay, employee 1001", "2930"),
    ]


def test_each_currency_is_a_batch_of_its_own() -> None:
    records = [pay_record(0, SALARY), pay_record(1, SALARY, currency="EUR")]

    made = make_batches(records, payroll_rules(), people(2))

    assert [batch.currency for batch in made.batches] == ["EUR", "NOK"]


def test_nothing_to_post_is_said() -> None:
    assert make_batches([], payroll_rules(), {}).problems == (NOTHING_TO_POST,)


def test_who_has_nothing_left_on_an_account_hides_nobody() -> None:
    """Two people's wages, and a third whose wages were paid and taken back in one run."""
    wages = [amount(Kind.EARNINGS, "100.00", "SALARY")]
    back = [*wages, amount(Kind.EARNINGS, "-100.00", "SALARY")]
    bonus = [amount(Kind.EARNINGS, "5.00", "BONUS")]
    records = [
        pay_record(1, *wages, *bonus),
        pay_record(2, *wages, *bonus),
        pay_record(3, *back, *bonus),
    ]
    placed = {f"w{n}": Placed(f"{1000 + n}", (Share("200", 31),)) for n in (1, 2, 3)}

    made = make_batches(records, payroll_rules(lines="folded"), placed)

    assert any("account 5010 would tell" in problem for problem in made.problems)
