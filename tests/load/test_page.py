"""What is put into docs/load.md, and when."""

from __future__ import annotations

import pytest

from tests.load.__main__ import is_full, parser
from tests.load.tables import dollar_text


@pytest.mark.parametrize(
    ("words", "full"), [([], True), (["--people", "5000", "--port", "1"], True),
                        (["--people", "500"], False)],
)  # fmt: skip
def test_only_the_size_that_is_published_is_a_full_run(words: list[str], full: bool) -> None:
    assert is_full(parser().parse_args(words)) is full


@pytest.mark.parametrize(
    ("dollars", "shown"),
    [(-0.0001, "0.000"), (0.0, "0.000"), (-0.004, "-0.004"), (1.2345, "1.234"), (0.0006, "0.001")],
)
def test_dollars_that_are_next_to_nothing_are_shown_without_a_sign(
    dollars: float, shown: str
) -> None:
    assert dollar_text(dollars) == shown
