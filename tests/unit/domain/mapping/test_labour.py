"""How labour cost stands in the ledger, as a part of the mapping."""

from __future__ import annotations

from decimal import Decimal

import pytest

from connector.domain.errors import ConfigurationError
from connector.domain.mapping import file
from connector.domain.mapping.rows import from_rows, to_rows
from connector.domain.mapping.versions import whole_digests
from tests.simulator.nordfab import nordfab_mapping

PART = """\
    labour:
      chart: norway
      accounts:
        - {first: 5180, last: 5189, kind: holiday_pay}
        - {first: 0700, kind: none}
      contribution_percent: 14.1
      holiday_month: 6
      currencies: {EUR: 11.4025}
"""


def with_part(part: str) -> str:
    return nordfab_mapping().rstrip("\n") + "\n" + part


def problems(part: str) -> str:
    with pytest.raises(ConfigurationError) as refused:
        file.parse(with_part(part))
    return str(refused.value)


def test_the_part_survives_the_way_through_the_table() -> None:
    mapping = file.parse(with_part(PART))

    labour = mapping.companies["norway"].labour
    assert labour is not None
    assert labour.contribution_percent == Decimal("14.1")
    assert labour.accounts[1].first == "0700"
    assert labour.currencies == {"EUR": Decimal("11.4025")}
    assert from_rows(to_rows(mapping)) == mapping
    (row,) = (row for row in to_rows(mapping) if row["rule"] == "labour#all")
    assert row["contribution_percent"] == "14.1"


def test_a_number_that_was_typed_into_the_table_is_taken() -> None:
    rows = [
        {**row, "contribution_percent": Decimal("14.1"), "holiday_month": Decimal(6)}
        if row["rule"] == "labour#all"
        else row
        for row in to_rows(file.parse(with_part(PART)))
    ]

    assert from_rows(rows) == file.parse(with_part(PART))


def test_a_company_without_it_has_none() -> None:
    assert file.parse(nordfab_mapping()).companies["norway"].labour is None


def test_an_edit_of_it_moves_nobody() -> None:
    with_it = file.parse(with_part(PART)).companies["norway"]
    without = file.parse(nordfab_mapping()).companies["norway"]

    assert whole_digests(with_it) == whole_digests(without)


@pytest.mark.parametrize(
    ("part", "told"),
    [
        ("chart: Norwya", "did you mean norway?"),
        ("{}", "this key is missing"),
        ("{chart: norway, holiday_month: 13}", "less than or equal to 12"),
        ("{chart: norway, pension_percent: 101}", "less than or equal to 100"),
        ("{chart: norway, pension_percent: '2,5'}", "write a number such as 14.1"),
        ("{chart: norway, currencies: {eur: 11}}", "String should match pattern"),
        ("{chart: norway, currencies: {EUR: 0}}", "greater than 0"),
        ("{chart: norway, accounts: [{first: 5010, kind: salary}]}", "stands where"),
        ("{chart: norway, accounts: [{first: 5019, last: 5010, kind: wages}]}", "not behind"),
        ("{chart: norway, accounts: [{first: 501, last: 5010, kind: wages}]}", "another length"),
        (
            "{chart: norway, accounts: [{first: 5000, last: 5019, kind: wages},"
            " {first: 5019, kind: none}]}",
            "more than one range has account 5019",
        ),
        ("{chart: norway, rate: 1}", "there is no such key"),
    ],
)
def test_what_is_wrong_with_it_is_said(part: str, told: str) -> None:
    text = f"    labour: {part}\n" if part.startswith("{") else f"    labour: {{{part}}}\n"

    assert told in problems(text)
