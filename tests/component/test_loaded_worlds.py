"""A company that was loaded once for many tests: to each of them it is as if it was its own."""

from __future__ import annotations

from collections import Counter
from typing import Any

from tests.support.loaded import a_loaded_world
from tests.support.world import World, a_world


def contents(world: World) -> dict[str, Any]:
    """Visma, ledger and audit, as far as no company has them alone."""
    rows = (row for rows in world.tables.audit.values() for row in rows)
    links = (each for links in world.tables.links.values() for each in links.values())
    return {
        "employees": {
            each["employeeNumber"]: (each["status"], each["department"], each["contact"]["email"])
            for each in world.visma.employees()
        },
        "links": {(each.person_id, each.company, each.outcome) for each in links},
        "audit": Counter(row["outcome"] for row in rows),
        "mapping": world.mappings.rows(),
    }


def test_a_copy_is_what_a_load_of_its_own_leaves() -> None:
    with a_world(people=12) as own:
        own.first_load()
        expected = contents(own)
    for _ in range(2):
        with a_loaded_world(people=12) as copied:
            assert contents(copied) == expected
            assert copied.settle() == {}


def test_what_is_done_to_one_copy_is_done_to_no_other() -> None:
    with a_loaded_world(people=12) as untouched:
        before = contents(untouched)
    with a_loaded_world(people=12) as one:
        worker = one.rippling.workers()[0]
        one.rippling.change_user(worker["user_id"], mobile="+47 22 00 00 00")
        one.rippling.terminate(worker["id"], "2026-11-20")
        one.hire()
        one.edit_mapping(one.mapping_text.replace("floor: 5", "floor: 50"))
        one.clock.turn(days=1)
        assert one.settle()
        assert contents(one) != before
    with a_loaded_world(people=12) as later:
        assert contents(later) == before
        assert later.clock.now() < one.clock.now()
        assert later.settle() == {}
