"""An export never says done of what is not, and never posts anyone's pay a second time unsaid."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
import yaml

from connector.domain.errors import RefusedError
from connector.domain.records.acts import OPERATORS
from connector.services.operate.verbs.payroll.runs import PayrollRunsVerb
from tests.component.payroll.conftest import PATH, Payday, payroll_mapping
from tests.simulator.books.payroll import Run

SOME = 4


def run_of(payday: Payday) -> Run:
    run: Run = payday.world.rippling.payroll.by_id[payday.run_id]
    return run


def some_in_euro(payday: Payday) -> Run:
    """Some people of the run are paid in another currency, which the mapping has a rate for."""
    payday.set_payroll(
        lambda company: company["payroll"].update(currencies={"EUR": 11.4}, lines="cost_centre")
    )
    run = run_of(payday)
    for record in run.records[:SOME]:
        record.currency = "EUR"
    return run


def test_a_run_that_changed_while_its_answer_was_lost_is_said_to_have(payday: Payday) -> None:
    payday.world.visma.faults.late(method="POST", path=PATH, times=1)
    payday.export()
    worker = run_of(payday).records[0].worker_id
    payday.world.rippling.payroll.amend_run(payday.run_id, worker, "70000.00")
    payday.world.visma.land()

    (found,) = payday.export()["batches"]

    (remark,) = found["remarks"]
    assert "has changed in Rippling" in remark
    assert f"NOK batch {found['number']}" in remark


def test_what_visma_does_not_show_is_not_taken_for_deleted(payday: Payday) -> None:
    payday.export()
    books = payday.world.visma.books("norway")
    hidden, books.batches = books.batches, []

    refused = payday.export(corrected=True)
    books.batches = hidden

    assert "shows the connector no batch at all" in refused["problems"][0]
    assert len(payday.batches()) == payday.posts() == 1


def test_an_operator_who_looked_in_visma_has_it_made_again(payday: Payday) -> None:
    payday.export()
    payday.world.visma.books("norway").batches.clear()

    assert payday.export(corrected=True, not_there=True)["ok"]


def test_nor_where_a_correction_in_the_old_currency_was_lost(payday: Payday) -> None:
    run = some_in_euro(payday)
    numbers = {each["currency"]: each["number"] for each in payday.export()["batches"]}
    payday.world.rippling.payroll.amend_run(payday.run_id, run.records[0].worker_id, "70000.00")
    payday.world.visma.faults.reset(method="POST", path=PATH, times=1)
    assert not payday.export(corrected=True)["ok"]
    payday.world.clock.turn(seconds=600)
    for record in run.records:
        record.currency = "NOK"

    refused = payday.export()
    (row,) = [each for each in payday.says("runs")["rows"] if each["run"] == payday.run_id]

    assert any(f"EUR batch {numbers['EUR']}" in each for each in refused["problems"])
    assert {each["stage"] for each in row["batches"]} == {"exported"}


def test_nobody_is_posted_in_a_new_currency_beside_the_old_one_unsaid(payday: Payday) -> None:
    run = some_in_euro(payday)
    numbers = {each["currency"]: each["number"] for each in payday.export()["batches"]}
    for record in run.records:
        record.currency = "NOK"

    plan, refused = payday.plan(), payday.export()
    (sent,) = payday.export(corrected=True)["batches"]

    assert any(f"EUR batch {numbers['EUR']}" in each for each in plan["notes"])
    assert any(f"EUR batch {numbers['EUR']}" in each for each in refused["problems"])
    assert set(sent["earlier"]) == set(numbers.values())


def test_a_currency_that_takes_the_place_of_another_needs_the_operators_word(
    payday: Payday,
) -> None:
    some_in_euro(payday)
    run = run_of(payday)
    for record in run.records:
        record.currency = "EUR"
    (first,) = payday.export()["batches"]
    for record in run.records:
        record.currency = "NOK"

    refused = payday.export()
    (second,) = payday.export(corrected=True)["batches"]

    assert "--corrected" in refused["problems"][0]
    assert second["earlier"] == [first["number"]]
    assert payday.posts() == 2


def test_a_run_is_not_done_with_one_of_its_currencies(payday: Payday) -> None:
    run = some_in_euro(payday)
    payday.world.visma.faults.late(method="POST", path=PATH, times=1)
    payday.export()
    payday.world.visma.land()
    for record in run.records[SOME:]:
        record.worker_id = "63b28f008cf9498084000099"

    answer = payday.export()

    assert not answer["ok"]
    assert "EUR batch" in answer["problems"][0]
    assert any("is not known to the connector" in each for each in answer["problems"])
    assert len(payday.batches()) == 1


def test_a_batch_that_was_entered_before_one_was_refused_is_told_and_on_record(
    payday: Payday, monkeypatch: pytest.MonkeyPatch
) -> None:
    some_in_euro(payday)
    journal = payday.world.operator.desk.payroll.preparation.journals.of("norway")
    enter = journal.enter

    def only_euro(entry: Any) -> str:
        if entry.currency == "NOK":
            raise RefusedError("Visma refused it", status=400)
        number: str = enter(entry)
        return number

    monkeypatch.setattr(journal, "enter", only_euro)

    answer = payday.export()

    (batch,) = payday.batches()
    assert answer["problems"][-1] == "Visma refused it"
    assert f"EUR batch {batch['batchNumber']}" in answer["problems"][0]
    (row,) = payday.world.audit_of(OPERATORS)
    assert batch["batchNumber"] in str(row["problems"])


@pytest.mark.parametrize("fault", ["reset", "late"])
def test_a_batch_is_listed_although_rippling_no_longer_shows_its_run(
    payday: Payday, fault: str
) -> None:
    getattr(payday.world.visma.faults, fault)(method="POST", path=PATH, times=1)
    payday.export()
    del payday.world.rippling.payroll.by_id[payday.run_id]

    listed = payday.says("runs")

    (row,) = listed["rows"]
    assert (row["run"], row["company"]) == (payday.run_id, "norway")
    assert row["batches"][0]["stage"] == "begun"
    assert PayrollRunsVerb().needs_attention(listed)
    assert payday.says("runs", company="sweden")["rows"] == []


def test_a_run_that_was_exported_to_one_company_is_not_exported_to_another_unsaid(
    two_companies: Payday,
) -> None:
    plain = yaml.safe_load(payroll_mapping(2))
    (sent,) = two_companies.export()["batches"]
    norway, sweden = plain["companies"]["norway"], plain["companies"]["sweden"]
    sweden["payroll"] = deepcopy(norway["payroll"])
    norway["legal_entities"], sweden["legal_entities"] = (
        sweden["legal_entities"], norway["legal_entities"],
    )  # fmt: skip
    two_companies.world.edit_mapping_unheard(yaml.safe_dump(plain, sort_keys=False))

    refused, plan = two_companies.export(), two_companies.plan()

    assert f"was exported to norway, as NOK batch {sent['number']}" in refused["problems"][0]
    assert plan["problems_found"][0] == refused["problems"][0]
    told = str(two_companies.export(corrected=True))
    assert "was exported to norway" not in told
