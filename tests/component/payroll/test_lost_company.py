"""What was exported in a company stays in sight once the mapping lost it, or it exports no more."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import yaml

from connector.services.operate.verbs.payroll.runs import PayrollRunsVerb, batches_of
from tests.component.payroll.conftest import PATH, Payday, payroll_mapping
from tests.simulator.nordfab import nordfab_mapping

FOUR_MINUTES = 240
A_MOMENT = 5


def has_left(payday: Payday) -> None:
    """Sweden exports payroll runs now, and takes everyone; the mapping has no Norway any more."""
    plain = yaml.safe_load(payroll_mapping(2))
    norway, sweden = plain["companies"].pop("norway"), plain["companies"]["sweden"]
    sweden["payroll"] = norway["payroll"]
    sweden["legal_entities"] += norway["legal_entities"]
    payday.world.edit_mapping_unheard(yaml.safe_dump(plain, sort_keys=False))


def exports_no_more(payday: Payday) -> None:
    """No company exports payroll runs any more."""
    payday.world.edit_mapping_unheard(nordfab_mapping(2))


GONE = [has_left, exports_no_more]


def lost(payday: Payday) -> None:
    """A batch is sent, and Visma's answer does not arrive."""
    payday.world.visma.faults.late(method="POST", path=PATH, times=1)
    assert not payday.export()["ok"]


def row_of(payday: Payday, **arguments: Any) -> dict[str, Any]:
    """The row of the run, and its company."""
    rows = payday.says("runs", **arguments)["rows"]
    (row,) = (each for each in rows if each["run"] == payday.run_id)
    return dict(row)


@pytest.mark.parametrize("gone", GONE)
def test_a_batch_that_was_not_answered_is_still_listed_and_told(
    two_companies: Payday, gone: Callable[[Payday], None]
) -> None:
    lost(two_companies)
    gone(two_companies)

    row = row_of(two_companies, company="norway")

    (batch,) = row["batches"]
    assert (row["company"], batch["stage"]) == ("norway", "begun")
    assert PayrollRunsVerb().needs_attention({"rows": [row]})
    assert batches_of(row) == (
        "NOK not answered: have norway in the mapping with its part `payroll`, and export it again"
    )
    world = two_companies.world
    status = world.operator.dispatch({"verb": "status"})
    assert status["figures"]["payroll_unanswered"] == [batch["key"]]
    (told,) = (
        each
        for group in status["groups"]
        for each in group["checks"]
        if batch["key"] in each["message"]
    )
    assert (told["level"], told["remedy"]) == ("bad", "connector payroll runs")


@pytest.mark.parametrize("gone", GONE)
def test_what_was_exported_there_is_still_listed(
    two_companies: Payday, gone: Callable[[Payday], None]
) -> None:
    (sent,) = two_companies.export()["batches"]
    gone(two_companies)

    row = row_of(two_companies)

    assert (row["company"], batches_of(row)) == ("norway", f"NOK {sent['number']}")


def test_rippling_is_not_asked_where_no_company_exports_any_more(two_companies: Payday) -> None:
    two_companies.export()
    exports_no_more(two_companies)
    two_companies.world.clear_journals()

    assert row_of(two_companies)["state"] == "NOT ASKED"

    assert two_companies.world.vendor_calls() == (0, 0)


def test_a_run_that_was_exported_there_is_not_exported_again_by_the_company_that_took_it_over(
    two_companies: Payday,
) -> None:
    (sent,) = two_companies.export()["batches"]
    has_left(two_companies)

    refused = two_companies.export()

    assert refused["problems"][0] == (
        f"run {two_companies.run_id} was exported to norway, as NOK batch {sent['number']}, before"
        " it was one of sweden: delete or reverse that batch there, then `--corrected` makes one"
        " here"
    )
    assert two_companies.batches("sweden") == []


def test_a_run_with_batches_in_two_companies_has_a_row_of_each(two_companies: Payday) -> None:
    lost(two_companies)
    log = two_companies.world.operator.desk.payroll.exports
    begun = log.of_run("norway", two_companies.run_id).by_currency["NOK"]
    theirs = log.of_run("sweden", two_companies.run_id)
    log.save(theirs.with_export("SEK", begun.entered("000777")))

    rows = two_companies.says("runs")["rows"]

    assert [(each["company"], batches_of(each)) for each in rows] == [
        ("norway", "NOK not answered: export it again"),
        ("sweden", "SEK 000777"),
    ]


def test_the_batch_is_settled_once_the_company_is_back(two_companies: Payday) -> None:
    lost(two_companies)
    has_left(two_companies)
    two_companies.world.visma.land()
    two_companies.world.clock.turn(seconds=FOUR_MINUTES + A_MOMENT)

    two_companies.world.edit_mapping_unheard(payroll_mapping(2))
    settled = two_companies.export()

    (batch,) = two_companies.batches()
    assert [each["number"] for each in settled["batches"]] == [batch["batchNumber"]]
    assert batches_of(row_of(two_companies)) == f"NOK {batch['batchNumber']}"


def test_an_export_is_found_by_its_run_in_a_company_without_people(two_companies: Payday) -> None:
    lost(two_companies)
    del two_companies.world.rippling.payroll.by_id[two_companies.run_id]
    has_left(two_companies)
    two_companies.world.tables.links.clear()
    two_companies.world.tables.persons.clear()

    (problem,) = two_companies.export()["problems"]

    assert problem.startswith("norway is no longer in the mapping: put it back to settle batch RP")
