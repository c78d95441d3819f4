"""Services that are built with their first use: an invocation carries out one verb of many."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


class _Later:
    """Stands for a service until it is asked for something, and passes on whatever is asked."""

    def __init__(self, build: Callable[[], object]) -> None:
        self._build = build
        self._built: object | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self.get(), name)

    def get(self) -> Any:
        """The service itself, built now if it was not."""
        if self._built is None:
            self._built = self._build()
        return self._built


def later(build: Callable[[], T]) -> T:
    """The service that `build` makes, built once, with its first use.

    Only for what is asked by its methods and attributes: a class of its own stands for it.
    """
    return cast("T", _Later(build))


def itself(service: T) -> T:
    """The service that another one stands for, for whoever needs more than its methods."""
    return cast("T", service.get()) if isinstance(service, _Later) else service
