"""Builds the very template with `sam build` and deploys it with `sam deploy`, as a user does."""

import fcntl
import json
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.embedded.emulator import CREDENTIALS, REGION, EmbeddedError
from tests.embedded.processes import LOCAL
from tests.embedded.template import ROOT, load_template

BUILD = LOCAL / "build"
TOOLS = ROOT / ".venv" / "bin"

FETCHED = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": (ROOT / ".venv" / "wheels").as_uri()}
"""Set-up has fetched the layer's packages: with this, a build needs no network."""

LOG_LINES_SHOWN = 30
NEVER = 4102444800  # the year 2100: SAM need not look for a newer version of itself


def build(destination: Path) -> None:
    """Builds the functions and layers for this machine into `destination`.

    Raises:
        EmbeddedError: SAM refused; the message shows the end of its log.
    """
    with _only_one_builds():
        _sam(
            "build",
            "--template-file",
            str(ROOT / "template.yaml"),
            "--config-file",
            str(ROOT / "samconfig.toml"),
            "--build-dir",
            str(BUILD),
            "--cache-dir",
            str(LOCAL / "build-cache"),
            "--parameter-overrides",
            *_overrides(machine_parameters()),
            log=LOCAL / "build.log",
            **FETCHED,
        )
        shutil.rmtree(destination, ignore_errors=True)
        shutil.copytree(BUILD, destination)


def deploy(
    built: Path, *, endpoint_url: str, stack_name: str, parameters: Mapping[str, str], log: Path
) -> None:
    """Deploys what was built, as a user would, with these parameters on top of the machine's own.

    Raises:
        EmbeddedError: A parameter is unknown, or SAM refused; the message shows the end of its log.
    """
    if unknown := sorted(set(parameters) - set(load_template()["Parameters"])):
        message = f"template.yaml has no parameter {', '.join(unknown)}"
        raise EmbeddedError(message)
    _sam(
        "deploy",
        "--template-file",
        str(built / "template.yaml"),
        "--stack-name",
        stack_name,
        "--region",
        REGION,
        "--resolve-s3",
        "--capabilities",
        "CAPABILITY_IAM",
        "--no-confirm-changeset",
        "--no-fail-on-empty-changeset",
        "--parameter-overrides",
        *_overrides({**machine_parameters(), **parameters}),
        log=log,
        AWS_ENDPOINT_URL=endpoint_url,
    )


def validate() -> None:
    """Lints the template, as `sam validate --lint` does, without an account.

    Raises:
        EmbeddedError: SAM found something; the message shows what.
    """
    LOCAL.mkdir(exist_ok=True)
    template = str(ROOT / "template.yaml")
    _sam("validate", "--lint", "--template-file", template, log=LOCAL / "validate.log")


def machine_parameters() -> dict[str, str]:
    """The parameters that make the template fit this machine: its Python and its processor."""
    machine = platform.machine().lower()
    return {
        "PythonRuntime": f"python{sys.version_info.major}.{sys.version_info.minor}",
        "Architecture": "arm64" if machine in {"arm64", "aarch64"} else "x86_64",
    }


def _overrides(parameters: Mapping[str, str]) -> list[str]:
    quoted = {
        name: value.replace("\\", "\\\\").replace('"', '\\"') for name, value in parameters.items()
    }
    return [f'{name}="{value}"' for name, value in sorted(quoted.items())]


@contextmanager
def _only_one_builds() -> Iterator[None]:
    """Holds back a second build: SAM empties the folder that it builds into."""
    LOCAL.mkdir(exist_ok=True)
    with (LOCAL / "build.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _sam(command: str, *arguments: str, log: Path, **environment: str) -> None:
    with log.open("w", encoding="utf-8") as output:
        finished = subprocess.run(
            [str(TOOLS / "sam"), command, *arguments],
            cwd=ROOT,
            env=isolated_environment() | environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if finished.returncode:
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
        shown = "\n".join(lines[-LOG_LINES_SHOWN:])
        message = f"sam {command} failed; the whole log is {log}\n{shown}"
        raise EmbeddedError(message)


def isolated_environment() -> dict[str, str]:
    """This process's environment, but nothing in it that could lead SAM to a real AWS account."""
    application = LOCAL / "sam"
    application.mkdir(parents=True, exist_ok=True)
    settings = {"telemetryEnabled": False, "lastVersionCheck": NEVER}
    (application / "metadata.json").write_text(json.dumps(settings), encoding="utf-8")
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    no_proxy = ",".join(filter(None, [inherited.get("NO_PROXY"), "127.0.0.1", "localhost"]))
    return {
        **inherited,
        **CREDENTIALS,
        # SAM's pip builder wants pythonX.Y by that name, which the virtual environment has.
        "PATH": f"{TOOLS}{os.pathsep}{inherited.get('PATH', os.defpath)}",
        "AWS_DEFAULT_REGION": REGION,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": no_proxy,
        "no_proxy": no_proxy,
        "SAM_CLI_TELEMETRY": "0",
        "SAM_CLI_POLL_DELAY": "0.1",
        "__SAM_CLI_APP_DIR": str(application),
    }
