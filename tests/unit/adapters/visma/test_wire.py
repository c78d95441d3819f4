"""The shapes in which Visma reads, writes and refuses."""

from __future__ import annotations

from typing import Any

import pytest

from connector.adapters.visma.wire import (
    PLACES,
    failure_of,
    flat_fields,
    wrapped,
)
from connector.domain.employees import FIELDS
from tests.simulator.messages import json_response

GUID = "0f0e0d0c-0b0a-4909-8807-060504030201"


class TestShapes:
    def test_every_field_has_its_place_on_the_wire(self) -> None:
        assert tuple(place.path for place in PLACES) == FIELDS

    def test_what_is_absent_null_or_no_text_is_empty(self) -> None:
        nothing = dict.fromkeys(FIELDS, "")
        odd_row: dict[str, Any] = {
            "status": None,
            "branch": "1",
            "contact": [],
            "address": {"country": None},
        }

        assert flat_fields({}) == nothing
        assert flat_fields(odd_row) == nothing

    def test_padding_of_keys_is_taken_off(self) -> None:
        fields = flat_fields({"department": "PROD  ", "branch": {"number": " 1 "}})

        assert (fields["department"], fields["branch"]) == ("PROD", "1")

    def test_a_write_wraps_nests_and_renames(self) -> None:
        fields = {
            "status": "OnHold",
            "calendar": "NORWAY",
            "contact.middle_name": "",
            "address.country": "NO",
        }

        assert wrapped(fields) == {
            "status": {"value": "Hold"},
            "calendar": {"value": "NORWAY"},
            "contact": {"middleName": {"value": ""}},
            "address": {"countryId": {"value": "NO"}},
        }


class TestRefusals:
    @pytest.mark.parametrize(
        ("words", "field"),
        [
            (
                "An error occurred during processing of the field Department : Error: x",
                "department",
            ),
            ("... of the field EmployeeCd : Error: 'Employee' exists already", "employee_code"),
            ("... processing of the field contact.lastName: Error: required", "contact.last_name"),
            ("'Employee Class' cannot be empty", "employee_class"),
            ("'BranchID' '9' cannot be found in the system, see Department", "branch"),
            ("The field PostalCode is too long", "address.postal_code"),
            ("Error: the CALENDAR is not known", "calendar"),
            ("... of the field ExpenseAccount : Error: Status is wrong", "status"),
            ("EMail is not valid", "contact.email"),
            ("CountryID", "address.country"),
            ("Noe gikk galt", None),
            ("", None),
        ],
    )
    def test_the_field_is_found_in_vismas_words(self, words: str, field: str | None) -> None:
        assert failure_of(json_response(400, {"message": words}).payload).field == field

    @pytest.mark.parametrize(
        ("body", "reference"),
        [
            ({"message": f"VismaId: {GUID}. Error inserting the Employee."}, GUID),
            ({"ExceptionMessageID": f"12027_{GUID}", "ExceptionMessage": "No"}, GUID),
            ({"ExceptionMessageID": GUID}, GUID),
            ({"ExceptionMessageID": f"kari@example.no {GUID}"}, None),
            ({"message": f"{GUID} is not what is meant"}, None),
            ({"message": None}, None),
        ],
    )
    def test_the_reference_is_vismas_own_or_none(
        self, body: dict[str, Any], reference: str | None
    ) -> None:
        assert failure_of(json_response(400, body).payload).reference == reference

    @pytest.mark.parametrize("content", [b"", b"<html>", b"[1]", b'"x"', b"[" * 100_000, b"\xff"])
    def test_an_answer_without_a_reason_is_still_an_answer(self, content: bytes) -> None:
        failure = failure_of(content)

        assert (failure.is_business, failure.field, failure.reference) == (False, None, None)
