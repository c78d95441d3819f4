"""Every metric of the connector's own, read from the code that writes it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import TypeAlias

from connector.domain.planning import Outcome
from tests.embedded.template import ROOT

Curve: TypeAlias = tuple[str, frozenset[tuple[str, str]]]
"""A metric by its name and its dimensions; `*` stands for any value of one."""

VENDORS = ("Rippling", "Visma")
WITH_VENDORS = ("poller", "writer", "operations")

RUN_BY: dict[str, tuple[str, ...]] = {
    "functions/install": ("install",),
    "functions/notification": ("notification",),
    "functions/poller": ("poller",),
    "functions/releaser": ("releaser",),
    "functions/webhook": ("webhook",),
    "functions/writer": ("writer",),
    "adapters/rippling/oauth.py": WITH_VENDORS,
    "observability.py": WITH_VENDORS,
    "services/apply": ("writer",),
    "services/find": ("poller",),
    "services/inbound/install.py": ("install",),
    "services/inbound/rippling_webhook.py": ("webhook",),
    "services/inbound/visma_webhook.py": ("notification",),
    "services/operate/audit_check.py": ("operations",),
    "services/operate/ping/capabilities.py": ("poller",),
}
"""Which functions run the code that counts; a counter has the function as its dimension."""

FILES = sorted([*(ROOT / "layers").rglob("*.py"), *(ROOT / "functions").rglob("*.py")])


def curves() -> set[Curve]:
    """Every curve that the code can write."""
    found = {curve for path in FILES for curve in _of(path)}
    calls = {(f"Rippling{word}", "install") for word in ("Calls", "Throttled")}  # for the tokens
    return found | {(name, frozenset({("service", service)})) for name, service in calls}


def _of(path: Path) -> Iterator[Curve]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        if name in ("gauge", "count_for_stack"):
            yield from ((each, _dimensions(node)) for each in _named(node.args[0]))
            continue
        if name == "count":
            names = _named(node.args[0])
        elif isinstance(node.func, ast.Name) and node.func.id == "Answer" and len(node.args) > 1:
            names = _named(node.args[1])
        else:
            continue
        for each in names:
            for service in run_by(path):
                yield each, frozenset({("service", service)})


def _dimensions(call: ast.Call) -> frozenset[tuple[str, str]]:
    return frozenset((each.arg, "*") for each in call.keywords if each.arg)


def _named(argument: ast.expr) -> list[str]:
    """The names of metrics that an argument stands for; other `count`s have none."""
    if isinstance(argument, ast.Constant):
        return [argument.value] if isinstance(argument.value, str) else []
    if not isinstance(argument, ast.JoinedStr):
        return []
    words = [str(part.value) for part in argument.values if isinstance(part, ast.Constant)]
    if words == ["Changes"]:
        return [f"Changes{outcome.value.title().replace('_', '')}" for outcome in Outcome]
    (word,) = words
    return [f"{vendor}{word}" for vendor in VENDORS]


def run_by(path: Path) -> tuple[str, ...]:
    """The functions in which a file counts.

    Raises:
        LookupError: nobody has said yet which they are.
    """
    place = path.as_posix()
    for part, services in RUN_BY.items():
        if f"/{part}" in place:
            return services
    raise LookupError(f"{place} counts something: say in RUN_BY which functions run it")
