"""What the mapping says of payroll: a closed part, told where it is wrong, and kept as a row."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from connector.domain.errors import ConfigurationError
from connector.domain.mapping.file import dump, load, parse
from connector.domain.mapping.model import MappingFile
from connector.domain.mapping.rows import from_rows, to_rows
from connector.domain.mapping.rules.payroll import Kind, PayrollRules
from tests.support.payroll import ACCOUNTS, NORDFAB_PAYROLL

DOCS = Path(__file__).parents[4] / "docs" / "mapping.md"
COMPANY: dict[str, Any] = {"legal_entities": ["*"], "time_zone": "Europe/Oslo"}


def mapping(**settings: Any) -> str:
    payroll = {**NORDFAB_PAYROLL, **settings}
    return yaml.safe_dump({"companies": {"norway": {**COMPANY, "payroll": payroll}}})


def payroll_of(whole: MappingFile) -> PayrollRules:
    rules = whole.companies["norway"].payroll
    assert rules is not None
    return rules


def with_row(**row: Any) -> str:
    return mapping(accounts=[*ACCOUNTS, row])


def test_without_the_part_there_is_none() -> None:
    whole = parse(yaml.safe_dump({"companies": {"norway": COMPANY}}))

    assert whole.companies["norway"].payroll is None
    assert all(row["rule"] != "payroll#all" for row in to_rows(whole))


def test_the_example_of_the_documentation_is_one() -> None:
    section = DOCS.read_text(encoding="utf-8").split("### `payroll`\n")[1]
    example = section.split("```yaml\n")[1].split("```")[0]
    company = "companies:\n  norway:\n    legal_entities: ['*']\n    time_zone: Europe/Oslo\n"

    rules = payroll_of(parse(company + example))

    assert rules.account(Kind.EARNINGS, "BONUS", "X") == rules.accounts[1]
    assert rules.account(Kind.EARNINGS, "PAID", "holiday_paid") == rules.accounts[3]
    assert not rules.accounts[3].by_cost_centre
    assert rules.neutral == {"1": "000", "2": "00"}


def test_it_is_the_same_as_a_row_and_as_a_file() -> None:
    whole = parse(mapping(currencies={"EUR": "11.53"}, employer_taxes=["AGA"], dated="check_date"))

    (row,) = [row for row in to_rows(whole) if row["rule"] == "payroll#all"]

    assert row["neutral"] == {"1": "000", "2": "00"}
    assert row["currencies"] == {"EUR": "11.53"} or str(row["currencies"]["EUR"]) == "11.53"
    assert from_rows(to_rows(whole)) == whole
    assert load(dump(whole)) == whole


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (mapping(accounts=[]), "accounts"),
        (mapping(neutral={}), "neutral"),
        (mapping(neutral={"21": "000"}), "neutral"),
        (mapping(branch=None), "branch"),
        (mapping(lines="all"), "lines"),
        (mapping(dated="today"), "dated"),
        (mapping(currency="kr"), "currency"),
        (mapping(currencies={"EUR": "0"}), "write what one unit of the currency is worth"),
        (mapping(currencies={"EUR": "-1"}), "write what one unit of the currency is worth"),
        (mapping(release="yes"), "release"),
        (with_row(kind="wages", account="1"), "kind"),
        (with_row(kind="employer_taxes", code="X", account="1"), "owed: name the account"),
        (with_row(kind="net_pay", code="X", account="1", owed="2"), "have no second account"),
        (with_row(kind="employee_taxes", category="X", account="1"), "only earnings have one"),
        (with_row(kind="earnings", account="5999"), "more than one row is for earnings"),
        (
            with_row(kind="earnings", category="bonus", account="5999"),
            "more than one row is for earnings of category bonus",
        ),
    ],
)
def test_what_is_wrong_is_told_where_it_stands(text: str, problem: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        parse(text)

    assert any("line " in each and problem in each for each in refused.value.problems), (
        refused.value.problems
    )
