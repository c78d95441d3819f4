"""Least privilege as data: who may do what, and that no one may do more."""

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

import pytest

from connector.adapters.aws.watermarks.flags import DynamoNotifications, DynamoPollingPauses
from connector.adapters.aws.watermarks.install_states import DynamoInstallStates
from connector.adapters.aws.watermarks.leases import DynamoLeases
from connector.adapters.aws.watermarks.table import WatermarksTable
from connector.adapters.rippling.oauth import LEASE
from tests.contract.bench import Watched, aws, make_table
from tests.support.clock import HandClock
from tests.template.conftest import of_type
from tests.template.test_relations import Functions, Resources, references

# Reached by a role but not named in its function's environment: AWS itself acts there for it.
UNNAMED = {"FailedInvocationsQueue"}


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def statements(role: dict[str, Any]) -> Iterator[tuple[set[str], list[Any]]]:
    """The actions and resources of every statement of a role, conditional ones among them."""
    for policy in role["Policies"]:
        for written in policy["PolicyDocument"]["Statement"]:
            statement = written["Fn::If"][1] if "Fn::If" in written else written
            assert statement["Effect"] == "Allow"
            yield set(as_list(statement["Action"])), as_list(statement["Resource"])


def allowed(role: dict[str, Any], resource: str) -> set[str]:
    """What a role may do to a resource, its indexes and stream among it."""
    return {
        action
        for actions, targets in statements(role)
        if resource in references(targets)
        for action in actions
    }


@pytest.fixture
def roles(resources: Resources) -> dict[str, dict[str, Any]]:
    return of_type(resources, "AWS::IAM::Role")


def test_every_role_stands_in_the_template_and_sam_adds_none(
    resources: Resources, expanded: Resources
) -> None:
    assert of_type(expanded, "AWS::IAM::Role") == of_type(resources, "AWS::IAM::Role")


def test_sam_adds_no_policy_of_its_own(resources: Resources, expanded: Resources) -> None:
    written = [name for name, each in resources.items() if "Policy" in each["Type"]]
    made = [name for name, each in expanded.items() if "Policy" in each["Type"]]

    assert sorted(made) == sorted(written)


def test_no_role_has_a_managed_policy(expanded: Resources) -> None:
    for role in of_type(expanded, "AWS::IAM::Role").values():
        assert "ManagedPolicyArns" not in role


def test_no_role_has_a_name_so_that_plain_iam_capability_suffices(expanded: Resources) -> None:
    for role in of_type(expanded, "AWS::IAM::Role").values():
        assert "RoleName" not in role


def test_no_action_and_no_resource_is_a_wildcard(roles: dict[str, dict[str, Any]]) -> None:
    for role in roles.values():
        for actions, targets in statements(role):
            assert not any("*" in action for action in actions)
            assert "*" not in str(targets)


def test_every_statement_is_about_resources_of_this_stack(
    roles: dict[str, dict[str, Any]], resources: Resources
) -> None:
    for role in roles.values():
        for _, targets in statements(role):
            for target in targets:
                assert set(references(target)) <= resources.keys()
                assert list(references(target))


def test_every_function_has_a_role_that_only_lambda_assumes(
    roles: dict[str, dict[str, Any]], functions: Functions
) -> None:
    used = [next(references(each["Role"])) for each in functions.values()]

    assert len(set(used)) == len(functions)
    for name in used:
        (trust,) = roles[name]["AssumeRolePolicyDocument"]["Statement"]
        assert trust["Principal"] == {"Service": "lambda.amazonaws.com"}
        assert trust["Action"] == "sts:AssumeRole"


def test_the_scheduler_may_start_the_poller_and_nothing_else(
    roles: dict[str, dict[str, Any]],
) -> None:
    assert list(statements(roles["SchedulerRole"])) == [
        ({"lambda:InvokeFunction"}, [{"Fn::GetAtt": ["PollerFunction", "Arn"]}]),
        ({"sqs:SendMessage"}, [{"Fn::GetAtt": ["FailedInvocationsQueue", "Arn"]}]),
    ]


