"""How many pages a list may have before it is taken for one that does not end.

Nothing here asks for a page or reads one.
"""

from __future__ import annotations

from collections.abc import Iterator

from connector.domain.errors import NonsenseError

MOST_PAGES = 20_000
"""Two million people at a hundred a page, ten times more than any customer may have."""


def page_numbers(vendor: str, path: str) -> Iterator[int]:
    """1, 2, 3 and so on, one for each page of a walk.

    Raises:
        NonsenseError: a page is wanted beyond `MOST_PAGES`.
    """
    yield from range(1, MOST_PAGES + 1)
    raise NonsenseError(
        f"{vendor}'s pages of {path} do not end ({MOST_PAGES} were read);"
        " it will be tried again. If it stays so, check the address"
    )
