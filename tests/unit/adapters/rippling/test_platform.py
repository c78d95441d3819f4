"""What is particular to the Platform API: its requests, its shifting pages, its rights.

What every source promises is in `tests/contract/test_source.py`, how a row is read in
`test_rippling_platform_wire.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from connector.adapters.http.client import HttpClient
from connector.adapters.rippling.platform import RipplingPlatformSource
from connector.domain.errors import ConfigurationError, UpstreamUnavailableError
from connector.domain.facts import Named
from tests.simulator import Rippling, RipplingPlatform, nordfab_rippling
from tests.simulator.messages import Response, json_response
from tests.simulator.server import Server
from tests.unit.scripted import Scripted

LONG_AGO = datetime(2010, 1, 1, tzinfo=UTC)
EVERYONE = "/employees/include_terminated"


def source_of(server: Server, **settings: Any) -> RipplingPlatformSource:
    http = HttpClient(
        "Rippling",
        server.url,
        authorization=lambda _: "Bearer demo-rippling-token",
        sleep=lambda _: None,
    )
    return RipplingPlatformSource(http, **{"location_names": lambda *_: {}, **settings})


def lay(server: Scripted, answers: Mapping[str, list[Any]]) -> None:
    """Lays down what GET answers, by path; what is no response becomes the JSON of one."""
    server.answers = {
        f"GET {path}": [
            content if isinstance(content, Response) else json_response(200, content)
            for content in contents
        ]
        for path, contents in answers.items()
    }


def a_row(row_id: str = "r1", **fields: Any) -> dict[str, Any]:
    return {"id": row_id, "roleState": "ACTIVE", "employmentType": "SALARIED_FT", **fields}


def ids(source: RipplingPlatformSource, page_token: str | None = None) -> list[str]:
    return [worker.id for page in source.everyone(page_token) for worker in page.workers]


def offsets(server: Server) -> list[str]:
    return [call.query["offset"] for call in server.calls("GET", EVERYONE)]


@pytest.fixture
def scripted() -> Iterator[Scripted]:
    with Scripted() as server:
        yield server


@pytest.fixture
def nordfab() -> Rippling:
    return nordfab_rippling(people=30)


@pytest.fixture
def platform(nordfab: Rippling) -> Iterator[RipplingPlatform]:
    with RipplingPlatform(nordfab) as platform:
        yield platform
        assert [call.contract_errors for call in platform.journal if call.contract_errors] == []


class TestRequests:
    def test_everyone_is_asked_for_whatever_the_access_rules_hide(
        self, platform: RipplingPlatform, nordfab: Rippling
    ) -> None:
        platform.hidden = {nordfab.numbered(1001)["id"]}

        assert len(ids(source_of(platform))) == 30
        assert platform.journal[0].query == {
            "send_all_roles": "true",
            "limit": "100",
            "offset": "0",
        }

    def test_the_overlap_of_pages_costs_one_call_in_a_hundred(self, scripted: Scripted) -> None:
        pages = [[a_row(f"r{99 * page + row}") for row in range(100)] for page in range(101)]
        lay(scripted, {EVERYONE: [*pages, [a_row("r9999")]]})

        assert len(ids(source_of(scripted))) == 10_000
        assert len(scripted.journal) == 102

    def test_a_name_among_the_paths_of_the_api_is_nobodys_id(
        self, platform: RipplingPlatform
    ) -> None:
        assert source_of(platform).person_of("include_terminated") is None
        assert platform.journal == []

    def test_the_employments_of_a_person_are_read_one_by_one(
        self, platform: RipplingPlatform, nordfab: Rippling
    ) -> None:
        first = nordfab.numbered(1001)
        second = nordfab.rehire(first["user_id"], "2025-02-01")
        stranger = nordfab.numbered(1002)
        known = [first["id"], second["id"], "0" * 24, stranger["id"]]

        found = source_of(platform).employments(second["id"], first["user_id"], known)

        assert [worker.id for worker in found] == [second["id"], first["id"]]
        assert [call.status for call in platform.journal if "/employees/" in call.path] == [
            200, 200, 404, 200,
        ]  # fmt: skip

    def test_without_user_ids_a_role_is_found_under_its_own_id(
        self, platform: RipplingPlatform, nordfab: Rippling
    ) -> None:
        platform.withheld = {"userId"}
        worker = nordfab.numbered(1001)
        source = source_of(platform)

        assert source.person_of(worker["id"]) == worker["id"]
        (found,) = source.employments(worker["id"], worker["id"], [worker["id"]])
        assert (found.id, found.person_id) == (worker["id"], worker["id"])


class TestShiftingPages:
    def test_a_walk_that_nothing_disturbs_is_walked_once(self, platform: RipplingPlatform) -> None:
        assert len(set(ids(source_of(platform, page_size=10)))) == 30
        assert offsets(platform) == ["0", "9", "18", "27"]

    def test_a_row_that_slips_to_a_page_already_read_is_found_by_a_second_pass(
        self, platform: RipplingPlatform, nordfab: Rippling
    ) -> None:
        everyone = sorted(worker["id"] for worker in nordfab.workers())
        platform.between_pages.append(lambda: [nordfab.remove(each) for each in everyone[:3]])

        found = ids(source_of(platform, page_size=10))

        assert sorted(found) == everyone
        assert offsets(platform) == ["0", "9", "18", "0", "9", "18"]

    def test_rows_that_come_in_front_are_read_and_nobody_twice(
        self, platform: RipplingPlatform, nordfab: Rippling
    ) -> None:
        platform.between_pages.append(lambda: nordfab.hire(at=LONG_AGO))

        found = ids(source_of(platform, page_size=10))

        assert sorted(found) == sorted(worker["id"] for worker in nordfab.workers())

    def test_a_row_that_comes_at_the_end_shifts_nothing(
        self, platform: RipplingPlatform, nordfab: Rippling
    ) -> None:
        platform.between_pages.append(lambda: nordfab.hire(at="2026-01-01"))

        assert len(ids(source_of(platform, page_size=10))) == 31
        assert offsets(platform) == ["0", "9", "18", "27"]

    def test_rows_that_never_rest_are_walked_three_times(
        self, platform: RipplingPlatform, nordfab: Rippling
    ) -> None:
        platform.between_pages.extend([lambda: nordfab.hire(at=LONG_AGO)] * 50)

        found = ids(source_of(platform, page_size=10))

        assert len(found) == len(set(found))
        assert offsets(platform).count("0") == 3

    def test_two_passes_that_see_the_same_are_enough(self, scripted: Scripted) -> None:
        one, two = ([a_row(name) for name in names] for names in (("a", "b"), ("c",)))
        lay(scripted, {EVERYONE: [one, two, one, two]})

        assert ids(source_of(scripted, page_size=2)) == ["a", "b", "c"]
        assert offsets(scripted) == ["0", "1", "0", "1"]

    def test_a_walk_cut_short_before_its_second_pass_says_where_to_go_on(
        self, platform: RipplingPlatform, nordfab: Rippling
    ) -> None:
        platform.between_pages.append(lambda: nordfab.hire(at=LONG_AGO))

        positions = [page.next_page_token for page in source_of(platform, page_size=20).everyone()]

        assert positions == ["20", "0", "20", None]

    def test_departments_that_shift_are_read_again_as_well(self, scripted: Scripted) -> None:
        def rows(*names: str) -> list[dict[str, str]]:
            return [{"id": name, "name": name} for name in names]

        lay(
            scripted,
            {
                "/departments": [
                    rows("a", "b"),
                    rows("d"),
                    rows("b", "c"),
                    rows("c", "d"),
                    rows("d"),
                ]
            },
        )

        found = source_of(scripted, page_size=2).departments()

        assert {one.id for one in found} == {"a", "b", "c", "d"}


class TestOddPages:
    def test_a_list_that_comes_whole_is_taken_as_it_is(self, platform: RipplingPlatform) -> None:
        platform.ignores_paging = True

        assert len(set(ids(source_of(platform, page_size=10)))) == 30

    def test_pages_that_go_round_in_a_circle_are_left(self, scripted: Scripted) -> None:
        lay(scripted, {EVERYONE: [[a_row("a"), a_row("b")]]})

        with pytest.raises(UpstreamUnavailableError, match="circle"):
            ids(source_of(scripted, page_size=2))

        assert len(scripted.journal) == 2

    @pytest.mark.parametrize("answer", [{}, "text", 7, None, {"results": []}])
    def test_an_answer_without_a_list_is_not_taken_for_nobody(
        self, scripted: Scripted, answer: Any
    ) -> None:
        lay(scripted, {EVERYONE: [answer], "/departments": [answer]})
        source = source_of(scripted)

        for read in (lambda: ids(source), source.departments):
            with pytest.raises(
                UpstreamUnavailableError, match=r"answer to GET /\w+\S* has no list"
            ):
                read()

    @pytest.mark.parametrize("answer", [[], [a_row()], "text", None])
    def test_an_answer_without_an_employee_is_not_taken_for_nobody(
        self, scripted: Scripted, answer: Any
    ) -> None:
        lay(scripted, {"/employees/r1": [answer]})

        with pytest.raises(UpstreamUnavailableError, match="has no object"):
            source_of(scripted).person_of("r1")

    @pytest.mark.parametrize("page_token", ["", "-1", "1e3", "x", "1" * 10, "http://127.0.0.1:9/"])
    def test_a_page_token_of_another_kind_starts_the_read_again(
        self, platform: RipplingPlatform, page_token: str
    ) -> None:
        with pytest.raises(UpstreamUnavailableError, match="starts again"):
            ids(source_of(platform), page_token)

        assert platform.journal == []

    def test_a_row_without_an_id_is_skipped_and_counted(self, scripted: Scripted) -> None:
        lay(scripted, {EVERYONE: [[None, 7, {"roleState": "ACTIVE"}, a_row("a")]]})
        source = source_of(scripted)

        (page,) = source.everyone()

        assert [worker.id for worker in page.workers] == ["a"]
        assert page.unreadable == 3


class TestRights:
    def test_rows_that_do_not_tell_contractors_apart_are_refused(
        self, platform: RipplingPlatform, nordfab: Rippling
    ) -> None:
        platform.withheld = {"employmentType"}
        worker = nordfab.numbered(1001)
        source = source_of(platform)

        for read in (
            lambda: ids(source),
            lambda: source.employments(worker["id"], worker["user_id"]),
        ):
            with pytest.raises(ConfigurationError, match="employee:employmentType"):
                read()

    @pytest.mark.parametrize(
        ("path", "scope"),
        [
            (EVERYONE, "employee"),
            ("/departments", "company:departments"),
            ("/work_locations", "company:workLocations"),
        ],
    )
    def test_a_forbidden_list_names_its_scope(
        self, platform: RipplingPlatform, path: str, scope: str
    ) -> None:
        platform.faults.fail(403, path=path)
        source = source_of(platform)
        read = {
            EVERYONE: lambda: ids(source),
            "/departments": source.departments,
            "/work_locations": source.locations,
        }

        with pytest.raises(ConfigurationError, match=scope):
            read[path]()

    def test_no_error_about_an_employee_names_the_employee(
        self, platform: RipplingPlatform
    ) -> None:
        platform.faults.fail(403)

        with pytest.raises(ConfigurationError) as caught:
            source_of(platform).person_of("5" * 24)

        assert "5" * 24 not in str(caught.value)


class TestDepartmentNames:
    def test_a_department_is_found_by_its_name_where_its_id_is_not_shown(
        self, platform: RipplingPlatform, nordfab: Rippling
    ) -> None:
        platform.withheld = {"departmentId", "workLocationId"}
        places = {place["id"]: place["name"] for place in nordfab.rows("work-locations")}
        source = source_of(platform, location_names=lambda *_: places)

        workers = [worker for page in source.everyone() for worker in page.workers]

        for worker in workers:
            row = nordfab.worker(worker.id)
            assert worker.facts.department.id == row["department_id"]
            assert worker.facts.location.id == row["location"]["work_location_id"]
        assert len(platform.calls("GET", "/departments")) == 1

    def test_departments_are_not_read_where_their_ids_are_shown(
        self, platform: RipplingPlatform
    ) -> None:
        ids(source_of(platform))

        assert platform.calls("GET", "/departments") == []

    def test_the_names_are_read_again_once_they_are_old(
        self, platform: RipplingPlatform, nordfab: Rippling
    ) -> None:
        platform.withheld = {"departmentId"}
        moment = [0.0]
        source = source_of(platform, seconds=lambda: moment[0])
        ids(source)
        moment[0] = 599.0
        ids(source)
        assert len(platform.calls("GET", "/departments")) == 1
        moment[0] = 601.0
        ids(source)

        assert len(platform.calls("GET", "/departments")) == 2

    def test_an_unknown_name_has_them_read_again_but_not_all_the_time(
        self, platform: RipplingPlatform, nordfab: Rippling
    ) -> None:
        platform.withheld = {"departmentId"}
        moment = [0.0]
        source = source_of(platform, seconds=lambda: moment[0])
        ids(source)
        new = nordfab.add_department("Robotics")
        worker = nordfab.hire(department="Robotics")
        moment[0] = 61.0

        (found,) = source.employments(worker["id"], worker["user_id"])

        assert found.facts.department == Named(new["id"], "Robotics")
        nordfab.change_department("Robotics", name="Robots")
        source.employments(worker["id"], worker["user_id"])
        assert len(platform.calls("GET", "/departments")) == 2
