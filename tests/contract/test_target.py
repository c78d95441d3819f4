"""What every `Target` promises, whatever it writes to.

Faults are in `test_target_faults.py`; what is particular to an implementation is in `tests/unit`.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from connector.domain.catalogue import EVERY_PART, Department, EmployeeKey, Part
from connector.domain.employees import FIELDS, PERSONAL_FIELDS
from connector.domain.errors import (
    ConfigurationError,
    ConflictError,
    RefusedError,
)
from tests.contract.targets import IDENTITY, KARI, TARGETS, Books, open_books


@pytest.fixture(params=TARGETS)
def books(request: pytest.FixtureRequest) -> Iterator[Books]:
    with open_books(request.param) as books:
        yield books


class TestReading:
    def test_an_employee_is_read_with_every_field(self, books: Books) -> None:
        books.create()

        employee = books.target.read("1001")

        assert employee is not None
        assert (employee.code, employee.fields) == ("1001", KARI)
        assert employee.employee_id == books.visma.employee("1001")["employeeId"]
        assert employee.etag

    def test_what_visma_does_not_show_is_empty(self, books: Books) -> None:
        books.visma.add_employee("1001")

        fields = books.fields()

        assert set(fields) == set(FIELDS)
        assert fields["contact.phone1"] == fields["address.country"] == ""

    @pytest.mark.parametrize("status", [404, 400])
    def test_nobody_has_a_code_that_visma_does_not_know(self, books: Books, status: int) -> None:
        books.visma.missing_status = status

        assert books.target.read("9999") is None

    def test_a_code_is_found_without_regard_to_its_case(self, books: Books) -> None:
        books.create("AB-1")

        employee = books.target.read("ab-1")

        assert employee is not None
        assert employee.code == "AB-1"

    @pytest.mark.parametrize("code", ["A B", "Å1", "10%41", "A+B", "A?B", "A#1", "A&B", "..A"])
    def test_a_code_may_have_any_character(self, books: Books, code: str) -> None:
        written = books.create(code)
        books.update(code, contact__phone1="1")

        assert written.code == code
        assert books.fields(code)["contact.phone1"] == "1"

    def test_an_employee_on_hold_is_read_as_such(self, books: Books) -> None:
        books.visma.add_employee("1001", status="OnHold")

        assert books.fields()["status"] == "OnHold"

    def test_what_an_employee_shows_of_itself_has_no_personal_data(self, books: Books) -> None:
        books.create()

        shown = repr(books.target.read("1001"))

        assert not [path for path in PERSONAL_FIELDS if KARI[path] in shown and KARI[path] != "NO"]


class TestCreating:
    def test_a_created_employee_has_the_code_that_was_asked_for(self, books: Books) -> None:
        written = books.create("1001")

        assert written.code == "1001"
        assert books.fields() == KARI

    def test_what_is_empty_is_not_sent(self, books: Books) -> None:
        empty = {path: "" for path in KARI if path.startswith(("address.", "contact.p"))}
        books.create(**{**empty, "contact.middle_name": " "})

        body = books.visma.calls("POST", "/v1/employee")[0].body
        assert "address" not in body
        assert set(body["contact"]) == {"firstName", "lastName", "email"}

    def test_a_code_that_is_taken_is_refused(self, books: Books) -> None:
        books.create()

        with pytest.raises(RefusedError, match="create employee 1001 in norway") as caught:
            books.create()

        assert (caught.value.status, caught.value.field) == (
            books.visma.on_duplicate,
            "employee_code",
        )
        assert caught.value.reference


class TestRefusals:
    @pytest.mark.parametrize(
        ("path", "value"),
        [
            ("department", "NOPE"),
            ("branch", "99"),
            ("employee_class", "NOPE"),
            ("calendar", "NOPE"),
            ("address.country", "XX"),
            ("contact.last_name", ""),
            ("contact.email", ""),
        ],
    )
    def test_what_visma_refuses_is_named_by_its_field(
        self, books: Books, path: str, value: str
    ) -> None:
        books.create("1")
        with pytest.raises(RefusedError) as caught:
            books.update("1", **{path.replace(".", "__"): value})

        assert caught.value.field == path
        assert path in str(caught.value)

    def test_an_employee_that_is_not_there_cannot_be_updated(self, books: Books) -> None:
        with pytest.raises(RefusedError, match="none with this code") as caught:
            books.update("9999", status="Inactive")

        assert caught.value.status == 404


class TestUpdating:
    def test_only_what_is_given_changes(self, books: Books) -> None:
        books.create()

        books.update(department="SALES", contact__phone1="+47 000 00003")

        changed = {"department": "SALES", "contact.phone1": "+47 000 00003"}
        assert books.fields() == {**KARI, **changed}

    def test_the_identity_is_always_sent_along(self, books: Books) -> None:
        books.visma.require_contact_members = True
        books.create()

        books.update(status="Inactive")

        assert books.fields() == {**KARI, "status": "Inactive"}

    def test_a_hold_can_be_put_on_and_taken_off(self, books: Books) -> None:
        books.create()

        books.update(status="OnHold")
        on_hold = books.fields()["status"]
        books.update(status="Active")

        assert (on_hold, books.fields()["status"]) == ("OnHold", "Active")


class TestFields:
    @pytest.mark.parametrize("path", [path for path in KARI if path not in IDENTITY])
    def test_every_field_can_be_changed(self, books: Books, path: str) -> None:
        others = {
            "status": "Inactive",
            "department": "SALES",
            "branch": "2",
            "employee_class": "HOURLY",
            "calendar": "SWEDEN",
            "address.country": "SE",
        }
        value = others.get(path, "another")
        books.create()

        books.update(**{path.replace(".", "__"): value})

        assert books.fields() == {**KARI, path: value}

    @pytest.mark.parametrize("path", IDENTITY)
    def test_last_name_and_email_can_be_changed(self, books: Books, path: str) -> None:
        books.create()

        books.update(**{path.replace(".", "__"): "other@example.no"})

        assert books.fields() == {**KARI, path: "other@example.no"}

    @pytest.mark.parametrize("path", [path for path in PERSONAL_FIELDS if path not in IDENTITY])
    def test_a_field_can_be_cleared(self, books: Books, path: str) -> None:
        books.create()

        books.update(**{path.replace(".", "__"): ""})

        assert books.fields() == {**KARI, path: ""}


class TestVersions:
    def test_the_version_after_a_create_is_good_for_the_next_update(self, books: Books) -> None:
        written = books.create()

        assert books.update(etag=written.etag, contact__phone1="1").code == "1001"

    def test_without_a_known_version_an_update_is_unconditional(self, books: Books) -> None:
        books.create()
        books.visma.edit_employee("1001", department="IT")

        books.update(etag=None, department="SALES")

        assert books.fields()["department"] == "SALES"

    def test_the_version_of_a_listed_employee_is_good_for_an_update(self, books: Books) -> None:
        books.create()
        listed = next(one for one in books.target.employees() if one.code == "1001")

        books.update(etag=listed.etag, contact__phone1="1")

        assert listed.fields == KARI
        assert books.fields()["contact.phone1"] == "1"


class TestConflicts:
    def test_what_somebody_else_changed_is_not_written_over(self, books: Books) -> None:
        books.create()
        employee = books.target.read("1001")
        assert employee is not None
        books.visma.edit_employee("1001", department="IT")

        with pytest.raises(ConflictError, match="employee 1001 in norway"):
            books.update(etag=employee.etag, department="SALES")

        assert books.fields()["department"] == "IT"


class TestCatalogue:
    def test_every_part_is_one_call(self, books: Books) -> None:
        books.target.catalogue(EVERY_PART, 1)

        assert len(books.erp_calls()) == 4

    @pytest.mark.parametrize("part", [Part.BRANCHES, Part.COST_CENTRES, Part.EMPLOYEE_KEY])
    def test_one_part_is_read_alone(self, books: Books, part: Part) -> None:
        assert set(books.target.catalogue([part], 1)) == {part}
        assert len(books.erp_calls()) == 1

    def test_departments_alone_need_the_lengths_of_the_segments_once(self, books: Books) -> None:
        first = books.target.catalogue([Part.DEPARTMENTS], 1)
        second = books.target.catalogue([Part.DEPARTMENTS], 1)

        assert first == second
        assert first[Part.DEPARTMENTS]["PROD"].cost_centre == "200"
        assert len(books.erp_calls()) == 3

    def test_a_department_knows_its_cost_centre(self, books: Books) -> None:
        books.visma.add_department("NEW", "New", None)
        found = books.target.catalogue(EVERY_PART, 1)[Part.DEPARTMENTS]

        assert found["PROD"] == Department("PROD", "Production", "200", "5010")
        assert found["NEW"] == Department("NEW", "New", None, "5010")

    def test_a_closed_branch_is_there_but_not_active(self, books: Books) -> None:
        books.visma.set_branch_active("2", False)

        branches = books.target.catalogue([Part.BRANCHES], 1)[Part.BRANCHES]

        assert branches == {"1": True, "2": False, "3": True}

    def test_a_closed_cost_centre_is_there_but_not_active(self, books: Books) -> None:
        books.visma.set_cost_centre_active("310", False)

        centres = books.target.catalogue([Part.COST_CENTRES], 1)[Part.COST_CENTRES]

        assert (centres["200"], centres["310"]) == (True, False)
        assert "999" not in centres

    @pytest.mark.parametrize("part", [Part.COST_CENTRES, Part.DEPARTMENTS])
    def test_a_segment_that_does_not_exist_names_the_ones_that_do(
        self, books: Books, part: Part
    ) -> None:
        with pytest.raises(ConfigurationError, match=r"segment 7; it has 1 \(.*\), 2 \(.*\)"):
            books.target.catalogue([part], 7)


class TestEmployees:
    @pytest.mark.parametrize("page_size", [1, 7, 12, 1000])
    def test_every_employee_is_read_once_whatever_the_page_size(
        self, books: Books, page_size: int
    ) -> None:
        codes = [str(1000 + number) for number in range(12)]
        for code in codes:
            books.visma.add_employee(code)
        books.visma.max_page_size = page_size

        found = [employee.code for employee in books.target.employees()]

        assert found == codes

    def test_a_company_without_employees_is_one_call(self, books: Books) -> None:
        assert list(books.target.employees()) == []
        assert len(books.erp_calls()) == 1


class TestProbing:
    def test_a_sign_in_is_made_anew_and_lacks_nothing(self, books: Books) -> None:
        books.target.read("1")
        before = len(books.visma.calls("POST", "/connect/token"))

        assert books.target.sign_in() == ()
        assert len(books.visma.calls("POST", "/connect/token")) == before + 1

    def test_a_right_that_was_not_given_is_named(self, books: Books) -> None:
        books.visma.unapproved = {"norway": {"create", "update"}}

        assert books.target.sign_in() == ("create", "update")

    def test_where_nobody_names_the_rights_none_is_missing(self, books: Books) -> None:
        books.visma.unapproved = {"norway": {"create"}}
        books.visma.names_scopes = False

        assert books.target.sign_in() == ()

    def test_a_sign_in_that_is_refused_says_so(self, books: Books) -> None:
        books.visma.companies["norway"].tenant_id = "another"

        with pytest.raises(ConfigurationError, match="norway"):
            books.target.sign_in()

    def test_segments_come_by_number_with_their_names(self, books: Books) -> None:
        dimension = books.visma.companies["norway"].dimensions["SUBACCOUNT"]

        assert books.target.segments() == {
            number: segment.description for number, segment in dimension.segments.items()
        }

    def test_without_a_segment_departments_come_in_one_call_without_cost_centres(
        self, books: Books
    ) -> None:
        books.visma.clear_journal()

        found = books.target.catalogue((Part.DEPARTMENTS, Part.COST_CENTRES), None)

        assert {one.cost_centre for one in found[Part.DEPARTMENTS].values()} == {None}
        assert found[Part.COST_CENTRES] == {}
        assert books.erp_calls("GET") == ["GET /v1/department"]

    def test_a_sample_tells_of_the_company_and_of_nobody(self, books: Books) -> None:
        books.create("1001")
        books.create("1002", employee_class="HOURLY")

        sample = books.target.sample()

        assert (sample.shown, sample.count) == (2, 2)
        assert sorted(sample.classes) == ["HOURLY", "STAFF"]
        assert sorted(sample.calendars) == ["NORWAY"]
        assert sample.calls_limit == books.visma.calls_per_hour
        assert 0 < (sample.calls_left or 0) < books.visma.calls_per_hour
        assert [each.code for each in sample.employees] == ["1001", "1002"]
        assert sample.first == sample.employees[0]
        assert "Kari" not in repr(sample)

    def test_a_sample_of_nobody_has_no_count(self, books: Books) -> None:
        sample = books.target.sample()

        assert (sample.shown, sample.count, sample.classes) == (0, None, frozenset())
        assert (sample.employees, sample.first) == ((), None)


class TestPublishedDialect:
    """What is promised of the published dialect alone, the price of each call above all.

    What no dialect can change is in the other classes, which `test_target_dialects.py` repeats.
    """

    def test_a_create_is_one_call(self, books: Books) -> None:
        books.create()

        assert books.erp_calls() == ["POST /v1/employee"]

    def test_an_update_is_one_call_and_gives_the_next_version(self, books: Books) -> None:
        first = books.create()
        second = books.update(etag=first.etag, contact__phone1="1")
        books.update(etag=second.etag, contact__phone1="2")

        assert books.erp_calls() == ["POST /v1/employee", *["PUT /v1/employee/1001"] * 2]

    def test_one_page_of_employees_is_one_call(self, books: Books) -> None:
        books.visma.add_employee("1001")

        assert len(list(books.target.employees())) == 1
        assert len(books.erp_calls()) == 1

    def test_the_employee_key_tells_its_length_and_numbering(self, books: Books) -> None:
        by_hand = books.target.catalogue([Part.EMPLOYEE_KEY], 1)[Part.EMPLOYEE_KEY]
        books.visma.company().dimensions["EMPLOYEE"].segments[1].is_auto_number = True
        by_itself = books.target.catalogue([Part.EMPLOYEE_KEY], 1)[Part.EMPLOYEE_KEY]

        assert (by_hand, by_itself) == (EmployeeKey(10, False), EmployeeKey(10, True))
