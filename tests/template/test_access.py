"""Every role and every policy, tried with every action of every service on everything there is.

Whatever is not on the list of `access.py` is refused: to give a right is to write it there.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

import pytest

from tests.embedded.template import ROOT
from tests.support.iam import Granted, NotUnderstoodError, Statement, actions_of, granted
from tests.support.stack_arns import arns_of, everything_in, resolved
from tests.template.access import OPERATORS, ROLES, Listed
from tests.template.conftest import of_type
from tests.template.test_iam import as_list
from tests.template.test_relations import Resources

SERVICES = (
    "apigateway", "cloudformation", "cloudwatch", "dynamodb", "events", "execute-api", "iam", "kms",
    "lambda", "logs", "s3", "scheduler", "secretsmanager", "sns", "sqs", "ssm", "sts", "xray",
)  # fmt: skip


def statements_of(role: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The statements of a role, those under a condition of the template among them."""
    assert role.keys() <= {"AssumeRolePolicyDocument", "PermissionsBoundary", "Policies"}
    for policy in role["Policies"]:
        for written in policy["PolicyDocument"]["Statement"]:
            if "Fn::If" not in written:
                yield written
                continue
            _, then, otherwise = written["Fn::If"]
            assert otherwise == {"Ref": "AWS::NoValue"}
            yield then


def in_key_policies(name: str, resources: Resources) -> Iterator[dict[str, Any]]:
    """What the policy of a key gives to a role."""
    for key, properties in of_type(resources, "AWS::KMS::Key").items():
        for written in properties["KeyPolicy"]["Statement"]:
            principals = as_list(written["Principal"]["AWS"])
            if {"Fn::GetAtt": [name, "Arn"]} in principals or "*" in principals:
                yield {
                    **{part: value for part, value in written.items() if part != "Principal"},
                    "Resource": arns_of(resources)[key],
                }


def may(name: str, resources: Resources) -> Granted:
    """What a role of the template may do."""
    role = resources[name]["Properties"]
    written = [*statements_of(role), *in_key_policies(name, resources)]
    read = [Statement.of(each, lambda value: resolved(value, resources)) for each in written]
    return granted(read, actions_of(*SERVICES), everything_in(resources))


def may_by_policy(document: dict[str, Any], resources: Resources) -> Granted:
    """What a policy of docs/policies gives."""
    read = [Statement.of(each, str) for each in document["Statement"]]
    return granted(read, actions_of(*SERVICES), everything_in(resources))


def listed(access: Listed, resources: Resources) -> Granted:
    """A list of `access.py`, each name that stands for several spelt out."""
    known, found = everything_in(resources), dict[str, set[str]]()
    for names, actions in access.items():
        for name in names.split(", "):
            meant = [each for each in known if fnmatchcase(each, name)]
            assert meant, f"there is no {name}"
            for each in meant:
                found.setdefault(each, set()).update(map(in_small, actions))
    return found


def in_small(action: str) -> str:
    """An action as IAM compares it, its condition as it is."""
    name, given, condition = action.partition(" if ")
    return f"{name.lower()}{given}{condition}"


def test_there_is_a_list_for_every_role_and_every_policy(resources: Resources) -> None:
    policies = {each.stem for each in (ROOT / "docs" / "policies").glob("*.json")}

    assert ROLES.keys() == of_type(resources, "AWS::IAM::Role").keys()
    assert OPERATORS.keys() == policies


@pytest.mark.parametrize("name", ROLES)
def test_a_role_may_do_what_is_on_its_list_and_nothing_else_to_anything(
    name: str, resources: Resources
) -> None:
    assert may(name, resources) == listed(ROLES[name], resources)


@pytest.mark.parametrize("name", OPERATORS)
def test_a_policy_gives_what_is_on_its_list_and_nothing_else_to_anything(
    name: str, resources: Resources
) -> None:
    text = (ROOT / "docs" / "policies" / f"{name}.json").read_text(encoding="utf-8")

    assert may_by_policy(json.loads(text), resources) == listed(OPERATORS[name], resources)


# A right too much, and what the list is to make of it: each is planted into a copy.

