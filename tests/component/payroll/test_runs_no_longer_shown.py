"""A batch whose answer was lost is settled although Rippling has deleted its run meanwhile."""

from __future__ import annotations

from typing import Any

from tests.component.payroll.conftest import PATH, Payday
from tests.component.payroll.test_done_and_not import some_in_euro

FOUR_MINUTES = 240
A_MOMENT = 5


def lost_and_deleted(payday: Payday) -> None:
    """Visma is still at it when the run is deleted in Rippling."""
    payday.world.visma.faults.late(method="POST", path=PATH, times=1)
    assert not payday.export()["ok"]
    del payday.world.rippling.payroll.by_id[payday.run_id]


def shown(payday: Payday) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = payday.says("runs")["rows"]
    return [batch for row in rows if row["run"] == payday.run_id for batch in row["batches"]]


def test_its_batch_is_taken_down_as_exported_where_visma_has_it(payday: Payday) -> None:
    lost_and_deleted(payday)
    payday.world.visma.land()

    settled = payday.export()

    (batch,) = payday.batches()
    assert [each["number"] for each in settled["batches"]] == [batch["batchNumber"]]
    assert "delete or reverse it in Visma unless it is to stay" in settled["notes"][-1]
    assert [each["stage"] for each in shown(payday)] == ["exported"]


def test_it_is_forgotten_once_it_can_no_longer_come(payday: Payday) -> None:
    payday.export(payday.approved())  # Visma shows batches, so that the lost one would be shown
    lost_and_deleted(payday)

    too_early = payday.export()
    payday.world.clock.turn(seconds=FOUR_MINUTES + A_MOMENT)
    settled = payday.export()

    assert not too_early["ok"]
    assert "did not answer" in too_early["problems"][0]
    assert settled["ok"]
    assert not settled["batches"]
    assert "is not in Visma and can no longer come: it is forgotten" in settled["notes"][-1]
    assert not shown(payday)


def test_it_is_kept_where_visma_shows_no_batch_at_all_and_no_one_has_looked(
    payday: Payday,
) -> None:
    lost_and_deleted(payday)
    payday.world.visma.books("norway").batches.clear()
    payday.world.clock.turn(seconds=FOUR_MINUTES + A_MOMENT)

    refused, kept = payday.export(), shown(payday)
    settled = payday.export(not_there=True)

    assert "say `--not-there`" in refused["problems"][0]
    assert [each["stage"] for each in kept] == ["begun"]
    assert settled["ok"]
    assert not shown(payday)


def test_a_plan_tells_what_an_export_would_do_and_changes_nothing(payday: Payday) -> None:
    lost_and_deleted(payday)

    plan = payday.plan()

    assert "an export looks for it in Visma" in plan["notes"][-1]
    assert [each["stage"] for each in shown(payday)] == ["begun"]


def test_of_two_batches_the_one_that_was_lost_is_settled(payday: Payday) -> None:
    some_in_euro(payday)
    payday.world.visma.faults.lose_answer(method="POST", path=PATH, times=1)
    lost_and_deleted(payday)
    payday.world.visma.land()
    payday.world.clock.turn(seconds=FOUR_MINUTES + A_MOMENT)

    settled = payday.export()

    assert len(settled["batches"]) == 1  # the other was found at once
    assert [each["stage"] for each in shown(payday)] == ["exported", "exported"]
    assert len(payday.batches()) == 2


def test_a_run_of_which_nothing_is_known_is_still_unknown(payday: Payday) -> None:
    assert "shows no payroll run 0123" in payday.export("0123")["problems"][0]
