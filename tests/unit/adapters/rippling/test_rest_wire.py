"""How Rippling's rows are read: forgiving of all that is missing, null, new or odd."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connector.adapters.rippling.rest_wire import worker_of
from connector.adapters.rippling.values import day, moment, text
from connector.domain.facts import EMPTY, NOT_SHOWN, UNKNOWN, Fact, Known, Named
from connector.domain.people import (
    HIDDEN_TYPE,
    Address,
    EmploymentStatus,
    Facts,
    Personal,
    Worker,
    fingerprint,
)
from tests.support.digests import KEY

NOBODY = frozenset[str]()
FIELDS = {
    "status", "number", "country", "start_date", "end_date", "termination_details", "department",
    "department_id", "location", "legal_entity", "legal_entity_id", "employment_type",
    "custom_fields", "title", "manager_id", "updated_at", "user", "work_email", "personal_email",
}  # fmt: skip


def a_row(**fields: Any) -> dict[str, Any]:
    return {"id": "w1", "user_id": "p1", "status": "ACTIVE", **fields}


def a_user(**fields: Any) -> dict[str, Any]:
    return {"id": "p1", "name": {"given_name": "Kari", "family_name": "Testmann"}, **fields}


def read(row: object, withheld: frozenset[str] = NOBODY, **settings: Any) -> Worker:
    worker = worker_of(row, withheld, lambda _: None, **settings)
    assert worker is not None
    return worker


class TestRows:
    def test_the_barest_row_is_a_worker_of_whom_little_is_known(self) -> None:
        worker = read({"id": 17, "user": {"id": 4}})

        assert (worker.id, worker.person_id) == ("17", "4")
        assert worker.facts.status is EmploymentStatus.UNKNOWN
        assert set(worker.facts.unknown) == {
            "number", "person_number", "start_date", "end_date", "department", "location",
            "legal_entity", "employment_type", "country",
        }  # fmt: skip

    def test_in_a_row_of_nulls_what_everybody_has_is_not_shown(self) -> None:
        names = FIELDS - {"work_email", "personal_email"}

        worker = read(a_row(**dict.fromkeys(names)))

        assert worker.facts == Facts(
            EmploymentStatus.UNKNOWN,
            person_number=UNKNOWN,
            department=NOT_SHOWN,
            location=NOT_SHOWN,
            legal_entity=NOT_SHOWN,
            employment_type=HIDDEN_TYPE,
        )
        assert worker.personal == Personal()
        assert (worker.updated_at, worker.title, worker.manager_id) == (None, None, None)

    @pytest.mark.parametrize(
        ("value", "number"),
        [
            (1042, Known("1042")),
            ("1042", Known("1042")),
            (" 0042 ", Known("0042")),
            (1042.0, Known("1042")),
            (None, EMPTY),
            (" ", EMPTY),
            (True, UNKNOWN),
            (float("inf"), UNKNOWN),
            (10**400, UNKNOWN),
            ({}, UNKNOWN),
            ("x" * 1_001, UNKNOWN),
            ("N\ud83d", UNKNOWN),
        ],
    )
    def test_a_number_may_be_a_number_or_a_text(self, value: Any, number: Fact[str]) -> None:
        assert read(a_row(number=value)).facts.number == number

    def test_the_permanent_number_is_the_users(self) -> None:
        facts = read(a_row(number=2, user=a_user(number=77))).facts

        assert (facts.number, facts.person_number) == (Known("2"), Known("77"))

    def test_an_object_that_was_not_expanded_leaves_its_id(self) -> None:
        facts = read(a_row(department_id="d1", department=None, legal_entity_id="e1")).facts

        assert (facts.department, facts.legal_entity) == (
            Named("d1", is_partial=True),
            Named("e1", is_partial=True),
        )

    @pytest.mark.parametrize(
        ("place", "location"),
        [
            ({"type": "REMOTE", "work_location_id": None}, Named(name="Remote")),
            ({"type": "REMOTE", "work_location_id": "l1"}, Named(name="Remote")),
            ({"type": "WORK", "work_location_id": "l1"}, Named("l1", is_partial=True)),
            ({"type": "WORK", "work_location_id": None}, NOT_SHOWN),
            ({"type": "MOON", "work_location_id": "l1"}, Named("l1", is_partial=True)),
            (None, NOT_SHOWN),
        ],
    )
    def test_a_location_is_a_place_or_remote(self, place: Any, location: Named) -> None:
        assert read(a_row(location=place)).facts.location == location

    def test_custom_fields_are_read_in_every_form_that_was_seen(self) -> None:
        entries = [
            {"name": "a", "value": "1"},
            {"title": "b", "value": 2},
            {"label": "c", "value": True},
            {"name": "d", "value": None},
            {"name": "e", "value": " "},
            "f",
            None,
            {"name": "i", "value": "not asked for"},
            {"name": "j", "value": {"not": "asked for"}},
        ]

        facts = read(a_row(custom_fields=entries), custom_fields=set("abcdefgh")).facts

        assert facts.custom_fields == Known({"a": "1", "b": "2", "c": "true"})

    @pytest.mark.parametrize(
        "entry",
        [
            {"name": "a", "value": {"x": 1}},
            {"name": "a", "value": ["1", "2"]},
            {"name": "a"},
            {"name": "a", "value": "1" * 1001},
            {"key": "a", "value": "6"},
        ],
    )
    def test_a_custom_field_that_cannot_be_read_is_not_an_empty_one(self, entry: Any) -> None:
        entries = [entry, {"name": "b", "value": "2"}]

        facts = read(a_row(custom_fields=entries), custom_fields={"a", "b"}).facts

        assert facts.custom_fields is UNKNOWN

    def test_an_entry_without_a_name_says_nothing_of_what_was_found(self) -> None:
        entries = [{"key": "z", "value": "6"}, {"name": "b", "value": "2"}]

        facts = read(a_row(custom_fields=entries), custom_fields={"b"}).facts

        assert facts.custom_fields == Known({"b": "2"})

    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            ("2020-08-11T21:59:23+0000", datetime(2020, 8, 11, 21, 59, 23, tzinfo=UTC)),
            (
                "2020-08-11T21:59:23.000123+00:00",
                datetime(2020, 8, 11, 21, 59, 23, 123, tzinfo=UTC),
            ),
            ("2020-08-11T23:59:23+02:00", datetime(2020, 8, 11, 21, 59, 23, tzinfo=UTC)),
            ("2020-08-11T21:59:23Z", datetime(2020, 8, 11, 21, 59, 23, tzinfo=UTC)),
            ("2020-08-11T21:59:23", datetime(2020, 8, 11, 21, 59, 23, tzinfo=UTC)),
            ("2020-08-11", datetime(2020, 8, 11, tzinfo=UTC)),
            ("0001-01-01T00:00:00+05:00", None),
            ("0001-01-01T00:00:00Z", None),
            ("9999-12-31T23:59:59Z", None),
            ("yesterday", None),
            (1_597_183_163, None),
            ("", None),
            (None, None),
        ],
    )
    def test_a_time_stamp_is_read_in_every_form_that_was_seen(
        self, value: Any, expected: datetime | None
    ) -> None:
        assert moment(value) == expected

    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            ("2026-02-01", date(2026, 2, 1)),
            (" 2026-02-01 ", date(2026, 2, 1)),
            ("2026-02-01T23:30:00+0000", date(2026, 2, 1)),
            ("2026-02-31", None),
            ("01.02.2026", None),
            (20_260_201, None),
            (None, None),
        ],
    )
    def test_a_day_is_the_first_ten_characters_of_what_is_there(
        self, value: Any, expected: date | None
    ) -> None:
        assert day(value) == expected

    @pytest.mark.parametrize("value", [None, "", "  ", [], ["a"], {}, {"a": "b"}])
    def test_what_is_no_single_value_is_no_text(self, value: Any) -> None:
        assert text(value) is None


class TestPersonal:
    def test_a_shown_user_with_nulls_is_empty_and_not_unknown(self) -> None:
        name = dict.fromkeys(("given_name", "middle_name", "family_name"))
        user = a_user(name=name, phone_numbers=None, addresses=None)

        personal = read(a_row(user=user, work_email=None, personal_email=None)).personal

        assert personal == Personal("", "", "", "", "", "", "", Address())

    def test_what_is_left_out_is_unknown_and_not_empty(self) -> None:
        personal = read(a_row(user={"id": "p1", "name": {"given_name": "Kari"}})).personal

        assert personal == Personal(given_name="Kari")

    def test_a_name_that_is_missing_as_a_whole_is_unknown(self) -> None:
        personal = read(a_row(user=a_user(name=None))).personal

        assert (personal.given_name, personal.family_name) == (None, None)

    @pytest.mark.parametrize("user", [None, {}, "p1"])
    def test_without_a_user_everything_of_the_user_is_unknown(self, user: Any) -> None:
        assert read(a_row(user=user)).personal == Personal()

    def test_a_withheld_user_is_unknown_even_if_something_is_there(self) -> None:
        assert read(a_row(user=a_user()), frozenset({"user"})).personal == Personal()

    @pytest.mark.parametrize("field", ["work_email", "personal_email"])
    def test_a_withheld_address_is_unknown(self, field: str) -> None:
        row = a_row(work_email=None, personal_email=None)
        other = {"work_email": "personal_email", "personal_email": "work_email"}[field]

        personal = read(row, frozenset({field})).personal

        assert getattr(personal, field) is None
        assert getattr(personal, other) == ""

    @pytest.mark.parametrize("prefix", ["", "user."])
    def test_a_withheld_part_of_the_user_is_unknown(self, prefix: str) -> None:
        row = a_row(user=a_user(phone_numbers=None, addresses=[]))
        parts = frozenset({f"{prefix}phone_numbers", f"{prefix}addresses"})

        personal = read(row, parts).personal

        assert (personal.work_phone, personal.mobile_phone, personal.address) == (None, None, None)
        assert personal.given_name == "Kari"

    def test_phones_are_told_apart_by_their_type(self) -> None:
        phones = [
            {"type": "HOME", "value": "1"},
            {"type": "WORK", "value": None},
            {"type": "WORK", "value": "2"},
            {"type": "MOBILE", "value": "3"},
            {"type": "MOBILE", "value": "4"},
        ]

        personal = read(a_row(user=a_user(phone_numbers=phones))).personal

        assert (personal.work_phone, personal.mobile_phone) == ("2", "3")

    def test_the_home_address_comes_before_the_first(self) -> None:
        addresses = [
            {"type": "WORK", "street_address": "Testbakken 1", "locality": "Oslo"},
            {"type": "HOME", "street_address": "Prøvegata 1", "locality": "Bergen"},
        ]

        home = read(a_row(user=a_user(addresses=addresses))).personal.address
        first = read(a_row(user=a_user(addresses=addresses[:1]))).personal.address

        assert home == Address("Prøvegata 1", "", "Bergen", "")
        assert first == Address("Testbakken 1", "", "Oslo", "")


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12)
JSON = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "name", "type", "value", "legal_name", "given_name"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=8,
)


ODD_FIELDS = st.dictionaries(st.sampled_from(sorted(FIELDS)), JSON, max_size=6)


@settings(deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
@given(ODD_FIELDS)
def test_no_row_is_too_odd_to_be_read_and_remembered(fields: dict[str, Any]) -> None:
    row = a_row(**fields)

    worker = read(row)

    assert Facts.from_json(worker.facts.to_json()) == worker.facts
    assert fingerprint(worker, KEY) == fingerprint(read(row), KEY)