def test_a_function_writes_to_its_own_log_group_only(
    roles: dict[str, dict[str, Any]], functions: Functions, resources: Resources
) -> None:
    for function in functions.values():
        role = roles[next(references(function["Role"]))]
        own = next(references(function["LoggingConfig"]["LogGroup"]))
        for group in of_type(resources, "AWS::Logs::LogGroup"):
            may = allowed(role, group)
            assert may == ({"logs:CreateLogStream", "logs:PutLogEvents"} if group == own else set())


def test_a_function_reaches_exactly_what_its_environment_names(
    roles: dict[str, dict[str, Any]], functions: Functions, resources: Resources
) -> None:
    for name, function in functions.items():
        role = roles[next(references(function["Role"]))]
        log_group = next(references(function["LoggingConfig"]["LogGroup"]))
        reached = {each for _, targets in statements(role) for each in references(targets)}
        named = set(references(function["Environment"]["Variables"])) & resources.keys()
        assert reached - UNNAMED - {log_group} == named, name


def test_the_writer_can_only_append_to_the_audit(roles: dict[str, dict[str, Any]]) -> None:
    assert allowed(roles["WriterRole"], "AuditTable") == {"dynamodb:PutItem"}


def test_operations_appends_what_an_operator_does_and_nobody_else_touches_the_audit(
    roles: dict[str, dict[str, Any]],
) -> None:
    others = {name: role for name, role in roles.items() if name != "WriterRole"}

    may = {name: allowed(role, "AuditTable") for name, role in others.items()}

    assert may.pop("OperationsRole") == {"dynamodb:PutItem", "dynamodb:Query"}
    assert not any(may.values())


@pytest.mark.parametrize(
    ("table", "writers"),
    [
        ("PeopleTable", {"WriterRole", "OperationsRole"}),
        ("MappingsTable", {"OperationsRole"}),
        ("ApprovalsTable", {"OperationsRole"}),
        ("AuditTable", {"WriterRole", "OperationsRole"}),
        (
            "WatermarksTable",
            {"PollerRole", "WebhookRole", "WriterRole", "ReleaserRole", "OperationsRole"},
        ),
    ],
)
def test_a_table_is_written_only_by_those_who_own_it(
    roles: dict[str, dict[str, Any]], table: str, writers: set[str]
) -> None:
    reads = {
        "dynamodb:BatchGetItem",
        "dynamodb:ConditionCheckItem",
        "dynamodb:DescribeStream",
        "dynamodb:GetItem",
        "dynamodb:GetRecords",
        "dynamodb:GetShardIterator",
        "dynamodb:ListStreams",
        "dynamodb:Query",
        "dynamodb:Scan",
    }

    assert {name for name, role in roles.items() if allowed(role, table) - reads} == writers


def test_whoever_calls_a_vendor_may_read_and_write_the_budget_that_all_share(
    roles: dict[str, dict[str, Any]],
) -> None:
    # Without the rights nothing would fail: work goes on, each for itself.
    for name in ("PollerRole", "WriterRole", "OperationsRole"):
        assert {"dynamodb:GetItem", "dynamodb:PutItem"} <= allowed(roles[name], "WatermarksTable")


def test_no_person_is_ever_deleted_from_the_ledger(roles: dict[str, dict[str, Any]]) -> None:
    for role in roles.values():
        assert not {"dynamodb:DeleteItem", "dynamodb:BatchWriteItem"} & allowed(role, "PeopleTable")


def test_only_the_rippling_secret_is_written_and_only_by_those_who_renew_its_tokens(
    roles: dict[str, dict[str, Any]],
) -> None:
    readers = {
        secret: {name for name, role in roles.items() if allowed(role, secret)}
        for secret in ("RipplingSecret", "VismaSecret")
    }

    assert readers == {
        "RipplingSecret": {"PollerRole", "WebhookRole", "WriterRole", "OperationsRole"},
        "VismaSecret": {"PollerRole", "WebhookRole", "WriterRole", "OperationsRole"},
    }
    read, write = "secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue"
    for role in roles.values():
        assert allowed(role, "RipplingSecret") in (set(), {read, write})
        assert allowed(role, "VismaSecret") <= {read}


