"""What a call asks for, and whether policies allow it, as AWS reads both."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support.iam import NotUnderstoodError
from tests.support.rights import Rights, asked

TABLE = {"Fn::GetAtt": ["Rows", "Arn"]}
KEYS = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["code *"]}}
ATTRIBUTES = {"ForAllValues:StringEquals": {"dynamodb:Attributes": ["person", "company", "etag"]}}


def rights(
    *statements: dict[str, Any], more: dict[str, Any] | None = None, **parameters: str
) -> Rights:
    index = {"IndexName": "ByDay", "KeySchema": [{"AttributeName": "day"}]}
    keys = [{"AttributeName": "person"}, {"AttributeName": "company"}]
    role = {"Policies": [{"PolicyDocument": {"Statement": list(statements)}}]}
    rows = {"KeySchema": keys, "GlobalSecondaryIndexes": [index]}
    template = {
        "Parameters": {"Auth": {"Default": "token"}},
        "Conditions": {"IsAnApp": {"Fn::Equals": [{"Ref": "Auth"}, "oauth"]}},
        "Resources": {
            "Role": {"Type": "AWS::IAM::Role", "Properties": role},
            "Rows": {"Type": "AWS::DynamoDB::Table", "Properties": rows},
            **(more or {}),
        },
    }
    return Rights.of(template, parameters)


def may(action: str | list[str], resource: Any = TABLE, condition: Any = None) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": action, "Resource": resource}
    return statement | ({"Condition": condition} if condition else {})


def is_let(given: Rights, operation: str, request: dict[str, Any], of: str = "dynamodb") -> bool:
    before = len(given.refused)
    with suppress(ClientError):
        given.demand("Role", of, operation, request)
    return len(given.refused) == before


def key(person: str = "code 7001") -> dict[str, Any]:
    return {"TableName": "Rows", "Key": {"person": {"S": person}, "company": {"S": "norway"}}}


def update(expression: str, **names: str) -> dict[str, Any]:
    aliases = {f"#{name}": value for name, value in names.items()}
    return {**key(), "UpdateExpression": expression, "ExpressionAttributeNames": aliases}


def test_what_no_statement_allows_is_refused_and_kept_for_whoever_asks_in_the_end() -> None:
    given = rights(may("dynamodb:GetItem"))

    assert is_let(given, "GetItem", key())
    assert not is_let(given, "DeleteItem", key())
    assert not is_let(given, "GetItem", {**key(), "TableName": "Others"})
    assert given.used == {("Role", "dynamodb:GetItem", "Rows")}
    assert given.refused[0] == "Role may not dynamodb:DeleteItem on Rows"


def test_who_is_refused_is_told_so_as_aws_does() -> None:
    with pytest.raises(ClientError, match="AccessDeniedException") as refusal:
        rights().demand("Role", "dynamodb", "GetItem", key())

    assert refusal.value.operation_name == "GetItem"


def test_an_index_needs_a_right_of_its_own() -> None:
    query = {"TableName": "Rows", "IndexName": "ByDay"}

    assert not is_let(rights(may("dynamodb:Query")), "Query", query)
    index = {"Fn::Sub": "${Rows.Arn}/index/ByDay"}
    assert is_let(rights(may("dynamodb:Query", index)), "Query", query)
    assert is_let(rights(may("dynamodb:Query", {"Fn::Sub": "${Rows.Arn}/*"})), "Query", query)


def test_a_transaction_needs_the_right_to_each_of_its_actions() -> None:
    both = {"TransactItems": [{"ConditionCheck": key()}, {"Delete": key()}]}
    rest = {"TransactItems": [{"Put": {"TableName": "Rows", "Item": {}}}, {"Update": key()}]}

    check, delete = "dynamodb:ConditionCheckItem", "dynamodb:DeleteItem"
    assert is_let(rights(may([check, delete])), "TransactWriteItems", both)
    assert not is_let(rights(may(check)), "TransactWriteItems", both)
    assert not is_let(rights(may(delete)), "TransactWriteItems", both)
    assert [each.action for each in asked("dynamodb", "TransactWriteItems", rest)] == [
        "dynamodb:PutItem", "dynamodb:UpdateItem",
    ]  # fmt: skip


def test_a_batch_needs_the_right_to_batches() -> None:
    read = {"RequestItems": {"Rows": {"Keys": [key()["Key"]]}}}
    written = {"RequestItems": {"Rows": [{"PutRequest": {"Item": key()["Key"]}}]}}

    single = rights(may(["dynamodb:GetItem", "dynamodb:PutItem"]))
    assert not is_let(single, "BatchGetItem", read)
    assert not is_let(single, "BatchWriteItem", written)
    batches = rights(may(["dynamodb:BatchGetItem", "dynamodb:BatchWriteItem"]))
    assert is_let(batches, "BatchGetItem", read)
    assert is_let(batches, "BatchWriteItem", written)


def test_messages_sent_together_need_the_right_to_send_one() -> None:
    queue = rights(may("sqs:SendMessage", {"Fn::GetAtt": ["Queue", "Arn"]}))

    assert is_let(queue, "SendMessageBatch", {"QueueUrl": "Queue"}, of="sqs")
    assert is_let(queue, "SendMessage", {"QueueUrl": "Queue"}, of="sqs")
    assert not is_let(queue, "DeleteMessageBatch", {"QueueUrl": "Queue"}, of="sqs")


def test_a_right_to_some_rows_is_none_to_others() -> None:
    given = rights(
        may(["dynamodb:DeleteItem", "dynamodb:BatchGetItem", "dynamodb:PutItem"], TABLE, KEYS)
    )

    assert is_let(given, "DeleteItem", key("code 7001"))
    assert not is_let(given, "DeleteItem", key("p1"))
    both = [key(person)["Key"] for person in ("code 7001", "p1")]
    assert not is_let(given, "BatchGetItem", {"RequestItems": {"Rows": {"Keys": both}}})
    assert not is_let(given, "PutItem", {"TableName": "Rows", "Item": key("p1")["Key"]})


def test_a_query_is_about_the_key_that_it_names() -> None:
    by_key = {
        "TableName": "Rows",
        "KeyConditionExpression": "#person = :person AND begins_with(#company, :company)",
        "ExpressionAttributeNames": {"#person": "person", "#company": "company"},
        "ExpressionAttributeValues": {":person": {"S": "p1"}, ":company": {"S": "code 1"}},
    }
    given = rights(may(["dynamodb:Query", "dynamodb:Scan"], TABLE, KEYS))

    assert not is_let(given, "Query", by_key)
    by_key["ExpressionAttributeValues"] = {":person": {"S": "code 1"}, ":company": {"S": "p1"}}
    assert is_let(given, "Query", by_key)
    # Nothing says that a scan is not about other rows: such a condition does not keep it out.
    assert is_let(given, "Scan", {"TableName": "Rows"})


def test_a_right_to_some_attributes_is_none_to_others_wherever_they_are_named() -> None:
    given = rights(may(["dynamodb:UpdateItem", "dynamodb:PutItem"], TABLE, ATTRIBUTES))

    assert is_let(given, "UpdateItem", update("SET #a = :etag", a="etag"))
    assert is_let(given, "UpdateItem", update("SET #a.#b = :etag", a="etag", b="other"))
    assert not is_let(given, "UpdateItem", update("SET #a = :etag, #b = :b", a="etag", b="other"))
    assert not is_let(given, "UpdateItem", update("REMOVE other"))
    asking = {**update("SET #a = :e", a="etag", b="other"), "ConditionExpression": "#b = :b"}
    assert not is_let(given, "UpdateItem", asking)
    item = {**key()["Key"], "other": {"S": "1"}}
    assert not is_let(given, "PutItem", {"TableName": "Rows", "Item": item})


def test_a_statement_that_denies_wins() -> None:
    denial = {**may("dynamodb:DeleteItem", TABLE, KEYS), "Effect": "Deny"}
    given = rights(may("dynamodb:DeleteItem"), denial)

    assert is_let(given, "DeleteItem", key("p1"))
    assert not is_let(given, "DeleteItem", key("code 7001"))


def test_a_statement_for_some_stacks_counts_in_those_alone() -> None:
    nothing = {"Ref": "AWS::NoValue"}
    some = {"Fn::If": ["IsAnApp", may("dynamodb:GetItem"), nothing]}

    assert not is_let(rights(some), "GetItem", key())
    assert is_let(rights(some, Auth="oauth"), "GetItem", key())


def test_a_key_is_used_by_those_whom_its_own_policy_names() -> None:
    administers = {"Effect": "Allow", "Action": "kms:*", "Resource": "*",
                   "Principal": {"AWS": {"Fn::Sub": "arn:aws:iam::1:root"}}}  # fmt: skip
    uses = {"Effect": "Allow", "Action": "kms:Encrypt", "Resource": "*",
            "Principal": {"AWS": [{"Fn::GetAtt": ["Role", "Arn"]}]}}  # fmt: skip
    policy = {"KeyPolicy": {"Statement": [administers, uses]}}
    key_of = {"Key": {"Type": "AWS::KMS::Key", "Properties": policy, "Condition": "IsAnApp"}}

    given = rights(more=key_of, Auth="oauth")
    assert is_let(given, "Encrypt", {"KeyId": "Key"}, of="kms")
    assert not is_let(given, "Decrypt", {"KeyId": "Key"}, of="kms")
    assert not is_let(rights(more=key_of), "Encrypt", {"KeyId": "Key"}, of="kms")


def test_a_report_is_put_where_reports_are() -> None:
    given = rights(may("s3:PutObject", {"Fn::Sub": "${Bucket.Arn}/reports/*"}))

    assert is_let(given, "PutObject", {"Bucket": "Bucket", "Key": "reports/1/a"}, of="s3")
    assert not is_let(given, "PutObject", {"Bucket": "Bucket", "Key": "a"}, of="s3")
    assert not given.unused()


@pytest.mark.parametrize(
    "statement",
    [
        may("dynamodb:GetItem", TABLE, {"StringLike": {"dynamodb:LeadingKeys": ["a"]}}),
        may("dynamodb:GetItem", TABLE, {"ForAllValues:StringLike": {"dynamodb:Select": ["a"]}}),
        may("dynamodb:GetItem", "arn:aws:dynamodb:eu-north-1:123456789012:table/Rows"),
        may("dynamodb:GetItem", {"Fn::GetAtt": ["Rows", "Name"]}),
        {"Effect": "Allow", "NotAction": "dynamodb:GetItem", "Resource": "*"},
    ],
    ids=["another operator", "another key", "an address", "another attribute", "another member"],
)
def test_a_statement_that_is_not_understood_stops_the_test(statement: dict[str, Any]) -> None:
    with pytest.raises(NotUnderstoodError):
        rights(statement).demand("Role", "dynamodb", "GetItem", key())


@pytest.mark.parametrize(
    ("service", "operation"),
    [("dynamodb", "ExecuteStatement"), ("sqs", "PurgeQueue"), ("cloudwatch", "PutMetricData")],
)
def test_a_call_that_nobody_has_thought_of_stops_the_test(service: str, operation: str) -> None:
    with pytest.raises(NotUnderstoodError):
        list(asked(service, operation, {}))


def test_a_call_about_a_secret_a_key_or_a_function_names_it() -> None:
    calls: list[tuple[str, str, dict[str, Any]]] = [
        ("secretsmanager", "GetSecretValue", {"SecretId": "S"}),
        ("kms", "Encrypt", {"KeyId": "K"}),
        ("lambda", "Invoke", {"FunctionName": "F"}),
    ]

    found = [(each.action, each.resource) for call in calls for each in asked(*call)]

    assert found == [
        ("secretsmanager:GetSecretValue", "S"), ("kms:Encrypt", "K"),
        ("lambda:InvokeFunction", "F"),
    ]  # fmt: skip


def test_the_rights_that_no_call_needed_are_told() -> None:
    given = rights(may(["dynamodb:GetItem", "dynamodb:PutItem"]))

    is_let(given, "GetItem", key())

    assert given.unused() == {("Role", "dynamodb:PutItem", "Rows")}
