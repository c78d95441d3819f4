"""What the story is told with: the deployed stack, the fakes, the `connector` command."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from connector.domain.records.acts import OPERATORS
from tests.embedded import Embedded
from tests.simulator import (
    Rippling,
    Visma,
    credentials,
    nordfab_rippling,
    nordfab_visma,
    webhook_credentials,
)
from tests.simulator.nordfab import WEBHOOK_TOKENS, nordfab_mapping
from tests.simulator.page import DeployedStack, FollowedCompany, PageServer, open_laboratory

CONNECTOR = Path(sys.executable).parent / "connector"
PATIENCE_SECONDS = 150.0
LOOK_AGAIN_SECONDS = 0.2


class DemoError(Exception):
    """The story cannot go on."""


UNHURRIED = {"PollSchedule": "rate(1 day)"}
"""The schedule runs from the first moment: a story that ticks by hand has it wait."""


class Stage:
    """A deployed stack between the two fakes."""

    def __init__(
        self,
        people: int,
        companies: int = 1,
        aws: Embedded | None = None,
        stack_name: str = "connector",
    ) -> None:
        """A stack on an embedded AWS of its own, or beside others on `aws`, which is left alone."""
        self.companies = companies
        self.stack_name = stack_name
        self._shared = aws
        self.rippling: Rippling = nordfab_rippling(people=people, companies=companies)
        self.visma: Visma = nordfab_visma(companies=companies)
        self.mapping = nordfab_mapping(companies)
        self.aws: Embedded
        self.dead_letters_seen = 0

    def __enter__(self) -> Self:
        """Starts the fakes and the embedded AWS."""
        self.rippling.start()
        self.visma.start()
        self.aws = self._shared.beside() if self._shared else Embedded.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Ends everything that was started."""
        if self._shared is None:
            self.aws.stop()
        self.visma.stop()
        self.rippling.stop()

    def deploy(self, **parameters: str) -> None:
        """Deploys the template against the fakes, and fills the secrets."""
        addresses = {
            "RipplingBaseUrl": self.rippling.url,
            "RipplingTokenUrl": self.rippling.token_url,
            "RipplingAuthorizeUrl": self.rippling.authorize_url,
            "VismaBaseUrl": self.visma.url,
            "VismaTokenUrl": self.visma.token_url,
        }
        self.aws.deploy({**addresses, **UNHURRIED, **parameters}, self.stack_name)
        rippling, visma = credentials(self.companies)
        self.aws.put_secret("RipplingSecretArn", rippling)
        self.aws.put_secret("VismaSecretArn", visma)
        self.aws.put_secret("WebhookSecretArn", webhook_credentials())

    def tick(self, *, full_sweep: bool = False) -> dict[str, Any]:
        """One run of the poller, as the schedule would start it."""
        payload = {"full_sweep": True} if full_sweep else {}
        answer = self.aws.client("lambda").invoke(
            FunctionName=self.aws.outputs["PollerFunctionName"],
            Payload=json.dumps(payload).encode(),
        )
        result: dict[str, Any] = json.loads(answer["Payload"].read())
        if "FunctionError" in answer:
            raise DemoError(f"the poller failed: {result.get('errorMessage')}")
        return result

    def quiet(self) -> Iterator[int]:
        """Waits until no change is waiting or being dealt with; yields how many are left."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        calm = 0
        while calm < 2:  # a look may fall between two states of a message
            left = self._in_queue()
            calm = calm + 1 if left == 0 else 0
            yield left
            if time.monotonic() > deadline:
                raise DemoError(f"{left} changes are still on the queue")
            time.sleep(LOOK_AGAIN_SECONDS)

    def settle(self) -> dict[str, Any]:
        """A tick, and then until all is quiet."""
        summary = self.tick()
        for _ in self.quiet():
            pass
        return summary

    def webhook(self, worker_id: str) -> int:
        """Rippling tells of a worker; the status of the answer."""
        body = f"event_name=employee.updated&id={worker_id}&company_id=nordfab"
        request = urllib.request.Request(  # noqa: S310 - the address is our own
            self.aws.webhook_url(),
            data=body.encode(),
            headers={
                "Authorization": f"Bearer {WEBHOOK_TOKENS[0]}",
                "Content-Type": "application/x-www-form-urlencoded",
            },
            method="POST",
        )
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            return int(answer.status)

    def send_raw(self, body: str) -> None:
        """Puts any text on the queue of changes."""
        self.aws.client("sqs").send_message(
            QueueUrl=self.aws.outputs["ChangesQueueUrl"],
            MessageBody=body,
            MessageGroupId="raw",
            MessageDeduplicationId=str(time.monotonic_ns()),
        )

    @contextmanager
    def impatient_queue(self, deliveries: int) -> Iterator[None]:
        """Has the queue give up after fewer deliveries than the template says."""
        sqs, url = self.aws.client("sqs"), self.aws.outputs["ChangesQueueUrl"]
        answer = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["RedrivePolicy"])
        policy = answer["Attributes"]["RedrivePolicy"]
        fewer = {**json.loads(policy), "maxReceiveCount": deliveries}
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"RedrivePolicy": json.dumps(fewer)})
        try:
            yield
        finally:
            sqs.set_queue_attributes(QueueUrl=url, Attributes={"RedrivePolicy": policy})

    def dead_letters(self) -> int:
        """How many dead letters there are."""
        return self._count("DeadLetterQueueUrl")

    def connector(self, *words: str) -> dict[str, Any]:
        """What the `connector` command answers, as JSON."""
        done = subprocess.run(
            [str(CONNECTOR), "--stack", self.stack_name, *words, "--json"],
            env=self.aws.environment(),
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        try:
            answer: dict[str, Any] = json.loads(done.stdout)
        except ValueError:
            raise DemoError(f"connector {' '.join(words)}: {done.stderr.strip()}") from None
        if not answer["ok"]:
            raise DemoError(f"connector {' '.join(words)}: {'; '.join(answer['problems'])}")
        return answer

    def import_mapping(self) -> dict[str, Any]:
        """Imports the mapping with the command, from a file."""
        with tempfile.NamedTemporaryFile("w", suffix=".yaml", encoding="utf-8") as file:
            file.write(self.mapping)
            file.flush()
            return self.connector("mappings", "import", file.name, "--yes")

    def begin(self) -> None:
        """Imports the mapping, and goes live."""
        self.import_mapping()
        self.connector("go-live")

    def page(self) -> PageServer:
        """The page for trying it by hand, not yet listening; with a laboratory that is not ready.

        Raises:
            DemoError: There is no stack, or it takes no mapping.
        """
        if not self.aws.outputs:
            raise DemoError("no stack is deployed")
        self.mapping = open_laboratory(self.rippling, self.visma, self.mapping)
        self.import_mapping()
        company = FollowedCompany.of(self.rippling.url, self.companies, self.mapping)
        stack = DeployedStack(self.aws.endpoint_url, self.aws.outputs, company, self.stack_name)
        return PageServer(self.rippling, self.visma, stack)

    def outcomes(self) -> list[Mapping[str, Any]]:
        """Every audit row so far of what was done, straight from the table."""
        return [row for row, is_planned in self._rows() if not is_planned]

    def planned(self) -> Counter[str]:
        """How often a rehearsal has planned each outcome."""
        return Counter(row["outcome"] for row, is_planned in self._rows() if is_planned)

    def _rows(self) -> list[tuple[dict[str, str], bool]]:
        pages = self.aws.client("dynamodb").get_paginator("scan")
        found = pages.paginate(TableName=self.aws.outputs["AuditTableName"])
        return [
            ({name: value.get("S", "") for name, value in item.items()}, "planned" in item)
            for page in found
            for item in page["Items"]
            if item["person"]["S"] != OPERATORS
        ]

    def _in_queue(self) -> int:
        return self._count("ChangesQueueUrl")

    def _count(self, output: str) -> int:
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        answer = self.aws.client("sqs").get_queue_attributes(
            QueueUrl=self.aws.outputs[output], AttributeNames=names
        )
        return sum(int(answer["Attributes"][name]) for name in names)
