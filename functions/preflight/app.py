"""Refuses a deployment whose packages were built for another runtime or processor.

CloudFormation asks before it touches any other function. Nothing of the layers is imported here:
they may be what does not fit.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from importlib.util import find_spec
from os import environ
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

COMPILED = "pydantic_core"
"""A package of the layer that is compiled for one Python and one processor."""

BUILT_FOR = re.compile(r"\.cpython-(\d)(\d+)-(.+)\.so$")
"""How a compiled module names what it was built for."""

PROCESSORS = {"aarch64-linux-gnu": "arm64", "x86_64-linux-gnu": "x86_64"}
ANSWER_SECONDS = 10.0

_log = logging.getLogger()
_log.setLevel(logging.INFO)


def lambda_handler(event: dict[str, Any], context: Any) -> None:
    """Answers CloudFormation with SUCCESS, or with FAILED and a sentence that says what to do.

    A stack that is deleted or rolled back is never refused.
    """
    wanted = event["ResourceProperties"]
    refusal = ""
    if event["RequestType"] != "Delete" and _is_about_this_function(wanted):
        refusal = mismatch(wanted["PythonRuntime"], wanted["Architecture"], packages())
    if refusal:
        _log.error("build refused")
    else:
        _log.info("build accepted")
    _answer(event, refusal)


def mismatch(runtime: str, architecture: str, folder: Path | None) -> str:
    """Why the packages in a folder do not fit this runtime and processor; empty if they do."""
    found = set(built_for(folder)) if folder else set()
    wanted = f"{runtime} on {architecture}"
    if found == {wanted}:
        return ""
    if found:
        others = ", ".join(sorted(found - {wanted}))
        said = f"The packages were built for {others}, but the stack is to run {wanted}"
    else:
        said = f"The layer has no packages built for {wanted}"
    return (
        f"{said}. No function was changed. Run `sam build` and `sam deploy` with the same "
        "PythonRuntime and Architecture: see docs/operations.md, 'One runtime for build and "
        "deployment'."
    )


def packages() -> Path | None:
    """Where the packages of the layer are, found without importing them; None if nowhere."""
    spec = find_spec(COMPILED)
    return Path(spec.origin).parents[1] if spec and spec.origin else None


def built_for(folder: Path) -> Iterator[str]:
    """For which runtime and processor each compiled module in a folder was built."""
    for path in folder.rglob("*.so"):
        if match := BUILT_FOR.search(path.name):
            major, minor, processor = match.groups()
            yield f"python{major}.{minor} on {PROCESSORS.get(processor, processor)}"


def _is_about_this_function(wanted: dict[str, str]) -> bool:
    """Whether the packages within reach are the ones in question: a roll-back asks about others."""
    own = (environ["PYTHON_RUNTIME"], environ["ARCHITECTURE"], environ["DEPENDENCIES_LAYER"])
    return own == (wanted["PythonRuntime"], wanted["Architecture"], wanted["DependenciesLayer"])


def _answer(event: dict[str, Any], refusal: str) -> None:
    body = {
        "Status": "FAILED" if refusal else "SUCCESS",
        "Reason": refusal or "The packages fit.",
        "PhysicalResourceId": "build",
        **{key: event[key] for key in ("StackId", "RequestId", "LogicalResourceId")},
    }
    # The address is signed for an empty content type, and is CloudFormation's own.
    request = Request(  # noqa: S310
        event["ResponseURL"],
        data=json.dumps(body).encode(),
        headers={"Content-Type": ""},
        method="PUT",
    )
    with urlopen(request, timeout=ANSWER_SECONDS):  # noqa: S310
        pass
