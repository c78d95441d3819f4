"""Who may do what to which resource: the whole list, role by role and policy by policy.

To give a right that is not here is to write it here first. Several names are joined by commas, and
a star stands for any part of a name: of the names of `everything_in`, never of what IAM reads.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import TypeAlias

Listed: TypeAlias = Mapping[str, tuple[str, ...]]


def only(condition: Mapping[str, object], *actions: str) -> tuple[str, ...]:
    """Rights that hold under a condition, as the evaluator names them."""
    return tuple(f"{action} if {json.dumps(condition, sort_keys=True)}" for action in actions)


def rows(*keys: str) -> dict[str, object]:
    """The condition that a request is about rows of these keys."""
    return {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": list(keys)}}


def ids_alone() -> dict[str, object]:
    """The condition that a request touches nothing of a person's row but which employee it is."""
    touched = ["person", "company", "etag", "employee_id"]
    return {"ForAllValues:StringEquals": {"dynamodb:Attributes": touched}}


def of(service: str, actions: str) -> tuple[str, ...]:
    """Actions of one service."""
    return tuple(f"{service}:{action}" for action in actions.split())


def joined(*lists: Iterable[str]) -> tuple[str, ...]:
    """Several lists as one."""
    return tuple(action for each in lists for action in each)


LOGS = of("logs", "CreateLogStream PutLogEvents")
READS = of("secretsmanager", "GetSecretValue")
WRITES = of("secretsmanager", "PutSecretValue")
QUERY = of("dynamodb", "Query")
MAPPING = of("dynamodb", "Scan")
SENDS = of("sqs", "SendMessage")
SENDS_AND_COUNTS = of("sqs", "SendMessage GetQueueAttributes")
TAKES = of("sqs", "ReceiveMessage DeleteMessage ChangeMessageVisibility GetQueueAttributes")
INVOKES = of("lambda", "InvokeFunction")
SEES_ALARMS = of("cloudwatch", "DescribeAlarms")

ROLES: Mapping[str, Listed] = {
    "PreflightRole": {"PreflightLogGroup": LOGS},
    "SchedulerRole": {
        "PollerFunction, OperationsFunction": INVOKES,
        "FailedInvocationsQueue": SENDS,
    },
    "PollerRole": {
        "PollerLogGroup": LOGS,
        "RipplingSecret": joined(READS, WRITES),
        "VismaSecret, DigestKeySecret": READS,
        "ChangesQueue": SENDS_AND_COUNTS,
        "WatermarksTable": of("dynamodb", "GetItem PutItem UpdateItem"),
        "MappingsTable": MAPPING,
        "PeopleTable": joined(
            of("dynamodb", "GetItem BatchGetItem Query ConditionCheckItem"),
            only(ids_alone(), "dynamodb:UpdateItem"),
            only(rows("code *"), "dynamodb:DeleteItem"),
        ),
        "PeopleTable/ByCompany, PeopleTable/ByWaitingFor, PeopleTable/ByDueDay": QUERY,
    },
    "WebhookRole": {
        "WebhookLogGroup": LOGS,
        "WebhookSecret": READS,
        "ChangesQueue": SENDS,
        "WatermarksTable": only(rows("paused"), "dynamodb:UpdateItem"),
    },
    "NotificationRole": {
        "NotificationLogGroup": LOGS,
        "WebhookSecret": READS,
        "PollerFunction": INVOKES,
        "WatermarksTable": only(
            rows("visma notification *"), "dynamodb:PutItem", "dynamodb:DeleteItem"
        ),
    },
    "InstallRole": {
        "InstallLogGroup": LOGS,
        "RipplingSecret": joined(READS, WRITES),
        "WatermarksTable": only(
            rows("oauth state *", "lease oauth"),
            *of("dynamodb", "GetItem PutItem UpdateItem DeleteItem"),
        ),
    },
    "WriterRole": {
        "WriterLogGroup": LOGS,
        "RipplingSecret": joined(READS, WRITES),
        "VismaSecret, DigestKeySecret": READS,
        "PayKey": of("kms", "Encrypt Decrypt"),
        "ChangesQueue": TAKES,
        "ChangesDeadLetterQueue": SENDS,
        "WatermarksTable": of("dynamodb", "GetItem PutItem UpdateItem"),
        "MappingsTable": MAPPING,
        "PeopleTable": of("dynamodb", "GetItem Query PutItem UpdateItem"),
        "PeopleTable/ByCompany": QUERY,
        "ApprovalsTable": of("dynamodb", "GetItem"),
        "AuditTable": of("dynamodb", "PutItem"),
    },
    "ReleaserRole": {
        "ReleaserLogGroup": LOGS,
        "ChangesQueue": SENDS_AND_COUNTS,
        "FailedInvocationsQueue": SENDS,
        "WatermarksTable": of("dynamodb", "GetItem PutItem"),
        "MappingsTable": MAPPING,
        "MappingsTable/stream": of(
            "dynamodb", "DescribeStream GetRecords GetShardIterator ListStreams"
        ),
        "PeopleTable/ByCompany": QUERY,
    },
    "OperationsRole": {
        "*": SEES_ALARMS,
        "OperationsLogGroup": LOGS,
        "RipplingSecret": joined(READS, WRITES),
        "VismaSecret, WebhookSecret, DigestKeySecret": READS,
        "PayKey": of("kms", "Encrypt Decrypt"),
        "ChangesQueue": SENDS_AND_COUNTS,
        "ChangesDeadLetterQueue": TAKES,
        "WatermarksTable": of("dynamodb", "GetItem BatchGetItem PutItem UpdateItem"),
        "MappingsTable": of("dynamodb", "Scan PutItem UpdateItem DeleteItem"),
        "PeopleTable": of(
            "dynamodb",
            "GetItem BatchGetItem Query PutItem UpdateItem DeleteItem",
        ),
        "PeopleTable/ByCompany, PeopleTable/ByWaitingFor": QUERY,
        "ApprovalsTable": of("dynamodb", "GetItem PutItem DeleteItem"),
        "AuditTable": of("dynamodb", "Query PutItem DeleteItem"),
        "AuditTable/ByOutcome, AuditTable/ByDay": QUERY,
        "ReportsBucket/reports": of("s3", "PutObject"),
        "PollerFunction": INVOKES,
    },
}

