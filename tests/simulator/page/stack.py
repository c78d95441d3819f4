"""The connector as it is deployed on the embedded AWS: its poller, its `AuditTable`, its queue."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from boto3.dynamodb.types import TypeDeserializer
from botocore.exceptions import BotoCoreError, ClientError

from tests.embedded import client, environment, remembered
from tests.embedded.processes import LOCAL
from tests.simulator.nordfab import credentials, webhook_credentials
from tests.simulator.page.connection import StackError, Standing

CONNECTOR = Path(sys.executable).parent / "connector"
ROWS = 60
"""How many rows of the audit the page shows."""

COMMAND_SECONDS = 120


@dataclass(frozen=True)
class FollowedCompany:
    """What a stack needs to follow these fakes: where Rippling is, the secrets, the mapping."""

    rippling_url: str
    secrets: Mapping[str, Mapping[str, Any]]
    """By the output that has the secret's ARN."""

    mapping: str

    @classmethod
    def of(cls, rippling_url: str, companies: int, mapping: str) -> FollowedCompany:
        """Nordfab with that many companies."""
        rippling, visma = credentials(companies)
        secrets = {
            "WebhookSecretArn": webhook_credentials(),
            "VismaSecretArn": visma,
            "RipplingSecretArn": rippling,
        }
        return cls(rippling_url, secrets, mapping)


class DeployedStack:
    """One stack on the embedded AWS at this address."""

    def __init__(
        self,
        endpoint_url: str,
        outputs: Mapping[str, str],
        company: FollowedCompany,
        name: str = "",
    ) -> None:
        self.endpoint_url = endpoint_url
        self.outputs = dict(outputs)
        self.company = company
        self.name = name or outputs["PollerFunctionName"].removesuffix("-poller")
        self._is_set_up = False

    def standing(self) -> Standing:
        """Whether it reads these fakes, has credentials, and how much is on its queue."""
        try:
            with _answering():
                return self._standing()
        except StackError as error:
            return Standing("absent", f"The stack no longer answers: {error}")

    def audit(self) -> list[dict[str, Any]]:
        """The newest rows, straight from the table: those of today, and of yesterday if few."""
        today = datetime.now(UTC).date()
        rows: list[dict[str, Any]] = []
        with _answering():
            for day in (today, today - timedelta(days=1)):
                if len(rows) < ROWS:
                    rows += self._rows(day.isoformat(), ROWS - len(rows))
        return rows

    def tick(self) -> Mapping[str, Any]:
        """Invokes the poller, as its schedule would."""
        with _answering():
            answer = self._lambda.invoke(
                FunctionName=self.outputs["PollerFunctionName"], Payload=b"{}"
            )
            result: dict[str, Any] = json.loads(answer["Payload"].read())
        if "FunctionError" in answer:
            raise StackError(f"The poller failed: {result.get('errorMessage')}")
        return result

    def approve(self) -> int:
        """As an operator does it: lists what is held, and approves those people."""
        held = self._connector("held")["rows"]
        people = list(dict.fromkeys(row["person"] for row in held))
        if people:
            self._connector("approve", "--yes", *people)
        return len(people)

    def set_up(self) -> None:
        """Imports the mapping, goes live, and fills the secrets.

        That of Rippling comes last: whoever finds it filled finds all of it done.
        """
        with tempfile.NamedTemporaryFile("w", suffix=".yaml", encoding="utf-8") as file:
            file.write(self.company.mapping)
            file.flush()
            self._connector("mappings", "import", file.name, "--yes")
        self._connector("go-live")
        with _answering():
            for output, value in self.company.secrets.items():
                self._secrets.put_secret_value(
                    SecretId=self.outputs[output], SecretString=json.dumps(value)
                )

    def _standing(self) -> Standing:
        reads = self._reads
        if reads != self.company.rippling_url:
            message = f"The stack {self.name} reads another Rippling, at {reads}."
            return Standing("foreign", message)
        self._is_set_up = self._is_set_up or self._has_credentials()
        if not self._is_set_up:
            message = f"The stack {self.name} is deployed, and has no credentials yet."
            return Standing("empty", message)
        return Standing("ready", f"Stack {self.name}", under_way=self._under_way())

    @cached_property
    def _reads(self) -> str:
        answer = self._lambda.get_function_configuration(
            FunctionName=self.outputs["PollerFunctionName"]
        )
        return str(answer["Environment"]["Variables"].get("RIPPLING_BASE_URL", ""))

    def _has_credentials(self) -> bool:
        try:
            self._secrets.get_secret_value(SecretId=self.outputs["RipplingSecretArn"])
        except self._secrets.exceptions.ResourceNotFoundException:
            return False
        return True

    def _under_way(self) -> int:
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        answer = self._sqs.get_queue_attributes(
            QueueUrl=self.outputs["ChangesQueueUrl"], AttributeNames=names
        )
        return sum(int(answer["Attributes"][name]) for name in names)

    def _rows(self, day: str, most: int) -> list[dict[str, Any]]:
        answer = self._dynamodb.query(
            TableName=self.outputs["AuditTableName"],
            IndexName="ByDay",
            KeyConditionExpression="#day = :day",
            ExpressionAttributeNames={"#day": "day"},
            ExpressionAttributeValues={":day": {"S": day}},
            ScanIndexForward=False,
            Limit=most,
        )
        plain = TypeDeserializer().deserialize
        return [
            {name: plain(value) for name, value in item.items()} for item in answer.get("Items", [])
        ]

    def _connector(self, *words: str) -> dict[str, Any]:
        done = subprocess.run(
            [str(CONNECTOR), "--stack", self.name, *words, "--json"],
            env=environment(self.endpoint_url),
            capture_output=True,
            text=True,
            check=False,
            timeout=COMMAND_SECONDS,
        )
        try:
            answer: dict[str, Any] = json.loads(done.stdout)
        except ValueError:
            raise StackError(f"connector {' '.join(words)}: {done.stderr.strip()}") from None
        if not answer["ok"]:
            raise StackError(f"connector {' '.join(words)}: {'; '.join(answer['problems'])}")
        return answer

    @cached_property
    def _lambda(self) -> Any:
        return client("lambda", self.endpoint_url)

    @cached_property
    def _secrets(self) -> Any:
        return client("secretsmanager", self.endpoint_url)

    @cached_property
    def _sqs(self) -> Any:
        return client("sqs", self.endpoint_url)

    @cached_property
    def _dynamodb(self) -> Any:
        return client("dynamodb", self.endpoint_url)


