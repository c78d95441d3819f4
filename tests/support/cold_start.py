"""What a function loads before its first invocation, counted and measured in fresh interpreters.

`python -m tests.support.cold_start [TIMES]` builds the layers and prints a table of CPU time: with
byte code and without, and beside what no function of its kind could do without, the imports of the
parts that it really uses and the clients of AWS that every invocation calls. Ratios hold on any
machine, milliseconds on this one.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import botocore

from tests.embedded.template import ROOT, load_template
from tests.support.layers import LAYERS, build, makefile

NOT_ON_LAMBDA = ("OpenSSL", "awscrt", "cryptography")
"""Optional parts of botocore and urllib3 that a developer's machine may have."""

VALUES = {
    "RIPPLING_API": "rest",
    "RIPPLING_AUTH": "api_token",
    "COST_ALLOCATION": "false",
    "AUDIT_RETENTION_DAYS": "2557",
    "PAY_KEY_ARN": "",
}
LAMBDA = {
    "AWS_DEFAULT_REGION": "eu-north-1",
    "AWS_ACCESS_KEY_ID": "x",
    "AWS_SECRET_ACCESS_KEY": "x",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
}


@dataclass(frozen=True, slots=True)
class Needed:
    """What a function cannot do without: its service by its builder, and all that one uses."""

    builder: str
    clients: tuple[str, ...]
    parts: tuple[str, ...]


_WEBHOOK_PARTS = (
    "connector.observability",
    "connector.adapters.aws.webhook_secrets",
    "connector.adapters.aws.watermarks.flags",
)
_VENDOR_PARTS = (
    "connector.observability",
    "connector.adapters.aws.approvals",
    "connector.adapters.aws.ledger",
    "connector.adapters.aws.mappings",
    "connector.adapters.aws.secrets",
    "connector.adapters.aws.sqs",
    "connector.adapters.aws.watermarks.agreements",
    "connector.adapters.aws.watermarks.attempts",
    "connector.adapters.aws.watermarks.budgets",
    "connector.adapters.aws.watermarks.cursors",
    "connector.adapters.aws.watermarks.dialects",
    "connector.adapters.aws.watermarks.flags",
    "connector.adapters.aws.watermarks.guard_log",
    "connector.adapters.aws.watermarks.mappings.versions",
    "connector.adapters.aws.watermarks.modes",
    "connector.adapters.aws.watermarks.reference_cache",
    "connector.adapters.aws.watermarks.shapes",
    "connector.adapters.http.budget",
    "connector.adapters.http.client",
    "connector.adapters.rippling.rest",
    "connector.adapters.rippling.sign_in",
    "connector.adapters.visma.targets",
    "connector.services.shared.names",
)
NEEDED = {
    "webhook": Needed(
        "rippling_webhook",
        ("secretsmanager", "sqs"),
        (
            *_WEBHOOK_PARTS,
            "connector.adapters.aws.sqs",
            "connector.services.inbound.rippling_webhook",
        ),
    ),
    "notification": Needed(
        "visma_webhook",
        ("secretsmanager",),
        (
            *_WEBHOOK_PARTS,
            "connector.adapters.aws.poller_invoker",
            "connector.services.inbound.visma_webhook",
        ),
    ),
    "install": Needed(
        "installer",
        ("dynamodb", "secretsmanager"),
        (
            "connector.observability",
            "connector.adapters.aws.secrets",
            "connector.adapters.aws.watermarks.install_states",
            "connector.services.inbound.install",
        ),
    ),
    "releaser": Needed(
        "services",
        ("dynamodb",),
        (
            "connector.observability",
            "connector.adapters.aws.ledger",
            "connector.adapters.aws.mappings",
            "connector.adapters.aws.sqs",
            "connector.adapters.aws.watermarks.guard_log",
            "connector.adapters.aws.watermarks.mappings.versions",
            "connector.adapters.aws.watermarks.modes",
            "connector.adapters.aws.watermarks.reference_cache",
            "connector.services.find.releaser",
            "connector.services.shared.guarding",
        ),
    ),
    "poller": Needed(
        "services",
        ("dynamodb", "secretsmanager"),
        (*_VENDOR_PARTS, "connector.services.find.poller", "connector.services.find.review"),
    ),
    "writer": Needed(
        "consumer",
        ("dynamodb", "secretsmanager"),
        (*_VENDOR_PARTS, "connector.services.apply.consumer", "connector.services.apply.applier"),
    ),
    "operations": Needed(
        "operator",
        ("dynamodb",),
        (*_VENDOR_PARTS, "connector.services.operate.operator"),
    ),
}
"""What each function needs, whatever it is asked."""

