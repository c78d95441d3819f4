"""A payroll run becomes one balanced batch on hold in Visma's books, or nothing."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
import yaml

from connector.domain.records.acts import OPERATORS
from connector.domain.records.mode import ModeName
from connector.services.operate.verbs.payroll.export import ExportPayrollRun
from connector.services.operate.verbs.payroll.runs import PayrollRunsVerb
from connector.services.operate.verbs.view import Line, Table
from tests.component.payroll.conftest import OPERATOR, Payday, opened, payroll_mapping
from tests.support.world import a_world


def cost_by_centre(batch: dict[str, Any], account: str) -> dict[str, Decimal]:
    return {
        line["subaccount"]["segments"][0]["segmentValue"]: Decimal(str(line["debitAmount"]))
        for line in batch["journalTransactionLines"]
        if line["accountNumber"] == account
    }


def test_a_run_becomes_one_balanced_batch_on_hold(payday: Payday) -> None:
    answer = payday.export()

    assert answer["ok"], answer
    (batch,) = payday.batches()
    assert (batch["status"], batch["hold"]) == ("Hold", True)
    assert batch["debitTotal"] == batch["creditTotal"] > 0
    assert (batch["financialPeriod"], batch["transactionDate"][:10]) == ("202610", "2026-10-31")
    (sent,) = answer["batches"]
    assert sent["number"] == batch["batchNumber"]
    assert sent["remarks"] == []
    assert {line["referenceNumber"] for line in batch["journalTransactionLines"]} == {sent["key"]}
    assert batch["description"].startswith(f"{sent['key']} Rippling payroll run 2026-10-01")
    vendors = (*payday.world.visma.journal, *payday.world.rippling.journal)
    assert [call.path for call in vendors if call.contract_errors] == []
    assert payday.world.deviations == []


def test_the_cost_is_on_the_cost_centres_of_the_people(payday: Payday) -> None:
    payday.set_payroll(lambda company: company["payroll"].update(lines="cost_centre"))
    payday.export()

    (batch,) = payday.batches()
    wanted: dict[str, Decimal] = {}
    links = {link.worker_id: link for link in payday.world.ledger.links("norway")}
    catalogue = payday.world.cache.catalogue("norway")
    (run,) = payday.world.rippling.payroll.payroll_runs()
    for record in run["records"]:
        link = links[record["worker_id"]]
        department = catalogue.department((link.written or {})["department"])
        centre = str(department.cost_centre if department else "")
        wages = sum((one["amount"] for one in record["earnings"]), Decimal(0))
        wanted[centre] = wanted.get(centre, Decimal(0)) + wages
    assert cost_by_centre(batch, "5010") == wanted


def test_no_name_and_no_single_pay_is_in_what_is_shown_stored_or_audited(payday: Payday) -> None:
    plan, answer = payday.plan(), payday.export()
    (run,) = payday.world.rippling.payroll.payroll_runs()

    told = f"{plan} {answer} {payday.world.everything_stored()} {payday.world.exports.__dict__}"
    for record in run["records"]:
        for amount in (one["amount"] for one in record["earnings"]):
            assert f"{amount:.2f}" not in told
    for user in payday.world.rippling.rows("users"):
        assert user["name"]["family_name"] not in f"{plan} {answer}"


def test_who_exported_what_is_on_record_with_counts_and_totals(payday: Payday) -> None:
    answer = payday.export()

    (sent,) = answer["batches"]
    (row,) = payday.world.audit_of(OPERATORS)
    assert row["operator"] == OPERATOR
    assert row["said"]["run"] == payday.run_id
    assert row["said"]["company"] == "norway"
    assert row["said"]["batches"] == (
        f"NOK {sent['number']} ({sent['key']}), {sent['lines']} lines, {sent['people']} people,"
        f" {sent['total']}"
    )


def test_a_plan_sends_nothing_and_leaves_no_row(payday: Payday) -> None:
    plan = payday.plan()

    assert plan["problems_found"] == []
    (batch,) = plan["batches"]
    assert batch["state"] == "new"
    debit = sum((Decimal(line["debit"] or 0) for line in batch["lines"]), Decimal(0))
    assert str(debit) == batch["total"]
    assert payday.posts() == 0
    assert payday.batches() == []
    assert payday.world.audit_of(OPERATORS) == []


def test_a_second_export_is_refused_and_says_where_the_first_is(payday: Payday) -> None:
    (sent,) = payday.export()["batches"]

    again = payday.export()

    assert not again["ok"]
    (problem,) = again["problems"]
    assert f"is exported already: NOK batch {sent['number']}, entered on 2026-11-24" in problem
    assert OPERATOR in problem
    assert payday.posts() == len(payday.batches()) == 1
    assert payday.plan()["batches"][0]["state"] == f"exported as batch {sent['number']}"


def test_a_run_that_changed_becomes_a_second_batch_by_the_operators_word_alone(
    payday: Payday,
) -> None:
    (first,) = payday.export()["batches"]
    (run,) = payday.world.rippling.payroll.payroll_runs()
    payday.world.rippling.payroll.amend_run(
        payday.run_id, run["records"][0]["worker_id"], "70000.00"
    )

    refused = payday.export()
    corrected = payday.export(corrected=True)

    assert "--corrected" in refused["problems"][0]
    assert first["number"] in refused["problems"][0]
    (second,) = corrected["batches"]
    assert (second["revision"], second["earlier"]) == (2, [first["number"]])
    assert second["key"] != first["key"]
    assert [batch["status"] for batch in payday.batches()] == ["Hold", "Hold"]
    assert payday.batches()[1]["description"].endswith(f"correction: replaces {first['number']}")
    assert not payday.export(corrected=True)["ok"], "and not a third one"
    assert len(payday.batches()) == 2


def test_a_batch_that_finance_deleted_is_made_again_by_the_operators_word(payday: Payday) -> None:
    (first,) = payday.export()["batches"]
    payday.world.visma.books("norway").batches[-1].lines.clear()

    assert not payday.export()["ok"]
    (second,) = payday.export(corrected=True)["batches"]

    assert (second["revision"], second["earlier"]) == (2, [first["number"]])


def test_runs_are_listed_with_their_batches_and_no_amount(payday: Payday) -> None:
    draft = payday.draft()["id"]
    (sent,) = payday.export()["batches"]

    rows = {row["run"]: row for row in payday.says("runs")["rows"]}

    assert rows[payday.run_id]["company"] == "norway"
    assert [each["number"] for each in rows[payday.run_id]["batches"]] == [sent["number"]]
    assert (rows[draft]["state"], rows[draft]["batches"]) == ("DRAFT", [])
    assert payday.says("runs", company="sweden")["rows"] == []


def test_someone_who_moved_within_the_month_is_shared_by_days(payday: Payday) -> None:
    world = payday.world
    payday.set_payroll(lambda company: company["payroll"].update(lines="cost_centre"))
    run = world.rippling.payroll.draft_run("Nordfab AS", "2026-11-01", "2026-11-30", "2026-12-04")
    world.rippling.payroll.approve_run(run["id"])
    before = wages_by_centre(payday, run["id"])
    links = {link.worker_id: link for link in world.ledger.links("norway")}
    record = next(
        one for one in run["records"]
        if (links[one["worker_id"]].written or {})["department"] == "SALES"
    )  # fmt: skip
    world.rippling.move(record["worker_id"], "Finance")
    assert world.settle()["updated"] == 1

    after = wages_by_centre(payday, run["id"])

    wages = sum((one["amount"] for one in record["earnings"]), Decimal(0))
    moved = (wages * 7 / 30).quantize(Decimal("0.01"))  # from the 24th to the 30th
    shift = {centre: after[centre] - before[centre] for centre in before}
    assert {centre: by for centre, by in shift.items() if by} == {"400": -moved, "500": moved}


def wages_by_centre(payday: Payday, run: str) -> dict[str, Decimal]:
    """The wages of a plan by cost centre."""
    (batch,) = payday.plan(run)["batches"]
    return {
        line["cost_centre"]: Decimal(line["debit"])
        for line in batch["lines"]
        if line["account"] == "5010"
    }


def test_what_is_shown_before_it_asks_is_the_plan_and_what_it_asks_is_the_batches(
    payday: Payday,
) -> None:
    verb = ExportPayrollRun()
    preview = payday.export(preview=True)

    view, question = verb.question(preview)

    assert question == "Enter 1 batch on hold in norway?"
    (table,) = [part for part in view if isinstance(part, Table)]
    assert ("2930", "", "", preview["batches"][0]["lines"][-1]["credit"], "Net pay") in table.rows
    assert payday.posts() == 0
    assert not verb.needs_attention(preview)

    payday.world.visma.close_period("202610")
    refused = payday.export(preview=True)
    view, question = verb.question(refused)
    assert question == ""
    assert any(isinstance(part, Line) and "period 202610" in part.text for part in view)
    assert verb.needs_attention(refused)


def test_a_plan_does_not_ask_and_an_export_does() -> None:
    verb = ExportPayrollRun()

    assert verb.prepared({"run": "r", "plan": True})["yes"]
    assert "yes" not in verb.prepared({"run": "r"})


def test_the_export_says_where_the_batch_is_and_that_a_person_releases_it(payday: Payday) -> None:
    answer = payday.export()

    texts = [part.text for part in ExportPayrollRun().view(answer) if isinstance(part, Line)]
    assert any(
        answer["batches"][0]["number"] in text and "release it there" in text for text in texts
    )
    runs = PayrollRunsVerb()
    listed = payday.says("runs")
    assert not runs.needs_attention(listed)
    assert any(isinstance(part, Table) for part in runs.view(listed))


@pytest.mark.parametrize("lines", ["folded", "cost_centre"])
def test_the_platform_api_gives_the_same_batch(lines: str) -> None:
    """It shows neither currency nor who pays a tax: the mapping says both."""
    batches, with_employees = [], set[str]()
    for by_platform in (True, False):
        plain = yaml.safe_load(payroll_mapping())
        plain["companies"]["norway"]["payroll"] |= {
            "lines": lines, "currency": "NOK", "employer_taxes": ["Employer's contribution"],
        }  # fmt: skip
        text = yaml.safe_dump(plain, sort_keys=False)
        with a_world(people=40, mapping_text=text, by_platform=by_platform) as world:
            payday = opened(world)
            links = world.ledger.links("norway")
            # Some wait, because this API does not show where they work.
            with_employees = with_employees or {link.worker_id for link in links if link.exists}
            run = world.rippling.payroll.by_id[payday.run_id]
            run.records = [one for one in run.records if one.worker_id in with_employees]
            answer = payday.export()
            assert answer["ok"], answer
            batches.append(
                [
                    (line["accountNumber"], line["debitAmount"], line["creditAmount"])
                    for line in payday.batches()[0]["journalTransactionLines"]
                ]
            )

    assert batches[0] == batches[1]


def test_in_a_rehearsal_the_plan_is_shown_and_nothing_is_sent(payday: Payday) -> None:
    payday.be_in(ModeName.REHEARSAL)

    assert payday.plan()["batches"][0]["lines"] != []
    refused = payday.export()

    assert "in rehearsal" in refused["problems"][0]
    assert payday.posts() == 0


def line_of_ping(payday: Payday) -> dict[str, Any] | None:
    groups = payday.world.operator.dispatch({"verb": "ping"})["systems"]
    (rippling,) = (group for group in groups if group["system"] == "rippling")
    return next((check for check in rippling["checks"] if check["name"] == "payroll"), None)


def test_ping_tells_what_a_run_of_this_tenant_says(payday: Payday) -> None:
    line = line_of_ping(payday)

    assert line is not None
    assert line["level"] == "good"
    assert "Rippling shows 1 payroll run; the newest is APPROVED and pays" in line["message"]
    assert "which legal entity pays, in which currency, who pays each tax" in line["message"]


def test_ping_names_the_right_to_payroll_runs_that_is_missing(payday: Payday) -> None:
    payday.world.rippling.faults.fail(403, path="/payroll-runs.*")

    line = line_of_ping(payday)

    assert line is not None
    assert line["level"] == "bad"


def test_ping_reads_no_payroll_run_where_payroll_is_off(payday: Payday) -> None:
    payday.set_payroll(lambda company: company.pop("payroll"))

    assert line_of_ping(payday) is None
    assert payday.world.rippling.calls(path="/payroll-runs.*") == []
