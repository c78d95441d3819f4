"""What people cost in the `PeopleTable`: encrypted, bound to its row, for who has the key."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import boto3
import pytest

from connector.adapters.aws.dynamodb import from_item, to_item
from connector.adapters.aws.keys.pay_cipher import PayCipher
from connector.adapters.aws.ledger import DynamoLedger
from connector.domain.errors import ConfigurationError, RetryableError
from connector.domain.planning import Outcome
from connector.domain.records.allocation import Allocation
from connector.domain.records.ledger import EmployeeLink
from tests.contract.bench import NOON, REGION, Watched, a_cipher, aws, make_table, refusal
from tests.support.clock import HandClock
from tests.support.digests import KEY

COST = "700000.5"
ALLOCATION = Allocation("200", "5010", COST, "NOK", date(2026, 1, 1))
PEOPLE = "PeopleTable"


@pytest.fixture
def client() -> Iterator[Any]:
    with aws("dynamodb") as client:
        make_table(client, PEOPLE)
        make_table(client, "AuditTable")
        yield client


def a_ledger(client: Any, cipher: PayCipher) -> DynamoLedger:
    return DynamoLedger(HandClock(), client, PEOPLE, "AuditTable", key=KEY, cipher=cipher)


def write(
    ledger: DynamoLedger, allocation: Allocation | None, person: str = "p1"
) -> Allocation | None:
    """Writes what somebody costs, and reads it again."""
    record = ledger.record(person)
    link = EmployeeLink(person, "norway", Outcome.UPDATED, NOON, allocation=allocation)
    ledger.finish(record, record.person, [link], [])
    return ledger.record(person).links["norway"].allocation


def row(client: Any, person: str = "p1") -> dict[str, Any]:
    key = to_item({"person": person, "company": "norway"})
    return from_item(client.get_item(TableName=PEOPLE, Key=key)["Item"])


def test_a_cost_is_encrypted_in_the_table_and_read_back_by_who_has_the_key(client: Any) -> None:
    ledger = a_ledger(client, a_cipher())

    assert write(ledger, ALLOCATION) == ALLOCATION
    assert COST not in str(row(client))
    assert row(client)["allocation"].keys() == {
        "cost_centre", "expense_account", "sealed_cost", "currency", "valid_from",
    }  # fmt: skip


def test_a_cost_that_is_put_into_another_row_cannot_be_read(client: Any) -> None:
    cipher = a_cipher()
    write(a_ledger(client, cipher), ALLOCATION)
    stolen = Allocation(sealed_cost=row(client)["allocation"]["sealed_cost"])
    other = EmployeeLink("p2", "norway", Outcome.UPDATED, NOON, allocation=stolen)
    session: Any = boto3.Session(region_name=REGION)
    cold = PayCipher(session.client("kms"), str(vars(cipher)["_key_arn"]))

    with pytest.raises(ConfigurationError, match="KMS does not decrypt what people cost"):
        cold.opened(other)
    mine = cold.opened(replace(other, person_id="p1")).allocation
    assert mine is not None
    assert mine.yearly_cost == COST


def test_kms_is_asked_only_for_what_has_changed(client: Any) -> None:
    session: Any = boto3.Session(region_name=REGION)
    asked = Watched(session.client("kms"))
    ledger = a_ledger(client, a_cipher(asked))

    kept = write(ledger, ALLOCATION)
    for _ in range(3):
        kept = write(ledger, kept)
    assert [name for name, _ in asked.calls] == ["encrypt"]

    raised = write(ledger, replace(kept or ALLOCATION, yearly_cost="800000"))
    assert raised is not None
    assert raised.yearly_cost == "800000"
    assert [name for name, _ in asked.calls] == ["encrypt", "encrypt"]


def test_a_list_of_people_asks_kms_for_nobody_and_shows_no_cost(client: Any) -> None:
    session: Any = boto3.Session(region_name=REGION)
    asked = Watched(session.client("kms"))
    ledger = a_ledger(client, a_cipher(asked))
    write(ledger, ALLOCATION)
    asked.calls.clear()

    (link,) = ledger.links("norway")

    assert link.allocation == replace(ALLOCATION, yearly_cost=None)
    assert asked.calls == []


def test_who_has_no_key_reads_no_cost_and_stores_none(client: Any) -> None:
    write(a_ledger(client, a_cipher()), ALLOCATION)
    blind = a_ledger(client, PayCipher(None, ""))

    assert blind.record("p1").links["norway"].allocation == replace(ALLOCATION, yearly_cost=None)
    write(blind, ALLOCATION, "p2")
    assert {"yearly_cost", "sealed_cost"} & row(client, "p2")["allocation"].keys() == set()


def test_a_cost_in_clear_of_an_earlier_version_is_encrypted_with_the_next_write(
    client: Any,
) -> None:
    ledger = a_ledger(client, a_cipher())
    write(ledger, ALLOCATION)
    client.update_item(
        TableName=PEOPLE,
        Key=to_item({"person": "p1", "company": "norway"}),
        UpdateExpression="SET allocation.yearly_cost = :cost REMOVE allocation.sealed_cost",
        ExpressionAttributeValues=to_item({":cost": COST}),
    )

    read = ledger.record("p1").links["norway"].allocation
    assert read == ALLOCATION
    write(ledger, read)
    assert COST not in str(row(client))


@pytest.mark.parametrize(
    ("code", "kind"),
    [("ThrottlingException", RetryableError), ("DisabledException", ConfigurationError)],
)
def test_a_key_that_cannot_be_used_is_told_and_nothing_is_written(
    client: Any, code: str, kind: type[Exception]
) -> None:
    asked = Watched(None)
    asked.answers["encrypt"] = [refusal(code, "Encrypt")]
    ledger = a_ledger(client, PayCipher(asked, "arn:key"))

    with pytest.raises(kind) as caught:
        write(ledger, ALLOCATION)

    assert COST not in str(caught.value)
    assert not ledger.record("p1").is_known


def test_what_people_cost_before_is_encrypted_as_well(client: Any) -> None:
    earlier = Allocation("300", "5010", "650000", "NOK", date(2025, 1, 1), date(2025, 12, 31))
    kept = replace(ALLOCATION, branch="1", earlier=(earlier,))
    ledger = a_ledger(client, a_cipher())

    assert write(ledger, kept) == kept
    assert "650000" not in str(row(client))
    (read,) = ledger.costs("norway")
    assert read.allocation == kept
    assert [each.allocation and each.allocation.yearly_cost for each in ledger.links("norway")] == [
        None
    ]
