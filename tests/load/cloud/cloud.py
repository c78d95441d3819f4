"""One AWS account in this process: it answers every boto3 client within `running`."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from unittest.mock import patch

from botocore.client import BaseClient
from botocore.exceptions import ClientError

from tests.embedded.template import load_template
from tests.load.cloud.queues import Queue, Queues
from tests.load.cloud.tables import Tables
from tests.support.rights import Rights
from tests.support.units import Used

STACK = "connector"
MADE_UP = "a key that AWS made up, of sixty-four characters or so, as it does"

Invoke = Callable[[str, dict[str, Any]], dict[str, Any]]


class Cloud:
    """The tables, queues and secrets of `template.yaml`, and what was asked of them.

    `parameters` are those of the stack that have another value than their default. `ringing` says
    which alarms ring; `invoke` runs a function of the stack.
    """

    def __init__(
        self, now: Callable[[], datetime], parameters: Mapping[str, str] | None = None
    ) -> None:
        self.used = Used()
        self.ringing: Callable[[], Mapping[str, datetime]] = dict
        self.invoke: Invoke | None = None
        template = load_template()
        resources = template["Resources"]
        self.rights = Rights.of(template, parameters)
        self.caller = ""
        """The role of the function that runs; none while nobody's rights are asked."""
        self.tables = Tables(_of(resources, "AWS::DynamoDB::Table"), self.used)
        dead = Queue(now, _visibility(resources["ChangesDeadLetterQueue"]))
        changes = resources["ChangesQueue"]
        most = changes["Properties"]["RedrivePolicy"]["maxReceiveCount"]
        self.changes = Queue(now, _visibility(changes), dead, most)
        self.dead_letters = dead
        self.objects: dict[str, bytes] = {}
        self._sealed: dict[bytes, tuple[Any, bytes]] = {}
        self.secrets = dict.fromkeys(_of(resources, "AWS::SecretsManager::Secret"), "")
        self.secrets["DigestKeySecret"] = MADE_UP
        queues = {"ChangesQueue": self.changes, "ChangesDeadLetterQueue": dead}
        self._services: Mapping[str, Any] = {
            "dynamodb": self.tables, "sqs": Queues(queues, now), "secretsmanager": self,
            "cloudwatch": self, "lambda": self, "s3": self, "kms": self,
        }  # fmt: skip

    def call(self, client: Any, operation: str, request: Mapping[str, Any]) -> dict[str, Any]:
        """Counts a call and answers it, where the caller may make it."""
        service = client.meta.service_model.service_name
        self.used.calls[f"{service}.{operation}"] += 1
        if self.caller:
            self.rights.demand(self.caller, service, operation, request)
        answer = getattr(self._services[service], _snake(operation))(request)
        return {**answer, "ResponseMetadata": {"HTTPStatusCode": 200}}

    @contextmanager
    def acting(self, role: str) -> Iterator[None]:
        """Whose rights are asked within; one function may run another one."""
        before, self.caller = self.caller, role
        try:
            yield
        finally:
            self.caller = before

    def put_secret(self, name: str, value: Mapping[str, Any]) -> None:
        """Fills a secret, as an operator does."""
        self.secrets[name] = json.dumps(value)

    def get_secret_value(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """What a secret holds."""
        if not (text := self.secrets[request["SecretId"]]):
            told: Any = {"Error": {"Code": "ResourceNotFoundException", "Message": ""}}
            raise ClientError(told, "GetSecretValue")
        return {"SecretString": text, "VersionId": str(hash(text))}

    def describe_alarms(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """The alarms that ring, of those that are asked for."""
        found = [
            {"AlarmName": name, "StateValue": "ALARM", "StateUpdatedTimestamp": since}
            for name, since in self.ringing().items()
            if name in request["AlarmNames"]
        ]
        return {"MetricAlarms": found}

    def put_object(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Keeps an object."""
        self.objects[f"{request['Bucket']}/{request['Key']}"] = request["Body"]
        return {}

    def encrypt(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Seals a text for what it is about."""
        sealed = f"sealed {len(self._sealed)}".encode()
        self._sealed[sealed] = request["EncryptionContext"], request["Plaintext"]
        return {"CiphertextBlob": sealed}

    def decrypt(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Opens it again, for the same alone."""
        about, plain = self._sealed.get(request["CiphertextBlob"], (None, b""))
        if about != request["EncryptionContext"]:
            told: Any = {"Error": {"Code": "InvalidCiphertextException", "Message": ""}}
            raise ClientError(told, "Decrypt")
        return {"Plaintext": plain}

    def invoke_function(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Runs another function of the stack."""
        assert self.invoke is not None
        answer = self.invoke(request["FunctionName"], json.loads(request["Payload"]))
        return {"Payload": io.BytesIO(json.dumps(answer).encode()), "StatusCode": 200}


@contextmanager
def running(cloud: Cloud) -> Iterator[None]:
    """Has every client of AWS in this process speak to this account."""

    # A function, not the method: only a function is given the client when it is called.
    def call(client: Any, operation: str, request: Mapping[str, Any]) -> dict[str, Any]:
        return cloud.call(client, operation, request)

    with patch.object(BaseClient, "_make_api_call", call):
        yield


def _of(resources: Mapping[str, Any], kind: str) -> dict[str, Any]:
    return {
        name: each.get("Properties", {}) for name, each in resources.items() if each["Type"] == kind
    }


def _visibility(queue: Mapping[str, Any]) -> float:
    return float(queue["Properties"]["VisibilityTimeout"])


def _snake(operation: str) -> str:
    words = re.sub(r"(?<!^)(?=[A-Z])", "_", operation).lower()
    return "invoke_function" if words == "invoke" else words
