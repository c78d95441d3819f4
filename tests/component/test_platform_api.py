"""Rippling read through its Platform API: the same end as by REST, at the price of full reads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.simulator import RipplingPlatform, nordfab_mapping, nordfab_rippling, nordfab_visma
from tests.simulator.platform_shapes import NOT_IN_2024
from tests.support.aws import FakeContext, an_account
from tests.support.loaded import a_loaded_world
from tests.support.states import MAPPING_BY_NAME, held_in_visma
from tests.support.world import World, a_world

EVERYONE = "/employees/include_terminated"


@pytest.fixture
def world() -> Iterator[World]:
    with a_loaded_world(people=40, by_platform=True, mapping_text=MAPPING_BY_NAME) as world:
        world.clear_journals()
        platform_of(world).clear_journal()
        yield world


def platform_of(world: World) -> RipplingPlatform:
    assert world.platform is not None
    return world.platform


def live(world: World) -> list[str]:
    """A first load, and then a bit of everything; what came of each day."""
    rippling, days = world.rippling, []

    def day_ends() -> None:
        days.append(str(sorted(world.settle().items())))
        world.clock.turn(days=1)

    day_ends()
    temp = world.hire(employment_type="Hourly temp", location="Oslo")
    later = world.hire(location="Bergen", start_date=world.clock.now().date().replace(day=28))
    world.hire(location="Bergen", employment_type="Contractor")
    day_ends()
    active = [each for each in rippling.workers() if each["status"] == "ACTIVE"]
    rippling.move(active[0]["id"], "Management")
    rippling.relocate(active[1]["id"], "REMOTE")
    rippling.change_user(active[2]["user_id"], family_name="Nymann", bump_worker=True)
    rippling.terminate(active[3]["id"], world.clock.now().date())
    rippling.change_employment_type(temp["id"], "Hourly full-time")
    day_ends()
    rippling.rehire(active[3]["user_id"], world.clock.now().date())
    day_ends()
    world.clock.turn(days=2)
    rippling.turn_day()
    day_ends()
    assert world.employee_of(rippling.worker(later["id"]))["status"] == "Active"
    return days


def test_both_apis_end_in_the_same_visma_state_for_the_same_company() -> None:
    ends = []
    for reads_platform in (False, True):
        with a_world(120, by_platform=reads_platform, mapping_text=MAPPING_BY_NAME) as world:
            ends.append((live(world), held_in_visma(world.visma)))

    (days_by_rest, by_rest), (days_by_platform, by_platform) = ends
    assert len(by_rest) > 100
    assert by_platform == by_rest
    assert days_by_platform == days_by_rest


def test_a_person_who_is_told_by_role_alone_is_created_once() -> None:
    with a_world(40, by_platform=True, mapping_text=MAPPING_BY_NAME) as world:
        platform_of(world).withheld = {"userId"}
        created = world.first_load()["created"]

        assert world.tick(full_sweep=True).queued == 0
        assert len(world.visma.employees()) == created > 20


def end_without(*withheld: str) -> list[dict[str, Any]]:
    """What Visma holds after these days where the token is not shown some members."""
    with a_world(60, by_platform=True, mapping_text=MAPPING_BY_NAME) as world:
        platform_of(world).withheld = set(withheld)
        live(world)
        return held_in_visma(world.visma)


def test_nothing_is_lost_where_a_part_is_told_in_another_way() -> None:
    with_everything = end_without()

    assert end_without("departmentId", "workLocationId") == with_everything
    assert end_without("companyEmploymentType") == with_everything


def test_the_model_of_2024_still_places_everybody(world: World) -> None:
    before = held_in_visma(world.visma)
    platform_of(world).withheld = set(NOT_IN_2024) - {"companyEmploymentType"}

    assert set(world.settle()) <= {"unchanged", "out_of_scope"}

    assert held_in_visma(world.visma) == before


class TestWalks:
    def test_a_tick_walks_everybody_and_says_so(self, world: World) -> None:
        worker = world.hire(location="Bergen")

        summary = world.tick()

        assert [change.worker_id for change in world.queue.changes] == [worker["id"]]
        assert (summary.workers_read, summary.rows_before_cutoff) == (41, 0)
        assert world.metrics.counts["FullReads"] == 1
        assert world.metrics.counts["FilterIgnored"] == 0

    def test_a_tick_in_which_nothing_changed_queues_nothing(self, world: World) -> None:
        assert world.tick().queued == 0
        assert [call.path for call in platform_of(world).journal] == [EVERYONE]
        assert world.visma.journal == []

    def test_what_no_stamp_announces_is_found_by_the_next_tick(self, world: World) -> None:
        worker = next(each for each in world.rippling.workers() if each["status"] == "ACTIVE")
        world.rippling.change_user(worker["user_id"], family_name="Nymann")

        assert world.settle() == {"updated": 1}

    def test_a_sweep_walks_everybody_once_and_not_twice(self, world: World) -> None:
        assert world.tick(full_sweep=True).sweep == "finished"

        assert len(platform_of(world).calls("GET", EVERYONE)) == 1
        assert world.metrics.counts["FullReads"] == 0

    def test_a_tick_cut_short_goes_on_where_it_stopped_and_leaves_nobody_out(self) -> None:
        with a_world(people=250, by_platform=True, mapping_text=MAPPING_BY_NAME) as world:
            world.first_load()
            platform_of(world).clear_journal()
            before = world.cursors.cursor("workers").watermark
            late = world.hire(location="Bergen")
            world.clock.remaining = 0.0

            read = [world.tick().workers_read for _ in range(2)]
            assert world.cursors.cursor("workers").watermark == before
            read.append(world.tick().workers_read)

            offsets = [call.query["offset"] for call in platform_of(world).calls(path=EVERYONE)]
            assert (read, offsets) == ([100, 100, 51], ["0", "100", "200"])
            assert [change.worker_id for change in world.queue.changes] == [late["id"]]
            assert world.metrics.counts["FullReads"] == 1

    def test_a_row_that_slips_through_is_no_termination(self, world: World) -> None:
        for worker in world.rippling.workers()[:3]:
            world.rippling.remove(worker["id"])

        assert world.settle() == {}

    def test_another_api_begins_its_walk_anew_and_changes_nothing(self, world: World) -> None:
        cursor = world.cursors.cursor("workers")
        world.cursors.save(type(cursor)(cursor.stream, cursor.watermark, page_token="100"))
        before = held_in_visma(world.visma)
        world.platform = None
        world.build()

        assert set(world.settle()) <= {"unchanged", "out_of_scope", "updated"}

        assert held_in_visma(world.visma) == before


def test_without_legal_entities_new_people_go_to_the_company_that_takes_them() -> None:
    text = nordfab_mapping(2).replace('["Nordfab AS"]', '["Nordfab AS", "?"]')
    with a_world(people=30, companies=2, by_platform=True, mapping_text=text) as world:
        world.first_load()

        assert world.visma.employees(company="norway")
        assert world.visma.employees(company="sweden") == []


def test_the_deployed_functions_read_the_api_that_the_parameter_names(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rippling = nordfab_rippling(people=4)
    with (
        rippling,
        RipplingPlatform(rippling) as platform,
        nordfab_visma() as visma,
        an_account(rippling, visma, monkeypatch) as account,
    ):
        api = {"RIPPLING_API": "platform", "RIPPLING_BASE_URL": platform.url}
        operations = account.handler("operations", **api)
        imports = {"verb": "mappings import", "text": MAPPING_BY_NAME}
        operations.lambda_handler(imports, FakeContext())
        summary = account.handler("poller", **api).lambda_handler({}, FakeContext())
        writer = account.handler("writer", **api)
        while records := account.receive():
            for record in records:
                assert writer.lambda_handler({"Records": [record]}, FakeContext()) == {
                    "batchItemFailures": []
                }
                account.delete(record)

        assert (summary["sweep"], summary["queued"]) == ("finished", 4)
        assert visma.employees()
        assert rippling.calls("GET", "/workers/.*") == []