FINDS_THE_STACK = of("cloudformation", "DescribeStacks")
READS_REPORTS = of("s3", "GetObject")
TAG_OF_THE_STACK = {"StringEquals": {"aws:ResourceTag/aws:cloudformation:stack-name": "STACK"}}
BUCKET = """
    CreateBucket DeleteBucket DeleteBucketPolicy GetBucketOwnershipControls GetBucketPolicy
    GetBucketPublicAccessBlock GetBucketTagging GetBucketVersioning GetEncryptionConfiguration
    GetLifecycleConfiguration PutBucketOwnershipControls PutBucketPolicy PutBucketPublicAccessBlock
    PutBucketTagging PutBucketVersioning PutEncryptionConfiguration PutLifecycleConfiguration
"""
FUNCTION = """
    AddPermission CreateAlias CreateFunction DeleteAlias DeleteFunction
    DeleteFunctionEventInvokeConfig GetAlias GetFunction GetFunctionCodeSigningConfig
    GetFunctionConfiguration GetFunctionEventInvokeConfig GetPolicy GetRuntimeManagementConfig
    ListTags PutFunctionEventInvokeConfig RemovePermission TagResource UntagResource UpdateAlias
    UpdateFunctionCode UpdateFunctionConfiguration UpdateFunctionEventInvokeConfig
"""
TABLE = """
    CreateTable DeleteTable DescribeContinuousBackups DescribeContributorInsights
    DescribeKinesisStreamingDestination DescribeTable DescribeTimeToLive GetResourcePolicy
    ListTagsOfResource TagResource UntagResource UpdateContinuousBackups UpdateTable
    UpdateTimeToLive
"""
ROLE = """
    CreateRole DeleteRole DeleteRolePermissionsBoundary DeleteRolePolicy GetRole GetRolePolicy
    ListAttachedRolePolicies ListRolePolicies PutRolePermissionsBoundary PutRolePolicy TagRole
    UntagRole UpdateAssumeRolePolicy UpdateRole
"""
STACK = """
    CreateChangeSet DeleteChangeSet DeleteStack DescribeChangeSet DescribeStackEvents
    DescribeStackResource DescribeStackResources DescribeStacks ExecuteChangeSet GetTemplate
    ListStackResources
"""
TOPIC = """
    CreateTopic DeleteTopic GetDataProtectionPolicy GetSubscriptionAttributes GetTopicAttributes
    ListSubscriptionsByTopic ListTagsForResource SetSubscriptionAttributes SetTopicAttributes
    Subscribe TagResource Unsubscribe UntagResource
"""
KEY = """
    DescribeKey EnableKeyRotation GetKeyPolicy GetKeyRotationStatus ListResourceTags PutKeyPolicy
    ScheduleKeyDeletion TagResource UntagResource UpdateKeyDescription
"""
LOG_GROUP = """
    CreateLogGroup DeleteLogGroup DeleteRetentionPolicy ListTagsForResource PutRetentionPolicy
    TagResource UntagResource
"""
ALARM = "DeleteAlarms DescribeAlarms ListTagsForResource PutMetricAlarm TagResource UntagResource"
QUEUE = """
    CreateQueue DeleteQueue GetQueueAttributes GetQueueUrl ListQueueTags SetQueueAttributes TagQueue
    UntagQueue
"""
SECRET = "CreateSecret DeleteSecret DescribeSecret TagResource UntagResource UpdateSecret"

