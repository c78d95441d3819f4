"""Finding the operations function of a stack, and invoking it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from connector.cli.exits import NotReachedError
from connector.services.operate.verbs.verb import JsonObject

READ_TIMEOUT_SECONDS = 330
"""Longer than the function may run, so that the answer is not given up while it works."""

Call: TypeAlias = Callable[[Mapping[str, Any]], JsonObject]


@dataclass(frozen=True, slots=True)
class Connection:
    """Which stack, and by which way to AWS."""

    stack: str
    endpoint_url: str | None = None
    region: str | None = None
    profile: str | None = None


def connect(connection: Connection) -> Call:
    """What invokes the operations function of a stack, once for each request.

    Raises:
        NotReachedError: on each call, where AWS, the stack or its function does not answer.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    def call(request: Mapping[str, Any]) -> JsonObject:
        try:
            return invoke(connection, request)
        except (BotoCoreError, ClientError) as error:
            raise NotReachedError(f"AWS does not answer as expected: {error}") from None

    return call


def invoke(connection: Connection, request: Mapping[str, Any]) -> JsonObject:
    """One request to the operations function of a stack."""
    import boto3
    from botocore.config import Config

    # One attempt: a verb that AWS did not answer may have been carried out.
    once = Config(read_timeout=READ_TIMEOUT_SECONDS, retries={"total_max_attempts": 1})
    session = boto3.Session(region_name=connection.region, profile_name=connection.profile)
    cloudformation = session.client(
        "cloudformation", endpoint_url=connection.endpoint_url, config=once
    )
    function = operations_function(cloudformation, connection.stack)
    invoker = session.client("lambda", endpoint_url=connection.endpoint_url, config=once)
    answer = invoker.invoke(FunctionName=function, Payload=json.dumps(request).encode())
    payload: JsonObject = json.loads(answer["Payload"].read())
    if answer.get("FunctionError"):
        kind = payload.get("errorType", "an error")
        raise NotReachedError(f"the function {function} failed with {kind}; see its log")
    return payload


def operations_function(cloudformation: Any, stack: str) -> str:
    """The name of the operations function, from the outputs of the stack."""
    outputs = cloudformation.describe_stacks(StackName=stack)["Stacks"][0].get("Outputs", [])
    names = {output["OutputKey"]: output["OutputValue"] for output in outputs}
    if "OperationsFunctionName" not in names:
        raise NotReachedError(f"the stack {stack} has no output OperationsFunctionName")
    return str(names["OperationsFunctionName"])
