"""Numbers that a page states are those of the code and the template."""

from __future__ import annotations

import re
from typing import Any

import pytest

from connector.adapters.found_employments import KEPT, MOST_PEOPLE
from connector.adapters.http.client import CLOSING_SECONDS
from connector.adapters.http.exchange import EXCHANGE_SECONDS, LARGEST_ANSWER
from connector.adapters.http.pages import MOST_PAGES
from connector.domain.changes import Cause, Change
from connector.domain.cursors import OVERLAP
from connector.domain.records.ledger import ANSWER_SECONDS, INTENT_SECONDS
from connector.services.apply.consumer import (
    LONGEST_WAIT_SECONDS,
    OVERDUE_AFTER,
    OVERDUE_DELIVERIES,
    wait_before,
)
from connector.services.find.pages import MOST_FOUND, RESERVE_SECONDS
from connector.services.find.poller import LEASE_SECONDS
from connector.services.shared.catalogues import FRESH_SECONDS
from connector.services.shared.guarding import REMEMBERED_FOR
from connector.services.shared.new_change import new_change, new_run
from tests.embedded.template import ROOT
from tests.support import cost

TRAVELS = "docs/how-a-change-travels.md"
RUNBOOK = "docs/runbook.md"
WAITS = ", ".join(f"{wait_before(delivery):.0f}" for delivery in range(1, 6))


@pytest.mark.parametrize(
    ("page", "statement"),
    [
        (TRAVELS, f"the watermark minus {OVERLAP.seconds} seconds"),
        (TRAVELS, f"The overlap of {OVERLAP.seconds} seconds"),
        (TRAVELS, f"less than {RESERVE_SECONDS:.0f} seconds left"),
        (TRAVELS, f"with {MOST_FOUND:,} changes to queue"),
        (TRAVELS, f"after its {INTENT_SECONDS:.0f} seconds"),
        (TRAVELS, f"at most {FRESH_SECONDS / 60:.0f} minutes old"),
        (TRAVELS, f"{WAITS} seconds, then {LONGEST_WAIT_SECONDS / 60:.0f} minutes each time"),
        (TRAVELS, f"for {ANSWER_SECONDS:.0f} seconds nothing else is sent"),
        (TRAVELS, f"until its outcome, for {REMEMBERED_FOR.seconds // 3600} hours"),
        (TRAVELS, f"unpacks to more than {LARGEST_ANSWER // 2**20} MB"),
        (TRAVELS, f"a list of more than {MOST_PAGES:,} pages is left"),
        (TRAVELS, f"one call lasts {EXCHANGE_SECONDS:.0f} seconds at most"),
        (TRAVELS, f"ends {CLOSING_SECONDS:.0f} seconds before the invocation does"),
        (TRAVELS, f"last {KEPT.days} days count, of {MOST_PEOPLE:,} people at most"),
        (RUNBOOK, f"runs out after {LEASE_SECONDS:.0f} seconds"),
    ],
)
def test_a_page_states_the_number_that_the_code_has(page: str, statement: str) -> None:
    assert statement in (ROOT / page).read_text(encoding="utf-8")


@pytest.mark.parametrize("page", [TRAVELS, RUNBOOK, "docs/load.md", "CHANGELOG.md"])
def test_each_page_says_how_long_thirty_deliveries_take(page: str) -> None:
    hours = sum(wait_before(delivery) for delivery in range(1, 31)) / 3600

    assert round(hours * 2) / 2 == 6.5
    assert "six and a half hours" in (ROOT / page).read_text(encoding="utf-8")


def test_the_message_that_is_shown_is_one_as_a_run_makes_it() -> None:
    text = (ROOT / TRAVELS).read_text(encoding="utf-8")
    (body,) = re.findall(r"^{\"worker_id\".*}$", text, re.MULTILINE)
    shown, made = Change.from_body(body), new_change("w", "p", Cause.POLL, run=new_run())

    assert len(shown.correlation_id) == len(made.correlation_id)
    assert len(shown.run or "") == len(made.run or "")
    assert text.count(f'"correlation_id": "{shown.correlation_id}"') == 2


@pytest.mark.parametrize("page", ["CHANGELOG.md", RUNBOOK, "docs/configuration.md"])
def test_each_page_says_of_overdue_changes_what_the_writer_goes_by(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")

    assert OVERDUE_AFTER.total_seconds() == 24 * 60 * 60
    assert set(re.findall(r"has been on the queue for (?!more than)(\w+ \w+)", text)) == {"a day"}
    assert OVERDUE_DELIVERIES == 10
    assert re.search(r"tried ten times in vain|for the tenth time or later", text)


def test_the_pages_state_the_time_outs_and_deliveries_of_the_template(
    resources: dict[str, Any],
) -> None:
    queue = resources["ChangesQueue"]["Properties"]
    writer = resources["WriterFunction"]["Properties"]
    back = f"comes back after {queue['VisibilityTimeout'] // 60} minutes"
    travels, runbook = ((ROOT / page).read_text(encoding="utf-8") for page in (TRAVELS, RUNBOOK))

    assert queue["RedrivePolicy"]["maxReceiveCount"] == 30
    assert "thirty deliveries" in travels
    assert "A change failed thirty times" in runbook
    assert back in travels
    assert back in runbook
    assert f"out of time after {writer['Timeout']} seconds" in runbook


def test_an_intent_outlives_its_writer_and_a_lease_its_poller(resources: dict[str, Any]) -> None:
    writer, poller = (resources[f"{name}Function"]["Properties"] for name in ("Writer", "Poller"))

    assert writer["Timeout"] < INTENT_SECONDS, "or a second writer starts while the first writes"
    assert poller["Timeout"] < LEASE_SECONDS, "or two pollers read and save at the same time"
    assert LEASE_SECONDS < 5 * 60, "or a killed poller costs the tick after it"


def test_the_page_states_the_cost_that_the_measured_requests_come_to() -> None:
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")

    assert cost.table() in page, "put what `python -m tests.support.cost` prints into the page"
    assert f"at most {cost.TICK.read} read and {cost.TICK.write} write units for a tick" in page
    assert f"{cost.UPDATE.read} and {cost.UPDATE.write} for an update" in page
    assert f"{cost.CREATE.read} and {cost.CREATE.write} for a create" in page
    assert f"{cost.SWEEP.read} read units a person for a full sweep" in page