OPERATORS: Mapping[str, Listed] = {
    "reader": {"the stack": FINDS_THE_STACK, "OperationsFunction:reader": INVOKES},
    "controller": {
        "the stack": FINDS_THE_STACK,
        "OperationsFunction:reader, OperationsFunction:controller": INVOKES,
        "ReportsBucket/reports": READS_REPORTS,
    },
    "engineer": {
        "*": of("cloudwatch", "DescribeAlarms GetMetricData ListMetrics"),
        "the stack": FINDS_THE_STACK,
        "OperationsFunction*": INVOKES,
        "*LogGroup": of("logs", "FilterLogEvents GetLogEvents DescribeLogStreams"),
        "RipplingSecret, VismaSecret, WebhookSecret": only(
            TAG_OF_THE_STACK, *of("secretsmanager", "DescribeSecret PutSecretValue")
        ),
        "ChangesDeadLetterQueue, FailedInvocationsQueue": of(
            "sqs", "GetQueueAttributes GetQueueUrl ReceiveMessage DeleteMessage PurgeQueue"
        ),
        "ReportsBucket*": of("s3", "ListBucket"),
        "ReportsBucket/reports": READS_REPORTS,
    },
    # Keys, schedules, APIs and event sources have no name that says whose they are, so that the
    # deployer's rights to them are rights to those of the whole account: docs/operations.md.
    "deployer": {
        "*": joined(
            of("cloudformation", "GetTemplateSummary"),
            of("kms", "CreateKey"),
            of(
                "lambda",
                "CreateEventSourceMapping DeleteEventSourceMapping GetEventSourceMapping"
                " UpdateEventSourceMapping",
            ),
            of(
                "logs",
                "DeleteQueryDefinition DescribeLogGroups DescribeQueryDefinitions"
                " PutQueryDefinition",
            ),
            of("secretsmanager", "GetRandomPassword"),
        ),
        "the stack": of("cloudformation", STACK),
        "*Role": joined(
            of("iam", ROLE),
            only(
                {
                    "StringEquals": {
                        "iam:PassedToService": ["lambda.amazonaws.com", "scheduler.amazonaws.com"]
                    }
                },
                "iam:PassRole",
            ),
        ),
        "*Function, OperationsFunction:*": of("lambda", FUNCTION),
        "PreflightFunction": INVOKES,
        "*Layer": of("lambda", "DeleteLayerVersion GetLayerVersion PublishLayerVersion"),
        "*Table*": of("dynamodb", TABLE),
        "ReportsBucket*": of("s3", BUCKET),
        "*Queue": of("sqs", QUEUE),
        "*Secret": of("secretsmanager", SECRET),
        "PayKey, a key of another": of("kms", KEY),
        "*LogGroup": of("logs", LOG_GROUP),
        "*Alarm": of("cloudwatch", ALARM),
        "the dashboard": of("cloudwatch", "DeleteDashboards GetDashboard PutDashboard"),
        "AlarmTopic": of("sns", TOPIC),
        "a schedule of another": of(
            "scheduler", "CreateSchedule DeleteSchedule GetSchedule UpdateSchedule"
        ),
        "the API, an API of another": of("apigateway", "DELETE GET PATCH POST PUT"),
    },
}
