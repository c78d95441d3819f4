"""Dependencies point one way: functions -> bootstrap -> adapters -> ports <- services -> domain."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "layers" / "connector" / "connector"

DOMAIN_MAY = {"connector.domain", "pydantic", "yaml"}
MAY_IMPORT = {
    "domain": DOMAIN_MAY,
    "ports": {"connector.domain"},
    "services": {"connector.domain", "connector.ports", "connector.services"},
    "adapters": {
        "connector.__version__",
        "connector.domain",
        "connector.ports",
        "connector.adapters",
        "botocore",
        "requests",
        "tenacity",
        "urllib3",
    },
    "settings": {"connector.domain", "connector.settings"},
    "observability": {"connector.__version__", "connector.domain", "aws_lambda_powertools"},
    "cli": {
        "connector.__version__",
        "connector.cli",
        "connector.services.operate.verbs",
        "boto3",
        "botocore",
        "rich",
        "typer",
    },
    "functions": {
        "connector.bootstrap",
        "connector.domain.records.mode",
        "connector.settings",
        "connector.observability",
        "connector.services",
    },
}


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom) and node.module == "connector":
            yield from (f"connector.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def _layer(path: Path) -> str:
    if path.is_relative_to(ROOT / "functions"):
        return "functions"
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def _is_standard(module: str) -> bool:
    return module.partition(".")[0] in sys.stdlib_module_names


MODULES = sorted([*PACKAGE.rglob("*.py"), *(ROOT / "functions").rglob("*.py")])


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_imports_only_what_its_layer_may(path: Path) -> None:
    layer = _layer(path)
    if layer in ("bootstrap", "__init__"):
        return
    allowed = MAY_IMPORT[layer]

    foreign = [
        module
        for module in _imports(path)
        if not _is_standard(module)
        and not any(module == name or module.startswith(f"{name}.") for name in allowed)
    ]

    assert foreign == []


@pytest.mark.parametrize(
    "path", sorted((PACKAGE / "domain").glob("*.py")), ids=lambda path: str(path.name)
)
def test_the_domain_knows_no_clock_no_environment_and_no_randomness(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    forbidden = ("datetime.now", "date.today", "time.time", "os.environ", "uuid4", "import random")

    assert [word for word in forbidden if word in text] == []


def test_services_are_joined_without_knowing_an_adapter() -> None:
    known = _imports(PACKAGE / "bootstrap" / "services.py")

    assert [module for module in known if module.startswith("connector.adapters")] == []


def test_the_adapters_in_memory_load_nothing_of_aws() -> None:
    code = "import sys, connector.adapters.memory; print('botocore' in sys.modules)"

    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", code], cwd=PACKAGE.parent, capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == "False"
