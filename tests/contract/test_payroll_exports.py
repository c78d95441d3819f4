"""The contract of what is remembered of exported payroll runs: one writer wins, nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from connector.adapters.aws.ledger import DynamoLedger
from connector.adapters.aws.payroll.exports import DynamoExportLog, export_from, export_values
from connector.adapters.memory import InMemoryExportLog
from connector.adapters.memory.ledger import KEY
from connector.domain.errors import ConflictError
from connector.domain.payroll.exports import Export, RunExports, Stage
from connector.ports.payroll.exports import ExportLog
from tests.contract.bench import NOON, aws, make_table
from tests.support.clock import HandClock

BEGUN = Export(
    "RPABCDEFGHIJKLM", 1, Stage.BEGUN, "k1:content", "k1:total", "202610", 12, 38, NOON,
    NOON + timedelta(minutes=9), "kari",
)  # fmt: skip


@pytest.fixture(params=["memory", "dynamodb"])
def log(request: pytest.FixtureRequest) -> Iterator[ExportLog]:
    if request.param == "memory":
        yield InMemoryExportLog()
        return
    with aws("dynamodb") as client:
        yield DynamoExportLog(client, make_table(client, "PeopleTable"))


def test_what_was_never_exported_is_empty(log: ExportLog) -> None:
    assert log.of_run("norway", "r1") == RunExports("norway", "r1")
    assert list(log.of_company("norway")) == []


def test_an_export_is_read_back_as_it_was_written(log: ExportLog) -> None:
    second = replace(BEGUN, revision=2, earlier=("000122", "000123")).entered("000124")
    saved = log.save(log.of_run("norway", "r1").with_export("NOK", second))
    saved = log.save(saved.with_export("EUR", BEGUN))

    assert saved.version == 2
    assert log.of_run("norway", "r1") == saved
    assert log.of_run("norway", "r1").by_currency == {"NOK": second, "EUR": BEGUN}
    assert log.of_run("sweden", "r1").by_currency == {}


def test_of_two_who_have_read_the_same_only_one_writes(log: ExportLog) -> None:
    first, other = log.of_run("norway", "r1"), log.of_run("norway", "r1")
    log.save(first.with_export("NOK", BEGUN))

    with pytest.raises(ConflictError):
        log.save(other.with_export("NOK", replace(BEGUN, operator="ola")))

    assert log.of_run("norway", "r1").by_currency["NOK"].operator == "kari"


def test_what_was_begun_can_be_given_up(log: ExportLog) -> None:
    before = BEGUN.entered("000123")
    saved = log.save(log.of_run("norway", "r1").with_export("NOK", before))
    log.save(saved.with_export("NOK", replace(BEGUN, revision=2, before=before)))

    begun = log.of_run("norway", "r1")
    log.save(begun.given_up("NOK"))

    assert begun.by_currency["NOK"].before == before
    assert log.of_run("norway", "r1").by_currency == {"NOK": before}


def test_what_was_begun_and_is_instead_of_nothing_is_gone_once_it_is_given_up(
    log: ExportLog,
) -> None:
    begun = log.save(log.of_run("norway", "r1").with_export("NOK", BEGUN))
    begun = log.save(begun.with_export("EUR", BEGUN))

    log.save(begun.given_up("NOK"))

    assert log.of_run("norway", "r1").by_currency == {"EUR": BEGUN}


def test_a_row_from_before_the_exported_one_was_kept_is_read_without_it() -> None:
    stored = export_values(replace(BEGUN, revision=2, earlier=("000123",)))

    assert "before" not in stored
    assert export_from(stored).before is None


def test_what_is_given_up_never_takes_away_what_was_exported(log: ExportLog) -> None:
    exported = BEGUN.entered("000123")
    saved = log.save(log.of_run("norway", "r1").with_export("NOK", exported))

    assert saved.given_up("NOK").by_currency == {"NOK": exported}


def test_all_runs_of_a_company_are_found(log: ExportLog) -> None:
    for company, run in (("norway", "r1"), ("norway", "r2"), ("sweden", "r1")):
        log.save(log.of_run(company, run).with_export("NOK", BEGUN))

    assert sorted(each.run for each in log.of_company("norway")) == ["r1", "r2"]
    assert [each.run for each in log.of_company("sweden")] == ["r1"]


def test_every_company_with_a_batch_is_known_by_the_batches_alone(log: ExportLog) -> None:
    assert log.companies() == []

    for company, run in (("sweden", "r1"), ("norway", "r1"), ("norway", "r2")):
        saved = log.save(log.of_run(company, run).with_export("NOK", BEGUN))
        log.save(saved.given_up("NOK"))

    assert log.companies() == ["norway", "sweden"]
    assert [each.run for each in log.of_company("sweden")] == ["r1"]


def test_no_list_of_people_shows_a_run() -> None:
    with aws("dynamodb") as client:
        table = make_table(client, "PeopleTable")
        log = DynamoExportLog(client, table)
        log.save(log.of_run("norway", "r1").with_export("NOK", BEGUN))
        ledger = DynamoLedger(HandClock(NOON), client, table, "audit", 90, key=KEY, cipher=None)

        assert list(ledger.links("norway")) == []
        assert list(ledger.persons()) == []
        assert ledger.employed() == {}
        assert ledger.headcount("norway") == 0
        assert list(ledger.open_links("norway")) == []
