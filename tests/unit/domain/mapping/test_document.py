"""What YAML is taken of a mapping file, and that nothing in one can do harm."""

from __future__ import annotations

import sys
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.domain.errors import ConfigurationError
from connector.domain.facts import alike
from connector.domain.mapping import model
from connector.domain.mapping.file import parse
from connector.domain.mapping.source.document import LARGEST_FILE, NO_ALIASES, read
from tests.unit.domain.mapping.test_shapes import EXAMPLE


def told(text: str) -> list[str]:
    with pytest.raises(ConfigurationError) as refused:
        parse(text)
    return list(refused.value.problems)


BOMB = "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (BOMB, f"line 1, column 4: {NO_ALIASES}"),
        ("companies: &c {norway: *c}", f"line 1, column 12: {NO_ALIASES}"),
        ("companies:\n  *x : 1", f"line 2, column 3: {NO_ALIASES}"),
        ("companies:\n  norway: {<<: *x}", f"line 2, column 16: {NO_ALIASES}"),
        ("? [a, b]\n: c", "line 1, column 3: a key has to be one text"),
        ("{worker.number}: 1\n", "line 1, column 1: a key has to be one text"),
        ("[" * 5000, "nested deeper than 20"),
        ("a: " + "{b: " * 500, "nested deeper than 20"),
        ("- " * 5000, "nested deeper than 20"),
        ('a: "\\UFFFFFFFF"', "an escape stands for no character"),
        ("a: [", "line 1, column 5: this is not YAML"),
        ("a: b\nc: \x07", "line 2: this is not YAML"),
        ("x" * (LARGEST_FILE + 1), "longer than 1000000 characters"),
        ("a: '" + "{worker.number}" * 67 + "'", "line 1, column 4: this text is longer than 1000"),
        ("x" * 1_001 + ": a", "line 1, column 1: this text is longer than 1000 characters"),
        ("--- a\n--- b", "line 2, column 1: this is not YAML"),
    ],
    ids=lambda value: value[:30],
)
def test_what_no_mapping_needs_is_refused_with_its_place(text: str, problem: str) -> None:
    (found,) = told(text)

    assert problem in found


@pytest.mark.parametrize("tag", ["!!int", "!!python/object/apply:os.system", "!x", "!!binary"])
def test_a_tag_means_nothing(tag: str) -> None:
    assert read(f"department: {tag} '0200'").plain == {"department": "0200"}


def test_what_looks_like_an_alias_is_a_text_in_quotes() -> None:
    assert read('legal_entities: ["*", "&a"]').plain == {"legal_entities": ["*", "&a"]}


pieces = st.sampled_from(
    [*"{}[]&*!|>%@`\"'\\#,?:-~<= \n\t", "\n  ", "? ", ": ", "- ", "<<", "null", "1e999999999",
     "\\U", "\\ud800", "\ud800", "\x00", "companies:", "norway:", "legal_entities:", "when:",
     "annual_pay:", "at_least:", "!!null ", "!!python/name:os.system ", "%YAML 9.9", "---", "..."]
)  # fmt: skip


@settings(max_examples=1500, deadline=None)
@given(st.lists(pieces | st.text(max_size=3), max_size=25).map("".join))
def test_whatever_stands_in_a_file_it_is_refused_and_nothing_crashes(text: str) -> None:
    with pytest.raises(ConfigurationError):
        parse(text)


@settings(max_examples=600, deadline=None)
@given(
    st.integers(0, len(EXAMPLE)),
    st.integers(0, 12),
    st.lists(pieces | st.text(max_size=2), max_size=5).map("".join),
)
def test_a_slip_in_a_good_file_is_refused_or_taken_and_nothing_crashes(
    start: int, length: int, typed: str
) -> None:
    with suppress(ConfigurationError):
        parse(EXAMPLE[:start] + typed + EXAMPLE[start + length :])


def test_a_file_with_very_many_problems_tells_the_first_ones() -> None:
    rows = "".join(f"      - {{rippling: D{number}}}\n" for number in range(900))
    text = (
        "companies:\n  norway:\n    legal_entities: ['*']\n    time_zone: UTC\n"
        f"    departments:\n{rows}"
    )

    problems = told(text)

    assert len(problems) == 201
    assert problems[-1] == "and 700 more problems"


def departments(count: int) -> str:
    rows = "".join(f"      - {{rippling: Dept {n}, department: D{n}}}\n" for n in range(count))
    return (
        "companies:\n  norway:\n    legal_entities: ['*']\n    time_zone: UTC\n"
        f"    departments:\n{rows}"
    )


def test_twice_as_many_departments_cost_twice_the_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    names = 0

    class Compared(str):
        """A name that counts how often it is compared."""

        def __eq__(self, other: object) -> bool:
            nonlocal names
            names += 1
            return str.__eq__(self, other)

        __hash__ = str.__hash__

    monkeypatch.setattr(model, "alike", lambda text: Compared(alike(text)))
    counts = []
    for size in (100, 200):
        names, calls = 0, 0

        def count(frame: object, event: str, argument: object) -> None:
            nonlocal calls
            calls += 1

        text = departments(size)
        sys.setprofile(count)
        try:
            parse(text)
        finally:
            sys.setprofile(None)
        counts.append((names, calls))

    (few_names, few), (many_names, many) = counts
    assert many < 2.1 * few
    assert many_names <= 2 * few_names + 10, "names are looked up and not compared one by one"


def test_more_class_rules_than_anyone_writes_are_refused() -> None:
    rules = "".join(
        f"      - {{when: {{department: D{n}}}, employee_class: C}}\n" for n in range(501)
    )
    text = departments(0).replace("    departments:\n", f"    employee_classes:\n{rules}")

    (problem,) = told(text)

    assert "companies.norway.employee_classes: " in problem
    assert "at most 500 items" in problem
