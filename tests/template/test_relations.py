"""What has to agree between two places of template.yaml, where no one would notice otherwise."""

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from connector import __version__
from connector.adapters.http.client import ATTEMPTS
from connector.adapters.rippling.oauth import TIMEOUTS
from connector.domain.records.ledger import INTENT_SECONDS
from connector.domain.records.mode import Mode
from connector.services.find.poller import LEASE_SECONDS
from connector.services.inbound.install import CALLBACK, INSTALL
from connector.services.inbound.visma_webhook import ROUTE as NOTIFICATION
from tests.template.conftest import of_type

Resources = dict[str, Any]
Functions = dict[str, dict[str, Any]]

ROOT = Path(__file__).parents[2]

PARAMETERS = {
    "AlarmEmail",
    "Architecture",
    "AuditRetentionDays",
    "CostAllocation",
    "FullSweepSchedule",
    "LogLevel",
    "LogRetentionDays",
    "PermissionsBoundary",
    "PollSchedule",
    "PythonRuntime",
    "RipplingApi",
    "RipplingAuth",
    "RipplingAuthorizeUrl",
    "RipplingBaseUrl",
    "RipplingTokenUrl",
    "VismaBaseUrl",
    "VismaSignatureHeader",
    "VismaTokenUrl",
    "VismaWebhook",
    "WriterConcurrency",
}
OUTPUTS = {
    "AuditTableName",
    "ChangesQueueUrl",
    "DeadLetterQueueUrl",
    "MappingsTableName",
    "OperationsFunctionName",
    "PeopleTableName",
    "PollerFunctionName",
    "ReportsBucketName",
    "RipplingSecretArn",
    "Version",
    "VismaSecretArn",
    "VismaWebhookUrl",
    "WatermarksTableName",
    "WebhookSecretArn",
    "WebhookUrl",
    "WriterFunctionName",
}
FUNCTIONS = {
    "preflight",
    "poller",
    "webhook",
    "notification",
    "install",
    "writer",
    "releaser",
    "operations",
}


