"""What a tick and a message cost in calls to DynamoDB: the size of a company is no part of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
import yaml
from botocore.client import BaseClient

from connector.adapters.aws.dynamodb import to_item
from connector.adapters.aws.ledger_rows import claim_item, link_item, person_key, person_values
from connector.domain.planning import Outcome
from connector.domain.records.ledger import EmployeeLink, Person
from connector.services.shared import current_mapping, current_mode
from tests.simulator import NORDFAB_MAPPING, Rippling
from tests.support.aws import Account, FakeContext

CONTEXT = FakeContext()
CHANGED = 8
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
LARGE = "x" * 12_000
"""So large that a few hundred people fill several pages: a large company in little time."""

Calls = Callable[[], Any]


@pytest.fixture
def people() -> int:
    return 30


@contextmanager
def counted() -> Iterator[Counter[str]]:
    """The calls to DynamoDB within, by operation."""
    calls: Counter[str] = Counter()
    original = BaseClient._make_api_call  # type: ignore[attr-defined]

    def call(self: BaseClient, operation: str, arguments: Any) -> Any:
        if self.meta.service_model.service_name == "dynamodb":
            calls[operation] += 1
        return original(self, operation, arguments)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(BaseClient, "_make_api_call", call)
        yield calls


def load(account: Account) -> None:
    """Everyone for the first time."""
    account.handler("poller").lambda_handler({}, CONTEXT)
    drain(account)


def drain(account: Account) -> int:
    """Hands all messages to one warm writer, ten at a time; how many there were."""
    writer, done = account.handler("writer"), 0
    while records := account.receive():
        answer = writer.lambda_handler({"Records": records}, CONTEXT)
        assert answer == {"batchItemFailures": []}
        done += len(records)
        for record in records:
            account.delete(record)
    return done


def settle_in(account: Account, count: int) -> None:
    """People who were loaded long ago, and of whom no one speaks today."""
    rows: list[dict[str, Any]] = []
    for number in range(count):
        person_id, code = f"p{number:06}", f"9{number:06}"
        link = EmployeeLink(
            person_id,
            "norway",
            Outcome.CREATED,
            LONG_AGO,
            employee_code=code,
            reason=LARGE,
        )
        person = Person(person_id, 1, "salt", {f"w{number}": "f"}, worker_id=f"w{number}")
        rows += [
            {**person_key(person_id), **person_values(person)},
            link_item(link),
            claim_item(code, "norway", person_id),
        ]
    client, table = account.client("dynamodb"), account.resources["PeopleTable"]
    for start in range(0, len(rows), 25):
        puts = [{"PutRequest": {"Item": to_item(row)}} for row in rows[start : start + 25]]
        client.batch_write_item(RequestItems={table: puts})


def move(rippling: Rippling, to: str) -> None:
    """Moves so many who have not moved before: whoever has is not counted again."""
    wanted, finance = (rippling.department(name)["id"] for name in (to, "Finance"))
    movers = [
        each
        for each in rippling.workers()
        if each["department_id"] not in (wanted, finance) and each["status"] == "ACTIVE"
    ]
    for worker in movers[:CHANGED]:
        rippling.move(worker["id"], department=to)


def guards_wide_open() -> str:
    content = yaml.load(NORDFAB_MAPPING, Loader=yaml.BaseLoader)  # noqa: S506 - plain texts
    content["companies"]["norway"]["guards"] |= {"move_percent": "100"}
    return yaml.safe_dump(content, allow_unicode=True, sort_keys=False)


def rules(count: int) -> str:
    content = yaml.safe_load(guards_wide_open())
    departments = content["companies"]["norway"]["departments"]
    departments += [{"rippling": f"Unit {n}", "department": f"U{n}"} for n in range(count)]
    return yaml.safe_dump(content, allow_unicode=True, sort_keys=False)


def test_a_tick_with_changes_costs_the_same_in_a_company_of_any_size(
    account: Account, rippling: Rippling
) -> None:
    account.operate("mappings import", text=guards_wide_open())
    load(account)
    costs = []
    for count, department in ((0, "Finance"), (250, "Sales")):
        settle_in(account, count)
        account.handler("poller").lambda_handler({}, CONTEXT)
        move(rippling, department)
        poller = account.handler("poller")
        with counted() as calls:
            summary = poller.lambda_handler({}, CONTEXT)
        assert summary["queued"] == CHANGED
        drain(account)
        costs.append(calls)

    assert costs[0] == costs[1]
    assert costs[0].total() <= 30
    assert costs[0]["Scan"] == 1, "the mapping is loaded once"


@pytest.mark.parametrize("count", [300], ids=["many rules"])
def test_a_message_costs_four_calls_and_every_other_second_two_more(
    account: Account, rippling: Rippling, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for asked in (current_mapping, current_mode):  # moto takes its time
        monkeypatch.setattr(asked, "BELIEVED_SECONDS", 600.0)
    account.operate("mappings import", text=rules(count))
    load(account)
    writer, costs = account.handler("writer"), []
    for department in ("Finance", "Sales"):  # the first batch finds the mapping, and counts heads
        move(rippling, department)
        account.handler("poller").lambda_handler({}, CONTEXT)
        records = account.receive()
        with counted() as calls:
            answers = [writer.lambda_handler({"Records": [each]}, CONTEXT) for each in records]
        assert answers == [{"batchItemFailures": []}] * CHANGED
        costs.append((len(records), calls))

    messages, calls = costs[-1]
    assert (messages, calls["Scan"]) == (CHANGED, 0)
    assert calls.total() <= 4 * messages + 2, calls
