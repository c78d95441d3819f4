"""Lives that are known to end wrong: each is a fault that is found and not mended yet.

Strict: a test here fails as soon as its fault is gone, and then belongs among the others.
"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.component.test_whole_lives import Lives


@pytest.mark.xfail(
    strict=True, raises=AssertionError, reason="employee 1012 keeps department and class"
)
def test_a_rehired_person_whose_codes_changed_ends_where_rippling_has_them() -> None:
    life = Lives()
    life.begin(start=datetime(2026, 11, 30, 22, 50, tzinfo=UTC), seed=1, people=11)
    life.change_the_owner(key="norway", owner="once")
    life.overtake(department="Production", n=-1)
    life.open_or_close_a_branch(is_open=True)
    life.map_a_department(department="Robotics", key="norway", place=("FIN", "500"))
    life.terminate_ahead(days=8, is_told_early=True, n=-1)
    life.change_the_owner(key="sweden", owner="once")
    life.rename_a_department(department="Management", is_followed=True)
    life.settle()
    life.change_the_default_class(code="EXEC", key="norway")
    life.come_and_vanish(is_rehired=True)
    life.renumber(how="at once", n=14)
    life.let_a_day_begin(days=1, is_punctual=False)
    life.rehire(days=-2, department="Finance", entity="Nordfab AS", is_new=False, n=15)
    life.terminate_ahead(days=11, is_told_early=True, n=-1)
    life.create_and_forget(then="another address")
    life.move(department="Finance", how="late", n=-1)
    life.create_and_forget(then="no hire at all")
    life.change_pay_basis(how="late", kind="Hourly full-time", n=-1)
    life.change_the_owner(key="norway", owner="once")
    life.add_or_link_a_department(code="SALES", key="norway", value="400")
    life.create_and_forget(then="no hire at all")
    life.overtake(department="Management", n=15)
    life.enter_the_next_hire_by_hand(is_theirs=False, key="sweden")
    life.cancel_a_termination(how="silently", n=7)
    life.let_a_day_begin(days=4, is_punctual=False)
    life.rehire(days=-1, department="Finance", entity="Nordfab AS", is_new=True, n=0)
    life.change_the_default_class(code="STAFF", key="sweden")
    life.start_cold()
    life.change_pay_basis(how="at once", kind="Hourly full-time", n=-1)
    life.create_and_forget(then="another company")
    life.cancel_a_termination(how="late", n=-1)
    life.create_and_forget(then="no hire at all")
    life.renumber(how="silently", n=-1)
    life.old_worker_again(how="silently", n=-1)
    life.hire(
        ago=2,
        department="Robotics",
        entity="Nordfab AB",
        kind="Salaried full-time",
        place="Stockholm",
    )
    life.start_cold()
    life.cancel_a_hire(has_begun=False, n=-1, reason="RENEGE")
    life.hire(
        ago=0,
        department="Management",
        entity="Nordfab AB",
        kind="Salaried full-time",
        place="Stockholm",
    )
    life.hire_ahead(
        days=9, department="Sales", entity="Nordfab AB", kind="Salaried full-time", place="Oslo"
    )
    life.come_and_vanish(is_rehired=True)
    life.open_or_close_a_branch(is_open=True)
    life.come_and_vanish(is_rehired=True)
    life.enter_the_next_hire_by_hand(is_theirs=False, key="norway")
    life.move(department="Sales", how="late", n=7)
    life.open_or_close_a_cost_centre(is_open=True, key="sweden", value="400")
    life.create_and_forget(then="another number")
    life.teardown()