class FoundStack:
    """Whichever stack `make up` has left running, looked for again until there is one.

    `commands` are what to type so that there is one.
    """

    def __init__(
        self,
        company: FollowedCompany,
        commands: tuple[str, ...],
        find: Callable[[], tuple[str, Mapping[str, str]] | None] | None = None,
    ) -> None:
        self.company = company
        self.commands = commands
        self._find = find or running_stack
        self._found: DeployedStack | None = None

    def standing(self) -> Standing:
        """That of the stack that was found, or how to start one."""
        found = self._stack()
        if found is None:
            return Standing("absent", "No stack is running.", self.commands)
        standing = found.standing()
        if standing.state in ("absent", "foreign"):
            return Standing(standing.state, standing.message, self.commands)
        return standing

    def audit(self) -> list[dict[str, Any]]:
        """The newest rows; none while there is no stack."""
        found = self._stack()
        return found.audit() if found else []

    def tick(self) -> Mapping[str, Any]:
        """Runs its poller once."""
        return self._needed().tick()

    def approve(self) -> int:
        """Approves what is held."""
        return self._needed().approve()

    def set_up(self) -> None:
        """Gives it credentials and mapping, and goes live."""
        self._needed().set_up()

    def _needed(self) -> DeployedStack:
        found = self._stack()
        if found is None:
            raise StackError("No stack is running.")
        return found

    def _stack(self) -> DeployedStack | None:
        running = self._find()
        if running is None:
            self._found = None
            return None
        endpoint_url, outputs = running
        found = self._found
        if found is None or (found.endpoint_url, found.outputs) != (endpoint_url, outputs):
            self._found = DeployedStack(endpoint_url, outputs, self.company)
        return self._found


def running_stack() -> tuple[str, Mapping[str, str]] | None:
    """Address and outputs of the stack that `make up` or the demo left running, if any."""
    try:
        addresses = [each.address for each in remembered() if each.name == "aws" if each.is_running]
        outputs = json.loads((LOCAL / "outputs.json").read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):  # not written yet, or half
        return None
    return (addresses[0], outputs) if addresses else None


@contextmanager
def _answering() -> Iterator[None]:
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise StackError(str(error)) from error
