"""A payroll run is of the company where the people of its legal entity are, whatever its name."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
import yaml

from tests.component.payroll.conftest import Payday, payroll_mapping
from tests.component.test_names_changing_hands import a_day_later, exchanged, imported, swap_in
from tests.simulator import nordfab_books
from tests.support.world import a_world

AS, AB = "Nordfab AS", "Nordfab AB"


def both_export() -> str:
    """Norway and Sweden export payroll runs, and each could enter one in the other's currency."""
    plain = yaml.load(payroll_mapping(2), Loader=yaml.BaseLoader)  # noqa: S506
    norway, sweden = plain["companies"]["norway"], plain["companies"]["sweden"]
    norway["payroll"] = {**norway["payroll"], "currencies": {"SEK": "0.98"}}
    sweden["payroll"] = deepcopy(norway["payroll"])
    return yaml.safe_dump(plain, sort_keys=False)


@pytest.fixture
def group() -> Iterator[Payday]:
    """Sweden's people came from Norway, where their employees are left inactive."""
    with a_world(people=60, companies=2, mapping_text=both_export()) as world:
        entities = {row["legal_name"]: row["id"] for row in world.rippling.rows("legal-entities")}
        theirs = [
            row["id"]
            for row in world.rippling.rows("workers")
            if row["legal_entity_id"] == entities[AB]
        ]
        nordfab_books(world.rippling, world.visma, months=1)
        for worker in theirs:
            world.rippling.change(worker, legal_entity=AS, location="Oslo")
        world.first_load()
        world.clock.turn(seconds=60)  # so that what was read of Visma is not believed any more
        payday = Payday(world)
        for worker in theirs:
            world.rippling.change(worker, legal_entity=AB, location="Stockholm")
        world.settle()
        a_day_later(world)
        payday.run_id = payday.approved(AB)
        yield payday


def company_in_list(payday: Payday) -> str:
    """Whose run the list of runs says it is."""
    rows = payday.says("runs")["rows"]
    return next(str(row["company"]) for row in rows if row["run"] == payday.run_id)


def problems(answer: dict[str, Any]) -> str:
    return "; ".join(answer.get("problems_found") or answer.get("problems") or ())


@pytest.mark.parametrize("days", [0, 2])
def test_legal_entities_whose_names_were_swapped_keep_their_runs(group: Payday, days: int) -> None:
    swap_in(group.world, "legal_entity", AS, AB)
    a_day_later(group.world, days)

    group.export()

    assert group.batches("norway") == []
    assert group.plan()["company"] == company_in_list(group) == "sweden"
    assert f"run {group.run_id} is one of sweden" in problems(group.export(company="norway"))


def test_nor_does_a_file_that_follows_the_swap_give_a_run_to_another_company(
    group: Payday,
) -> None:
    swap_in(group.world, "legal_entity", AS, AB)
    a_day_later(group.world)
    imported(group.world, exchanged(group.world.mapping_text, AS, AB))
    a_day_later(group.world)

    assert group.plan()["company"] == company_in_list(group) == "sweden"


def test_a_renamed_legal_entity_keeps_its_runs(group: Payday) -> None:
    group.world.rippling.rename_legal_entity(AB, "Nordfab Sverige AB")

    assert group.plan()["company"] == company_in_list(group) == "sweden"


def test_a_run_is_refused_while_nobody_can_tell_which_legal_entity_a_row_means(
    group: Payday,
) -> None:
    swap_in(group.world, "legal_entity", AS, AB)
    group.world.edit_mapping(exchanged(group.world.mapping_text, AS, AB))
    group.world.drain()
    a_day_later(group.world)

    refused = group.export()

    assert f"whose run {group.run_id} is cannot be told" in problems(refused)
    assert "import the mapping by the names of today" in problems(refused)
    assert problems(group.plan()) == problems(refused)
    assert company_in_list(group) == "-"
    assert group.batches("norway") == group.batches("sweden") == []


def test_a_run_of_a_legal_entity_that_no_company_claims_is_refused(group: Payday) -> None:
    plain = yaml.safe_load(group.world.mapping_text)
    plain["companies"]["sweden"]["legal_entities"] = ["Nordfab Oy"]
    group.world.edit_mapping_unheard(yaml.safe_dump(plain, sort_keys=False))

    told = problems(group.export())

    assert f"no company of the mapping claims its legal entity {AB}" in told
    assert "add it to `legal_entities` of one" in told
    assert company_in_list(group) == "-"


def test_what_its_workers_had_tells_it_where_the_token_may_not_see_legal_entities(
    group: Payday,
) -> None:
    group.world.rippling.forbid = {"legal-entities"}
    swap_in(group.world, "legal_entity", AS, AB)

    assert group.plan()["company"] == company_in_list(group) == "sweden"


def of_december(group: Payday) -> tuple[str, str]:
    """Somebody of Norway, and a run of December with them."""
    payroll = group.world.rippling.payroll
    run = str(payroll.draft_run(AS, "2026-12-01", "2026-12-31", "2027-01-05")["id"])
    payroll.approve_run(run)
    (made,) = (each for each in payroll.payroll_runs() if each["id"] == run)
    return str(made["records"][0]["worker_id"]), run


def test_whoever_left_for_another_company_after_the_days_of_a_run_is_posted(
    group: Payday,
) -> None:
    worker, _ = of_december(group)
    run = group.approved(AS)
    group.world.rippling.change(worker, legal_entity=AB, location="Stockholm")
    group.world.settle()

    assert "is inactive in norway" not in problems(group.plan(run))


def test_whoever_left_for_another_company_before_the_days_of_a_run_is_not_posted(
    group: Payday,
) -> None:
    worker, run = of_december(group)
    group.world.rippling.change(worker, legal_entity=AB, location="Stockholm")
    group.world.settle()

    assert "is inactive in norway and active in sweden" in problems(group.export(run))
    assert group.batches("norway") == []


def test_nor_is_whoever_is_of_the_legal_entity_of_a_run_and_works_in_another_company(
    group: Payday,
) -> None:
    """The file gives Sweden's legal entity to Norway, and its people have not been moved yet."""
    group.world.edit_mapping_unheard(exchanged(group.world.mapping_text, AS, AB))

    told = group.export()

    assert "is inactive in norway and active in sweden" in problems(told), told
    assert group.batches("norway") == []
