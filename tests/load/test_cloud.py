"""The AWS of the stories answers as moto does, call by call, and counts the same units."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError

from tests.load.cloud.cloud import Cloud
from tests.simulator import nordfab_rippling, nordfab_visma
from tests.simulator.nordfab import nordfab_mapping
from tests.support.aws import Account, FakeContext, an_account
from tests.support.units import metered

PEOPLE = 8
UNSEEN = ("ResponseMetadata", "ConsumedCapacity")


@dataclass
class Beside:
    """Every call to DynamoDB is made of moto and of the tables of the stories."""

    names: Mapping[str, str]
    original: Any
    cloud: Cloud = field(default_factory=lambda: Cloud(lambda: datetime.now(UTC)))
    compared: Counter[str] = field(default_factory=Counter)
    differences: list[str] = field(default_factory=list)

    def call(self, client: Any, operation: str, request: dict[str, Any]) -> Any:
        """What moto answers; where the other answers otherwise, it is noted."""
        if client.meta.service_model.service_name != "dynamodb":
            return self.original(client, operation, request)
        theirs, error = self._asked(lambda: self.original(client, operation, request))
        ours, _ = self._asked(lambda: self.cloud.call(client, operation, self._translated(request)))
        self.compared[operation] += 1
        if _seen(self._translated(theirs)) != _seen(ours):
            self.differences.append(f"{operation} {request}: {theirs} and {ours}")
        if error:
            raise error
        return theirs

    def _asked(self, ask: Any) -> tuple[Any, ClientError | None]:
        try:
            return ask(), None
        except ClientError as error:
            response: Any = error.response
            told = {"code": response["Error"]["Code"], "item": response.get("Item", {})}
            return {**told, "reasons": _reasons(response)}, error

    def _translated(self, said: Any) -> Any:
        """The same with the names of the template."""
        if isinstance(said, dict):
            return {self.names.get(key, key): self._translated(each) for key, each in said.items()}
        if isinstance(said, list):
            return [self._translated(each) for each in said]
        return self.names.get(said, said) if isinstance(said, str) else said


def _reasons(response: Mapping[str, Any]) -> list[Any]:
    given = response.get("CancellationReasons", ())
    return [(each.get("Code"), each.get("Item", {})) for each in given]


def _seen(answer: Mapping[str, Any]) -> str:
    """What the connector sees of an answer, as text: a scan and a batch have no order."""
    seen = {key: each for key, each in answer.items() if each and key not in UNSEEN}
    responses = seen.get("Responses", {})
    seen["Responses"] = {table: sorted(map(_text, rows)) for table, rows in responses.items()}
    seen["Items"] = sorted(map(_text, seen.get("Items", ())))
    return _text(seen)


def _text(said: Any) -> str:
    return json.dumps(said, sort_keys=True)


@contextmanager
def beside(account: Account) -> Iterator[Beside]:
    names = {physical: logical for logical, physical in account.resources.items()}
    both = Beside(names, BaseClient._make_api_call)  # type: ignore[attr-defined]
    for table in ("WatermarksTable", "MappingsTable"):  # what stands there before anyone looks
        for item in account.scan(table):
            both.cloud.tables.tables[table].put(item)
    with pytest.MonkeyPatch.context() as patched:
        call = lambda *each: both.call(*each)  # noqa: E731, PLW0108
        patched.setattr(BaseClient, "_make_api_call", call)
        yield both


def a_day(account: Account, rippling: Any, visma: Any) -> None:
    """As much as there is to do: a first load, refusals, lost answers, moves, sweeps, verbs."""
    writer = account.handler("writer")
    visma.faults.lose_answer(method="POST", path="/v1/employee", times=2)
    visma.faults.fail(503, body="html", path="/v1/.*", times=3)
    account.operate("mappings import", text=nordfab_mapping())
    poller = account.handler("poller")
    poller.lambda_handler({}, FakeContext())
    rippling.add_department("Robotics")
    for department in ("Robotics", "Finance", "Sales"):
        while records := account.receive():
            answer = writer.lambda_handler({"Records": records}, FakeContext())
            failed = {each["itemIdentifier"] for each in answer["batchItemFailures"]}
            for record in records:
                if record["messageId"] not in failed:
                    account.delete(record)
        worker = rippling.workers()[0]
        rippling.move(worker["id"], department=department)
        poller.lambda_handler({"full_sweep": True}, FakeContext())
    for verb in ("status", "waiting", "held", "dead-letters"):
        assert account.operate(verb)["ok"]


def test_the_tables_of_the_stories_answer_as_moto_does_and_count_the_same_units(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with (
        nordfab_rippling(people=PEOPLE) as rippling,
        nordfab_visma() as visma,
        an_account(rippling, visma, monkeypatch) as account,
        metered() as used,
        beside(account) as both,
    ):
        visma.calls_per_hour = 100
        a_day(account, rippling, visma)

    assert both.differences == []
    assert {"GetItem", "Query", "Scan", "PutItem", "UpdateItem", "TransactWriteItems",
            "BatchGetItem"} <= both.compared.keys()  # fmt: skip
    assert both.compared.total() > 200
    ours = both.cloud.used
    assert ours.write_units == used.write_units
    # What a filter or a projection leaves out is read all the same; the meter over moto misses it.
    assert used.read_units <= ours.read_units <= used.read_units * 1.05
