"""Finding the operations function of a stack, and invoking it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, TypeAlias

from connector import __version__
from connector.cli.exits import NotReachedError
from connector.services.operate.verbs import VERBS
from connector.services.operate.verbs.verb import JsonObject, Right

if TYPE_CHECKING:
    import boto3

READ_TIMEOUT_SECONDS = 330
"""Longer than the function may run, so that the answer is not given up while it works."""

Call: TypeAlias = Callable[[JsonObject], JsonObject]


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
    from botocore.parsers import ResponseParserError

    def call(request: JsonObject) -> JsonObject:
        try:
            return invoke(connection, request)
        except (BotoCoreError, ClientError, OSError) as error:
            raise NotReachedError(f"AWS does not answer as expected: {error}") from None
        except (ResponseParserError, LookupError, ValueError) as error:
            # A wrong address, or a proxy that answers with a page of its own.
            raise NotReachedError(
                f"whatever answers is not AWS; look at --endpoint-url and at any proxy ({error})"
            ) from None

    return call


def invoke(connection: Connection, request: JsonObject) -> JsonObject:
    """One request to the operations function of a stack."""
    import boto3
    from botocore.config import Config

    # One attempt: a verb that AWS did not answer may have been carried out.
    once = Config(read_timeout=READ_TIMEOUT_SECONDS, retries={"total_max_attempts": 1})
    session = boto3.Session(region_name=connection.region, profile_name=connection.profile)
    cloudformation = session.client(
        "cloudformation", endpoint_url=connection.endpoint_url, config=once
    )
    described = stack_in(cloudformation, connection)
    outputs = ((each["OutputKey"], each["OutputValue"]) for each in described.get("Outputs", []))
    function = operations_function(connection.stack, outputs)
    invoker = session.client("lambda", endpoint_url=connection.endpoint_url, config=once)
    named = {**request, "operator": caller(session, connection.endpoint_url)}
    way_in = ":".join(filter(None, (function, right_of(request).alias)))
    try:
        answer = invoker.invoke(FunctionName=way_in, Payload=json.dumps(named).encode())
    except invoker.exceptions.ResourceNotFoundException:
        raise NotReachedError(
            f"the stack has no {way_in}: it is older than this command, {__version__}; use the "
            "command of its version, or deploy this one"
        ) from None
    payload: JsonObject = json.loads(answer["Payload"].read())
    if answer.get("FunctionError"):
        kind = payload.get("errorType", "an error")
        raise NotReachedError(f"the function {function} failed with {kind}; see its log")
    return payload


def stack_in(cloudformation: Any, connection: Connection) -> JsonObject:
    """The stack that is named.

    Raises:
        NotReachedError: there is none of that name; with the nearest, where one may look.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        described: JsonObject = cloudformation.describe_stacks(StackName=connection.stack)
    except ClientError as error:
        if "does not exist" not in str(error):
            raise
        try:
            stacks = cloudformation.describe_stacks()["Stacks"]
        except (BotoCoreError, ClientError):  # whoever may look at this stack alone
            stacks = []
        names = [str(each["StackName"]) for each in stacks]
        nearest = get_close_matches(connection.stack, names, n=1)
        hint = f"; did you mean {nearest[0]}?" if nearest else ""
        raise NotReachedError(
            f"there is no stack {connection.stack} in this account and region{hint or ';'}"
            " look at --stack, --region and --profile"
        ) from None
    stack: JsonObject = described["Stacks"][0]
    return stack


def caller(session: boto3.Session, endpoint_url: str | None) -> str:
    """Who asks, by the name that AWS has for them; empty where it does not say.

    The function cannot tell who invokes it: what it puts on record is this claim. CloudTrail's data
    events for the function are the proof, where they are turned on.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        return str(session.client("sts", endpoint_url=endpoint_url).get_caller_identity()["Arn"])
    except (BotoCoreError, ClientError):
        return ""


def right_of(request: JsonObject) -> Right:
    """The least right with which a request is carried out; IAM may grant no more than that."""
    rights = {verb.name: verb.right for verb in VERBS}
    return rights.get(str(request["verb"]), Right.READER)


def operations_function(stack: str, outputs: Iterable[tuple[str, str]]) -> str:
    """The name of the operations function, from the outputs of its stack.

    Raises:
        NotReachedError: it is no stack of the connector.
    """
    name = dict(outputs).get("OperationsFunctionName")
    if name is None:
        raise NotReachedError(f"the stack {stack} has no output OperationsFunctionName")
    return name
