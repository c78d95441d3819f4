"""The ARNs that the resources of template.yaml will have, with the placeholders of docs/policies.

Also those of strangers: what lies in the same account and is none of this stack's.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

AWS = "arn:aws:{}:REGION:ACCOUNT:{}"
PSEUDO = {
    "AWS::Partition": "aws", "AWS::Region": "REGION", "AWS::AccountId": "ACCOUNT",
    "AWS::StackName": "STACK",
}  # fmt: skip
STREAM = "stream/2026-11-01T00:00:00.000"

STRANGERS = {
    "a table of another": AWS.format("dynamodb", "table/PeopleTable"),
    "a queue of another": AWS.format("sqs", "changes.fifo"),
    "a secret of another": AWS.format("secretsmanager", "secret:prod/database-AbCdEf"),
    "a key of another": AWS.format("kms", "key/11111111-1111-1111-1111-111111111111"),
    "a function of another": AWS.format("lambda", "function:operations"),
    "a log group of another": AWS.format("logs", "log-group:/aws/lambda/billing:*"),
    "a topic of another": AWS.format("sns", "alarms"),
    "a parameter": AWS.format("ssm", "parameter/prod/token"),
    "a schedule of another": AWS.format("scheduler", "schedule/default/billing"),
    "a stack of another": AWS.format("cloudformation", "stack/billing/1"),
    "an alarm of another": AWS.format("cloudwatch", "alarm:billing"),
    "a bucket of another": "arn:aws:s3:::billing",
    "an object of another": "arn:aws:s3:::billing/reports/2026-11/report.html",
    "a role of another": "arn:aws:iam::ACCOUNT:role/Admin",
    "a user": "arn:aws:iam::ACCOUNT:user/kari",
    "an API of another": "arn:aws:apigateway:REGION::/restapis/zzz",
}

FORMS = {
    "AWS::DynamoDB::Table": ("dynamodb", "table/STACK-{}-X"),
    "AWS::SecretsManager::Secret": ("secretsmanager", "secret:{}-AbCdEf"),
    "AWS::KMS::Key": ("kms", "key/{}"),
    "AWS::SNS::Topic": ("sns", "STACK-{}-X"),
}
NAMED = {
    "AWS::SQS::Queue": ("sqs", "QueueName", "{}"),
    "AWS::Serverless::Function": ("lambda", "FunctionName", "function:{}"),
    "AWS::Logs::LogGroup": ("logs", "LogGroupName", "log-group:{}:*"),
    "AWS::CloudWatch::Alarm": ("cloudwatch", "AlarmName", "alarm:{}"),
    "AWS::Serverless::LayerVersion": ("lambda", "LayerName", "layer:{}"),
}


def filled(text: str) -> str:
    """A text of Fn::Sub with the placeholders."""
    return re.sub(r"\$\{(AWS::\w+)\}", lambda found: PSEUDO[found[1]], text)


def arns_of(resources: Mapping[str, Any]) -> dict[str, str]:
    """The ARN of each resource that has one, by its name in the template."""
    return {
        name: arn
        for name, each in resources.items()
        if (arn := _arn(name, each["Type"], each.get("Properties", {})))
    }


def _arn(name: str, kind: str, properties: Mapping[str, Any]) -> str:
    if kind in FORMS:
        service, form = FORMS[kind]
        return AWS.format(service, form.format(name))
    if kind in NAMED:
        service, member, form = NAMED[kind]
        return AWS.format(service, form.format(filled(properties[member]["Fn::Sub"])))
    others = {
        "AWS::S3::Bucket": f"arn:aws:s3:::STACK-{name.lower()}-x",
        "AWS::IAM::Role": f"arn:aws:iam::ACCOUNT:role/STACK-{name}-X",
        "AWS::Serverless::Api": "arn:aws:execute-api:REGION:ACCOUNT:abc/v1/POST/rippling/webhook",
    }
    return others.get(kind, "")


def everything_in(resources: Mapping[str, Any]) -> dict[str, str]:
    """All that can be named in the account: resources, what is within them, and strangers."""
    arns = arns_of(resources)
    return {**arns, **dict(_within(resources, arns)), **STRANGERS}


def _within(resources: Mapping[str, Any], arns: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name, arn in arns.items():
        kind, properties = resources[name]["Type"], resources[name].get("Properties", {})
        if kind == "AWS::DynamoDB::Table":
            yield f"{name}/backup", f"{arn}/backup/0151"
            if "StreamSpecification" in properties:
                yield f"{name}/stream", f"{arn}/{STREAM}"
            for index in properties.get("GlobalSecondaryIndexes", []):
                yield f"{name}/{index['IndexName']}", f"{arn}/index/{index['IndexName']}"
        elif kind == "AWS::S3::Bucket":
            yield f"{name}/reports", f"{arn}/reports/2026-11/all/report.html"
            yield f"{name}/elsewhere", f"{arn}/elsewhere"
        elif name == "OperationsFunction":
            for alias in ("reader", "controller", "1"):
                yield f"{name}:{alias}", f"{arn}:{alias}"
    yield "the API", "arn:aws:apigateway:REGION::/restapis/abc"
    yield "the stack", AWS.format("cloudformation", "stack/STACK/1")
    yield "the dashboard", "arn:aws:cloudwatch::ACCOUNT:dashboard/STACK-connector"


def resolved(value: Any, resources: Mapping[str, Any]) -> str:
    """What a resource in a policy of the template becomes.

    Raises:
        KeyError, ValueError: it is said in a way, or is about something, that is not known here.
    """
    if isinstance(value, str):
        return value
    arns = arns_of(resources)
    ((function, argument),) = value.items()
    if function == "Fn::GetAtt":
        name, attribute = argument
        suffix = {"Arn": "", "Id": "", "StreamArn": f"/{STREAM}"}[attribute]
        return f"{arns[name]}{suffix}"
    if function == "Fn::Sub":
        return re.sub(r"\$\{(\w+)\.Arn\}", lambda found: arns[found[1]], filled(argument))
    raise ValueError(f"not known: {json.dumps(value)}")
