"""Values as DynamoDB has them, held to boto3's own classes for it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from hypothesis import given
from hypothesis import strategies as st

from connector.adapters.aws.wire.attribute_values import from_attribute, to_attribute

SCALARS = (
    st.text()
    | st.none()
    | st.booleans()
    | st.integers(-(10**37), 10**37)
    | st.floats(-1e15, 1e15, allow_nan=False).filter(lambda number: abs(number) > 1e-15)
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def with_decimals(value: Any) -> Any:
    """What boto3 demands in the place of a float."""
    if isinstance(value, float):
        return Decimal(str(value))
    if isinstance(value, dict):
        return {name: with_decimals(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [with_decimals(inner) for inner in value]
    return value


@given(VALUES)
def test_a_value_is_stored_as_boto3_stores_it(value: Any) -> None:
    ours: Any = to_attribute(value)
    theirs = TypeDeserializer().deserialize(TypeSerializer().serialize(with_decimals(value)))

    assert TypeDeserializer().deserialize(ours) == theirs


@given(VALUES)
def test_a_value_comes_back_as_it_was_stored(value: Any) -> None:
    assert from_attribute(to_attribute(value)) == value


def test_a_tuple_is_stored_as_a_list_and_a_truth_not_as_a_number() -> None:
    assert to_attribute((True, 1)) == {"L": [{"BOOL": True}, {"N": "1"}]}


@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        ({"N": "12"}, 12),
        ({"N": "12.0"}, 12),
        ({"N": "1E+3"}, 1000),
        ({"N": "0.5"}, 0.5),
        ({"SS": ["b", "a"]}, ["a", "b"]),
        ({"NS": ["10", "9.5"]}, [9.5, 10]),
        ({"NULL": True}, None),
    ],
)
def test_whatever_wrote_it_a_stored_value_is_read_as_a_plain_one(
    attribute: dict[str, Any], value: Any
) -> None:
    read = from_attribute(attribute)

    assert (type(read), read) == (type(value), value)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), object(), b"bytes", {"a": {1}}])
def test_what_dynamodb_has_nothing_for_is_refused(value: Any) -> None:
    with pytest.raises(TypeError):
        to_attribute(value)


def test_a_type_that_is_never_stored_is_refused() -> None:
    with pytest.raises(TypeError, match="the type B "):
        from_attribute({"B": b"x"})
