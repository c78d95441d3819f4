"""Packages that were built for another runtime or processor are refused, in words."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from preflight import app

FITTING = "_pydantic_core.cpython-313-aarch64-linux-gnu.so"
LAYER = "arn:aws:lambda:eu-north-1:123456789012:layer:connector-dependencies:7"


@pytest.fixture
def layer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The packages of a layer, where Python finds them."""
    package = tmp_path / "python" / "compiled_example"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("raise AssertionError('imported')\n")
    monkeypatch.setattr(app, "COMPILED", "compiled_example")
    monkeypatch.syspath_prepend(str(package.parent))
    monkeypatch.setenv("PYTHON_RUNTIME", "python3.13")
    monkeypatch.setenv("ARCHITECTURE", "arm64")
    monkeypatch.setenv("DEPENDENCIES_LAYER", LAYER)
    return package


class CloudFormation:
    """The address to which the answer is put."""

    def __init__(self) -> None:
        answers: list[tuple[str, dict[str, Any]]] = []

        class Door(BaseHTTPRequestHandler):
            def do_PUT(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                answers.append((self.headers["Content-Type"], json.loads(body)))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self.answers = answers
        self.server = HTTPServer(("127.0.0.1", 0), Door)

    def asks(self, request: str = "Create", **properties: str) -> dict[str, Any]:
        """What preflight answers to a request; one answer, of the empty content type."""
        wanted = {"PythonRuntime": "python3.13", "Architecture": "arm64"}
        event = {
            "RequestType": request,
            "ResponseURL": f"http://127.0.0.1:{self.server.server_port}/answer",
            "StackId": "stack",
            "RequestId": "request",
            "LogicalResourceId": "BuildFits",
            "ResourceProperties": {**wanted, "DependenciesLayer": LAYER, **properties},
        }
        app.lambda_handler(event, None)
        ((content_type, answer),) = self.answers
        assert content_type == ""
        assert answer["StackId"], answer["RequestId"] == ("stack", "request")
        return answer


@pytest.fixture
def cloudformation() -> Iterator[CloudFormation]:
    asking = CloudFormation()
    thread = Thread(target=asking.server.serve_forever, daemon=True)
    thread.start()
    yield asking
    asking.server.shutdown()
    asking.server.server_close()
    thread.join()


def test_packages_that_fit_are_accepted_without_being_imported(
    layer: Path, cloudformation: CloudFormation
) -> None:
    (layer / FITTING).touch()
    (layer / "portable.abi3.so").touch()

    assert cloudformation.asks()["Status"] == "SUCCESS"


@pytest.mark.parametrize(
    ("module", "built_for"),
    [
        ("x.cpython-312-aarch64-linux-gnu.so", "python3.12 on arm64"),
        ("x.cpython-313-x86_64-linux-gnu.so", "python3.13 on x86_64"),
        ("x.cpython-313-darwin.so", "python3.13 on darwin"),
        ("x.cpython-313-aarch64-linux-musl.so", "python3.13 on aarch64-linux-musl"),
    ],
)
def test_packages_built_for_another_runtime_or_processor_are_refused_in_words(
    module: str, built_for: str, layer: Path, cloudformation: CloudFormation
) -> None:
    (layer / FITTING).touch()
    (layer / module).touch()

    answer = cloudformation.asks("Update")

    assert answer["Status"] == "FAILED"
    assert f"built for {built_for}, but the stack is to run python3.13 on arm64" in answer["Reason"]
    assert "the same PythonRuntime and Architecture" in answer["Reason"]


def test_a_layer_without_compiled_packages_is_refused(
    layer: Path, cloudformation: CloudFormation
) -> None:
    assert "no packages built for python3.13 on arm64" in cloudformation.asks()["Reason"]


def test_a_layer_without_packages_is_refused(
    layer: Path, cloudformation: CloudFormation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "COMPILED", "there_is_no_such_package")

    assert cloudformation.asks()["Status"] == "FAILED"


def test_a_stack_can_always_be_deleted(layer: Path, cloudformation: CloudFormation) -> None:
    assert cloudformation.asks("Delete")["Status"] == "SUCCESS"


@pytest.mark.parametrize(
    "other",
    [{"PythonRuntime": "python3.12"}, {"Architecture": "x86_64"}, {"DependenciesLayer": "other"}],
)
def test_a_roll_back_to_what_this_function_does_not_see_is_never_refused(
    other: dict[str, str], layer: Path, cloudformation: CloudFormation
) -> None:
    assert cloudformation.asks("Update", **other)["Status"] == "SUCCESS"


def test_the_packages_of_this_machine_fit_this_machine() -> None:
    running = f"python{sys.version_info.major}.{sys.version_info.minor}"
    folder = app.packages()

    assert folder
    assert {each.partition(" on ")[0] for each in app.built_for(folder / "pydantic_core")} == {
        running
    }
