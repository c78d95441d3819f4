"""Holds every answer beside what its vendor publishes, and tells of what is otherwise, once.

The everyday costs the comparison and nothing else: the memory of what was seen is asked for only
when an answer deviates. Nothing here stops the work, whatever an answer or the memory does.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Protocol

from connector.domain.errors import ConnectorError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from connector.domain.shapes.contract import Contract
    from connector.domain.shapes.deviation import Deviation
    from connector.domain.shapes.sightings import Sighting
    from connector.ports.shapes import ShapeMemory

LOOKED_AT_WHOLE = 10
"""So many answers of an operation are looked at row by row; of later ones, of this process, a row
each, because a company has thousands of them and they come from one and the same program."""


class ShapeReports(Protocol):
    """Is told of a deviation that is news."""

    def deviates(self, tenant: str, text: str) -> None:
        """A tenant's answers do something otherwise than published."""


class ShapeWatch:
    """Looks at the answers of one tenant; `contract` is read with the first of them.

    `withheld` names what an answer says that it does not show.
    """

    def __init__(
        self,
        tenant: str,
        contract: Callable[[], Contract],
        memory: ShapeMemory,
        reports: ShapeReports,
        withheld: Callable[[Any], Collection[str]] = lambda _: (),
    ) -> None:
        self.tenant = tenant
        self.looked_at: Counter[str] = Counter()
        self._read_contract = contract
        self._contract: Contract | None = None
        self._memory = memory
        self._reports = reports
        self._withheld = withheld
        self._noted: set[Deviation] = set()

    def answered(self, method: str, path: str, status: int, headers: Iterable[str]) -> None:
        """Looks at the head of an answer."""
        contract = self._known()
        operation = contract.operation(method, path)
        if operation:
            self.looked_at[operation.name] += 1
            self._note(contract.answered(operation, status, headers))

    def content(self, method: str, path: str, status: int, content: Any) -> None:
        """Looks at the parsed body of an answer."""
        contract = self._known()
        operation = contract.operation(method, path)
        if operation:
            withheld, count = self._withheld(content), self.looked_at[operation.name]
            glance = count if count > LOOKED_AT_WHOLE else None
            self._note(contract.content(operation, status, content, withheld, glance))

    def _known(self) -> Contract:
        if self._contract is None:
            self._contract = self._read_contract()
        return self._contract

    def _note(self, deviations: Iterable[Deviation]) -> None:
        found = set(deviations) - self._noted
        if not found:
            return
        try:
            news = self._memory.note(self.tenant, found)
        except ConnectorError:
            return  # not noted, so that the next answer of this kind tells it
        self._noted |= found
        for deviation in sorted(news):
            self._reports.deviates(self.tenant, deviation.text)


class ShapeWatches:
    """The watches of one process, a watch for each tenant, over one memory."""

    def __init__(self, memory: ShapeMemory, reports: ShapeReports) -> None:
        self._memory = memory
        self._reports = reports
        self._watches: dict[str, ShapeWatch] = {}

    def of(
        self,
        tenant: str,
        contract: Callable[[], Contract],
        withheld: Callable[[Any], Collection[str]] = lambda _: (),
    ) -> ShapeWatch:
        """The watch of a tenant."""
        if tenant not in self._watches:
            watch = ShapeWatch(tenant, contract, self._memory, self._reports, withheld)
            self._watches[tenant] = watch
        return self._watches[tenant]

    def seen(self, tenant: str) -> list[Sighting]:
        """What a tenant's answers do otherwise than published, by whichever function it was seen.

        Raises:
            RetryableError: the memory cannot be asked.
        """
        return self._memory.seen(tenant)

    def looked_at(self, tenant: str) -> dict[str, int]:
        """How many answers of each operation this process has looked at."""
        watch = self._watches.get(tenant)
        return dict(sorted(watch.looked_at.items())) if watch else {}
