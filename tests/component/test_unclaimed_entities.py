"""A legal entity that was renamed, and that no row names any more: its people stay, and it is told.

That a rollback can bring about: it goes back to a name that the connector never saw.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.world import World, a_world

AB, FIRST, SECOND = "Nordfab AB", "Nordfab Sverige AB", "Nordfab Norden AB"
STAYS = "deactivate_when_out_of_scope: false"


@pytest.fixture
def group() -> Iterator[World]:
    """Two companies whose people leave once they are out of scope."""
    with a_world(people=40, companies=2) as world:
        text = world.mapping_text.replace(STAYS, STAYS.replace("false", "true"))
        assert text != world.mapping_text
        world.edit_mapping(text)
        world.mapping_text = text
        world.first_load()
        for link in asked(world, "held")["rows"]:
            done(world, "approve", people=[link["person"]])
        world.drain()
        swept(world)
        yield world


def asked(world: World, verb: str, **arguments: Any) -> dict[str, Any]:
    answer: dict[str, Any] = world.operator.dispatch({"verb": verb, **arguments})
    return answer


def done(world: World, verb: str, **arguments: Any) -> None:
    answer = asked(world, verb, operator="kari", **arguments)
    assert answer["ok"], answer


def swept(world: World) -> None:
    world.clock.turn(days=1)
    world.tick(full_sweep=True)
    world.drain()


def gone_back_to_a_name_nobody_saw(world: World) -> None:
    """Renamed twice, followed twice at once, and the second mapping taken back."""
    name = AB
    for new in (FIRST, SECOND):
        world.rippling.rename_legal_entity(name, new)
        done(world, "mappings import", text=claiming(world, new), yes=True)
        name = new
    done(world, "mappings rollback", yes=True)
    swept(world)


def claiming(world: World, name: str) -> str:
    text = world.mapping_text.replace(f'["{AB}"]', f'["{name}"]')
    assert text != world.mapping_text
    return text


def swedes(world: World) -> dict[str, str]:
    return {
        str(row["employeeNumber"]): str(row["status"]) for row in world.visma.employees("sweden")
    }


def lines(world: World) -> list[tuple[str, str]]:
    groups = asked(world, "status")["groups"]
    found = [check for group in groups for check in group["checks"]]
    return [(str(each["level"]), each["message"]) for each in found if each["name"] == "rows_apart"]


def test_nobody_leaves_because_no_row_names_their_legal_entity_any_more(group: World) -> None:
    before = swedes(group)
    assert "Active" in before.values()

    gone_back_to_a_name_nobody_saw(group)

    assert swedes(group) == before


def test_status_is_yellow_and_says_which_one_and_what_to_do_until_a_company_claims_it(
    group: World,
) -> None:
    assert lines(group) == []
    gone_back_to_a_name_nobody_saw(group)

    ((level, message),) = lines(group)
    assert level == "warning"
    assert f"({SECOND} in Rippling now)" in message
    assert f"named {AB} once" in message
    assert "Add it to a company" in message
    findings = asked(group, "mappings check")["findings"]
    told = [each["company"] for each in findings if "claimed by no company" in each["message"]]
    assert told == ["sweden"]

    done(group, "mappings import", text=claiming(group, SECOND), yes=True)
    swept(group)
    assert lines(group) == []


def test_whoever_stays_is_told_why_and_not_that_rippling_hides_it(group: World) -> None:
    gone_back_to_a_name_nobody_saw(group)

    links = [links["sweden"] for links in group.tables.links.values() if "sweden" in links]
    reasons = {link.reason for link in links if link.employee_code}

    assert reasons == {
        f"no company of the mapping claims the legal entity {SECOND} (before: {AB}); add it to one;"
        " what hinges on it stays as it is"
    }


def test_whoever_is_new_there_waits_for_a_company(group: World) -> None:
    gone_back_to_a_name_nobody_saw(group)
    worker = group.rippling.hire(
        {}, department="Sales", location="Stockholm", legal_entity=SECOND,
        employment_type="Salaried full-time", status="ACTIVE",
    )  # fmt: skip

    group.tick()
    group.drain()

    rows = asked(group, "waiting")["rows"]
    assert [row["person"] for row in rows] == [worker["user_id"]]
