"""Least privilege as data: who may do what, and that no one may do more."""

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

import pytest

from connector.adapters.aws.ledger_rows import alias_key, claim_key, person_key
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
READ, WRITE = "secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue"


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


LOOKS_AT_ALARMS = ({"cloudwatch:DescribeAlarms"}, ["*"])
"""The one right that is not about this stack alone: it shows states of alarms, and changes none."""

PUTS_REPORTS = ({"s3:PutObject"}, [{"Fn::Sub": "${ReportsBucket.Arn}/reports/*"}])
"""The one right with a star that is about this stack: whichever report, and nothing else."""


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
            assert "*" not in str(targets) or (actions, targets) in (LOOKS_AT_ALARMS, PUTS_REPORTS)


def test_operations_alone_reaches_the_reports_and_can_only_add_to_them(
    roles: dict[str, dict[str, Any]],
) -> None:
    reaching = {name for name, role in roles.items() if allowed(role, "ReportsBucket")}

    assert reaching == {"OperationsRole"}
    assert PUTS_REPORTS in statements(roles["OperationsRole"])
    assert allowed(roles["OperationsRole"], "ReportsBucket") == {"s3:PutObject"}


def test_operations_alone_sees_alarms_and_does_nothing_but_see_them(
    roles: dict[str, dict[str, Any]],
) -> None:
    seeing = {name for name, role in roles.items() if LOOKS_AT_ALARMS in statements(role)}
    acting = {
        action
        for role in roles.values()
        for actions, _ in statements(role)
        for action in actions
        if action.startswith("cloudwatch:")
    }

    assert seeing == {"OperationsRole"}
    assert acting == {"cloudwatch:DescribeAlarms"}


def test_every_statement_is_about_resources_of_this_stack(
    roles: dict[str, dict[str, Any]], resources: Resources
) -> None:
    for role in roles.values():
        for actions, targets in statements(role):
            if (actions, targets) == LOOKS_AT_ALARMS:
                continue
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


