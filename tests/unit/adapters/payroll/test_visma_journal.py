"""The journal of Visma: a batch goes on hold as it is, and is found by its key over every page."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from connector.adapters.visma.addressing import code_given
from connector.adapters.visma.journal import client as journal_client
from connector.adapters.visma.journal.client import VismaJournal
from connector.adapters.visma.journal.wire import number_given
from connector.domain.errors import RefusedError, UnknownOutcomeError
from connector.domain.payroll.entry import EntryLine, JournalEntry
from tests.simulator import Visma
from tests.support.clock import HandClock

KEY = "RPABCDEFGHIJKLM"
PATH = "/v2/journaltransaction"
LAYER = Path(__file__).parents[4] / "layers" / "connector"


def entry(key: str = KEY, cost: str = "1234.56", lines: int = 2) -> JournalEntry:
    amount = Decimal(cost)
    debits = [
        EntryLine("5010", {1: "200", 2: "00"}, "Earnings", debit=amount) for _ in range(lines - 1)
    ]
    credit = EntryLine("2930", {1: "000", 2: "00"}, "Net pay", credit=amount * (lines - 1))
    return JournalEntry(
        key, f"{key} Rippling payroll run", "1", "1", "202506", date(2025, 6, 2), "NOK",
        (*debits, credit),
    )  # fmt: skip


def test_a_batch_is_entered_on_hold_with_the_key_in_header_and_lines(
    journal: VismaJournal, visma: Visma
) -> None:
    number = journal.enter(entry())

    batch = visma.batches()[-1]
    assert (batch["batchNumber"], batch["status"]) == (number, "Hold")
    assert batch["description"].startswith(KEY)
    assert {line["referenceNumber"] for line in batch["journalTransactionLines"]} == {KEY}
    assert visma.journal[-1].contract_errors == []
    found = journal.read(number)
    assert found is not None
    assert found.has(KEY)
    assert found.total == Decimal("1234.56")
    assert found.differences(is_same_total=True, lines=2, currency="NOK") == ()
    assert found.differences(is_same_total=False, lines=3, currency="EUR") == (
        "its total", "its number of lines", "its currency",
    )  # fmt: skip


def test_a_number_that_is_not_there_is_none(journal: VismaJournal) -> None:
    assert journal.read("999999") is None


@pytest.mark.parametrize("last", ["..", ".", "%2e%2e", ""])
def test_a_number_that_is_a_step_in_an_address_is_none(last: str) -> None:
    assert number_given(f"https://visma.example/v2/journaltransaction/{last}") == ""
    assert code_given(f"https://visma.example/v1/employee/{last}", "1001") is None


def test_a_batch_is_found_whole_although_its_lines_are_spread_over_pages(
    journal: VismaJournal, visma: Visma, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_client, "LINES_A_PAGE", 3)
    for other in ("RPOTHERAAAAAAAA", "RPOTHERBBBBBBBB"):
        journal.enter(entry(other))
    number = journal.enter(entry(lines=8))
    journal.enter(entry("RPOTHERCCCCCCCC"))

    (found,) = journal.find(KEY, "202506").batches

    assert (found.number, len(found.lines)) == (number, 8)
    assert found.total == Decimal("1234.56") * 7


@pytest.mark.parametrize("told", ["absent", "zero", "right"])
@pytest.mark.parametrize("most", [1, 2, 1000])
def test_a_batch_is_found_whatever_is_told_of_how_many_there_are(
    journal: VismaJournal, visma: Visma, told: Any, most: int
) -> None:
    visma.total_count = told
    visma.max_page_size = most
    journal.enter(entry(lines=5))

    (found,) = journal.find(KEY, "202506").batches

    assert len(found.lines) == 5


@pytest.mark.parametrize("is_shown", [True, False])
def test_a_batch_on_hold_is_found_where_a_list_without_status_leaves_it_out(
    journal: VismaJournal, visma: Visma, is_shown: bool
) -> None:
    visma.books().preferences.lists_hold_without_status = is_shown
    number = journal.enter(entry())

    assert [batch.number for batch in journal.find(KEY, "202506").batches] == [number]


def test_a_batch_that_was_moved_to_another_period_is_found_by_when_it_was_changed(
    journal: VismaJournal, visma: Visma, clock: HandClock
) -> None:
    begun = clock.now()
    number = journal.enter(replace(entry(), period="202507", day=date(2025, 7, 1)))

    assert journal.find(KEY, "202506").batches == []
    found = journal.find(KEY, "202506", begun).batches
    assert [batch.number for batch in found] == [number]


def test_a_key_within_a_longer_word_is_anothers(journal: VismaJournal) -> None:
    journal.enter(replace(entry("RPOTHERAAAAAAAA"), description=f"X{KEY} and {KEY}9"))

    lookup = journal.find(KEY, "202506")

    assert (lookup.batches, lookup.is_proven) == ([], True)


def test_a_batch_whose_header_was_edited_is_known_by_its_lines(
    journal: VismaJournal, visma: Visma
) -> None:
    journal.enter(replace(entry(), description="Lønn mai"))

    assert len(journal.find(KEY, "202506").batches) == 1


def test_nothing_is_proven_where_visma_shows_no_batch_at_all(
    journal: VismaJournal, visma: Visma, clock: HandClock
) -> None:
    assert journal.find(KEY, "202506", clock.now()).is_proven
    visma.books().batches.clear()

    assert not journal.find(KEY, "202506", clock.now()).is_proven


def test_a_lost_answer_is_told_and_the_batch_is_found(journal: VismaJournal, visma: Visma) -> None:
    visma.faults.lose_answer(method="POST", path=PATH, times=1)

    with pytest.raises(UnknownOutcomeError) as lost:
        journal.enter(entry())

    assert lost.value.may_land
    assert len(visma.calls("POST", PATH)) == 1
    assert len(journal.find(KEY, "202506").batches) == 1


@pytest.mark.parametrize("status", [400, 500])
def test_a_refusal_is_told_without_vismas_words(
    journal: VismaJournal, visma: Visma, status: int
) -> None:
    visma.set_preference("refusal_status", status)
    visma.books().change_account("5010", is_active=False)

    with pytest.raises((RefusedError, UnknownOutcomeError)) as refused:
        journal.enter(entry())

    reason = refused.value if status == 400 else getattr(refused.value, "refusal", None)
    assert isinstance(reason, RefusedError)
    assert "inactive" not in str(reason)
    assert not [batch for batch in visma.batches() if KEY in batch["description"]]


def test_the_chart_has_accounts_ledgers_and_periods(journal: VismaJournal, visma: Visma) -> None:
    visma.books().change_account("5010", is_active=False)

    chart = journal.chart(date(2025, 6, 2))

    assert not chart.accounts["5010"].is_active
    assert chart.accounts["2930"].is_active
    assert chart.accounts["2930"].takes_entries
    assert [ledger.number for ledger in chart.ledgers if ledger.is_actual] == ["1"]
    june = next(each for each in chart.periods if each.key == "202506")
    assert (june.first, june.last, june.is_open) == (date(2025, 6, 1), date(2025, 6, 30), True)


def test_an_amount_that_json_cannot_carry_is_refused_before_it_is_sent(
    journal: VismaJournal, visma: Visma
) -> None:
    with pytest.raises(RefusedError, match="too many digits"):
        journal.enter(entry(cost="12345678901234567.89"))

    assert visma.calls("POST", PATH) == []


def test_what_is_sent_keeps_to_the_contract(journal: VismaJournal, visma: Visma) -> None:
    journal.enter(replace(entry(), currency="EUR", rate=Decimal("11.7")))
    journal.find(KEY, "202506", None)

    assert [call for call in visma.journal if call.contract_errors] == []


def test_no_code_knows_how_a_batch_is_released() -> None:
    """A batch is never released by the connector: the path, and every word near it, is unknown."""
    words = ("action/release", "/action/post", "releasebatch", "release_batch", "/reverse")
    sources = [
        *LAYER.rglob("*.py"),
        *(LAYER.parents[1] / "functions").rglob("*.py"),
        *LAYER.rglob("*.json"),
    ]
    assert len(sources) > 100
    for source in sources:
        text = source.read_text("utf-8").lower()
        assert not [word for word in words if word in text], source
        if "journaltransaction" in text and source.suffix == ".py":
            assert '"put"' not in text, f"{source} may change a batch"
            is_ours = source.parent.name == "journal"
            assert is_ours or ".write(" not in text, f"{source} may enter a batch"
