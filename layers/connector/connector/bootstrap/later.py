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
        if self._built is None:
            self._built = self._build()
        return getattr(self._built, name)


def later(build: Callable[[], T]) -> T:
    """The service that `build` makes, built once, with its first use.

    Only for what is asked by its methods and attributes: a class of its own stands for it.
    """
    return cast("T", _Later(build))
