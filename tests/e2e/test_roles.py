"""What each function may do, tried with its own role against the deployed stack."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.demo.stage import Stage
from tests.embedded.emulator import REGION

ROLES = ("Poller", "Webhook", "Writer", "Releaser", "Operations")  # with an API token
ROW = {"person": {"S": "p"}, "time": {"S": "t"}}


@pytest.fixture(scope="session")
def as_role(stage: Stage) -> Callable[[str, str], Any]:
    """A client of a service that acts as one of the functions."""
    roles = {
        role["RoleName"]: role["Arn"] for role in stage.aws.client("iam").list_roles()["Roles"]
    }

    def act(role: str, service: str) -> Any:
        arn = next(arn for name, arn in roles.items() if f"-{role}Role-" in name)
        answer = stage.aws.client("sts").assume_role(RoleArn=arn, RoleSessionName="trial")
        keys = answer["Credentials"]
        session: Any = boto3.Session(
            aws_access_key_id=keys["AccessKeyId"],
            aws_secret_access_key=keys["SecretAccessKey"],
            aws_session_token=keys["SessionToken"],
            region_name=REGION,
        )
        return session.client(service, endpoint_url=stage.aws.endpoint_url)

    return act


def _is_denied(call: Callable[[], Any]) -> bool:
    try:
        call()
    except ClientError as error:
        return "AccessDenied" in error.response["Error"]["Code"]
    return False


@pytest.mark.parametrize("role", ROLES)
def test_no_function_can_change_an_audit_row_and_only_operations_can_take_one_away(
    role: str, stage: Stage, as_role: Callable[[str, str], Any]
) -> None:
    dynamodb, table = as_role(role, "dynamodb"), stage.aws.outputs["AuditTableName"]

    update = {
        "UpdateExpression": "SET message = :s",
        "ExpressionAttributeValues": {":s": {"S": "nothing happened"}},
    }
    assert _is_denied(lambda: dynamodb.update_item(TableName=table, Key=ROW, **update))
    # `erase` takes the rows of a person away; that a chain is gone is seen by `audit verify`.
    may_delete = role == "Operations"
    assert _is_denied(lambda: dynamodb.delete_item(TableName=table, Key=ROW)) is not may_delete
    batch = {table: [{"DeleteRequest": {"Key": ROW}}]}
    assert _is_denied(lambda: dynamodb.batch_write_item(RequestItems=batch))


@pytest.mark.parametrize("role", ["Poller", "Webhook", "Releaser"])
def test_only_writer_and_operations_can_add_an_audit_row_or_touch_the_ledger(
    role: str, stage: Stage, as_role: Callable[[str, str], Any]
) -> None:
    dynamodb = as_role(role, "dynamodb")
    audit, people = stage.aws.outputs["AuditTableName"], stage.aws.outputs["PeopleTableName"]

    item = {"person": {"S": "p"}, "company": {"S": "c"}}
    assert _is_denied(lambda: dynamodb.put_item(TableName=audit, Item=ROW))
    assert _is_denied(lambda: dynamodb.put_item(TableName=people, Item=item))
    # The poller may give up claims: the embedded AWS does not tell keys apart,
    # `tests/load/test_rights.py` does, as it does for each call of every function.
    if role != "Poller":
        assert _is_denied(lambda: dynamodb.delete_item(TableName=people, Key=item))


def test_the_writer_can_add_an_audit_row_so_the_denials_mean_something(
    stage: Stage, as_role: Callable[[str, str], Any]
) -> None:
    dynamodb, table = as_role("Writer", "dynamodb"), stage.aws.outputs["AuditTableName"]

    assert not _is_denied(lambda: dynamodb.put_item(TableName=table, Item=ROW))
    stage.aws.client("dynamodb").delete_item(TableName=table, Key=ROW)


def test_the_webhook_can_neither_read_a_table_nor_see_a_credential_of_a_vendor(
    stage: Stage, as_role: Callable[[str, str], Any]
) -> None:
    dynamodb, secrets = as_role("Webhook", "dynamodb"), as_role("Webhook", "secretsmanager")

    for name in ("WatermarksTableName", "MappingsTableName", "PeopleTableName", "AuditTableName"):
        table = stage.aws.outputs[name]
        assert _is_denied(lambda table=table: dynamodb.scan(TableName=table))  # type: ignore[misc]
    for name in ("VismaSecretArn", "RipplingSecretArn"):
        arn = stage.aws.outputs[name]
        assert _is_denied(lambda arn=arn: secrets.get_secret_value(SecretId=arn))  # type: ignore[misc]
    own = stage.aws.outputs["WebhookSecretArn"]
    assert not _is_denied(lambda: secrets.get_secret_value(SecretId=own))


@pytest.mark.parametrize("role", ROLES)
def test_where_there_is_no_app_no_function_can_write_a_secret(
    role: str, stage: Stage, as_role: Callable[[str, str], Any]
) -> None:
    secrets = as_role(role, "secretsmanager")

    for name in ("RipplingSecretArn", "VismaSecretArn", "WebhookSecretArn"):
        arn = stage.aws.outputs[name]
        assert _is_denied(
            lambda arn=arn: secrets.put_secret_value(SecretId=arn, SecretString="{}")  # type: ignore[misc]
        )


def test_the_releaser_sees_no_secret(stage: Stage, as_role: Callable[[str, str], Any]) -> None:
    secrets = as_role("Releaser", "secretsmanager")

    for name in ("RipplingSecretArn", "VismaSecretArn", "WebhookSecretArn"):
        arn = stage.aws.outputs[name]
        assert _is_denied(lambda arn=arn: secrets.get_secret_value(SecretId=arn))  # type: ignore[misc]


@pytest.mark.parametrize("role", [role for role in ROLES if role != "Operations"])
def test_only_operations_can_edit_the_mapping(
    role: str, stage: Stage, as_role: Callable[[str, str], Any]
) -> None:
    dynamodb, table = as_role(role, "dynamodb"), stage.aws.outputs["MappingsTableName"]
    key = {"company": {"S": "x"}, "rule": {"S": "y"}}

    assert _is_denied(lambda: dynamodb.put_item(TableName=table, Item=key))
    assert _is_denied(lambda: dynamodb.delete_item(TableName=table, Key=key))
