"""A transaction that fails leaves no trace in moto, which copies less for it than it used to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

import tests.support.quick_moto  # noqa: F401  (what is tested)
from tests.contract.bench import REGION, aws

TABLE = "Rows"


@pytest.fixture(params=[True, False], ids=["with ranges", "without ranges"])
def keys(request: pytest.FixtureRequest) -> Iterator[list[dict[str, Any]]]:
    """The keys of two rows that are there, and of one that is not."""
    names = ["id", "part"] if request.param else ["id"]
    kinds = ["HASH", "RANGE"]
    with aws("dynamodb") as client:
        client.create_table(
            TableName=TABLE,
            KeySchema=[
                {"AttributeName": name, "KeyType": kind}
                for name, kind in zip(names, kinds, strict=False)
            ],
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in names],
            BillingMode="PAY_PER_REQUEST",
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
        )
        keys = [{name: {"S": row} for name in names} for row in ("changed", "gone", "new")]
        for key in keys[:2]:
            client.put_item(TableName=TABLE, Item={**key, "value": {"N": "1"}})
        yield keys


def scan() -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = client_of("dynamodb").scan(TableName=TABLE)["Items"]
    return sorted(rows, key=str)


def client_of(service: str) -> Any:
    session: Any = boto3.Session(region_name=REGION)
    return session.client(service)


def streamed() -> int:
    """How many changes the stream of the table tells."""
    client = client_of("dynamodbstreams")
    (stream,) = client.list_streams(TableName=TABLE)["Streams"]
    arn = stream["StreamArn"]
    (shard,) = client.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
    at = client.get_shard_iterator(
        StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
    )
    return len(client.get_records(ShardIterator=at["ShardIterator"])["Records"])


def transact(keys: list[dict[str, Any]], *, holds: bool) -> None:
    changed, gone, new = keys
    update = {
        "TableName": TABLE,
        "Key": changed,
        "UpdateExpression": "SET #v = :two",
        "ExpressionAttributeNames": {"#v": "value"},
        "ExpressionAttributeValues": {":two": {"N": "2"}},
    }
    put = {"TableName": TABLE, "Item": {**new, "value": {"N": "1"}}}
    if not holds:
        put["ConditionExpression"] = "attribute_exists(id)"
    delete = {"TableName": TABLE, "Key": gone}
    operations = [{"Update": update}, {"Delete": delete}, {"Put": put}]
    client_of("dynamodb").transact_write_items(TransactItems=operations)


def test_a_transaction_that_fails_leaves_every_row_and_the_stream(
    keys: list[dict[str, Any]],
) -> None:
    before, told = scan(), streamed()

    with pytest.raises(ClientError, match="TransactionCanceled"):
        transact(keys, holds=False)

    assert (scan(), streamed()) == (before, told)


def test_a_transaction_that_holds_changes_all_of_its_rows(keys: list[dict[str, Any]]) -> None:
    transact(keys, holds=True)

    changed, _, new = keys
    assert scan() == sorted(
        [{**changed, "value": {"N": "2"}}, {**new, "value": {"N": "1"}}], key=str
    )
    assert streamed() == 2 + 3