def test_the_scheduler_may_start_the_poller_and_the_check_of_the_audit_and_nothing_else(
    roles: dict[str, dict[str, Any]],
) -> None:
    assert list(statements(roles["SchedulerRole"])) == [
        (
            {"lambda:InvokeFunction"},
            [{"Fn::GetAtt": [name, "Arn"]} for name in ("PollerFunction", "OperationsFunction")],
        ),
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
        named -= {"PayKey"}  # whose own policy says who may use it
        layers = of_type(resources, "AWS::Serverless::LayerVersion").keys()  # named, never asked
        assert reached - UNNAMED - {log_group} == named - layers, name


def test_the_writer_can_only_append_to_the_audit(roles: dict[str, dict[str, Any]]) -> None:
    assert allowed(roles["WriterRole"], "AuditTable") == {"dynamodb:PutItem"}


def test_operations_appends_what_an_operator_does_and_nobody_else_touches_the_audit(
    roles: dict[str, dict[str, Any]],
) -> None:
    others = {name: role for name, role in roles.items() if name != "WriterRole"}

    may = {name: allowed(role, "AuditTable") for name, role in others.items()}

    assert may.pop("OperationsRole") == {
        "dynamodb:PutItem", "dynamodb:Query", "dynamodb:DeleteItem",
    }  # fmt: skip
    assert not any(may.values())


@pytest.mark.parametrize(
    ("table", "writers"),
    [
        ("PeopleTable", {"PollerRole", "WriterRole", "OperationsRole"}),  # the poller: ids, claims
        ("MappingsTable", {"OperationsRole"}),
        ("ApprovalsTable", {"OperationsRole"}),
        ("AuditTable", {"WriterRole", "OperationsRole"}),
        (
            "WatermarksTable",
            {
                "PollerRole",
                "WebhookRole",
                "NotificationRole",
                "InstallRole",
                "WriterRole",
                "ReleaserRole",
                "OperationsRole",
            },
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


def test_whoever_asks_a_guard_may_read_what_operators_have_said(
    roles: dict[str, dict[str, Any]],
) -> None:
    # The writer before a write; the operations for a plan, and for the word of a second person.
    for name in ("WriterRole", "OperationsRole"):
        assert "dynamodb:GetItem" in allowed(roles[name], "ApprovalsTable")


def test_whoever_calls_a_vendor_may_read_and_write_the_budget_that_all_share(
    roles: dict[str, dict[str, Any]],
) -> None:
    # Without the rights nothing would fail: work goes on, each for itself.
    for name in ("PollerRole", "WriterRole", "OperationsRole"):
        assert {"dynamodb:GetItem", "dynamodb:PutItem"} <= allowed(roles[name], "WatermarksTable")


def test_only_the_operators_command_takes_rows_about_people_away_and_one_by_one(
    roles: dict[str, dict[str, Any]],
) -> None:
    takers = {
        table: {
            name for name, role in roles.items() if "dynamodb:DeleteItem" in allowed(role, table)
        }
        for table in ("PeopleTable", "AuditTable", "ApprovalsTable")
    }

    assert takers == {
        "PeopleTable": {"OperationsRole", "PollerRole"},  # the poller: claims, as below
        "AuditTable": {"OperationsRole"},
        "ApprovalsTable": {"OperationsRole"},
    }
    for role in roles.values():
        for table in takers:
            assert "dynamodb:BatchWriteItem" not in allowed(role, table)


def test_the_poller_takes_claims_away_and_no_row_that_is_a_persons(
    roles: dict[str, dict[str, Any]],
) -> None:
    (policy,) = roles["PollerRole"]["Policies"]
    (statement,) = [
        each
        for each in policy["PolicyDocument"]["Statement"]
        if "dynamodb:DeleteItem" in as_list(each.get("Action", ()))
    ]
    (pattern,) = statement["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"]

    assert statement["Action"] == "dynamodb:DeleteItem"
    assert fnmatchcase(claim_key("7001", "norway")["person"], pattern)
    for key in (person_key("65f1c2"), alias_key("65f1c2")):
        assert not fnmatchcase(key["person"], pattern)


def test_a_secret_is_read_only_by_those_who_need_it(roles: dict[str, dict[str, Any]]) -> None:
    vendors = {"PollerRole", "WriterRole", "OperationsRole"}

    readers = {
        secret: {name for name, role in roles.items() if READ in allowed(role, secret)}
        for secret in ("RipplingSecret", "VismaSecret", "WebhookSecret", "DigestKeySecret")
    }

    assert readers == {
        "DigestKeySecret": vendors,
        "RipplingSecret": {*vendors, "InstallRole"},
        "VismaSecret": vendors,
        "WebhookSecret": {"WebhookRole", "NotificationRole", "OperationsRole"},
    }


def test_a_public_door_for_announcements_reaches_no_credential_of_a_vendor(
    roles: dict[str, dict[str, Any]],
) -> None:
    for secret in ("RipplingSecret", "VismaSecret"):
        for door in ("WebhookRole", "NotificationRole"):
            assert allowed(roles[door], secret) == set()


def test_only_the_rippling_secret_is_written_and_only_where_there_is_an_app(
    roles: dict[str, dict[str, Any]],
) -> None:
    writers = {
        secret: {name for name, role in roles.items() if WRITE in allowed(role, secret)}
        for secret in ("RipplingSecret", "VismaSecret", "WebhookSecret", "DigestKeySecret")
    }
    everyone = {"PollerRole", "InstallRole", "WriterRole", "OperationsRole"}

    assert writers == {
        "RipplingSecret": everyone,
        "VismaSecret": set(),
        "WebhookSecret": set(),
        "DigestKeySecret": set(),
    }
    for name in everyone - {"InstallRole"}:  # which is there only with an app
        (statement,) = conditional(roles[name])["IsAnApp"]
        assert statement["Action"] == WRITE


def test_only_the_public_doors_take_rows_of_the_watermarks_away(
    roles: dict[str, dict[str, Any]],
) -> None:
    takers = {
        name
        for name, role in roles.items()
        if "dynamodb:DeleteItem" in allowed(role, "WatermarksTable")
    }

    assert takers == {"NotificationRole", "InstallRole"}


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
    senders = {name for name, role in roles.items() if allowed(role, "FailedInvocationsQueue")}

    assert senders == {"ReleaserRole", "SchedulerRole"}
    assert allowed(roles["ReleaserRole"], "FailedInvocationsQueue") == {"sqs:SendMessage"}


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


def test_only_the_operator_and_the_door_for_visma_may_start_the_poller_where_it_is_heard(
    roles: dict[str, dict[str, Any]], template: dict[str, Any]
) -> None:
    starts = {
        name
        for name, role in roles.items()
        if "lambda:InvokeFunction" in allowed(role, "PollerFunction")
    }

    assert starts == {"NotificationRole", "OperationsRole", "SchedulerRole"}
    assert template["Resources"]["NotificationRole"]["Condition"] == "HearsVisma"
    invoked = [
        targets
        for actions, targets in statements(roles["OperationsRole"])
        if "lambda:InvokeFunction" in actions
    ]
    assert invoked == [[{"Fn::GetAtt": ["PollerFunction", "Arn"]}]], "the poller, and no other"
    assert template["Conditions"]["HearsVisma"] == {"Fn::Equals": [{"Ref": "VismaWebhook"}, "true"]}
    assert template["Parameters"]["VismaWebhook"]["Default"] == "false"


def test_a_public_door_reaches_only_rows_of_its_own_in_the_watermarks(
    roles: dict[str, dict[str, Any]],
) -> None:
    clock = HandClock()

    def announcements(client: Any, table: str) -> None:
        DynamoPollingPauses(clock, client, table).pause("why")

    def notified(client: Any, table: str) -> None:
        notifications = DynamoNotifications(clock, client, table)
        notifications.take("n1", clock.now())
        notifications.give_back("n1")

    def an_install(client: Any, table: str) -> None:
        DynamoInstallStates(clock, client, table).remember("state", clock.now())
        with DynamoLeases(WatermarksTable(client, table), clock).lease(LEASE, 1.0):
            pass

    doors = {
        "WebhookRole": announcements,
        "NotificationRole": notified,
        "InstallRole": an_install,
    }
    for role, work in doors.items():
        (policy,) = roles[role]["Policies"]
        (condition,) = [
            statement["Condition"]
            for statement in policy["PolicyDocument"]["Statement"]
            if "WatermarksTable" in references(statement)
        ]
        with aws("dynamodb") as client:
            watched = Watched(client)
            work(watched, make_table(client, "WatermarksTable"))
            keys = {
                (request.get("Key") or request["Item"])["stream"]["S"]
                for _, request in watched.calls
            }
        patterns = condition["ForAllValues:StringLike"]["dynamodb:LeadingKeys"]
        assert {next(p for p in patterns if fnmatchcase(key, p)) for key in keys} == set(patterns)
        for foreign in ("workers", "workers sweep", "catalogue norway", "run x", "lease workers"):
            assert not any(fnmatchcase(foreign, pattern) for pattern in patterns)


def test_only_writer_and_operations_may_use_the_key_of_what_people_cost(
    resources: dict[str, Any], template: dict[str, Any]
) -> None:
    key = resources["PayKey"]
    (use,) = [
        statement
        for statement in key["Properties"]["KeyPolicy"]["Statement"]
        if "kms:Decrypt" in statement["Action"]
    ]
    roles = [name for name, _ in (each["Fn::GetAtt"] for each in use["Principal"]["AWS"])]

    assert sorted(roles) == ["OperationsRole", "WriterRole"]
    assert key["Condition"] == "KeepsPay"
    assert template["Conditions"]["KeepsPay"] == {"Fn::Equals": [{"Ref": "CostAllocation"}, "true"]}
    assert (key["DeletionPolicy"], template["Parameters"]["CostAllocation"]["Default"]) == (
        "Retain",
        "false",
    )
    others = [each for each in key["Properties"]["KeyPolicy"]["Statement"] if each is not use]
    for statement in others:
        assert not {"kms:Encrypt", "kms:Decrypt", "kms:*"} & set(statement["Action"])
