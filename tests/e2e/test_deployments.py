"""Deploying as docs/operations.md says: refused, upgraded, rolled back, removed, set up again."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from connector import __version__
from tests.demo.stage import Stage
from tests.embedded import EmbeddedError, stack
from tests.embedded.emulator import ACCOUNT, REGION
from tests.embedded.stack import deploy
from tests.embedded.template import ROOT

OTHER_RUNTIME = {"PythonRuntime": "python3.14"}
NEWER = "99.1.0"
TABLES = ("MappingsTable", "PeopleTable", "ApprovalsTable", "AuditTable")


@pytest.fixture(scope="module")
def own() -> Iterator[Stage]:
    """A stack of this module's own, live, with everyone in Visma."""
    with Stage(people=4) as stage:
        stage.deploy()
        stage.begin()
        stage.settle()
        yield stage


def redeploy(stage: Stage, built: Path, name: str = "connector", **parameters: str) -> None:
    """`sam deploy` of what was built, as on the day of an upgrade."""
    deploy(
        built,
        endpoint_url=stage.aws.endpoint_url,
        stack_name=name,
        parameters=parameters,
        log=stage.aws.emulator.home / "redeploy.log",
    )


def status(stage: Stage, name: str = "connector") -> str:
    answer = stage.aws.client("cloudformation").describe_stacks(StackName=name)
    found: str = answer["Stacks"][0]["StackStatus"]
    return found


def said_by_the_stack(stage: Stage, name: str) -> str:
    answer = stage.aws.client("cloudformation").describe_stack_events(StackName=name)
    return " ".join(each.get("ResourceStatusReason", "") for each in answer["StackEvents"])


def functions(stage: Stage, name: str = "connector") -> dict[str, Any]:
    """What runs, by function: code, layers, runtime, processor."""
    found = stage.aws.client("lambda").list_functions()["Functions"]
    return {
        each["FunctionName"]: (
            each["CodeSha256"],
            each["Runtime"],
            each["Architectures"],
            [layer["Arn"] for layer in each["Layers"]],
        )
        for each in found
        if each["FunctionName"].startswith(f"{name}-")
    }


def rows(stage: Stage) -> dict[str, list[str]]:
    """Everything in the tables, whatever their order."""
    client = stage.aws.client("dynamodb")
    return {
        output: sorted(
            json.dumps(item, sort_keys=True)
            for item in client.scan(TableName=stage.aws.outputs[output])["Items"]
        )
        for output in ("MappingsTableName", "PeopleTableName", "AuditTableName")
    }


def physical(stage: Stage) -> dict[str, str]:
    """What the stack is made of, by logical name."""
    answer = stage.aws.client("cloudformation").describe_stack_resources(StackName=stage.stack_name)
    return {
        each["LogicalResourceId"]: each["PhysicalResourceId"] for each in answer["StackResources"]
    }


def test_a_first_deployment_of_what_was_built_for_another_runtime_leaves_nothing_behind(
    own: Stage,
) -> None:
    tables = own.aws.client("dynamodb").list_tables()["TableNames"]

    with pytest.raises(EmbeddedError):
        redeploy(own, own.aws.emulator.home / "build", "refused", **OTHER_RUNTIME)

    assert status(own, "refused") == "ROLLBACK_COMPLETE"
    assert "No function was changed" in said_by_the_stack(own, "refused")
    assert own.aws.client("dynamodb").list_tables()["TableNames"] == tables
    assert functions(own, "refused") == {}


def test_an_upgrade_built_for_another_runtime_is_refused_in_words_and_changes_no_function(
    own: Stage,
) -> None:
    before, tables = functions(own), rows(own)

    with pytest.raises(EmbeddedError):
        redeploy(own, own.aws.emulator.home / "build", **OTHER_RUNTIME)

    assert status(own) == "UPDATE_ROLLBACK_COMPLETE"
    said = said_by_the_stack(own, own.stack_name)
    assert re.search(r"built for python3\.\d+ on \w+, but the stack is to run python3\.14", said)
    assert functions(own) == before
    assert rows(own) == tables
    assert own.settle()["mode"] == "live"


def newer(built: Path, folder: Path) -> Path:
    """The same build, one version on."""
    shutil.copytree(built, folder)
    module = next((folder / "ConnectorLayer").rglob("connector/__init__.py"))
    module.write_text(module.read_text().replace(__version__, NEWER))
    for compiled in module.parent.glob("__pycache__/__init__.*"):
        compiled.unlink()  # byte code in a layer is believed whatever the source says
    template = folder / "template.yaml"
    template.write_text(template.read_text().replace(f"Value: {__version__}", f"Value: {NEWER}"))
    return folder


def test_an_upgrade_keeps_tables_secrets_and_mode_and_so_does_the_way_back(
    own: Stage, tmp_path: Path
) -> None:
    built = own.aws.emulator.home / "build"
    before, code = rows(own), functions(own)

    redeploy(own, newer(built, tmp_path / "newer"))

    assert own.connector("ping")["version"] == NEWER
    assert all(functions(own)[name] != each for name, each in code.items())
    summary = own.settle()
    assert (summary["mode"], summary["queued"]) == ("live", 0)  # the secrets are filled still
    assert rows(own)["PeopleTableName"] == before["PeopleTableName"]

    redeploy(own, built)

    assert own.connector("ping")["version"] == __version__
    assert own.settle()["mode"] == "live"
    assert rows(own)["PeopleTableName"] == before["PeopleTableName"]


