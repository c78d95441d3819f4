"""Whether the role of a function may make a call, by the policies of template.yaml.

Resources go by their names in the template. What is not understood is refused, by an error that no
function takes for a refusal.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, TypeAlias

from botocore.exceptions import ClientError

from tests.support.iam import NotUnderstoodError, Statement

Request: TypeAlias = Mapping[str, Any]
Right: TypeAlias = tuple[str, str, str]
"""Role, action and resource."""
Keys: TypeAlias = Callable[[str, str | None], str]
"""The name of the partition key of a table, or of an index of it."""

KEYS, ATTRIBUTES = "dynamodb:LeadingKeys", "dynamodb:Attributes"
OPERATORS = ("ForAllValues:StringLike", "ForAllValues:StringEquals")
EXPRESSIONS = ("ConditionExpression", "UpdateExpression", "ProjectionExpression",
               "FilterExpression", "KeyConditionExpression")  # fmt: skip
NO_ATTRIBUTES = {
    "SET", "REMOVE", "ADD", "DELETE", "AND", "OR", "NOT", "BETWEEN", "IN", "attribute_exists",
    "attribute_not_exists", "attribute_type", "begins_with", "contains", "if_not_exists",
    "list_append", "size",
}  # fmt: skip
OF_TABLES = {"GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query", "Scan"}
IN_TRANSACTIONS = {"Put": "PutItem", "Update": "UpdateItem", "Delete": "DeleteItem",
                   "ConditionCheck": "ConditionCheckItem"}  # fmt: skip
OF_QUEUES = {"SendMessage", "ReceiveMessage", "DeleteMessage", "ChangeMessageVisibility",
             "GetQueueAttributes"}  # fmt: skip
NAMED_BY = {"secretsmanager": "SecretId", "kms": "KeyId", "lambda": "FunctionName"}


@dataclass(frozen=True)
class Asked:
    """One action on one resource, of those that a call asks for."""

    action: str
    resource: str
    requests: tuple[Request, ...] = ()
    """What is asked of a table: one request, or all of a batch for the table."""
    index: str | None = None

    def values(self, key: str, keys: Keys) -> set[str]:
        """What a key of a condition holds in this call; nothing where AWS does not fill it."""
        if key == ATTRIBUTES:
            return {name for each in self.requests for name in _attributes(each)}
        if key != KEYS:
            raise NotUnderstoodError(key)
        name = keys(self.resource.split("/")[0], self.index)
        return {value for each in self.requests for value in _leading(each, name)}


def asked(service: str, operation: str, request: Request) -> Iterator[Asked]:
    """What a call asks for, action by action as AWS looks at it.

    Raises:
        NotUnderstoodError: nobody has said yet what the call asks for.
    """
    if service == "dynamodb":
        yield from _of_tables(operation, request)
    elif service == "sqs" and (action := operation.removesuffix("Batch")) in OF_QUEUES:
        yield Asked(f"sqs:{action}", request["QueueUrl"])
    elif (service, operation) == ("cloudwatch", "DescribeAlarms"):
        yield Asked("cloudwatch:DescribeAlarms", "*")
    elif service in NAMED_BY:
        action = "InvokeFunction" if operation == "Invoke" else operation
        yield Asked(f"{service}:{action}", request[NAMED_BY[service]])
    elif (service, operation) == ("s3", "PutObject"):
        yield Asked("s3:PutObject", f"{request['Bucket']}/{request['Key']}")
    else:
        raise NotUnderstoodError(f"{service}.{operation}")


def _of_tables(operation: str, request: Request) -> Iterator[Asked]:
    if operation in OF_TABLES:
        index = request.get("IndexName")
        place = f"{request['TableName']}/index/{index}" if index else request["TableName"]
        yield Asked(f"dynamodb:{operation}", place, (request,), index)
    elif operation == "TransactWriteItems":
        for each in request["TransactItems"]:
            ((kind, action),) = each.items()
            yield Asked(f"dynamodb:{IN_TRANSACTIONS[kind]}", action["TableName"], (action,))
    elif operation == "BatchGetItem":
        for table, batch in request["RequestItems"].items():
            rows = tuple({**batch, "Key": key} for key in batch["Keys"])
            yield Asked("dynamodb:BatchGetItem", table, rows)
    elif operation == "BatchWriteItem":
        for table, batch in request["RequestItems"].items():
            rows = tuple(next(iter(each.values())) for each in batch)
            yield Asked("dynamodb:BatchWriteItem", table, rows)
    else:
        raise NotUnderstoodError(f"dynamodb.{operation}")


def _leading(request: Request, name: str) -> Iterator[str]:
    """The partition keys that a request names; a scan names none."""
    if row := request.get("Key") or request.get("Item"):
        yield row[name]["S"]
    elif told := request.get("KeyConditionExpression"):
        aliases = request["ExpressionAttributeNames"]
        found = re.findall(r"(#\w+) = (:\w+)", told)
        yield from (
            request["ExpressionAttributeValues"][value]["S"]
            for alias, value in found
            if aliases[alias] == name
        )


def _attributes(request: Request) -> Iterator[str]:
    """The attributes that a request names: of a path the first, which AWS looks at."""
    yield from request.get("Key", {})
    yield from request.get("Item", {})
    for expression in EXPRESSIONS:
        for word in re.findall(r"(?<![.:#\w])#?[A-Za-z]\w*", request.get(expression, "")):
            if word.startswith("#"):
                yield request["ExpressionAttributeNames"][word]
            elif word not in NO_ATTRIBUTES:
                yield word


@dataclass
class Rights:
    """What each role may do, what it did, and what it was refused."""

    roles: Mapping[str, tuple[Statement, ...]]
    keys: Keys
    used: set[Right] = field(default_factory=set)
    refused: list[str] = field(default_factory=list)
    """To be looked at in the end: some callers go on where a right is missing."""

    def __post_init__(self) -> None:
        self._speaking = cache(self._that_speak_of)

    @classmethod
    def of(cls, template: Mapping[str, Any], parameters: Mapping[str, str] | None = None) -> Rights:
        """The rights of a stack with these parameters, and the defaults of all others."""
        given = {name: each.get("Default", "") for name, each in template["Parameters"].items()}
        given |= dict(parameters or {})
        resources, conditions = template["Resources"], template["Conditions"]
        there = {
            name: each
            for name, each in resources.items()
            if "Condition" not in each or _is_met(conditions[each["Condition"]], given)
        }
        keys_of = list(_of_keys(there))
        roles = {
            name: (
                *_statements(each, conditions, given),
                *(statement for role, statement in keys_of if role == name),
            )
            for name, each in there.items()
            if each["Type"] == "AWS::IAM::Role"
        }

        def keys(table: str, index: str | None) -> str:
            told = resources[table]["Properties"]
            indexes = told.get("GlobalSecondaryIndexes", ())
            schemas = {None: told["KeySchema"]} | {e["IndexName"]: e["KeySchema"] for e in indexes}
            return str(schemas[index][0]["AttributeName"])

        return cls(roles, keys)

    def demand(self, role: str, service: str, operation: str, request: Request) -> None:
        """Lets a call pass, all that it asks for, or refuses it as AWS does.

        Raises:
            ClientError: the role may not.
        """
        for each in asked(service, operation, request):
            if not self.allows(role, each):
                told = f"{role} may not {each.action} on {each.resource}"
                self.refused.append(told)
                error: Any = {"Error": {"Code": "AccessDeniedException", "Message": told}}
                raise ClientError(error, operation)
            self.used.add((role, each.action, each.resource))

    def allows(self, role: str, each: Asked) -> bool:
        """Whether a statement allows it and none denies it."""
        speaking = self._speaking(role, each.action, each.resource)
        effects = {
            effect
            for effect, condition in speaking
            if all(self._holds(*one, each) for one in condition)
        }
        return effects == {"Allow"}

    def granted(self) -> set[Right]:
        """Every action of every role, on resources as the policies name them."""
        return {
            (role, action, resource)
            for role, statements in self.roles.items()
            for each in statements
            for action in each.actions
            for resource in each.resources
        }

    def unused(self) -> set[Right]:
        """Rights that no call needed so far."""
        return {
            (role, action, resource)
            for role, action, resource in self.granted()
            if not any(
                used[:2] == (role, action) and _like(resource, used[2]) for used in self.used
            )
        }

    def _that_speak_of(
        self, role: str, action: str, resource: str
    ) -> list[tuple[str, list[tuple[str, str, tuple[str, ...]]]]]:
        return [
            (each.effect, list(_conditions(each.condition)))
            for each in self.roles[role]
            if list(each.pairs([action.lower()], {resource: resource}))
        ]

    def _holds(self, operator: str, key: str, patterns: tuple[str, ...], each: Asked) -> bool:
        """Of every value one of the patterns: where there is no value, it holds, as on AWS."""
        values = each.values(key, self.keys)
        if operator.endswith("Like"):
            return all(any(_like(pattern, value) for pattern in patterns) for value in values)
        return values <= set(patterns)


def _conditions(written: str) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    for operator, keys in (json.loads(written) if written else {}).items():
        for key, values in keys.items():
            if operator not in OPERATORS or key not in (KEYS, ATTRIBUTES):
                raise NotUnderstoodError(f"{operator} {key}")
            yield operator, key, tuple([values] if isinstance(values, str) else values)


def _like(pattern: str, value: str) -> bool:
    as_regex = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(as_regex, value, re.DOTALL) is not None


def _statements(
    role: Mapping[str, Any], conditions: Mapping[str, Any], parameters: Mapping[str, str]
) -> Iterator[Statement]:
    for policy in role["Properties"]["Policies"]:
        for written in policy["PolicyDocument"]["Statement"]:
            statement = written
            if "Fn::If" in written:
                name, yes, no = written["Fn::If"]
                statement = yes if _is_met(conditions[name], parameters) else no
            if statement != {"Ref": "AWS::NoValue"}:
                yield Statement.of(statement, name_of)


def _of_keys(resources: Mapping[str, Any]) -> Iterator[tuple[str, Statement]]:
    """What the policies of keys give to roles: no policy of a role says anything of a key."""
    for name, key in resources.items():
        if key["Type"] == "AWS::KMS::Key":
            for written in key["Properties"]["KeyPolicy"]["Statement"]:
                meant = {each: written[each] for each in written if each != "Principal"}
                statement = Statement.of({**meant, "Resource": name}, str)
                users = written["Principal"]["AWS"]
                for user in users if isinstance(users, list) else ():  # else it is the account
                    yield user["Fn::GetAtt"][0], statement


def _is_met(condition: Any, parameters: Mapping[str, str]) -> bool:
    ((function, said),) = condition.items()
    if function == "Fn::Not":
        return not _is_met(said[0], parameters)
    if function != "Fn::Equals":
        raise NotUnderstoodError(str(condition))
    left, right = (parameters[e["Ref"]] if isinstance(e, dict) else e for e in said)
    return bool(left == right)


def name_of(resource: Any) -> str:
    """What a policy speaks of, by its name in the template: `PeopleTable/index/ByCompany`.

    Raises:
        NotUnderstoodError: it is named in another way than any resource so far.
    """
    if resource == "*":
        return "*"
    match resource:
        case {"Fn::GetAtt": [str(name), "Arn" | "Id"]}:
            return name
        case {"Fn::GetAtt": [str(name), "StreamArn"]}:
            return f"{name}/stream"
        case {"Fn::Sub": str(text)} if found := re.fullmatch(r"\$\{(\w+)\.Arn\}(/.+)", text):
            return found[1] + found[2]
    raise NotUnderstoodError(json.dumps(resource))
