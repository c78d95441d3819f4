"""What an answer does otherwise than published: every kind of it, and nothing that is not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.domain.shapes.contract import ENOUGH_ROWS, MOST_NEW, ROWS_LOOKED_AT, Contract
from connector.domain.shapes.deviation import Deviation, What, deviation_of
from connector.domain.shapes.sightings import (
    FORGOTTEN,
    MOST_KEPT,
    SEEN_AGAIN,
    Sighting,
    known,
    noted,
)

THINGS = Contract(
    {
        "operations": {
            "GET /things/": {
                "statuses": [200, 403],
                "answers": {"200": {"members": {"results": {"each": {"is": "Thing"}}}}},
            },
            "GET /things/{id}/": {"statuses": [200, 404], "answers": {"200": {"is": "Thing"}}},
        },
        "named": {
            "Thing": {
                "members": {
                    "id": "string",
                    "count": "integer",
                    "share": "number",
                    "is_open": "boolean",
                    "colour": ["RED", "BLUE"],
                    "owner": {"is": "Owner"},
                    "tags": {"each": "string"},
                    "parts": {"each": {"is": "Thing"}},
                    "extra": {"members": {}, "open": True},
                    "whatever": "any",
                },
                "always": ["id"],
                "needed": ["count"],
            },
            "Owner": {"members": {"name": "string"}},
        },
        "headers": ["X-Rate-Limit"],
    }
)
A_THING: dict[str, Any] = {
    "id": "1",
    "count": 3,
    "share": 0.5,
    "is_open": True,
    "colour": "RED",
    "owner": {"name": "Kari"},
    "tags": ["a", "b"],
    "parts": [{"id": "2", "count": None, "parts": []}],
    "extra": {"anything": [1, {"at": "all"}]},
    "whatever": [None],
}
NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)


def found(content: Any, path: str = "/things/1/", withheld: tuple[str, ...] = ()) -> list[str]:
    operation = THINGS.operation("GET", path)
    assert operation
    return [each.text for each in THINGS.content(operation, 200, content, withheld)]


def test_an_answer_as_published_is_no_news() -> None:
    assert found(A_THING) == []
    assert found({"results": [A_THING] * 30}, "/things/") == []


@pytest.mark.parametrize("name", sorted({*A_THING} - {"id"}))
def test_null_stands_for_absent_and_both_may_be(name: str) -> None:
    assert found({**A_THING, name: None}) == []
    assert found({key: value for key, value in A_THING.items() if key != name}) == []


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"id": None}, "without id (string)"),
        ({"id": 7}, "with id as integer instead of string"),
        ({"count": "3"}, "with count as string instead of integer"),
        ({"count": 3.5}, "with count as number instead of integer"),
        ({"count": True}, "with count as boolean instead of integer"),
        ({"share": "half"}, "with share as string instead of number"),
        ({"is_open": 1}, "with is_open as integer instead of boolean"),
        ({"colour": "GREEN"}, "with a word in colour that is not published"),
        ({"colour": ["RED"]}, "with colour as array instead of string"),
        ({"owner": "Kari"}, "with owner as string instead of object"),
        ({"owner": {"name": 1}}, "with owner.name as integer instead of string"),
        ({"owner": {"nick": "K"}}, "with owner.nick (string), which is new"),
        ({"tags": {"a": 1}}, "with tags as object instead of array"),
        ({"tags": ["a", 2]}, "with tags[] as integer instead of string"),
        ({"parts": [{"count": 1}]}, "without parts[].id (string)"),
        ({"shade": None}, "with shade (null), which is new"),
        ({"shade": 1}, "with shade (integer), which is new"),
    ],
)
def test_each_kind_of_deviation_is_told_with_its_place(
    changed: dict[str, Any], sentence: str
) -> None:
    assert found({**A_THING, **changed}) == [f"GET /things/{{id}}/ answers 200 {sentence}"]


def test_a_number_may_be_written_in_several_ways() -> None:
    assert found({**A_THING, "count": 3.0, "share": 1}) == []
    assert found({**A_THING, "count": float("inf")}) != []


def test_a_body_of_another_kind_is_one_deviation() -> None:
    assert found(["a"]) == [
        "GET /things/{id}/ answers 200 with the body as array instead of object"
    ]
    assert found(None) == []


def test_what_an_answer_says_to_withhold_is_not_missed() -> None:
    assert found({**A_THING, "id": None}, withheld=("id",)) == []


def test_that_no_row_has_what_the_connector_lives_on_is_told() -> None:
    bare = {key: value for key, value in A_THING.items() if key != "count"}
    few = {"results": [bare] * (ENOUGH_ROWS - 1)}
    many = {"results": [bare] * ENOUGH_ROWS}

    assert found(few, "/things/") == []
    assert found(many, "/things/") == ["GET /things/ answers 200 without results[].count (integer)"]
    assert found({"results": [*many["results"], A_THING]}, "/things/") == []
    assert found(many, "/things/", withheld=("count",)) == []
    assert found({"results": [{**bare, "count": None}] * ENOUGH_ROWS}, "/things/") == []


def test_of_a_long_list_some_rows_are_looked_at_the_first_and_the_last_among_them() -> None:
    rows = [A_THING] * 100

    def is_noticed(at: int) -> bool:
        odd = [*rows[:at], {**A_THING, "x": 1}, *rows[at + 1 :]]
        return bool(found({"results": odd}, "/things/"))

    looked_at = [at for at in range(100) if is_noticed(at)]

    assert len(looked_at) == ROWS_LOOKED_AT
    assert (looked_at[0], looked_at[-1]) == (0, 99)


def test_a_name_that_may_be_data_is_not_repeated() -> None:
    for name in ("kari@nordfab.example", "Kari Nordmann", "n" * 61, "010190 12345", "Bjørn"):
        texts = found({**A_THING, name: 1})
        assert texts == [
            "GET /things/{id}/ answers 200 with (no plain name) (integer), which is new"
        ]


def test_an_object_that_has_data_for_names_is_one_deviation() -> None:
    people = {f"Person{number}": number for number in range(MOST_NEW + 1)}

    (text,) = found({**A_THING, **people})

    assert "Person" not in text


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
                    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))  # fmt: skip
def test_whatever_is_answered_the_comparison_ends_and_repeats_no_value(content: Any) -> None:
    operation = THINGS.operation("GET", "/things/1/")
    assert operation

    for each in THINGS.content(operation, 200, content):
        assert deviation_of(each.to_row()) == each


def test_a_value_is_in_no_sentence() -> None:
    secret = "Kari Nordmann, kari@nordfab.example, 650000"
    everywhere = dict.fromkeys(A_THING, secret) | {"new": secret, "owner": {"name": {"x": secret}}}

    assert found(everywhere)
    assert not any("Kari" in text or "650000" in text for text in found(everywhere))


def test_an_answer_nested_without_end_is_looked_at_to_a_depth() -> None:
    thing: dict[str, Any] = {**A_THING}
    for _ in range(5_000):
        thing = {"id": "1", "parts": [thing]}

    assert found(thing) == []


def head(status: int, *headers: str) -> list[str]:
    operation = THINGS.operation("GET", "/things/1/")
    assert operation
    return [each.text for each in THINGS.answered(operation, status, headers)]


def test_a_status_that_is_not_published_is_told_but_for_failures() -> None:
    assert [head(status) for status in (200, 404, 500, 503)] == [[], [], [], []]
    assert head(418) == ["GET /things/{id}/ answers 418, which is not published"]
    assert head(206) == ["GET /things/{id}/ answers 206, which is not published"]


def test_headers_by_which_a_vendor_says_something_are_told_and_the_usual_ones_are_not() -> None:
    usual = ("Date", "Content-Type", "x-rate-limit", "X-Request-ID", "X-Amzn-Trace-Id", "Server")

    assert head(200, *usual) == []
    for header in ("Deprecation", "Sunset", "X-Api-Warn", "RateLimit-Policy"):
        assert head(200, header) == [
            f"GET /things/{{id}}/ answers 200 with the header {header}, which is not published"
        ]


def test_an_operation_that_is_not_in_the_table_is_nobodys() -> None:
    assert THINGS.operation("POST", "/things/") is None
    assert THINGS.operation("GET", "/things/1/parts/") is None
    assert THINGS.operation("GET", "/other/") is None


def a_deviation(place: str = "x", what: What = What.NEW) -> Deviation:
    return Deviation("GET /things/", 200, place, what, found="string")


def test_only_what_is_there_besides_is_harmless() -> None:
    assert {what for what in What if a_deviation(what=what).is_harmless} == {What.NEW, What.HEADER}


def test_what_is_news_is_noted_and_what_was_seen_today_is_not_written_again() -> None:
    first = noted({}, [a_deviation()], NOW)
    assert first
    assert noted(first, [a_deviation()], NOW + SEEN_AGAIN) is None

    later = noted(first, [a_deviation()], NOW + SEEN_AGAIN + timedelta(seconds=1))

    assert later
    assert later[a_deviation()].first == NOW
    assert later[a_deviation()].last == NOW + SEEN_AGAIN + timedelta(seconds=1)


def test_what_is_noted_beside_something_new_is_seen_again_too() -> None:
    first = noted({}, [a_deviation("a")], NOW)
    assert first

    both = noted(first, [a_deviation("a"), a_deviation("b")], NOW + timedelta(hours=1))

    assert both
    assert {each.deviation.place: each.first.hour for each in both.values()} == {"a": 12, "b": 13}


def test_what_was_not_seen_for_a_month_is_forgotten() -> None:
    rows = [Sighting(a_deviation(), NOW, NOW).to_row()]

    assert set(known(rows, NOW + FORGOTTEN)) == {a_deviation()}
    assert known(rows, NOW + FORGOTTEN + timedelta(seconds=1)) == {}


def test_a_row_that_a_hand_has_spoilt_is_left_out() -> None:
    row = Sighting(a_deviation(), NOW, NOW).to_row()
    spoilt = [{**row, "first": "soon"}, {**row, "what": "odd"}, {**row, "status": "x"}, {}]

    assert set(known([*spoilt, row], NOW)) == {a_deviation()}


def test_of_very_many_the_latest_are_kept() -> None:
    many = noted({}, [a_deviation(f"m{number:03}") for number in range(MOST_KEPT)], NOW)
    assert many

    more = noted(many, [a_deviation("newest")], NOW + timedelta(hours=1))

    assert more
    assert len(more) == MOST_KEPT
    assert a_deviation("newest") in more
