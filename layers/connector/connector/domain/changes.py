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
    DRIFT = "drift"
    RELEASE = "release"
    MAPPING = "mapping"
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True)
class Change:
    """A worker to look at, why, and the id that ties together everything that follows from it.

    `run` names the run that found it, perhaps one that a guard stopped. It carries no authority:
    what an operator has decided about a person is a row, see `approvals`.
    """

    worker_id: str
    cause: Cause
    correlation_id: str
    person_id: str | None = None
    run: str | None = None

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
        data = message_object(body)
        unknown = set(data) - MEMBERS
        if unknown:
            raise NotAChangeError(f"the message has {len(unknown)} member(s) that no change has")
        for name in ("worker_id", "cause", "correlation_id"):
            if not is_reference(data.get(name)):
                raise NotAChangeError(f"the message has no usable {name}")
        for name in ("person_id", "run"):
            if data.get(name) is not None and not is_reference(data[name]):
                raise NotAChangeError(f"the message has no usable {name}")
        try:
            cause = Cause(data["cause"])
        except ValueError:
            raise NotAChangeError("the message has a cause that does not exist") from None
        return cls(
            data["worker_id"],
            cause,
            data["correlation_id"],
            data.get("person_id"),
            data.get("run"),
        )


LONGEST_REFERENCE = 128  # SQS refuses a longer message group id
MEMBERS = frozenset({"worker_id", "cause", "correlation_id", "person_id", "run"})


def message_object(body: str) -> dict[str, Any]:
    """The JSON object in a message."""
    try:
        data = json.loads(body)
    except ValueError:
        raise NotAChangeError("the message is not JSON") from None
    if not isinstance(data, dict):
        raise NotAChangeError("the message is not a JSON object")
    return data


def is_reference(value: object) -> bool:
    """Whether an id can travel on the queue.

    SQS takes printable ASCII without blanks as a group id, and no more than so much of it.
    """
    return (
        isinstance(value, str)
        and 0 < len(value) <= LONGEST_REFERENCE
        and value.isascii()
        and value.isprintable()
        and " " not in value
    )
