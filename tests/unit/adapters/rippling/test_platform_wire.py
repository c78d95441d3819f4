"""How rows of the Platform API are read: forgiving of all that is missing, null, new or odd."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.adapters.rippling.platform_wire import (
    Register,
    department_in_list,
    location_in_list,
    person_of_employee,
    worker_of_employee,
)
from connector.domain.facts import EMPTY, NOT_SHOWN, UNKNOWN, Fact, Known, Named, fact
from connector.domain.people import (
    HIDDEN_TYPE,
    Address,
    EmploymentStatus,
    EmploymentType,
    Facts,
    Pay,
    Personal,
    Worker,
    fingerprint,
)
from tests.support.digests import KEY

FIELDS = {
    "roleState", "employeeNumber", "startDate", "endDate", "department", "departmentId",
    "workLocation", "workLocationId", "worklocationNickname", "isRemote", "employmentType",
    "companyEmploymentType", "compensation", "customFields", "title", "manager", "updatedAt",
    "firstName", "lastName", "workEmail", "personalEmail", "phone", "address", "userId",
}  # fmt: skip
NEVER_EMPTY = {
    "number", "start_date", "end_date", "department", "location", "legal_entity",
    "employment_type", "country",
}  # fmt: skip
"""What is unknown where a row leaves it out."""

DEPARTMENTS = {"d1": "Sales", "d2": "Production", "d3": "Twin", "d4": "Twin"}
LOCATIONS = {"l1": "Oslo"}


def register(names: Mapping[str, str]) -> Register:
    return Register(lambda _: names)


def read(custom_fields: frozenset[str] = frozenset(), /, **fields: Any) -> Worker:
    row = {"id": "r1", "userId": "p1", "roleState": "ACTIVE", **fields}
    worker = worker_of_employee(row, register(DEPARTMENTS), register(LOCATIONS), custom_fields)
    assert worker is not None
    return worker


class TestIdentity:
    def test_the_barest_row_is_a_worker_of_whom_little_is_known(self) -> None:
        worker = worker_of_employee({"id": 17}, register({}), register({}))

        assert worker is not None
        assert (worker.id, worker.person_id) == ("17", "17")
        assert worker.facts.status is EmploymentStatus.UNKNOWN
        assert set(worker.facts.unknown) == NEVER_EMPTY
        assert worker.pay is UNKNOWN

    def test_a_role_without_a_shown_person_is_a_person_of_its_own(self) -> None:
        assert (
            person_of_employee({"id": "r1"})
            == person_of_employee({"id": "r1", "userId": None})
            == "r1"
        )
        assert person_of_employee({"id": "r1", "userId": "p1"}) == "p1"

    @pytest.mark.parametrize("row", [None, 7, "r1", [], {}, {"userId": "p1"}, {"id": ""}])
    def test_a_row_without_an_id_is_nobody(self, row: Any) -> None:
        assert worker_of_employee(row, register({}), register({})) is None

    @pytest.mark.parametrize(
        ("value", "number"),
        [
            (1042, Known("1042")),
            ("1042", Known("1042")),
            (" 0042 ", Known("0042")),
            (None, EMPTY),
            (True, UNKNOWN),
        ],
    )
    def test_a_number_may_be_a_number_or_a_text(self, value: Any, number: Fact[str]) -> None:
        assert read(employeeNumber=value).facts.number == number


class TestDates:
    @pytest.mark.parametrize("value", ["2019-03-18", "2019-03-18T11:20:38+0000"])
    def test_a_day_comes_alone_or_with_a_time(self, value: str) -> None:
        facts = read(startDate=value, endDate=value).facts

        assert (facts.start_date, facts.end_date) == (Known(date(2019, 3, 18)),) * 2

    @pytest.mark.parametrize("value", ["2019-03-18T11:20:38+0000", "2019-03-18T13:20:38+02:00"])
    def test_a_moment_comes_with_and_without_a_colon_in_its_offset(self, value: str) -> None:
        assert read(updatedAt=value).updated_at == datetime(2019, 3, 18, 11, 20, 38, tzinfo=UTC)

    @pytest.mark.parametrize("value", ["soon", 7, "2019-13-45", "9999-12-31", "0001-01-01"])
    def test_what_is_no_date_is_unknown(self, value: Any) -> None:
        worker = read(startDate=value, endDate=value, updatedAt=value)

        assert (worker.facts.start_date, worker.facts.end_date) == (UNKNOWN, UNKNOWN)

    @pytest.mark.parametrize("value", ["", None])
    def test_a_date_that_is_left_blank_is_empty(self, value: Any) -> None:
        worker = read(startDate=value, updatedAt=value)

        assert (worker.facts.start_date, worker.updated_at) == (EMPTY, None)


class TestDepartments:
    @pytest.mark.parametrize(
        ("row", "department"),
        [
            ({"departmentId": "d1", "department": "Sales"}, Named("d1", "Sales")),
            ({"departmentId": "d1"}, Named("d1", "Sales")),
            ({"department": "Production"}, Named("d2", "Production")),
            ({"department": "Twin"}, Named(None, "Twin")),
            ({"department": "Unheard of"}, Named(None, "Unheard of")),
            ({"departmentId": "d9"}, Named("d9", is_partial=True)),
            ({"departmentId": "d3", "department": "Twin"}, Named("d3", "Twin")),
            ({"departmentId": "d1", "department": "d1"}, Named("d1", "Sales")),
            ({"departmentId": "d9", "department": "d9"}, Named("d9", is_partial=True)),
            ({"department": None}, NOT_SHOWN),
            ({}, NOT_SHOWN),
        ],
    )
    def test_a_department_is_known_by_what_is_shown_of_it(
        self, row: dict[str, Any], department: Named
    ) -> None:
        assert read(**row).facts.department == department

    def test_an_unknown_name_has_the_list_read_anew(self) -> None:
        asked: list[bool] = []

        def names(read_fresh: bool) -> Mapping[str, str]:
            asked.append(read_fresh)
            return {"d5": "Robotics"} if read_fresh else {}

        assert Register(names).complete(None, "Robotics") == Named("d5", "Robotics")
        assert asked == [False, True]

    def test_an_ambiguous_name_does_not(self) -> None:
        asked: list[bool] = []

        def names(read_fresh: bool) -> Mapping[str, str]:
            asked.append(read_fresh)
            return DEPARTMENTS

        assert Register(names).complete(None, "Twin") == Named(None, "Twin")
        assert asked == [False]


class TestPlaces:
    @pytest.mark.parametrize("spelling", ["worklocationNickname", "workLocationNickname"])
    def test_a_nickname_is_read_in_both_spellings(self, spelling: str) -> None:
        assert read(**{spelling: "Oslo"}).facts.location == Named("l1", "Oslo")

    @pytest.mark.parametrize(
        ("row", "location"),
        [
            ({"workLocationId": "l1"}, Named("l1", "Oslo")),
            ({"workLocationId": "l9"}, Named("l9", is_partial=True)),
            ({"isRemote": True, "workLocationId": "l1"}, Named(name="Remote")),
            ({"isRemote": False}, NOT_SHOWN),
            ({"workLocation": {"city": "Oslo"}}, NOT_SHOWN),
        ],
    )
    def test_a_location_is_a_place_or_remote(self, row: dict[str, Any], location: Named) -> None:
        assert read(**row).facts.location == location

    def test_the_country_is_that_of_the_work_location(self) -> None:
        assert read(workLocation={"country": "NO"}).facts.country == Known("NO")
        assert read(workLocation=None).facts.country is UNKNOWN


class TestEmploymentTypes:
    @pytest.mark.parametrize(
        ("word", "kind", "period", "amount"),
        [
            ("SALARIED_FT", "EMPLOYEE", "SALARIED", "FULL-TIME"),
            ("SALARIED_PT", "EMPLOYEE", "SALARIED", "PART-TIME"),
            ("HOURLY_FT", "EMPLOYEE", "HOURLY", "FULL-TIME"),
            ("HOURLY_PT", "EMPLOYEE", "HOURLY", "PART-TIME"),
            ("TEMP", "EMPLOYEE", None, "TEMPORARY"),
            ("CONTRACTOR", "CONTRACTOR", None, None),
        ],
    )
    def test_each_word_says_kind_period_and_amount(
        self, word: str, kind: str | None, period: str | None, amount: str | None
    ) -> None:
        found = read(employmentType=word).facts.employment_type

        assert found == EmploymentType.of(word, kind, period, amount)

    def test_a_word_that_is_new_says_nothing_of_kind_period_and_amount(self) -> None:
        found = read(employmentType="INTERN").facts.employment_type

        assert found == replace(HIDDEN_TYPE, named=Named(name="INTERN"))

    @pytest.mark.parametrize(
        ("row", "period"),
        [
            ({"compensation": {"salaryUnit": "HOUR", "salaryPerUnit": "214.50"}}, "HOURLY"),
            ({"compensation": {"salaryUnit": "YEAR", "annualSalary": "600000.00"}}, "SALARIED"),
            ({"compensation": {"salaryUnit": "MOON"}}, None),
            ({"companyEmploymentType": {"isHourly": True}}, "HOURLY"),
            ({"companyEmploymentType": {"isSalaried": True}}, "SALARIED"),
            ({"companyEmploymentType": {"isHourly": None}, "compensation": None}, None),
        ],
    )
    def test_how_a_temp_is_paid_is_told_by_the_type_or_by_the_unit_of_pay(
        self, row: dict[str, Any], period: str | None
    ) -> None:
        assert read(employmentType="TEMP", **row).facts.employment_type.period == fact(period)

    def test_a_contractor_paid_by_the_hour_is_not_called_hourly(self) -> None:
        pay = {"salaryUnit": "HOUR"}

        found = read(employmentType="CONTRACTOR", compensation=pay).facts.employment_type

        assert found.period is EMPTY

    def test_the_companys_own_label_is_preferred(self) -> None:
        own = {"label": "Salaried, full-time"}

        found = read(employmentType="SALARIED_FT", companyEmploymentType=own)

        assert found.facts.employment_type.named.name == "Salaried, full-time"

    def test_pay_itself_is_nowhere_in_a_worker(self) -> None:
        pay = {"salaryUnit": "YEAR", "annualSalary": "612345.00", "currency": "NOK"}

        worker = read(employmentType="SALARIED_FT", compensation=pay)

        assert worker == read(employmentType="SALARIED_FT")
        assert "612345" not in repr(worker.facts)

    @pytest.mark.parametrize(
        ("pay", "expected"),
        [
            (
                {"annualSalary": "612345.50", "currency": "NOK"},
                Known(Pay(Decimal("612345.5"), "NOK")),
            ),
            ({"annualSalary": 612345, "currency": "nok"}, Known(Pay(Decimal(612345), "NOK"))),
            ({"annualSalary": "612345.00"}, UNKNOWN),
            ({"annualSalary": "", "currency": "NOK"}, UNKNOWN),
            ({"salaryPerUnit": "214.50", "salaryUnit": "HOUR", "currency": "NOK"}, UNKNOWN),
            (None, UNKNOWN),
        ],
    )
    def test_the_yearly_pay_is_read_where_it_is_wanted(self, pay: Any, expected: Fact[Pay]) -> None:
        row = {"id": "r1", "compensation": pay}

        worker = worker_of_employee(row, register({}), register({}), with_pay=True)

        assert worker is not None
        assert worker.pay == expected


class TestCustomFields:
    def test_the_titles_that_are_asked_for_are_kept(self) -> None:
        given = {"Cost centre": 200, "Empty": None, "Odd": {"x": 1}, "Shoe size": "43"}

        facts = read(frozenset({"Cost centre", "Empty"}), customFields=given).facts

        assert facts.custom_fields == Known({"Cost centre": "200"})

    def test_one_that_cannot_be_read_is_not_an_empty_one(self) -> None:
        given = {"Cost centre": 200, "Odd": {"x": 1}}

        facts = read(frozenset({"Cost centre", "Odd"}), customFields=given).facts

        assert facts.custom_fields is UNKNOWN


class TestPersonal:
    def test_what_is_absent_is_unknown(self) -> None:
        assert read().personal == Personal()

    def test_what_is_null_is_empty(self) -> None:
        names = ("firstName", "lastName", "workEmail", "personalEmail", "phone", "address")

        personal = read(**dict.fromkeys(names)).personal

        assert personal == Personal("", None, "", "", "", None, "", Address())

    def test_a_number_is_read_under_either_name(self) -> None:
        assert read(phoneNumber="+47 000").personal.mobile_phone == "+47 000"
        assert read(phone=None, phoneNumber="+47 000").personal.mobile_phone == "+47 000"

    def test_an_address_keeps_both_of_its_lines(self) -> None:
        home = {
            "streetLine1": "Prøvegata 1", "streetLine2": "H0201", "zip": "5003", "city": "Bergen",
            "country": "NO", "state": None,
        }  # fmt: skip

        found = read(address=home).personal.address

        assert found == Address("Prøvegata 1\nH0201", "5003", "Bergen", "NO")


class TestLists:
    def test_departments_and_locations_have_an_id_and_a_name(self) -> None:
        assert department_in_list({"id": "d1", "name": "Sales", "parent": "d1"}) == Named(
            "d1", "Sales"
        )
        assert location_in_list({"id": "l1", "nickname": "Oslo"}) == Named("l1", "Oslo")
        assert location_in_list({"id": "l1", "nickname": None}) == Named("l1")

    @pytest.mark.parametrize("row", [None, 7, {}, {"name": "Sales"}])
    def test_what_has_no_id_is_nothing(self, row: Any) -> None:
        assert (department_in_list(row), location_in_list(row)) == (None, None)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(FIELDS)), json_values))
def test_no_row_whatever_it_holds_brings_the_reading_down(fields: dict[str, Any]) -> None:
    worker = worker_of_employee({"id": "r1", **fields}, register(DEPARTMENTS), register(LOCATIONS))

    assert worker is not None
    assert Facts.from_json(worker.facts.to_json()).status is worker.facts.status
    assert fingerprint(worker, KEY)