def references(value: Any) -> Iterator[str]:
    """Every logical name that a value refers to, however deep and in whatever form."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "Ref":
                yield inner
            elif key == "Fn::GetAtt":
                yield inner[0]
            elif key == "Fn::Sub":
                yield from (name.split(".")[0] for name in re.findall(r"\$\{([\w.]+)\}", inner))
            else:
                yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


def seconds(rate: str) -> int:
    """How long a `rate(...)` is."""
    match = re.fullmatch(r"rate\((\d+) (minute|hour|day)s?\)", rate)
    assert match, rate
    return int(match[1]) * {"minute": 60, "hour": 3600, "day": 86400}[match[2]]


# Parameters and outputs


def test_the_parameters_are_the_ones_that_operators_rely_on(template: dict[str, Any]) -> None:
    assert set(template["Parameters"]) == PARAMETERS


def test_the_outputs_are_the_ones_that_operators_rely_on(template: dict[str, Any]) -> None:
    assert set(template["Outputs"]) == OUTPUTS


@pytest.mark.parametrize("name", sorted(PARAMETERS))
def test_every_parameter_has_a_description_and_a_default(
    template: dict[str, Any], name: str
) -> None:
    parameter = template["Parameters"][name]

    assert parameter["Description"]
    assert "Default" in parameter


@pytest.mark.parametrize("name", sorted(PARAMETERS))
def test_every_default_passes_the_check_of_its_own_parameter(
    template: dict[str, Any], name: str
) -> None:
    parameter = template["Parameters"][name]
    default = parameter["Default"]

    limits = {"AllowedValues", "AllowedPattern", "MinValue"} & parameter.keys()
    assert limits, "anything at all is accepted"
    assert default in parameter.get("AllowedValues", [default])
    assert re.fullmatch(parameter.get("AllowedPattern", ".*"), str(default))
    assert parameter.get("MinValue", default) <= default <= parameter.get("MaxValue", default)


@pytest.mark.parametrize("name", sorted(each for each in PARAMETERS if each.endswith("Url")))
def test_an_address_may_be_plain_http_on_this_machine_only(
    template: dict[str, Any], name: str
) -> None:
    pattern = template["Parameters"][name]["AllowedPattern"]

    for accepted in ("http://127.0.0.1:9001", "http://localhost:80/x", "https://x.example:8443/y/"):
        assert re.fullmatch(pattern, accepted), accepted
    for refused in ("http://api.example", "http://127.0.0.1.example", "ftp://x", "https://", ""):
        assert not re.fullmatch(pattern, refused), refused


def test_every_parameter_is_asked_for_in_exactly_one_group(template: dict[str, Any]) -> None:
    groups = template["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]

    asked = [name for group in groups for name in group["Parameters"]]

    assert sorted(asked) == sorted(PARAMETERS)


def test_every_parameter_has_an_effect(template: dict[str, Any]) -> None:
    effective = {key: template[key] for key in ("Conditions", "Globals", "Resources")}

    assert set(references(effective)) >= PARAMETERS


def test_every_output_says_what_it_is_for(template: dict[str, Any]) -> None:
    assert all(output["Description"] for output in template["Outputs"].values())


def test_no_parameter_and_no_setting_says_what_the_connector_does_by_itself(
    template: dict[str, Any], functions: Functions
) -> None:
    """The mode is state: a deploy with whatever parameters leaves it as it is."""
    assert not {name for name in template["Parameters"] if "run" in name.lower()} - {
        "PythonRuntime"
    }
    for function in functions.values():
        assert not {"DRY_RUN", "POLLING_ENABLED", "MODE"} & set(
            function["Environment"]["Variables"]
        )
    assert Mode().is_off, "what was never said is off"


# Queues


def test_a_change_is_hidden_for_six_times_as_long_as_a_writer_may_take(
    resources: Resources, functions: Functions
) -> None:
    queue = resources["ChangesQueue"]["Properties"]

    assert queue["VisibilityTimeout"] >= 6 * functions["WriterFunction"]["Timeout"]


def test_a_lease_and_an_intent_last_longer_than_those_who_hold_them_may_run(
    functions: Functions,
) -> None:
    assert functions["PollerFunction"]["Timeout"] < LEASE_SECONDS
    assert functions["WriterFunction"]["Timeout"] < INTENT_SECONDS


def test_a_dead_letter_is_hidden_for_longer_than_a_replay_may_take(
    resources: Resources, functions: Functions
) -> None:
    queue = resources["ChangesDeadLetterQueue"]["Properties"]

    assert queue["VisibilityTimeout"] > functions["OperationsFunction"]["Timeout"]


def test_a_change_is_tried_at_least_five_times(resources: Resources) -> None:
    redrive = resources["ChangesQueue"]["Properties"]["RedrivePolicy"]

    assert redrive["maxReceiveCount"] >= 5
    assert redrive["deadLetterTargetArn"] == {"Fn::GetAtt": ["ChangesDeadLetterQueue", "Arn"]}


def test_a_change_is_still_there_when_its_last_try_is_over(resources: Resources) -> None:
    queue = resources["ChangesQueue"]["Properties"]

    tries = queue["RedrivePolicy"]["maxReceiveCount"] * queue["VisibilityTimeout"]

    assert queue["MessageRetentionPeriod"] > tries


@pytest.mark.parametrize("name", ["ChangesDeadLetterQueue", "FailedInvocationsQueue"])
def test_what_failed_is_kept_longer_than_what_waits(resources: Resources, name: str) -> None:
    kept = resources[name]["Properties"]["MessageRetentionPeriod"]

    assert kept > resources["ChangesQueue"]["Properties"]["MessageRetentionPeriod"]


def test_one_change_is_delivered_at_a_time_and_fails_alone(functions: Functions) -> None:
    mapping = functions["WriterFunction"]["Events"]["Change"]["Properties"]

    assert mapping["Queue"] == {"Fn::GetAtt": ["ChangesQueue", "Arn"]}
    assert mapping["BatchSize"] == 1
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert mapping["ScalingConfig"] == {"MaximumConcurrency": {"Ref": "WriterConcurrency"}}


def test_a_change_that_looks_like_an_earlier_one_is_not_swallowed(resources: Resources) -> None:
    queue = resources["ChangesQueue"]["Properties"]

    assert queue["ContentBasedDeduplication"] is False
    assert queue["DeduplicationScope"] == "messageGroup"
    assert queue["FifoThroughputLimit"] == "perMessageGroupId"


@pytest.mark.parametrize("name", ["ChangesQueue", "ChangesDeadLetterQueue"])
def test_a_fifo_queue_has_the_name_that_aws_demands(resources: Resources, name: str) -> None:
    queue = resources[name]["Properties"]

    assert queue["FifoQueue"] is True
    assert queue["QueueName"]["Fn::Sub"].endswith(".fifo")


def test_only_the_changes_queue_fills_the_dead_letter_queue(resources: Resources) -> None:
    allowed = resources["ChangesDeadLetterQueue"]["Properties"]["RedriveAllowPolicy"]
    source = resources["ChangesQueue"]["Properties"]["QueueName"]["Fn::Sub"]

    assert allowed["redrivePermission"] == "byQueue"
    assert len(allowed["sourceQueueArns"]) == 1
    assert allowed["sourceQueueArns"][0]["Fn::Sub"].endswith(f":{source}")


def test_every_queue_is_encrypted_and_refuses_plain_http(resources: Resources) -> None:
    queues = of_type(resources, "AWS::SQS::Queue")
    refusals = {
        queue: policy["PolicyDocument"]["Statement"][0]
        for policy in of_type(resources, "AWS::SQS::QueuePolicy").values()
        for queue in references(policy["Queues"])
    }

    assert refusals.keys() == queues.keys()
    for name, queue in queues.items():
        assert queue["SqsManagedSseEnabled"] is True
        assert refusals[name]["Effect"] == "Deny"
        assert refusals[name]["Principal"] == "*"
        assert refusals[name]["Resource"] == {"Fn::GetAtt": [name, "Arn"]}
        assert refusals[name]["Condition"]["Bool"] == {"aws:SecureTransport": "false"}


# Schedules


def test_a_poll_ends_before_the_next_one_begins(
    template: dict[str, Any], functions: Functions
) -> None:
    interval = seconds(template["Parameters"]["PollSchedule"]["Default"])

    assert functions["PollerFunction"]["Timeout"] < interval


def test_the_schedules_run_whatever_the_mode_so_that_no_deploy_can_stop_them(
    resources: Resources, functions: Functions
) -> None:
    schedules = functions["PollerFunction"]["Events"].values()

    assert all(each["Type"] == "ScheduleV2" for each in schedules)
    for each in schedules:
        assert "State" not in each["Properties"]
        assert each["Properties"]["FlexibleTimeWindow"] == {"Mode": "OFF"}
        queue = next(references(each["Properties"]["DeadLetterConfig"]))
        assert "FifoQueue" not in resources[queue]["Properties"], "the scheduler refuses FIFO"


def test_one_schedule_ticks_and_the_other_sweeps(functions: Functions) -> None:
    schedules = functions["PollerFunction"]["Events"].values()

    events = {
        each["Properties"]["ScheduleExpression"]["Ref"]: json.loads(each["Properties"]["Input"])
        for each in schedules
    }

    assert events == {"PollSchedule": {}, "FullSweepSchedule": {"full_sweep": True}}


def test_a_failed_poll_is_not_repeated_and_rings_once(
    functions: Functions, resources: Resources
) -> None:
    asynchronous = functions["PollerFunction"]["EventInvokeConfig"]

    assert asynchronous["MaximumRetryAttempts"] == 0
    assert "DestinationConfig" not in asynchronous
    assert resources["PollerErrorsAlarm"]["Properties"]["MetricName"] == "Errors"


def test_a_failed_release_is_recorded(functions: Functions) -> None:
    mapping = functions["ReleaserFunction"]["Events"]["MappingEdited"]["Properties"]

    assert mapping["Stream"] == {"Fn::GetAtt": ["MappingsTable", "StreamArn"]}
    assert mapping["BisectBatchOnFunctionError"] is True
    destination = mapping["DestinationConfig"]["OnFailure"]["Destination"]
    assert list(references(destination)) == ["FailedInvocationsQueue"]


# Functions


def test_there_is_one_function_for_each_folder(functions: Functions) -> None:
    folders = {each["CodeUri"].removeprefix("functions/") for each in functions.values()}

    assert folders == FUNCTIONS
    for each in functions.values():
        short = each["CodeUri"].removeprefix("functions/")
        assert each["FunctionName"] == {"Fn::Sub": f"${{AWS::StackName}}-{short}"}
        assert each["Environment"]["Variables"]["POWERTOOLS_SERVICE_NAME"] == short


def test_every_function_logs_to_a_group_of_its_own_that_forgets(
    resources: Resources, functions: Functions
) -> None:
    groups = of_type(resources, "AWS::Logs::LogGroup")

    used = [next(references(each["LoggingConfig"]["LogGroup"])) for each in functions.values()]

    assert sorted(used) == sorted(groups)
    for group, function in zip(used, functions.values(), strict=True):
        assert groups[group]["RetentionInDays"] == {"Ref": "LogRetentionDays"}
        name = function["FunctionName"]["Fn::Sub"]
        assert groups[group]["LogGroupName"] == {"Fn::Sub": f"/aws/lambda/{name}"}


def test_the_log_level_is_set_in_one_place(template: dict[str, Any], functions: Functions) -> None:
    everywhere = template["Globals"]["Function"]

    assert everywhere["LoggingConfig"]["ApplicationLogLevel"] == {"Ref": "LogLevel"}
    for variables in (everywhere, *functions.values()):
        assert "POWERTOOLS_LOG_LEVEL" not in variables["Environment"]["Variables"]


def test_functions_and_layers_are_built_for_the_same_python_and_processor(
    template: dict[str, Any], resources: Resources
) -> None:
    runtime, processor = {"Ref": "PythonRuntime"}, {"Ref": "Architecture"}

    assert template["Globals"]["Function"]["Runtime"] == runtime
    assert template["Globals"]["Function"]["Architectures"] == [processor]
    layers = of_type(resources, "AWS::Serverless::LayerVersion")
    assert sorted(references(template["Globals"]["Function"]["Layers"])) == sorted(layers)
    for name, layer in layers.items():
        # SAM's cache does not look at ContextPath: without this it would hand out the layer of
        # another runtime.
        assert layer["CompatibleRuntimes"] == [runtime]
        assert layer["CompatibleArchitectures"] == [processor]
        assert resources[name]["Metadata"] == {
            "BuildMethod": "makefile",
            "BuildArchitecture": processor,
            "ContextPath": {"Fn::Sub": "layers/targets/${PythonRuntime}-${Architecture}"},
        }


def test_a_webhook_is_only_posted_an_install_only_got_and_both_are_throttled(
    resources: Resources, functions: Functions
) -> None:
    settings = resources["ConnectorApi"]["Properties"]["MethodSettings"]
    events = [
        [(each["Properties"]["Method"], each["Properties"]["Path"]) for each in found.values()]
        for found in (
            functions[f"{name}Function"]["Events"]
            for name in ("Webhook", "Notification", "Install")
        )
    ]

    assert events == [
        [("POST", "/rippling/webhook")],
        [("POST", NOTIFICATION)],
        [("GET", INSTALL), ("GET", CALLBACK)],
    ]
    assert "Condition" not in resources["WebhookFunction"]
    assert resources["NotificationFunction"]["Condition"] == "HearsVisma"
    assert resources["InstallFunction"]["Condition"] == "IsAnApp"
    assert settings[0]["ThrottlingRateLimit"] == 25
    assert settings[0]["ThrottlingBurstLimit"] == 50


def test_the_webhook_address_is_that_of_the_stage_and_path(
    template: dict[str, Any], resources: Resources, functions: Functions
) -> None:
    stage = resources["ConnectorApi"]["Properties"]["StageName"]
    event = functions["WebhookFunction"]["Events"]["Announcement"]

    address = template["Outputs"]["WebhookUrl"]["Value"]["Fn::Sub"]

    assert address.startswith("https://${ConnectorApi}.execute-api.")
    assert address.endswith(f"/{stage}{event['Properties']['Path']}")


# Data


def test_every_table_is_on_demand_and_encrypted(resources: Resources) -> None:
    for table in of_type(resources, "AWS::DynamoDB::Table").values():
        assert table["BillingMode"] == "PAY_PER_REQUEST"
        assert table["SSESpecification"] == {"SSEEnabled": True}


@pytest.mark.parametrize("name", ["MappingsTable", "PeopleTable", "ApprovalsTable", "AuditTable"])
def test_what_cannot_be_rebuilt_survives_a_mistake(resources: Resources, name: str) -> None:
    table = resources[name]

    assert table["DeletionPolicy"] == "Retain"
    assert table["UpdateReplacePolicy"] == "Retain"
    assert table["Properties"]["DeletionProtectionEnabled"] is True
    recovery = table["Properties"]["PointInTimeRecoverySpecification"]
    assert recovery == {"PointInTimeRecoveryEnabled": True}


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("WatermarksTable", {"": ["stream"]}),
        ("MappingsTable", {"": ["company", "rule"]}),
        (
            "PeopleTable",
            {
                "": ["person", "company"],
                "ByCompany": ["company", "person"],
                "ByWaitingFor": ["company", "waiting_for"],
                "ByDueDay": ["company", "due_on"],
            },
        ),
        (
            "AuditTable",
            {"": ["person", "time"], "ByOutcome": ["outcome", "time"], "ByDay": ["day", "time"]},
        ),
    ],
)
def test_a_table_is_found_by_the_keys_that_people_read(
    resources: Resources, name: str, keys: dict[str, list[str]]
) -> None:
    table = resources[name]["Properties"]

    schemas = {"": table["KeySchema"]}
    for index in table.get("GlobalSecondaryIndexes", []):
        assert index["Projection"] == {"ProjectionType": "ALL"}
        schemas[index["IndexName"]] = index["KeySchema"]

    assert {
        index: [key["AttributeName"] for key in schema] for index, schema in schemas.items()
    } == keys


def test_a_table_that_forgets_does_so_by_the_attribute_that_its_writer_sets(
    resources: Resources,
) -> None:
    forgets = {
        name: table["TimeToLiveSpecification"]
        for name, table in of_type(resources, "AWS::DynamoDB::Table").items()
        if "TimeToLiveSpecification" in table
    }

    by = {"AttributeName": "expires_at", "Enabled": True}
    assert forgets == {"WatermarksTable": by, "ApprovalsTable": by, "AuditTable": by}


def test_no_credential_passes_through_the_template(resources: Resources) -> None:
    secrets = of_type(resources, "AWS::SecretsManager::Secret")

    made_up = secrets.pop("DigestKeySecret")
    assert set(secrets) == {"RipplingSecret", "VismaSecret", "WebhookSecret"}
    for secret in secrets.values():
        assert not {"SecretString", "GenerateSecretString"} & secret.keys()
    assert "SecretString" not in made_up
    assert made_up["GenerateSecretString"]["PasswordLength"] == 64


def test_the_key_of_the_digests_outlives_the_stack_and_only_three_functions_read_it(
    resources: Resources,
) -> None:
    secret = resources["DigestKeySecret"]
    having = {
        name
        for name, role in of_type(resources, "AWS::IAM::Role").items()
        if "DigestKeySecret" in str(role)
    }

    assert (secret["DeletionPolicy"], secret["UpdateReplacePolicy"]) == ("Retain", "Retain")
    assert having == {"PollerRole", "WriterRole", "OperationsRole"}


def test_without_an_app_there_is_no_door_for_an_installation(
    template: dict[str, Any], resources: Resources
) -> None:
    only_for_an_app = {
        name for name, each in resources.items() if each.get("Condition") == "IsAnApp"
    }

    assert only_for_an_app == {
        "InstallFunction", "InstallRole", "InstallLogGroup", "InstallErrorsAlarm",
    }  # fmt: skip
    assert template["Conditions"]["IsAnApp"] == {"Fn::Equals": [{"Ref": "RipplingAuth"}, "oauth"]}


def test_every_role_can_be_bounded(template: dict[str, Any], resources: Resources) -> None:
    bound = {"Fn::If": ["IsBounded", {"Ref": "PermissionsBoundary"}, {"Ref": "AWS::NoValue"}]}

    for role in of_type(resources, "AWS::IAM::Role").values():
        assert role["PermissionsBoundary"] == bound
    pattern = template["Parameters"]["PermissionsBoundary"]["AllowedPattern"]
    assert re.fullmatch(pattern, "arn:aws:iam::123456789012:policy/limits/everyone")
    assert not re.fullmatch(pattern, "everyone")


def test_two_stacks_share_no_metric(template: dict[str, Any], resources: Resources) -> None:
    own = {"Fn::Sub": "RipplingToVisma/${AWS::StackName}"}
    variables = template["Globals"]["Function"]["Environment"]["Variables"]

    assert variables["POWERTOOLS_METRICS_NAMESPACE"] == own
    for alarm in of_type(resources, "AWS::CloudWatch::Alarm").values():
        watched = alarm.get("Namespace", "AWS/Lambda")  # over several functions
        assert watched == own or str(watched).startswith("AWS/")


def test_the_stack_says_which_version_it_is(template: dict[str, Any]) -> None:
    assert template["Outputs"]["Version"]["Value"] == __version__


def test_the_guided_deployment_asks_nothing_about_authentication(resources: Resources) -> None:
    """SAM asks about each route of an API that has no `Auth`, and Enter means no."""
    assert resources["ConnectorApi"]["Properties"]["Auth"]


def test_the_public_doors_take_no_tls_older_than_1_2(resources: Resources) -> None:
    api = resources["ConnectorApi"]["Properties"]

    assert api["SecurityPolicy"].startswith("SecurityPolicy_TLS13_1_2_")
    assert api["EndpointAccessMode"] == "BASIC"  # AWS demands a mode with such a policy


def test_a_european_region_is_proposed() -> None:
    config = tomllib.loads((ROOT / "samconfig.toml").read_text())

    assert config["default"]["deploy"]["parameters"]["region"].startswith("eu-")


# Alarms


def test_every_function_has_an_alarm_on_its_errors(
    resources: Resources, functions: Functions
) -> None:
    watched = [
        next(references(alarm["Dimensions"]))
        for alarm in of_type(resources, "AWS::CloudWatch::Alarm").values()
        if (alarm.get("Namespace"), alarm.get("MetricName")) == ("AWS/Lambda", "Errors")
    ]

    # Preflight runs within a deployment only, and its failure is the deployment's.
    assert sorted(watched) == sorted(functions.keys() - {"PreflightFunction"})


@pytest.mark.parametrize(
    ("alarm", "queue", "metric"),
    [
        ("DeadLettersAlarm", "ChangesDeadLetterQueue", "ApproximateNumberOfMessagesVisible"),
        ("FailedInvocationsAlarm", "FailedInvocationsQueue", "NumberOfMessagesSent"),
        ("ChangesWaitingTooLongAlarm", "ChangesQueue", "ApproximateAgeOfOldestMessage"),
    ],
)
def test_a_queue_that_needs_a_hand_raises_an_alarm(
    resources: Resources, alarm: str, queue: str, metric: str
) -> None:
    watch = resources[alarm]["Properties"]

    assert watch["MetricName"] == metric, "what SQS itself redrives is not sent"
    assert list(references(watch["Dimensions"])) == [queue]


def test_silence_of_the_poller_is_an_alarm_in_every_stack(
    template: dict[str, Any], resources: Resources, functions: Functions
) -> None:
    alarm = resources["PollerSilentAlarm"]
    watch = alarm["Properties"]

    assert "Condition" not in alarm
    assert watch["TreatMissingData"] == "breaching"
    assert watch["MetricName"] == "PollSucceeded"
    common = template["Globals"]["Function"]["Environment"]["Variables"]
    assert watch["Namespace"] == common["POWERTOOLS_METRICS_NAMESPACE"]
    service = functions["PollerFunction"]["Environment"]["Variables"]["POWERTOOLS_SERVICE_NAME"]
    assert watch["Dimensions"] == [{"Name": "service", "Value": service}]


def test_an_ended_installation_is_an_alarm_that_the_next_poll_raises(
    resources: Resources,
) -> None:
    watch = resources["InstallationEndedAlarm"]["Properties"]

    assert watch["MetricName"] == "InstallationEnded"
    assert watch["Dimensions"] == [{"Name": "service", "Value": "poller"}]


def test_an_uninstalled_app_is_an_alarm_for_as_long_as_polling_is_paused(
    resources: Resources,
) -> None:
    watch = resources["AppUninstalledAlarm"]["Properties"]

    assert watch["MetricName"] == "PollingPaused"
    assert watch["Dimensions"] == [{"Name": "service", "Value": "poller"}]
    assert "install" in watch["AlarmDescription"]


def test_notifications_of_visma_have_an_address_where_they_are_heard(
    template: dict[str, Any], functions: Functions
) -> None:
    output = template["Outputs"]["VismaWebhookUrl"]
    path = functions["NotificationFunction"]["Events"]["Notification"]["Properties"]["Path"]

    assert path == NOTIFICATION
    assert output["Condition"] == "HearsVisma"
    assert output["Value"]["Fn::Sub"].endswith("/v1" + path.removesuffix("{company}"))


def test_the_code_of_an_install_may_take_as_long_as_the_gateway_waits(
    functions: Functions,
) -> None:
    longest = ATTEMPTS * sum(TIMEOUTS)

    assert longest < functions["WebhookFunction"]["Timeout"] <= 29


def test_every_alarm_says_what_happened_where_to_look_and_is_heard(resources: Resources) -> None:
    for name, alarm in of_type(resources, "AWS::CloudWatch::Alarm").items():
        slug = alarm["AlarmName"]["Fn::Sub"].removeprefix("${AWS::StackName}-")
        message, _, place = alarm["AlarmDescription"].partition(" See ")
        assert message.endswith("."), name
        assert place == f"docs/runbook.md#{slug}."
        assert alarm["AlarmActions"] == alarm["OKActions"] == [{"Ref": "AlarmTopic"}]


def test_mail_goes_out_only_to_an_address_that_was_given(resources: Resources) -> None:
    assert resources["AlarmSubscription"]["Condition"] == "MailsAlarms"
    assert "KmsMasterKeyId" not in resources["AlarmTopic"]["Properties"]
