"""The `/_control/` endpoint: a person injects verbs and reads the journal without Python.

Only verbs that a fake names as public can be reached; nothing is looked up by attribute.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, is_dataclass
from datetime import date, datetime
from typing import Any

from tests.simulator.messages import Call, Request, Response, json_response

PREFIX = "/_control/"
Verb = Callable[..., Any]


def control_answer(
    request: Request, verbs: Mapping[str, Verb], calls: Callable[..., Sequence[Call]]
) -> Response:
    """Runs one verb, or shows the journal or the list of verbs."""
    name = request.path.removeprefix(PREFIX)
    if request.method == "GET" and name == "journal":
        return _answer(200, calls(request.query.get("method"), request.query.get("path")))
    if request.method == "GET" and not name:
        return _answer(200, {verb: str(inspect.signature(run)) for verb, run in verbs.items()})
    if request.method != "POST" or name not in verbs:
        return _answer(404, {"error": f"no verb {name}; GET {PREFIX} lists them"})
    arguments = _arguments(request.raw)
    if arguments is None:
        return _answer(400, {"error": "the body must be a JSON object of arguments"})
    return _run(verbs[name], arguments)


def _arguments(raw: bytes) -> dict[str, Any] | None:
    # Whatever the content type says: a person at a prompt sends JSON labelled as a form.
    try:
        arguments = json.loads(raw or b"{}")
    except ValueError:
        return None
    return arguments if isinstance(arguments, dict) else None


def _run(verb: Verb, arguments: dict[str, Any]) -> Response:
    try:
        return _answer(200, verb(**arguments))
    except (TypeError, ValueError, KeyError) as error:
        return _answer(400, {"error": str(error)})


def _answer(status: int, content: Any) -> Response:
    return json_response(status, content, default=_plain)


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value)