_PROGRAM = """
import sys, time
for name in {absent!r}:
    sys.modules[name] = None
tried = []
if {watches}:
    import socket
    socket.socket.connect = lambda self, address: tried.append(str(address))
begun = time.process_time()
{body}
took = time.process_time() - begun
import json
from connector.adapters.aws import clients
print(json.dumps({{
    "took": took,
    "tried": tried,
    "built": {built},
    "ready": [name for name in {services!r} if clients.client(name)._made is not None],
    "modules": sorted(name for name, module in sys.modules.items() if module is not None),
}}))
"""
_FLOOR = """
import importlib
from botocore.config import Config
from botocore.session import Session
for name in {parts!r}:
    importlib.import_module(name)
session = Session()
config = Config(connect_timeout=2, read_timeout=10, retries={{"mode": "standard"}})
for service in {clients!r}:
    session.create_client(service, config=config)
"""
SERVICES = ("cloudwatch", "dynamodb", "kms", "lambda", "s3", "secretsmanager", "sqs")


def environment(function: str) -> dict[str, str]:
    """An environment with every variable that the template gives a function."""
    own = load_template()["Resources"][f"{function.capitalize()}Function"]["Properties"]
    variables = own["Environment"]["Variables"]
    made_up = {name: "https://x.example" if "URL" in name else "x" for name in variables}
    return {**LAMBDA, **made_up, **{name: VALUES[name] for name in VALUES if name in variables}}


def loaded(function: str, folders: Sequence[Path] = (), **changes: str) -> dict[str, Any]:
    """What a function has loaded, built and tried by the time it can be invoked."""
    needed = NEEDED[function]
    body, built = f"import {function}.app as app", f"app.{needed.builder}.cache_info().currsize"
    return _run(function, body, built, folders, watches=True, **changes)


def _run(
    function: str, body: str, built: str, folders: Sequence[Path], *, watches: bool, **changes: str
) -> dict[str, Any]:
    program = _PROGRAM.format(
        absent=NOT_ON_LAMBDA, body=body, built=built, services=SERVICES, watches=watches
    )
    layers = folders or [ROOT / "layers" / "connector"]
    runtime = Path(botocore.__file__).parents[1]  # Lambda has boto3 of its own, behind the layers
    path = os.pathsep.join(map(str, [*layers, ROOT / "functions", runtime]))
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-S", "-B", "-c", program],
        env={**environment(function), **changes, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=True,
    )
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def _milliseconds(function: str, folders: Sequence[Path], *, floor: bool = False) -> float:
    needed = NEEDED[function]
    body = f"import {function}.app"
    if floor:
        body = _FLOOR.format(parts=needed.parts, clients=needed.clients)
    took: float = _run(function, body, "0", folders, watches=False)["took"]
    return took * 1000


def measured(function: str, with_code: Sequence[Path], without: Sequence[Path], times: int) -> str:
    """A line of the table: the medians of some runs, each of them beside the others."""
    runs = [
        (
            _milliseconds(function, with_code),
            _milliseconds(function, without),
            _milliseconds(function, with_code, floor=True),
        )
        for _ in range(times)
    ]
    built, compiled, floor = (median(each) for each in zip(*runs, strict=True))
    count = len(loaded(function, with_code)["modules"])
    return (
        f"| {function} | {count} | {built:.0f} ms | {compiled:.0f} ms | {floor:.0f} ms |"
        f" {built / floor:.2f} |"
    )


def main(times: int) -> None:
    """Builds the layers and prints the table."""
    with tempfile.TemporaryDirectory() as name:
        folder, with_code, without = Path(name), [], []
        for layer in LAYERS:
            (folder / layer).mkdir()
            packages, done = build(layer, folder / layer, makefile())
            done.check_returncode()
            with_code.append(packages)
            plain = folder / layer / "plain"
            shutil.copytree(packages, plain, ignore=shutil.ignore_patterns("__pycache__"))
            without.append(plain)
        print("| function | modules | CPU | without byte code | unavoidable | ratio |")  # noqa: T201
        print("|---|---|---|---|---|---|")  # noqa: T201
        for function in NEEDED:
            print(measured(function, with_code, without, times), flush=True)  # noqa: T201


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