def test_only_the_webhook_takes_the_state_of_an_install_away(
    roles: dict[str, dict[str, Any]],
) -> None:
    takers = {
        name
        for name, role in roles.items()
        if "dynamodb:DeleteItem" in allowed(role, "WatermarksTable")
    }

    assert takers == {"WebhookRole"}


def test_only_the_writer_takes_changes_and_only_operations_takes_dead_letters(
    roles: dict[str, dict[str, Any]],
) -> None:
    takers = {
        queue: {
            name for name, role in roles.items() if "sqs:ReceiveMessage" in allowed(role, queue)
        }
        for queue in ("ChangesQueue", "ChangesDeadLetterQueue", "FailedInvocationsQueue")
    }

    assert takers == {
        "ChangesQueue": {"WriterRole"},
        "ChangesDeadLetterQueue": {"OperationsRole"},
        "FailedInvocationsQueue": set(),
    }


def test_a_function_with_a_failure_destination_may_send_to_it(
    roles: dict[str, dict[str, Any]],
) -> None:
    for name in ("PollerRole", "ReleaserRole"):
        assert allowed(roles[name], "FailedInvocationsQueue") == {"sqs:SendMessage"}


def conditional(role: dict[str, Any]) -> dict[str, list[Any]]:
    """The statements of a role that hold under a condition only, by that condition."""
    found: dict[str, list[Any]] = {}
    for policy in role["Policies"]:
        for statement in policy["PolicyDocument"]["Statement"]:
            if "Fn::If" in statement:
                condition, then, otherwise = statement["Fn::If"]
                assert otherwise == {"Ref": "AWS::NoValue"}
                found.setdefault(condition, []).append(then)
    return found


def test_the_webhook_may_read_the_visma_secret_only_where_it_hears_visma(
    roles: dict[str, dict[str, Any]], template: dict[str, Any]
) -> None:
    given = {name: conditional(role) for name, role in roles.items() if conditional(role)}

    assert set(given) == {"WebhookRole"}
    assert set(given["WebhookRole"]) == {"HearsVisma"}
    rights = {each["Action"]: each["Resource"] for each in given["WebhookRole"]["HearsVisma"]}
    assert rights == {
        "secretsmanager:GetSecretValue": {"Fn::GetAtt": ["VismaSecret", "Id"]},
        "lambda:InvokeFunction": {"Fn::GetAtt": ["PollerFunction", "Arn"]},
    }
    assert template["Conditions"]["HearsVisma"] == {"Fn::Equals": [{"Ref": "VismaWebhook"}, "true"]}
    assert template["Parameters"]["VismaWebhook"]["Default"] == "false"


def test_the_webhook_reaches_only_rows_of_its_own_in_the_watermarks(
    roles: dict[str, dict[str, Any]],
) -> None:
    (policy,) = roles["WebhookRole"]["Policies"]
    (condition,) = [
        statement["Condition"]
        for statement in policy["PolicyDocument"]["Statement"]
        if "WatermarksTable" in references(statement)
    ]

    clock, keys = HandClock(), set[str]()
    with aws("dynamodb") as client:
        table = make_table(client, "WatermarksTable")
        watched = Watched(client)
        DynamoPollingPauses(clock, watched, table).pause("why")
        notifications = DynamoNotifications(clock, watched, table)
        notifications.take("n1", clock.now())
        notifications.give_back("n1")
        states = DynamoInstallStates(clock, watched, table)
        states.remember("state", clock.now())
        with DynamoLeases(WatermarksTable(watched, table), clock).lease(LEASE, 1.0):
            pass
        for _, request in watched.calls:
            keys.add((request.get("Key") or request["Item"])["stream"]["S"])

    allowed_keys = condition["ForAllValues:StringLike"]["dynamodb:LeadingKeys"]
    assert {next(p for p in allowed_keys if fnmatchcase(key, p)) for key in keys} == set(
        allowed_keys
    )
    for foreign in ("workers", "workers sweep", "catalogue norway", "run x", "lease workers"):
        assert not any(fnmatchcase(foreign, pattern) for pattern in allowed_keys)
