"""The embedded AWS from the command line: up, down, status, invoke, validate."""

import argparse
import base64
import json
import os
import shlex
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.embedded import Embedded, EmbeddedError, client, end_remembered, remembered
from tests.embedded.emulator import free_port, is_taken
from tests.embedded.processes import LOCAL
from tests.embedded.stack import validate as validate_template

USUAL_PORT = 4566


def main() -> int:
    """Does what the command line asks and returns its exit code."""
    options = parser().parse_args()
    try:
        code: int = options.run(options)
    except EmbeddedError as problem:
        print(f"error: {problem}", file=sys.stderr)
        return 1
    return code


def parser() -> argparse.ArgumentParser:
    """What can be asked for."""
    options = argparse.ArgumentParser(prog="python -m tests.embedded", description=__doc__)
    verbs = options.add_subparsers(required=True, metavar="up|down|status|invoke|validate")
    up_parser = verbs.add_parser("up", help="start again, deploy the stack, leave it running")
    up_parser.set_defaults(run=up)
    up_parser.add_argument("--port", type=int, help="4566, or any free port if that is taken")
    up_parser.add_argument("--stack", default="connector", help="the stack's name")
    up_parser.add_argument("parameters", nargs="*", metavar="Key=Value")
    verbs.add_parser("down", help="end what was left running").set_defaults(run=down)
    verbs.add_parser("status", help="say what runs").set_defaults(run=status)
    invoke_parser = verbs.add_parser("invoke", help="invoke a function with an event")
    invoke_parser.set_defaults(run=invoke)
    invoke_parser.add_argument("function", help="poller, webhook, writer, releaser or operations")
    invoke_parser.add_argument("event", type=Path, help="a file of events/")
    verbs.add_parser("validate", help="lint template.yaml").set_defaults(run=validate)
    return options


def validate(_: argparse.Namespace) -> int:
    """Lints the template."""
    validate_template()
    print("template.yaml is valid")
    return 0


def up(options: argparse.Namespace) -> int:
    """Ends an earlier one, starts again, deploys, and leaves it running."""
    parameters = parse_parameters(
        [*shlex.split(os.environ.get("PARAMETERS", "")), *options.parameters]
    )
    end_remembered()
    port = options.port or (free_port() if is_taken(USUAL_PORT) else USUAL_PORT)
    with timed(f"starting the embedded AWS on port {port}"):
        aws = Embedded.start(port, outlives_us=True)
    try:
        with timed("building and deploying template.yaml"):
            aws.deploy(parameters, options.stack)
        aws.publish()
    except BaseException:
        aws.stop()
        raise
    for name, value in aws.outputs.items():
        print(f"  {name:<24} {value}")
    print(f"  {'the webhook, here':<24} {aws.webhook_url()}")
    print(f"\nIt answers at {aws.endpoint_url}. The outputs are in .local/outputs.json.")
    print("`source .local/env` points any AWS client at it; `make down` ends it.")
    return 0


def down(_: argparse.Namespace) -> int:
    """Ends what `up` or the demo left running."""
    ended = end_remembered()
    for process in ended:
        print(f"ended {process.name} at {process.address}")
    if not ended:
        print("nothing was running")
    for name in ("outputs.json", "env"):
        (LOCAL / name).unlink(missing_ok=True)
    return 0


def status(_: argparse.Namespace) -> int:
    """Says what runs; the exit code is 1 when nothing does."""
    running = [process for process in remembered() if process.is_running]
    for process in running:
        print(f"{process.name} answers at {process.address} (process {process.pid})")
    if not running:
        print("nothing is running")
    return 0 if running else 1


def invoke(options: argparse.Namespace) -> int:
    """Invokes a function of the stack and shows its answer and its log; 1 when it failed."""
    running = {process.name: process for process in remembered() if process.is_running}
    if "aws" not in running:
        message = "the embedded AWS is not running; `make up` starts it"
        raise EmbeddedError(message)
    outputs = json.loads((LOCAL / "outputs.json").read_text(encoding="utf-8"))
    stack = outputs["PollerFunctionName"].removesuffix("-poller")
    answer = client("lambda", running["aws"].address).invoke(
        FunctionName=f"{stack}-{options.function}",
        Payload=options.event.read_bytes(),
        LogType="Tail",
    )
    print(base64.b64decode(answer.get("LogResult", "")).decode("utf-8", "replace"), file=sys.stderr)
    print(json.dumps(json.loads(answer["Payload"].read()), indent=2))
    return 1 if "FunctionError" in answer else 0


def parse_parameters(words: list[str]) -> dict[str, str]:
    """Reads `Key=Value` words; one without `=` belongs to the value before, as in `rate(1 day)`."""
    joined: list[str] = []
    for word in words:
        if "=" in word or not joined:
            joined.append(word)
        else:
            joined[-1] += f" {word}"
    parameters = dict(word.partition("=")[::2] for word in joined)
    if unreadable := [word for word in joined if "=" not in word]:
        message = f"a parameter is written Key=Value, not {unreadable[0]}"
        raise EmbeddedError(message)
    return parameters


@contextmanager
def timed(doing: str) -> Iterator[None]:
    """Says what is being done, and how long it took."""
    print(f"{doing} ...", end=" ", flush=True)
    began = time.monotonic()
    yield
    print(f"{time.monotonic() - began:.1f} s")


if __name__ == "__main__":
    sys.exit(main())
