"""What every `Source` promises, whatever API of Rippling it reads.

Faults are in `test_source_faults.py`; what is particular to an implementation is in `tests/unit`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, Literal

import pytest

from connector.domain.checks import Level
from connector.domain.errors import (
    RetryableError,
)
from connector.domain.facts import EMPTY, UNKNOWN, Known, Named, shown
from connector.domain.people import Address, EmploymentStatus, Pay
from tests.contract.sources import (
    FOUNDED,
    INCREMENTAL,
    SOURCES,
    TOKEN,
    Staff,
    ids,
    read_by,
    small_company,
    workers,
)
from tests.simulator import nordfab_rippling

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.fixture(params=SOURCES)
def staff(request: pytest.FixtureRequest) -> Iterator[Staff]:
    with read_by(request.param, small_company()) as staff:
        yield staff


@pytest.fixture(params=INCREMENTAL)
def incremental(request: pytest.FixtureRequest) -> Iterator[Staff]:
    with read_by(request.param, small_company()) as staff:
        yield staff


@pytest.fixture(params=SOURCES)
def nordfab(request: pytest.FixtureRequest) -> Iterator[Staff]:
    with read_by(request.param, nordfab_rippling()) as staff:
        yield staff


def with_a_row_that_is_none(path: str, content: Any) -> Any:
    """What is answered at a path, with something in the list of workers that is no worker."""
    if path == "/workers/":
        content["results"].insert(0, None)
    return content


class TestWalks:
    def test_everyone_is_read_once(self, nordfab: Staff) -> None:
        found = ids(nordfab.source.everyone())

        assert sorted(found) == sorted(worker["id"] for worker in nordfab.rippling.workers())
        assert len(set(found)) == 240

    def test_the_people_of_every_page_are_shown_whole(self, nordfab: Staff) -> None:
        everyone = nordfab.everyone()

        assert all(worker.personal.family_name for worker in everyone)
        assert all(worker.facts.department.name for worker in everyone)

    def test_the_changes_of_several_pages_are_all_of_the_changes(self, nordfab: Staff) -> None:
        rows = list(nordfab.rippling.tables["workers"])
        cutoff = sorted(row["updated_at"] for row in rows)[60]
        late = [row for row in rows if row["updated_at"] >= cutoff]

        found = ids(nordfab.source.changed_since(cutoff))

        assert {row["id"] for row in late} <= set(found)
        assert len(found) == (len(late) if nordfab.source.reads_increments else 240)
        assert 100 < len(late) < 240

    def test_people_of_every_status_are_among_everyone(self, nordfab: Staff) -> None:
        statuses = {worker.facts.status for worker in nordfab.everyone()}

        assert statuses == {EmploymentStatus.ACTIVE, EmploymentStatus.TERMINATED}

    def test_the_last_page_says_that_it_is_the_last(self, nordfab: Staff) -> None:
        *before, last = [page.next_page_token for page in nordfab.source.everyone()]

        assert last is None
        assert all(before)

    def test_nobody_at_all_is_one_empty_page(self, staff: Staff) -> None:
        (page,) = staff.source.everyone()

        assert (list(page.workers), page.next_page_token) == ([], None)

    def test_departments_are_read_over_all_pages(self, staff: Staff) -> None:
        for number in range(120):
            staff.rippling.add_department(f"Team {number}", f"T{number}")

        found = {one.name: one.code for one in staff.source.departments()}

        assert len(found) == 121
        is_coded = "department_code" not in staff.lacks
        assert (found["Production"], found["Team 119"]) == (
            ("PRD", "T119") if is_coded else (None, None)
        )

    def test_locations_are_read_with_id_and_name(self, staff: Staff) -> None:
        (place,) = staff.rippling.rows("work-locations")

        assert staff.source.locations() == [Named(place["id"], "Bergen")]


class TestResumedWalks:
    def test_a_walk_cut_short_goes_on_where_it_stopped(self, nordfab: Staff) -> None:
        walk = nordfab.source.everyone()
        first = next(walk)
        rest_of_it = ids(nordfab.source.everyone(first.next_page_token))

        assert len(rest_of_it) == 140
        assert not {worker.id for worker in first.workers} & set(rest_of_it)

    def test_a_walk_of_changes_goes_on_where_it_stopped(self, nordfab: Staff) -> None:
        all_of_it = ids(nordfab.source.changed_since(FOUNDED - timedelta(days=3000)))
        first = next(nordfab.source.changed_since(FOUNDED - timedelta(days=3000)))
        rest_of_it = ids(nordfab.source.changed_since(FOUNDED, first.next_page_token))

        assert [worker.id for worker in first.workers] + rest_of_it == all_of_it

    def test_a_position_that_is_forged_is_a_fault_that_passes(self, nordfab: Staff) -> None:
        page_token = next(nordfab.source.everyone()).next_page_token or ""

        before, cursor, after = page_token.partition("cursor=")
        with pytest.raises(RetryableError):
            list(nordfab.source.everyone(f"{before}{cursor}x{after}"))


class TestChanges:
    def test_a_change_at_the_very_cutoff_is_among_the_changes(self, incremental: Staff) -> None:
        cutoff = datetime(2026, 3, 1, 12, 0, 0, 250_001, tzinfo=UTC)
        incremental.hire(at=cutoff - timedelta(minutes=2))
        there = incremental.hire(at=cutoff)
        later = incremental.hire(at=cutoff + timedelta(days=1))

        assert ids(incremental.source.changed_since(cutoff)) == [there["id"], later["id"]]

    def test_a_cutoff_in_another_zone_means_the_same_moment(self, incremental: Staff) -> None:
        zone = datetime.fromisoformat("2026-03-01T12:00:00+02:00")
        incremental.hire(at="2026-03-01T09:57:59")
        there = incremental.hire(at="2026-03-01T10:00:00")

        assert ids(incremental.source.changed_since(zone)) == [there["id"]]

    def test_changes_come_oldest_first_with_their_moment(self, incremental: Staff) -> None:
        late = incremental.hire(at="2026-03-02T10:00:00.5")
        early = incremental.hire(at="2026-03-01T10:00:00")

        found = workers(incremental.source.changed_since(FOUNDED))

        assert [worker.id for worker in found] == [early["id"], late["id"]]
        assert [worker.updated_at for worker in found] == [
            datetime(2026, 3, 1, 10, tzinfo=UTC),
            datetime(2026, 3, 2, 10, 0, 0, 500_000, tzinfo=UTC),
        ]

    def test_the_other_form_of_a_time_stamp_is_read_as_well(self, staff: Staff) -> None:
        staff.api.time_format = "compact"
        staff.hire(at="2026-03-01T10:00:00")

        assert staff.only().updated_at == datetime(2026, 3, 1, 10, tzinfo=UTC)


class TestOnePerson:
    def test_the_person_behind_a_worker_is_found(self, staff: Staff) -> None:
        worker = staff.hire()

        assert staff.source.person_of(worker["id"]) == worker["user_id"]

    @pytest.mark.parametrize("worker_id", ["0" * 24, "", "../users", "a'b", "a b", "x" * 129])
    def test_nobody_is_behind_an_id_that_rippling_does_not_know(
        self, staff: Staff, worker_id: str
    ) -> None:
        staff.hire()

        assert staff.source.person_of(worker_id) is None

    def test_every_employment_of_a_person_is_read(self, nordfab: Staff) -> None:
        first = nordfab.rippling.numbered(1001)
        nordfab.rippling.terminate(first["id"], "2024-05-31")
        second = nordfab.rippling.rehire(first["user_id"], "2025-02-01")

        found = nordfab.source.employments(second["id"], first["user_id"], [first["id"]])

        assert sorted(worker.id for worker in found) == sorted([first["id"], second["id"]])
        assert {worker.person_id for worker in found} == {first["user_id"]}

    def test_a_person_whom_rippling_does_not_show_has_no_employment(self, staff: Staff) -> None:
        staff.hire()

        assert staff.source.employments("0" * 24, "f" * 24) == []

    def test_an_ignored_filter_shows_nobody_else(self, nordfab: Staff) -> None:
        person = nordfab.rippling.numbered(1002)
        nordfab.rippling.ignore_filter = {"user_id"}

        (found,) = nordfab.source.employments(person["id"], person["user_id"])

        assert found.id == person["id"]

    def test_an_ignored_filter_still_shows_the_known_employments(self, nordfab: Staff) -> None:
        first = nordfab.rippling.numbered(1001)
        nordfab.rippling.terminate(first["id"], "2024-05-31")
        second = nordfab.rippling.rehire(first["user_id"], "2025-02-01")
        stranger = nordfab.rippling.numbered(1002)
        nordfab.rippling.ignore_filter = {"user_id"}
        known = [first["id"], "0" * 24, stranger["id"]]

        found = nordfab.source.employments(second["id"], first["user_id"], known)

        assert [worker.id for worker in found] == [second["id"], first["id"]]

    def test_a_stale_page_of_other_people_is_seen_through(self, nordfab: Staff) -> None:
        person = nordfab.rippling.numbered(1200)
        nordfab.rippling.faults.stale_page(times=1, path="/workers/")

        (found,) = nordfab.source.employments(person["id"], person["user_id"])

        assert found.id == person["id"]

    def test_what_was_written_a_moment_ago_is_read(self, staff: Staff) -> None:
        worker = staff.hire()
        staff.source.employments(worker["id"], worker["user_id"])
        staff.rippling.change_user(worker["user_id"], family_name="Nymann")

        (found,) = staff.source.employments(worker["id"], worker["user_id"])

        assert found.personal.family_name == "Nymann"


class TestFacts:
    def test_the_business_facts_of_a_worker_are_read(self, staff: Staff) -> None:
        staff.hire(number=1042, start_date="2026-02-01", title="Operator")
        (department,) = staff.rippling.rows("departments")
        (place,) = staff.rippling.rows("work-locations")

        worker = staff.only()

        assert worker.title == "Operator"
        facts = worker.facts
        assert (facts.number, facts.country) == (Known("1042"), Known("NO"))
        assert facts.start_date == Known(date(2026, 2, 1))
        code = None if "department_code" in staff.lacks else "PRD"
        assert facts.department == Named(department["id"], "Production", code)
        assert facts.location == Named(place["id"], "Bergen")
        kind = facts.employment_type
        is_shown = "own_employment_type" not in staff.lacks
        assert kind.named.name == ("Salaried" if is_shown else "SALARIED_FT")
        assert (kind.kind, kind.period, kind.amount) == (
            Known("EMPLOYEE"),
            Known("SALARIED"),
            Known("FULL-TIME"),
        )

    def test_the_end_of_an_employment_is_read(self, staff: Staff) -> None:
        worker = staff.hire(start_date="2025-02-01")
        staff.rippling.terminate(worker["id"], "2026-03-31", "RETIREMENT")

        facts = staff.only().facts

        assert facts.status is EmploymentStatus.TERMINATED
        assert facts.end_date == Known(date(2026, 3, 31))

    @pytest.mark.parametrize("word", ["DEATH", "INVOLUNTARY", "VOLUNTARY", "RETIREMENT"])
    def test_how_an_employment_ended_is_not_even_read(self, staff: Staff, word: str) -> None:
        worker = staff.hire(number=1042, start_date="2025-02-01")
        staff.rippling.terminate(worker["id"], "2026-03-31", word)

        facts = staff.only().facts

        assert facts.status is EmploymentStatus.TERMINATED
        assert facts.termination_type is EMPTY
        assert word not in repr(facts)

    def test_who_works_from_home_is_at_a_place_called_remote(self, staff: Staff) -> None:
        worker = staff.hire()
        staff.rippling.relocate(worker["id"], "REMOTE")

        assert staff.only().facts.location == Named(name="Remote")

    def test_the_custom_field_that_is_asked_for_is_read(self, staff: Staff) -> None:
        worker = staff.hire()
        staff.rippling.add_custom_field("Shoe size")
        staff.rippling.set_custom_field(worker["id"], "Cost centre", "200")
        staff.rippling.set_custom_field(worker["id"], "Shoe size", "43")

        assert staff.only().facts.custom_fields == Known({"Cost centre": "200"})

    def test_a_status_that_nobody_knows_yet_is_unknown(self, staff: Staff) -> None:
        worker = staff.hire()
        staff.rippling.change(worker["id"], status="SABBATICAL")

        assert staff.only().facts.status is EmploymentStatus.UNKNOWN

    def test_the_personal_side_of_a_worker_is_read(self, staff: Staff) -> None:
        staff.hire(
            person={
                "given_name": "Kari",
                "middle_name": None,
                "family_name": "Testmann",
                "work_email": "kari@example.no",
                "personal_email": "kari@example.org",
                "work_phone": "+47 000 00001",
                "mobile": "+47 000 00002",
                "street": "Prøvegata 1",
                "postal_code": "5003",
                "city": "Bergen",
                "country": "NO",
            }
        )

        personal = staff.only().personal

        assert (personal.given_name, personal.family_name) == ("Kari", "Testmann")
        assert personal.middle_name == (None if "middle_name" in staff.lacks else "")
        assert (personal.work_email, personal.personal_email) == (
            "kari@example.no",
            "kari@example.org",
        )
        at_work = None if "work_phone" in staff.lacks else "+47 000 00001"
        assert (personal.work_phone, personal.mobile_phone) == (at_work, "+47 000 00002")
        assert personal.address == Address("Prøvegata 1", "5003", "Bergen", "NO")

    def test_a_withheld_person_is_unknown_and_not_empty(self, staff: Staff) -> None:
        staff.hire()
        staff.hide_personal()

        personal = staff.only().personal

        assert (personal.given_name, personal.family_name, personal.address) == (None, None, None)
        assert (personal.work_phone, personal.mobile_phone) == (None, None)
        assert (personal.work_email, personal.personal_email) == (None, None)

    def test_a_removed_phone_number_is_empty_and_not_unknown(self, staff: Staff) -> None:
        staff.hire(person={"work_phone": None, "mobile": None})

        personal = staff.only().personal

        at_work = None if "work_phone" in staff.lacks else ""
        mobile = None if "empty_members" in staff.lacks else ""
        assert (personal.work_phone, personal.mobile_phone) == (at_work, mobile)

    def test_what_a_worker_shows_of_itself_has_no_personal_data(self, staff: Staff) -> None:
        staff.hire(person={"given_name": "Kari", "family_name": "Testmann"})

        worker = staff.only()

        assert worker.personal.family_name == "Testmann"
        assert "Testmann" not in repr(worker)


class TestPay:
    @pytest.fixture(params=SOURCES)
    def paid(self, request: pytest.FixtureRequest) -> Iterator[Staff]:
        with read_by(request.param, small_company(), pay=True) as staff:
            yield staff

    def test_the_yearly_pay_is_read_where_it_is_wanted(self, paid: Staff) -> None:
        worker = paid.hire(
            annual_salary=731_529.25, currency="SEK", salary_effective_date="2026-02-01"
        )
        effective_on = None if "day_of_pay" in paid.lacks else date(2026, 2, 1)
        expected = Pay(Decimal("731529.25"), "SEK", effective_on)

        assert paid.only().pay == Known(expected)
        (one,) = paid.source.employments(worker["id"], worker["user_id"])
        assert one.pay == Known(expected)

    def test_the_yearly_pay_of_somebody_paid_by_the_hour_is_read(self, paid: Staff) -> None:
        paid.hire(hourly_wage=250)

        pay = shown(paid.only().pay)

        assert pay is not None
        assert pay.amount == 250 * 2080

    def test_pay_is_not_read_where_nobody_wants_it(self, staff: Staff) -> None:
        staff.hire(annual_salary=731_529)

        assert staff.only().pay is UNKNOWN

    def test_withheld_pay_is_unknown(self, paid: Staff) -> None:
        paid.hire(annual_salary=731_529)
        paid.hide_pay()

        worker = paid.only()

        assert worker.pay is UNKNOWN
        assert worker.facts.department.name == "Production"

    def test_a_new_pay_is_seen_by_the_next_reading(self, paid: Staff) -> None:
        worker = paid.hire(annual_salary=600_000)
        paid.rippling.change(worker["id"], annual_salary=650_000)

        pay = shown(paid.only().pay)

        assert pay is not None
        assert pay.amount == 650_000


class TestChecks:
    def test_every_check_of_a_source_in_order_is_good_or_worth_a_note(self, nordfab: Staff) -> None:
        checks = list(nordfab.source.checks(NOW, {"compensation", "custom_fields"}))

        assert checks[0].name == "sign_in"
        assert {check.level for check in checks} <= {Level.GOOD, Level.NOTE}
        assert len({check.name for check in checks}) == len(checks) >= 6
        assert all(check.message for check in checks)


class TestProbe:
    def test_a_token_that_is_turned_down_shuts_the_door(self, staff: Staff) -> None:
        staff.rippling.revoke_token(TOKEN)

        door, rest = staff.source.checks(NOW, ())

        assert (door.name, door.level) == ("sign_in", Level.BAD)
        assert (rest.name, rest.level) == ("not_checked", Level.UNKNOWN)

    @pytest.mark.parametrize(
        ("fault", "level"),
        [
            ((503, "json"), Level.UNKNOWN),
            ((429, "json"), Level.UNKNOWN),
            ((404, "html"), Level.BAD),
        ],
    )
    def test_nothing_that_stands_in_the_way_is_raised(
        self, staff: Staff, fault: tuple[int, Literal["json", "html"]], level: Level
    ) -> None:
        staff.api.faults.fail(*fault)

        door, rest = staff.source.checks(NOW, ())

        assert (door.level, rest.level) == (level, Level.UNKNOWN)

    def test_pay_is_looked_for_only_where_it_is_needed(self, staff: Staff) -> None:
        staff.hire()
        staff.hide_pay()

        without = {check.name: check.level for check in staff.source.checks(NOW, ())}
        needed = {check.name: check.level for check in staff.source.checks(NOW, {"compensation"})}

        assert (without["fields"], needed["fields"]) == (Level.GOOD, Level.WARNING)

    def test_what_hides_persons_is_bad_and_says_so_without_naming_one(self, staff: Staff) -> None:
        worker = staff.hire(person={"given_name": "Kanarifugl"})
        staff.hide_personal()

        checks = {check.name: check for check in staff.source.checks(NOW, ())}

        assert checks["fields"].level is Level.BAD
        assert not any(
            word in repr(checks) for word in ("Kanarifugl", worker["work_email"], worker["id"])
        )

    def test_a_company_without_anybody_is_no_defect(self, staff: Staff) -> None:
        levels = {check.name: check.level for check in staff.source.checks(NOW, ())}

        assert levels["fields"] is Level.NOTE
        assert set(levels.values()) <= {Level.GOOD, Level.NOTE}


class TestPublishedDialect:
    """What is promised of the published dialect alone: the price of a reading, and its sharpness.

    What no dialect can change is in the other classes, which `test_source_dialects.py` repeats.
    """

    def test_everyone_is_read_in_three_calls(self, nordfab: Staff) -> None:
        assert len(list(nordfab.source.everyone())) == 3
        assert nordfab.list_calls() == 3

    def test_a_cutoff_is_rounded_down_to_the_second_and_no_further(
        self, incremental: Staff
    ) -> None:
        """No caller has ever been seen to ask finer."""
        cutoff = datetime(2026, 3, 1, 12, 0, 0, 250_001, tzinfo=UTC)
        incremental.hire(at=cutoff.replace(microsecond=0) - timedelta(microseconds=1))
        there = incremental.hire(at=cutoff.replace(microsecond=0))

        assert ids(incremental.source.changed_since(cutoff)) == [there["id"]]

    def test_no_change_costs_one_call_where_changes_can_be_read(self, incremental: Staff) -> None:
        newest = incremental.hire(at="2026-01-01")

        found = ids(incremental.source.changed_since(datetime(2026, 1, 1, tzinfo=UTC)))

        assert (found, len(incremental.api.journal)) == ([newest["id"]], 1)

    def test_an_answer_without_even_the_newest_row_is_looked_into_once(
        self, incremental: Staff
    ) -> None:
        incremental.hire(at="2025-12-31")
        cutoff = datetime(2026, 1, 1, tzinfo=UTC)

        found = [workers(incremental.source.changed_since(cutoff)) for _ in range(3)]

        assert found == [[], [], []]
        # By either operator it is asked, and asked for the rows before; then everyone is read.
        # From then on the same question has to show the newest row that was there.
        assert len(incremental.api.journal) == (2 + 2 + 1) + 2 + 2

    def test_nothing_is_an_answer_where_the_same_question_shows_the_rows_before(
        self, incremental: Staff
    ) -> None:
        for _ in range(3):
            incremental.hire(at="2026-01-01")
        a_second_later = datetime(2026, 1, 1, 0, 0, 1, tzinfo=UTC)

        found = [workers(incremental.source.changed_since(a_second_later)) for _ in range(3)]

        assert found == [[], [], []]
        assert len(incremental.api.journal) == 3 * 2

    def test_a_filter_that_shows_nothing_at_all_is_never_believed(self, incremental: Staff) -> None:
        incremental.hire(at="2026-01-01")
        incremental.rippling.understands.dead.add("updated_at")
        a_second_later = datetime(2026, 1, 1, 0, 0, 1, tzinfo=UTC)
        assert workers(incremental.source.changed_since(a_second_later)) == []

        newer = incremental.hire(at="2026-01-02")

        assert ids(incremental.source.changed_since(a_second_later)) == [newer["id"]]

    def test_a_row_that_is_none_does_not_show_that_the_filter_is_honest(
        self, incremental: Staff
    ) -> None:
        incremental.hire(at="2026-01-01")
        incremental.rippling.understands.dead.add("updated_at")
        incremental.rippling.reshape = with_a_row_that_is_none

        newer = incremental.hire(at="2026-01-02")

        cutoff = datetime(2026, 1, 1, tzinfo=UTC)
        assert newer["id"] in ids(incremental.source.changed_since(cutoff))

    def test_where_changes_cannot_be_read_everybody_may_have_changed(self, nordfab: Staff) -> None:
        found = ids(nordfab.source.changed_since(datetime(2026, 1, 1, tzinfo=UTC)))

        assert len(found) == (0 if nordfab.source.reads_increments else 240)

    def test_the_employments_of_a_person_are_one_call_where_one_can_look_for_a_person(
        self, nordfab: Staff
    ) -> None:
        first = nordfab.rippling.numbered(1001)
        second = nordfab.rippling.rehire(first["user_id"], "2025-02-01")
        nordfab.api.clear_journal()

        nordfab.source.employments(second["id"], first["user_id"], [first["id"]])

        assert len(nordfab.api.journal) == (1 if nordfab.source.reads_increments else 2)


class TestRestApi:
    def test_what_only_the_rest_api_says_is_read_there(self, incremental: Staff) -> None:
        worker = incremental.hire(number=1042, start_date="2025-02-01")
        incremental.rippling.terminate(worker["id"], "2026-03-31", "RENEGE")
        (entity,) = incremental.rippling.rows("legal-entities")

        facts = incremental.only().facts

        assert (facts.person_number, facts.termination_type) == (
            Known("1042"),
            Known("RENEGE"),
        )
        assert facts.legal_entity == Named(entity["id"], "Nordfab AS")
