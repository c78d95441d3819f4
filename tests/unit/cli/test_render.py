"""How a view looks: what may reach the terminal, and that nothing is cut off on its way there."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.cli.render import GLYPHS, show
from connector.cli.terminal import clean
from connector.services.operate.verbs.view import CheckLine, Document, Line, Part, Table
from tests.unit.cli.terminal import COLOURS, acting_in, output, texts

RUN = "3f2504e04f893f2504e04f893f2504e0"
HEADINGS = ("Company", "Run", "Reason")
parts: st.SearchStrategy[Part] = st.one_of(
    st.builds(Line, texts, st.integers(0, 8)),
    st.builds(CheckLine, st.sampled_from(sorted(GLYPHS)), texts, texts),
    st.builds(Document, texts),
    st.builds(Table, st.just(HEADINGS), st.lists(st.tuples(texts, texts, texts), max_size=3)),
)


@given(st.lists(parts, max_size=3), st.sampled_from([30, 80, 400]))
def test_no_view_can_do_anything_to_the_terminal_but_colour_its_marks(
    view: list[Part], columns: int
) -> None:
    with output(is_terminal=True, columns=columns) as shown:
        show(view)

    assert acting_in(COLOURS.sub("", shown.getvalue())) == []


@given(st.lists(parts.filter(lambda part: not isinstance(part, Document)), max_size=3))
def test_no_view_sends_more_than_plain_lines_into_a_pipe(view: list[Part]) -> None:
    with output(is_terminal=False) as shown:
        show(view)

    assert acting_in(shown.getvalue()) == []


@given(texts)
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@pytest.mark.parametrize(
    "text", ["Łódź", "Bjørn Åsen", "東京", "e\u0301", "\U0001f389", "a\u00a0b"]
)
def test_what_only_shows_itself_is_shown_as_it_is(text: str) -> None:
    assert clean(text) == text


def test_a_file_goes_into_a_pipe_to_the_letter_and_to_a_terminal_cleaned() -> None:
    text = "# \u202e\ncompanies: {}\n"

    with output(is_terminal=False) as piped:
        show([Document(text)])
    with output(is_terminal=True) as shown:
        show([Document(text)])

    assert piped.getvalue() == text
    assert shown.getvalue() == "# \\u202e\ncompanies: {}\n"


@pytest.mark.parametrize("columns", [40, 60, 72, 80, 120, 200])
def test_an_id_is_whole_on_a_terminal_of_any_width(columns: int) -> None:
    table = Table(HEADINGS, [("norway", RUN, "word " * 40)])

    with output(is_terminal=True, columns=columns) as shown:
        show([table])

    text = COLOURS.sub("", shown.getvalue())
    assert RUN in text
    assert text.count("word") == 40
    assert "\u2026" not in text


def test_a_table_has_borders_where_there_is_room_and_a_terminal() -> None:
    table = Table(HEADINGS, [("norway", RUN, "too many")])

    borders = []
    for is_terminal, columns in ((True, 100), (True, 40), (False, 100)):
        with output(is_terminal=is_terminal, columns=columns) as shown:
            show([table])
        borders.append("\u2500" in shown.getvalue())

    assert borders == [True, False, False]


@pytest.mark.parametrize("is_terminal", [True, False])
def test_a_table_without_rows_is_no_table(is_terminal: bool) -> None:
    with output(is_terminal=is_terminal) as shown:
        show([Table(HEADINGS, [])])

    assert shown.getvalue() == ""


def test_columns_are_aligned_by_what_is_seen_of_a_text() -> None:
    rows = [("東京", "1", "here"), ("e\u0301", "2", "here"), ("norway", "3", "here")]

    with output(is_terminal=False) as shown:
        show([Table(HEADINGS, rows)])

    assert shown.getvalue().splitlines()[1:] == [
        "東京     1    here",
        "e\u0301        2    here",
        "norway   3    here",
    ]
