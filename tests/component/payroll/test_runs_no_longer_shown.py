"""A batch whose answer was lost is settled although Rippling has deleted its run meanwhile."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import yaml

from connector.domain.records.acts import OPERATORS
from connector.services.operate.verbs.payroll.export import ExportPayrollRun
from tests.component.payroll.conftest import PATH, Payday, payroll_mapping
from tests.component.payroll.test_done_and_not import run_of, some_in_euro

FOUR_MINUTES = 240
A_MOMENT = 5


def lost_and_deleted(payday: Payday) -> None:
    """Visma is still at it when the run is deleted in Rippling."""
    payday.world.visma.faults.late(method="POST", path=PATH, times=1)
    assert not payday.export()["ok"]
    del payday.world.rippling.payroll.by_id[payday.run_id]


def corrected_lost_and_deleted(payday: Payday) -> tuple[dict[str, Any], Any]:
    """The batch that a lost correction was instead of, and the run that Rippling has deleted."""
    (first,) = payday.export()["batches"]
    pay = payday.world.rippling.payroll
    pay.amend_run(payday.run_id, run_of(payday).records[0].worker_id, "70000.00")
    payday.world.visma.faults.late(method="POST", path=PATH, times=1)
    assert not payday.export(corrected=True)["ok"]
    return first, pay.by_id.pop(payday.run_id)


def norway_has_left(payday: Payday) -> None:
    """The mapping has another company that exports payroll runs, and no Norway."""
    plain = yaml.safe_load(payroll_mapping(2))
    plain["companies"]["sweden"]["payroll"] = plain["companies"].pop("norway")["payroll"]
    payday.world.edit_mapping_unheard(yaml.safe_dump(plain, sort_keys=False))


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


def test_its_day_is_the_day_on_which_it_was_sent_in_the_zone_of_its_company(
    payday: Payday,
) -> None:
    payday.world.clock.set(datetime(2026, 11, 30, 23, 30, tzinfo=UTC))
    lost_and_deleted(payday)

    assert payday.plan()["booked_on"] == "2026-12-01"


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


def test_what_a_lost_correction_was_instead_of_is_remembered_once_it_is_forgotten(
    payday: Payday,
) -> None:
    first, run = corrected_lost_and_deleted(payday)
    payday.world.clock.turn(seconds=FOUR_MINUTES + A_MOMENT)

    settled, kept = payday.export(), shown(payday)
    payday.world.rippling.payroll.by_id[payday.run_id] = run
    again = payday.export()
    (second,) = payday.export(corrected=True)["batches"]

    assert f"it is forgotten; batch {first['number']} stays" in settled["notes"][-1]
    assert [(each["number"], each["stage"]) for each in kept] == [(first["number"], "exported")]
    assert f"since it was exported as NOK batch {first['number']}" in again["problems"][0]
    assert (second["revision"], second["earlier"]) == (2, [first["number"]])
    assert second["remarks"] == []


def test_a_correction_that_visma_has_after_all_is_taken_down_instead(payday: Payday) -> None:
    first, _ = corrected_lost_and_deleted(payday)
    payday.world.visma.land()

    (second,) = payday.export()["batches"]

    assert (second["is_found"], second["earlier"]) == (True, [first["number"]])
    assert [each["number"] for each in shown(payday)] == [second["number"]]


def test_a_correction_that_is_lost_a_second_time_still_gives_way_to_the_first_batch(
    payday: Payday,
) -> None:
    first, run = corrected_lost_and_deleted(payday)
    payday.world.rippling.payroll.by_id[payday.run_id] = run
    payday.world.clock.turn(seconds=FOUR_MINUTES + A_MOMENT)
    payday.world.visma.faults.fail(method="POST", path=PATH, times=1, status=400)

    refused = payday.export()

    assert not refused["ok"]
    assert [(each["number"], each["stage"]) for each in shown(payday)] == [
        (first["number"], "exported")
    ]


def test_what_was_forgotten_is_on_record(payday: Payday) -> None:
    payday.export(payday.approved())
    lost_and_deleted(payday)
    key = shown(payday)[0]["key"]
    payday.world.clock.turn(seconds=FOUR_MINUTES + A_MOMENT)
    before = len(payday.world.audit_of(OPERATORS))

    payday.export()

    (row,) = payday.world.audit_of(OPERATORS)[before:]
    assert row["said"]["batches"] == (
        f"NOK batch {key} is not in Visma and can no longer come: it is forgotten"
    )


def test_an_export_that_finds_nothing_open_says_so_on_record(payday: Payday) -> None:
    payday.export()
    del payday.world.rippling.payroll.by_id[payday.run_id]

    settled = payday.export()

    assert settled["ok"]
    (_, row) = payday.world.audit_of(OPERATORS)
    assert row["said"]["batches"] == "none entered, none forgotten"


def test_it_asks_before_anything_is_looked_for_and_forgotten(payday: Payday) -> None:
    lost_and_deleted(payday)
    (batch,) = shown(payday)

    _, question = ExportPayrollRun().question(payday.export(preview=True))

    assert question == f"Look for {batch['key']} in Visma, and forget what is not there?"


def test_it_does_not_ask_where_everything_is_known(payday: Payday) -> None:
    payday.export()
    del payday.world.rippling.payroll.by_id[payday.run_id]

    assert ExportPayrollRun().question(payday.export(preview=True))[1] == ""


def test_a_company_that_has_left_the_mapping_is_to_be_put_back(two_companies: Payday) -> None:
    lost_and_deleted(two_companies)
    key = shown(two_companies)[0]["key"]
    norway_has_left(two_companies)

    by_itself, named = two_companies.export(), two_companies.export(company="norway")

    told = (
        "norway is no longer in the mapping: put it back to settle batch"
        f" {key} of run {two_companies.run_id}"
    )
    assert by_itself["problems"] == named["problems"] == [told]


def test_of_a_company_that_has_left_the_mapping_what_is_in_visma_is_told(
    two_companies: Payday,
) -> None:
    (sent,) = two_companies.export()["batches"]
    del two_companies.world.rippling.payroll.by_id[two_companies.run_id]
    norway_has_left(two_companies)

    problems = two_companies.export()["problems"]

    assert "nothing of run" in problems[0]
    assert f"NOK batch {sent['number']} was made of it" in problems[-1]


def test_a_batch_in_another_company_than_is_named_is_told(two_companies: Payday) -> None:
    lost_and_deleted(two_companies)

    (problem,) = two_companies.export(company="sweden")["problems"]

    assert "there are batches in norway: not in sweden" in problem


def test_what_was_looked_through_in_vain_is_named(two_companies: Payday) -> None:
    (problem,) = two_companies.export("0123")["problems"]

    assert "nothing was made of it in norway, sweden; " in problem
    assert "name that with `--company`" in problem
