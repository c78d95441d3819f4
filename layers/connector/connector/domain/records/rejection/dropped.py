"""What Rippling showed of a person when an operator rejected a change: has anything changed since?

Kept as a digest of each fact, never as the fact. Like everywhere, a fact that is not shown decides
nothing: neither its going nor its coming back is a change. Nor is it one that a department, a
location or a legal entity is called otherwise: that is not about the person. Pure.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeAlias

from connector.domain.people import HIDDEN, Worker, facts_digest

NOT_SHOWN = "?"
"""Instead of a digest: what is not shown at this path or below it may be anything."""

THINGS = ("department", "location", "legal_entity", "named")
LABELS = ("name", "code")
"""By what a thing is known beside its id, which alone says whether it is another one."""

Marks: TypeAlias = Mapping[str, str]


def remembered(workers: Iterable[Worker], before: str = "") -> str:
    """What is shown of all employments of a person; of what is hidden, what was shown `before`."""
    known = _marks_in(before) or {}
    now = {worker.id: _merged(_marks(worker), known.get(worker.id, {})) for worker in workers}
    return json.dumps(now, sort_keys=True, separators=(",", ":"))


def still_holds(stored: str, workers: Iterable[Worker]) -> bool:
    """Whether nothing that is shown is otherwise than it was remembered; False of nothing."""
    known, workers = _marks_in(stored), list(workers)
    if known is None:  # by an earlier version: one digest of everything
        return stored == facts_digest(workers)
    now = {worker.id: _marks(worker) for worker in workers}
    return known.keys() == now.keys() and all(_agree(known[each], now[each]) for each in now)


def _marks_in(stored: str) -> dict[str, Marks] | None:
    marks: dict[str, Marks] | None = json.loads(stored) if stored.startswith("{") else None
    return marks


def _marks(worker: Worker) -> dict[str, str]:
    """A digest of each fact of an employment, by its path; what is empty has none."""
    return dict(_leaves(worker.id, worker.facts.now.to_json()))


def _leaves(path: str, plain: Any) -> Iterator[tuple[str, str]]:
    if not isinstance(plain, Mapping):
        yield path, hashlib.sha256(f"{path} {plain}".encode()).hexdigest()[:12]
    elif plain == HIDDEN:
        yield path, NOT_SHOWN
    else:
        for name, one in plain.items():
            # Of a thing that is partly shown, only the rest is hidden.
            is_mark = name == "is_partial"
            yield from ((path, NOT_SHOWN),) if is_mark else _leaves(f"{path}/{name}", one)


def _agree(one: Marks, other: Marks) -> bool:
    paths = {each for each in one.keys() | other.keys() if not _is_label(each, one, other)}
    return all(
        one.get(path) == other.get(path) or _is_hidden(one, path) or _is_hidden(other, path)
        for path in paths
    )


def _is_label(path: str, one: Marks, other: Marks) -> bool:
    """Whether a path is what a thing is called of which both know the id."""
    thing, _, last = path.rpartition("/")
    is_label = last in LABELS and thing.endswith(THINGS)
    return is_label and all(f"{thing}/id" in marks for marks in (one, other))


def _is_hidden(marks: Marks, path: str) -> bool:
    """Whether it is not known what is at a path."""
    if path in marks:
        return marks[path] == NOT_SHOWN
    above = path.split("/")
    return any(marks.get("/".join(above[:end])) == NOT_SHOWN for end in range(1, len(above)))


def _merged(now: Marks, before: Marks) -> dict[str, str]:
    kept = {
        path: mark for path, mark in before.items() if mark != NOT_SHOWN and _is_hidden(now, path)
    }
    return {**now, **kept}
