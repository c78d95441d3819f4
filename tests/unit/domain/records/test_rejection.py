"""What an operator rejected is left out of a plan, and everything else stays in it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pytest

from connector.domain.facts import EMPTY, UNKNOWN, Fact, Known
from connector.domain.people import EmploymentStatus, Facts, Worker
from connector.domain.planning import Difference, Outcome, Plan
from connector.domain.records.ledger import Rejection
from connector.domain.records.rejection.sparing import (
    after_planning,
    asks_for_the_same,
    is_transfer_rejected,
    of_leaving,
    transfer_values,
    with_rejected,
    without_rejected,
)

TO_SALES = Difference("department", "PROD", "SALES")
TO_FINANCE = Difference("department", "PROD", "FIN")
AN_ADDRESS = Difference("contact.email", "k:old", "k:new")
A_CLASS = Difference("employee_class", "STAFF", "EXEC")
BACK = Difference("status", "Inactive", "Active")
OUT = Difference("status", "Active", "Inactive")
NEW = Difference("status", "", "Active")
IN_SALES = Difference("department", "", "SALES")

MOVE = Rejection("move", {"department": "SALES"})
CREATE = Rejection("create", {"status": "Active", "department": "SALES"})
REACTIVATE = Rejection("reactivate", {"status": "Active", "department": "SALES"})
LEAVE = Rejection("deactivate", {"status": "Inactive", "last_day": "2026-11-20"})


def plan(*differences: Difference, outcome: Outcome = Outcome.UPDATED) -> Plan:
    return Plan(outcome, differences)


@pytest.mark.parametrize(
    ("rejection", "wanted", "left"),
    [
        (MOVE, plan(TO_SALES), ()),
        (MOVE, plan(TO_SALES, AN_ADDRESS), (AN_ADDRESS,)),
        (MOVE, plan(TO_FINANCE), (TO_FINANCE,)),
        (MOVE, plan(A_CLASS), (A_CLASS,)),
        (MOVE, plan(BACK, TO_SALES, outcome=Outcome.REACTIVATED), (BACK,)),
        (MOVE, plan(OUT, outcome=Outcome.DEACTIVATED), (OUT,)),
        (MOVE, plan(NEW, IN_SALES, outcome=Outcome.CREATED), (NEW, IN_SALES)),
        (Rejection("rewrite", {"contact.email": "k:new"}), plan(AN_ADDRESS), ()),
        (Rejection("rewrite", {"contact.email": "k:other"}), plan(AN_ADDRESS), (AN_ADDRESS,)),
        (CREATE, plan(NEW, IN_SALES, AN_ADDRESS, outcome=Outcome.CREATED), ()),
        (CREATE, plan(NEW, TO_FINANCE, outcome=Outcome.CREATED), (NEW, TO_FINANCE)),
        (CREATE, plan(TO_SALES), (TO_SALES,)),
        (REACTIVATE, plan(BACK, TO_SALES, AN_ADDRESS, outcome=Outcome.REACTIVATED), ()),
        (REACTIVATE, plan(BACK, TO_FINANCE, outcome=Outcome.REACTIVATED), (BACK, TO_FINANCE)),
        (LEAVE, plan(OUT, outcome=Outcome.DEACTIVATED), ()),
        (LEAVE, plan(TO_SALES), (TO_SALES,)),
        (None, plan(TO_SALES), (TO_SALES,)),
    ],
)
def test_a_plan_is_without_what_was_rejected(
    rejection: Rejection | None, wanted: Plan, left: tuple[Difference, ...]
) -> None:
    found = without_rejected(wanted, [rejection] if rejection else ())

    assert found.differences == left
    assert {*found.differences, *found.rejected} == {*wanted.differences}
    assert found.outcome == (wanted.outcome if left else Outcome.UNCHANGED)


@pytest.mark.parametrize(
    ("last_day", "is_spared"),
    [
        (Known(date(2026, 11, 20)), True),
        (UNKNOWN, True),
        (Known(date(2026, 11, 22)), False),
        (EMPTY, False),
    ],
)
def test_leaving_on_another_day_is_another_leaving(last_day: Fact[date], is_spared: bool) -> None:
    worker = Worker("w", "p", Facts(EmploymentStatus.TERMINATED, end_date=last_day))
    to_come = Worker("w2", "p", Facts(EmploymentStatus.ACCEPTED))
    leaves = plan(OUT, outcome=Outcome.DEACTIVATED)

    for workers in ([worker], [worker, to_come]):
        found = without_rejected(leaves, [LEAVE], of_leaving(workers))
        assert bool(found.rejected) is is_spared


@pytest.mark.parametrize(
    ("now", "is_spared"),
    [
        ({"status": "Active", "department": "SALES"}, True),
        ({"status": "Active"}, True),
        ({"status": "Active", "department": "FIN"}, False),
    ],
)
def test_who_comes_back_elsewhere_is_another_return(now: dict[str, str], is_spared: bool) -> None:
    """Visma may have the department of now already: then nothing differs but the status."""
    returns = plan(BACK, outcome=Outcome.REACTIVATED)

    assert bool(without_rejected(returns, [REACTIVATE], now).rejected) is is_spared


def test_what_is_rejected_of_fields_adds_up() -> None:
    address = Rejection("rewrite", {"contact.email": "k:new"})

    (both,) = with_rejected([MOVE], address)
    assert both.values == {**MOVE.values, **address.values}
    assert with_rejected([], address) == (address,)
    assert with_rejected([LEAVE], address) == (LEAVE, address)
    assert with_rejected([MOVE], LEAVE) == (MOVE, LEAVE)
    later = Rejection("deactivate", {"status": "Inactive", "last_day": "2026-11-22"})
    assert with_rejected([MOVE, LEAVE], later) == (MOVE, later)


def test_several_rejections_leave_out_what_each_of_them_is_about() -> None:
    address = Rejection("rewrite", {"contact.email": "k:new"})

    found = without_rejected(plan(TO_SALES, AN_ADDRESS, A_CLASS), [LEAVE, MOVE, address])

    assert found.differences == (A_CLASS,)
    assert found.rejected == (TO_SALES, AN_ADDRESS)
    kept = after_planning([LEAVE, MOVE], [TO_SALES], {"department": "SALES"})
    assert kept == (MOVE,)


@pytest.mark.parametrize(
    ("rejection", "spared", "desired", "left"),
    [
        (MOVE, [TO_SALES], {"department": "SALES"}, MOVE),
        (MOVE, [], {"department": "PROD"}, None),
        (MOVE, [], {"department": "SALES"}, None),  # by hand
        (MOVE, [], {}, MOVE),  # not shown
        (MOVE, [], None, None),  # leaves
        (
            Rejection("move", {"department": "SALES", "employee_class": "EXEC"}),
            [TO_SALES],
            {"department": "SALES", "employee_class": "STAFF"},
            MOVE,
        ),
        (LEAVE, [OUT], None, LEAVE),
        (LEAVE, [], {"status": "Active"}, None),
        (CREATE, [NEW, IN_SALES], {"department": "SALES"}, CREATE),
        (CREATE, [], {"department": "SALES"}, None),
        (None, [], {}, None),
    ],
)
def test_it_lasts_as_long_as_the_same_is_asked_for(
    rejection: Rejection | None,
    spared: list[Difference],
    desired: Mapping[str, str] | None,
    left: Rejection | None,
) -> None:
    found = after_planning([rejection] if rejection else (), spared, desired)

    assert found == ((left,) if left else ())


def test_a_move_between_companies_is_one_thing() -> None:
    moves = [MOVE, Rejection("transfer", transfer_values("sweden", ["norway"]))]

    assert is_transfer_rejected(moves, "sweden", ["norway"])
    assert not is_transfer_rejected(moves, "denmark", ["norway"])
    assert not is_transfer_rejected(moves, "sweden", ["denmark", "norway"])
    assert not is_transfer_rejected([MOVE], "sweden", ["norway"])
    assert not is_transfer_rejected([], "sweden", ["norway"])


def test_what_an_earlier_version_rejected_is_whatever_would_be_done_but_leaving() -> None:
    before = [Rejection("")]

    assert without_rejected(plan(TO_SALES, AN_ADDRESS), before).differences == ()
    assert after_planning(before, [TO_SALES], {"department": "SALES"}) == (MOVE,)
    assert after_planning(before, [NEW, IN_SALES], {}) == (CREATE,)
    assert after_planning(before, [BACK, TO_SALES], {}) == (REACTIVATE,)
    assert is_transfer_rejected(before, "sweden", ["norway"])
    leaves = plan(OUT, outcome=Outcome.DEACTIVATED)
    assert without_rejected(leaves, before) == leaves
    assert after_planning(before, [], {}) == ()


def test_what_an_earlier_version_held_is_rejected_by_its_kind() -> None:
    held = [Rejection("move")]

    assert without_rejected(plan(TO_SALES, AN_ADDRESS), held).differences == ()
    assert without_rejected(plan(A_CLASS), held).differences == (A_CLASS,)
    leaves = plan(OUT, outcome=Outcome.DEACTIVATED)
    assert without_rejected(leaves, [Rejection("deactivate")]).differences == ()
    left = after_planning([Rejection("deactivate")], [OUT], None)
    assert left == (Rejection("deactivate", {"status": "Inactive"}),)


def test_what_is_not_shown_may_be_the_same() -> None:
    assert asks_for_the_same(CREATE, {"status": "Active"})
    assert asks_for_the_same(CREATE, {"status": "Active", "department": "SALES"})
    assert not asks_for_the_same(CREATE, {"status": "Active", "department": "FIN"})