WEBHOOK = "WebhookRole"
SLIPS: dict[str, dict[str, Any]] = {
    "every action of one table": {"Action": "*", "Resource": {"Fn::GetAtt": ["AuditTable", "Arn"]}},
    "every action of a service": {
        "Action": "dynamodb:*", "Resource": {"Fn::GetAtt": ["AuditTable", "Arn"]},
    },
    "a part of an action": {
        "Action": "secretsmanager:Get?ecret*", "Resource": {"Fn::GetAtt": ["VismaSecret", "Id"]},
    },
    "an action in another case": {
        "Action": "DynamoDB:getitem", "Resource": {"Fn::GetAtt": ["PeopleTable", "Arn"]},
    },
    "every table": {
        "Action": "dynamodb:GetItem", "Resource": "arn:aws:dynamodb:REGION:ACCOUNT:table/*",
    },
    "everything there is": {"Action": "s3:GetObject", "Resource": "*"},
    "a role to be taken on": {
        "Action": "sts:AssumeRole", "Resource": "arn:aws:iam::ACCOUNT:role/*",
    },
    "a parameter": {"Action": "ssm:GetParameter", "Resource": "arn:aws:ssm:*:*:parameter/*"},
    "its own row without the condition": {
        "Action": "dynamodb:UpdateItem", "Resource": {"Fn::GetAtt": ["WatermarksTable", "Arn"]},
    },
    "another condition": {
        "Action": "dynamodb:UpdateItem", "Resource": {"Fn::GetAtt": ["WatermarksTable", "Arn"]},
        "Condition": {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["*"]}},
    },
}  # fmt: skip


def with_statement(resources: Resources, statement: dict[str, Any]) -> Resources:
    """The template with one more statement in the role of the door for announcements."""
    changed = copy.deepcopy(resources)
    (policy,) = changed[WEBHOOK]["Properties"]["Policies"]
    policy["PolicyDocument"]["Statement"].append({"Effect": "Allow", **statement})
    return changed


@pytest.mark.parametrize("slip", SLIPS)
def test_a_right_too_much_is_found(slip: str, resources: Resources) -> None:
    changed = with_statement(resources, SLIPS[slip])

    assert may(WEBHOOK, changed) != listed(ROLES[WEBHOOK], resources)


@pytest.mark.parametrize("member", ["NotAction", "NotResource", "Principal"])
def test_what_is_not_understood_is_not_taken_for_harmless(
    member: str, resources: Resources
) -> None:
    slip = {"Action": "s3:GetObject", "Resource": "*", member: "iam:*"}

    with pytest.raises(NotUnderstoodError):
        may(WEBHOOK, with_statement(resources, slip))


def test_a_refusal_takes_away_only_where_it_holds_always() -> None:
    tables = {"t": "arn:t"}
    given = {"Effect": "Allow", "Action": "dynamodb:*", "Resource": "*"}
    never = {"Effect": "Deny", "Action": "dynamodb:PutItem", "Resource": "*"}
    sometimes = {**never, "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
    actions = ("dynamodb:putitem", "dynamodb:getitem")

    def after(refusal: dict[str, Any]) -> Granted:
        return granted([Statement.of(each, str) for each in (given, refusal)], actions, tables)

    assert after(never) == {"t": {"dynamodb:getitem"}}
    assert after(sometimes) == {"t": set(actions)}


def test_nobody_is_let_in_by_a_policy_that_a_resource_has_itself(expanded: Resources) -> None:
    """Queues and bucket refuse only; what may start a function is the API, and nothing else."""
    kinds = ("AWS::SQS::QueuePolicy", "AWS::S3::BucketPolicy")
    for kind in kinds:
        for properties in of_type(expanded, kind).values():
            effects = [each["Effect"] for each in properties["PolicyDocument"]["Statement"]]
            assert set(effects) == {"Deny"}
    permissions = of_type(expanded, "AWS::Lambda::Permission").values()
    assert permissions
    for each in permissions:
        assert each["Principal"] == "apigateway.amazonaws.com"
        assert "${__ApiId__}" in json.dumps(each["SourceArn"])
    theirs = {"AWS::SNS::TopicPolicy", "AWS::SecretsManager::ResourcePolicy"}
    assert not theirs & {each["Type"] for each in expanded.values()}
    assert not any(
        "ResourcePolicy" in each for each in of_type(expanded, "AWS::DynamoDB::Table").values()
    )
