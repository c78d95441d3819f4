"""Which accounts hold labour cost, and of which kind."""

from __future__ import annotations

import pytest

from connector.domain.books.accounts import Account, CostKind, LabourAccounts, kind_of
from connector.domain.mapping.rules.labour import Labour

NORWAY, SWEDEN = Labour(chart="norway"), Labour(chart="sweden")


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("4990", None), ("5000", CostKind.WAGES), ("5090", CostKind.WAGES),
        ("5092", CostKind.HOLIDAY_PAY),
        ("5180", CostKind.HOLIDAY_PAY), ("5290", CostKind.OTHER), ("5330", CostKind.OTHER),
        ("5400", CostKind.CONTRIBUTION), ("5405", CostKind.CONTRIBUTION),
        ("5420", CostKind.PENSION),
        ("5800", CostKind.OTHER), ("5942", CostKind.PENSION), ("5945", CostKind.OTHER),
        ("5950", CostKind.PENSION), ("5999", CostKind.OTHER), ("6000", None),
        ("50", CostKind.WAGES),
        ("54", CostKind.CONTRIBUTION), ("50001", CostKind.WAGES),
    ],
)  # fmt: skip
def test_norwegian_accounts_are_told_by_their_public_code(code: str, kind: CostKind | None) -> None:
    assert kind_of(Account("1", public_code=code), NORWAY) is kind


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        ("6999", None), ("7010", CostKind.WAGES), ("7082", CostKind.WAGES),
        ("7090", CostKind.HOLIDAY_PAY),
        ("7219", CostKind.WAGES), ("7290", CostKind.HOLIDAY_PAY), ("7310", CostKind.OTHER),
        ("7411", CostKind.PENSION), ("7510", CostKind.CONTRIBUTION),
        ("7533", CostKind.CONTRIBUTION),
        ("7690", CostKind.OTHER), ("7700", None), ("", None), ("LÖN", None),
    ],
)  # fmt: skip
def test_swedish_accounts_are_told_by_their_own_number(number: str, kind: CostKind | None) -> None:
    assert kind_of(Account(number), SWEDEN) is kind


def test_the_public_code_goes_before_the_own_number() -> None:
    assert kind_of(Account("5010", public_code="6300"), NORWAY) is None
    assert kind_of(Account("6300", public_code="5000"), NORWAY) is CostKind.WAGES


def test_the_controllers_ranges_go_before_everything() -> None:
    ranges = [
        {"first": "5010", "last": "5019", "kind": "holiday_pay"}, {"first": "5400", "kind": "none"},
    ]  # fmt: skip
    labour = Labour.model_validate({"chart": "norway", "accounts": ranges})

    assert kind_of(Account("5015", public_code="5000"), labour) is CostKind.HOLIDAY_PAY
    assert kind_of(Account("5400", public_code="5400"), labour) is None
    assert kind_of(Account("50150"), labour) is CostKind.WAGES


def test_accruals_and_where_they_are_owed_are_known_by_the_chart() -> None:
    numbers = ("5010", "5090", "2930", "2940", "2770", "2650")
    found = LabourAccounts.of(map(Account, numbers), NORWAY)

    assert found.accruals == {"5090"}
    assert found.owed == {"2930", "2940"}
    assert found.kinds == {"5010": CostKind.WAGES, "5090": CostKind.WAGES}
    assert LabourAccounts.of([Account("7219"), Account("7210")], SWEDEN).accruals == {"7219"}
