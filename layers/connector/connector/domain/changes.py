"""The change: a reference that says "this worker may differ". It never carries data."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from connector.domain.errors import NotAChangeError


class Cause(StrEnum):
    """Why a change was queued."""

    POLL = "poll"
    SWEEP = "sweep"
    WEBHOOK = "webhook"
    DUE = "due"
    RELEASE = "release"
    MAPPING = "mapping"
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True)
class Change:
    """A worker to look at, why, and the id that ties together everything that follows from it."""

    worker_id: str
    cause: Cause
    correlation_id: str
    person_id: str | None = None

    @property
    def group(self) -> str:
        """Changes of one group are handled one after the other."""
        return self.worker_id

    def to_body(self) -> str:
        """The text that travels on the queue."""
        return json.dumps({key: value for key, value in asdict(self).items() if value})

    @classmethod
    def from_body(cls, body: str) -> Change:
        """The change in a queue message.

        Raises:
            NotAChangeError: the body is something else. The message says what is wrong with it
                and repeats nothing of it.
        """
        data = _object(body)
        unknown = set(data) - {"worker_id", "cause", "correlation_id", "person_id"}
        if unknown:
            raise NotAChangeError(f"the message has {len(unknown)} member(s) that no change has")
        for name in ("worker_id", "cause", "correlation_id"):
            if not _is_reference(data.get(name)):
                raise NotAChangeError(f"the message has no usable {name}")
        person_id = data.get("person_id")
        if person_id is not None and not _is_reference(person_id):
            raise NotAChangeError("the message has no usable person_id")
        if data["cause"] not in {cause.value for cause in Cause}:
            raise NotAChangeError("the message names a cause that does not exist")
        return cls(data["worker_id"], Cause(data["cause"]), data["correlation_id"], person_id)


LONGEST_REFERENCE = 128  # SQS refuses a longer message group id


def _object(body: str) -> dict[str, Any]:
    try:
        data = json.loads(body)
    except ValueError:
        raise NotAChangeError("the message is not JSON") from None
    if not isinstance(data, dict):
        raise NotAChangeError("the message is not a JSON object")
    return data


def _is_reference(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= LONGEST_REFERENCE