@pytest.fixture
def deployer(own: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """From here on, SAM has the rights of docs/policies/deployer.json, and no other."""
    policy = (ROOT / "docs" / "policies" / "deployer.json").read_text(encoding="utf-8")
    for placeholder, value in (("REGION", REGION), ("ACCOUNT", ACCOUNT), ("STACK", "second")):
        policy = policy.replace(placeholder, value)
    iam = own.aws.client("iam")
    iam.create_user(UserName="deployer")
    iam.put_user_policy(UserName="deployer", PolicyName="deploy", PolicyDocument=policy)
    key = iam.create_access_key(UserName="deployer")["AccessKey"]
    keys = {
        "AWS_ACCESS_KEY_ID": key["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"],
    }
    # SAM's own bucket refuses plain http, which is all that loopback has; root is not asked.
    s3 = own.aws.client("s3")
    for bucket in s3.list_buckets()["Buckets"]:
        s3.delete_bucket_policy(Bucket=bucket["Name"])
    monkeypatch.setattr(stack, "CREDENTIALS", keys)


@pytest.mark.usefixtures("deployer")
def test_a_deployer_with_the_least_rights_sets_up_a_second_stack_and_cannot_touch_the_first(
    own: Stage,
) -> None:
    built = own.aws.emulator.home / "build"

    with pytest.raises(EmbeddedError, match=r"AccessDenied|not authorized"):
        redeploy(own, built)
    redeploy(own, built, "second")

    assert status(own, "second") == "CREATE_COMPLETE"


def test_two_stacks_side_by_side_share_no_resource(own: Stage) -> None:
    with Stage(people=1, aws=own.aws, stack_name="second") as second:
        second.deploy()
        theirs, ours = physical(second), physical(own)

        assert theirs.keys() == ours.keys()
        apart = {name for name in ours if theirs[name] != ours[name]}
        # The ids of these are names within another resource, which is not shared.
        assert all(
            re.search(r"Stage|Policy|BuildFits|Permission", name) for name in ours.keys() - apart
        )
        values = {name: value for name, value in second.aws.outputs.items() if name != "Version"}
        assert set(values.values()) & set(own.aws.outputs.values()) == set()
        own.aws.client("cloudformation").delete_stack(StackName="second")


def take_in(stage: Stage, tables: dict[str, str]) -> None:
    """Makes a stack of tables that are there already."""
    formation, names = stage.aws.client("cloudformation"), {"StackName": stage.stack_name}
    formation.create_change_set(
        **names,
        ChangeSetName="take-in",
        ChangeSetType="IMPORT",
        TemplateBody=(ROOT / "docs" / "kept-tables.yaml").read_text(),
        ResourcesToImport=[
            {
                "ResourceType": "AWS::DynamoDB::Table",
                "LogicalResourceId": name,
                "ResourceIdentifier": {"TableName": table},
            }
            for name, table in tables.items()
        ],
    )
    soon = {"Delay": 0.2, "MaxAttempts": 300}
    formation.get_waiter("change_set_create_complete").wait(
        **names, ChangeSetName="take-in", WaiterConfig=soon
    )
    formation.execute_change_set(**names, ChangeSetName="take-in")
    formation.get_waiter("stack_import_complete").wait(**names, WaiterConfig=soon)


def test_what_a_deleted_stack_leaves_is_taken_into_a_new_one_and_nobody_is_made_twice(
    own: Stage,
) -> None:
    before, employees, parts = rows(own), own.visma.employees(), physical(own)
    tables = {name: parts[name] for name in TABLES}
    formation, secrets = own.aws.client("cloudformation"), own.aws.client("secretsmanager")

    formation.delete_stack(StackName=own.stack_name)
    formation.get_waiter("stack_delete_complete").wait(
        StackName=own.stack_name, WaiterConfig={"Delay": 0.2, "MaxAttempts": 300}
    )

    assert rows(own) == before  # the tables are there, and so is the key of their digests
    key = secrets.get_secret_value(SecretId=parts["DigestKeySecret"])["SecretString"]
    assert functions(own) == {}
    groups = own.aws.client("logs").describe_log_groups(
        logGroupNamePrefix=f"/aws/lambda/{own.stack_name}-"
    )
    assert groups["logGroups"] == []

    take_in(own, tables)
    own.deploy()
    parts = physical(own)
    secrets.put_secret_value(SecretId=parts["DigestKeySecret"], SecretString=key)

    assert {name: parts[name] for name in TABLES} == tables
    assert own.tick()["mode"] == "off"
    own.connector("go-live")
    summary = own.settle()
    assert summary["workers_read"] >= len(employees)  # without a watermark, it begins with all
    assert own.visma.employees() == employees


def test_a_kept_table_is_deleted_only_by_whoever_lifts_its_protection_first(own: Stage) -> None:
    client, table = own.aws.client("dynamodb"), own.aws.outputs["AuditTableName"]

    with pytest.raises(ClientError, match="rotect"):
        client.delete_table(TableName=table)

    client.update_table(TableName=table, DeletionProtectionEnabled=False)
    client.delete_table(TableName=table)
    assert table not in client.list_tables()["TableNames"]
