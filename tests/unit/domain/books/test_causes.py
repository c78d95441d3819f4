"""Which causes explain a difference, the one that explains most first."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from connector.domain.books.accounts import CostKind
from connector.domain.books.causes.cause import ADVICE, Amounts, Cause, CauseKind, explaining

ENOUGH = Decimal(1)


def amounts(wages: str, **more: str) -> Amounts:
    given_ = {("1", CostKind.WAGES): Decimal(wages)}
    return {
        **given_,
        **{("1", CostKind[kind.upper()]): Decimal(value) for kind, value in more.items()},
    }


def cause(kind: CauseKind, wages: str | None = None, **more: str) -> Cause:
    return Cause(kind, amounts=amounts(wages, **more) if wages else {})


MOVED = cause(CauseKind.MOVED, "500")
WRONG = cause(CauseKind.WRONG_ACCOUNT, "-300")
WAITING = cause(CauseKind.WAITING)


def test_the_one_that_fits_is_told_and_no_other() -> None:
    assert explaining(amounts("500"), [WRONG, WAITING, MOVED], ENOUGH) == [MOVED]


def test_two_that_cancel_out_in_part_are_found_together() -> None:
    assert explaining(amounts("200"), [MOVED, WRONG], ENOUGH) == [MOVED, WRONG]


def test_what_has_no_amount_is_told_where_something_is_left() -> None:
    assert explaining(amounts("700"), [WAITING, MOVED], ENOUGH) == [MOVED, WAITING]
    assert explaining(amounts("500.9"), [WAITING, MOVED], ENOUGH) == [MOVED]


def test_what_would_make_it_worse_is_no_cause() -> None:
    assert explaining(amounts("100"), [WRONG], ENOUGH) == []


def test_a_cell_that_agrees_speaks_against_what_would_put_it_off() -> None:
    both = cause(CauseKind.MOVED, "500", pension="10")
    accrual = cause(CauseKind.ACCRUAL, "500")

    assert explaining(amounts("500", pension="0"), [both, accrual], ENOUGH) == [accrual]
    assert explaining(amounts("500", pension="10"), [both, accrual], ENOUGH) == [both]


def test_of_two_that_explain_as_much_the_likelier_is_told() -> None:
    same = [cause(kind, "500") for kind in (CauseKind.CURRENCY, CauseKind.UNPOSTED)]

    assert [one.kind for one in explaining(amounts("500"), same, ENOUGH)] == [CauseKind.UNPOSTED]


def test_without_a_difference_there_is_no_cause() -> None:
    assert explaining({}, [MOVED, WAITING], ENOUGH) == []
    assert explaining(amounts("0.5"), [MOVED, WAITING], ENOUGH) == []


def test_every_kind_has_its_advice() -> None:
    assert set(ADVICE) == set(CauseKind)
    assert cause(CauseKind.ACCRUAL).advice


def test_no_cause_shows_an_amount() -> None:
    assert "500" not in repr(MOVED)


@given(st.lists(st.integers(100, 100_000), min_size=1, max_size=4, unique=True), st.data())
def test_what_was_added_up_is_found_again(parts: list[int], data: st.DataObject) -> None:
    signs = data.draw(st.lists(st.sampled_from((1, -1)), min_size=4, max_size=4))
    causes = [
        Cause(CauseKind.WRONG_COST_CENTRE, batches=(str(place),),
              amounts={("1", CostKind.WAGES): Decimal(sign * part)})
        for place, (part, sign) in enumerate(zip(parts, signs, strict=False))
    ]  # fmt: skip
    whole = sum((each.amounts["1", CostKind.WAGES] for each in causes), Decimal(0))

    found = explaining({("1", CostKind.WAGES): whole}, causes, ENOUGH)

    left = whole - sum((each.amounts["1", CostKind.WAGES] for each in found), Decimal(0))
    assert abs(left) <= max(ENOUGH, abs(whole) / 100) * max(1, len(causes))
