"""The embedded AWS as tests, the demo and `make up` use it: start, deploy, look inside, stop."""

import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import boto3
from botocore.config import Config

from tests.embedded.emulator import CREDENTIALS, REGION, Emulator, start_emulator
from tests.embedded.processes import LOCAL, remember
from tests.embedded.stack import build, deploy

OUTPUTS = LOCAL / "outputs.json"
ENVIRONMENT = LOCAL / "env"

# Long enough for the slowest function, so that no client repeats an invocation that still runs.
PATIENT = Config(read_timeout=330, retries={"total_max_attempts": 1})


@dataclass
class Embedded:
    """One embedded AWS and the stacks on it. As a context manager, it stops at the end."""

    emulator: Emulator
    outputs: dict[str, str] = field(default_factory=dict)
    is_built: bool = False
    """Whether the template as it is now is built: a session's stacks have one build."""

    @classmethod
    def start(cls, port: int = 0, *, outlives_us: bool = False) -> Self:
        """Starts one on `port`, or on any free port; see `start_emulator`.

        Several run side by side, each with files of its own under `.local/aws-<port>`.
        """
        return cls(start_emulator(port, outlives_us=outlives_us))

    @property
    def endpoint_url(self) -> str:
        """The address that every AWS client is pointed at."""
        return self.emulator.endpoint_url

    def beside(self) -> "Embedded":
        """The same AWS for another stack: what it puts out does not mix with this one's."""
        return Embedded(self.emulator, is_built=self.is_built)

    def build(self) -> Path:
        """Builds the template, once; where it is built."""
        built = self.emulator.home / "build"
        if not self.is_built:
            build(built)
            self.is_built = True
        return built

    def deploy(
        self, parameters: Mapping[str, str] | None = None, stack_name: str = "connector"
    ) -> dict[str, str]:
        """Builds the template and deploys it with these parameters; returns the stack's outputs.

        On a stack that exists this is an update: a parameter that is not named keeps its value.

        Raises:
            EmbeddedError: A parameter is unknown, or SAM refused.
        """
        deploy(
            self.build(),
            endpoint_url=self.endpoint_url,
            stack_name=stack_name,
            parameters=parameters or {},
            log=self.emulator.home / "deploy.log",
        )
        stacks = self.client("cloudformation").describe_stacks(StackName=stack_name)["Stacks"]
        self.outputs = {each["OutputKey"]: each["OutputValue"] for each in stacks[0]["Outputs"]}
        self._write(self.emulator.home)
        return self.outputs

    def publish(self) -> None:
        """Makes this the one that `.local/outputs.json`, `.local/env` and `make down` speak of."""
        remember("aws", self.emulator.pid, self.endpoint_url, self.emulator.home)
        self._write(LOCAL)

    def client(self, service: str) -> Any:
        """A boto3 client of this AWS, with every permission."""
        return client(service, self.endpoint_url)

    def webhook_url(self) -> str:
        """The address of the webhook that works here."""
        return webhook_url(self.outputs, self.endpoint_url)

    def put_secret(self, output: str, value: Mapping[str, Any]) -> None:
        """Fills the secret whose ARN is this output (`RipplingSecretArn`, `VismaSecretArn`)."""
        self.client("secretsmanager").put_secret_value(
            SecretId=self.outputs[output], SecretString=json.dumps(value)
        )

    def environment(self) -> dict[str, str]:
        """What a process needs in its environment to talk to this AWS and to no other."""
        return environment(self.endpoint_url)

    def stop(self) -> None:
        """Ends it and its Lambda workers, and removes what it held; its logs stay."""
        self.emulator.stop()

    def __enter__(self) -> Self:
        """Hands out the running AWS itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stops it, however the block ended."""
        self.stop()

    def _write(self, folder: Any) -> None:
        (folder / "outputs.json").write_text(json.dumps(self.outputs, indent=2) + "\n", "utf-8")
        lines = [
            f"export {name}={shlex.quote(value)}" for name, value in self.environment().items()
        ]
        (folder / "env").write_text("\n".join(lines) + "\n", encoding="utf-8")


def client(service: str, endpoint_url: str) -> Any:
    """A boto3 client of the AWS at this address, with every permission."""
    return boto3.client(  # type: ignore[call-overload]
        service,
        endpoint_url=endpoint_url,
        region_name=REGION,
        aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
        config=PATIENT,
    )


def environment(endpoint_url: str) -> dict[str, str]:
    """What a process needs in its environment to talk to the AWS at this address."""
    return {
        "AWS_ENDPOINT_URL": endpoint_url,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_REGION": REGION,
        **CREDENTIALS,
    }


def webhook_url(outputs: Mapping[str, str], endpoint_url: str) -> str:
    """Turns the output `WebhookUrl`, an address of the real AWS, into one that works here.

    `https://<api>.execute-api.<region>.amazonaws.com/v1/x` becomes
    `<endpoint>/_aws/execute-api/<api>/v1/x`.
    """
    address = urlsplit(outputs["WebhookUrl"])
    api = address.netloc.partition(".")[0]
    return f"{endpoint_url}/_aws/execute-api/{api}{address.path}"
