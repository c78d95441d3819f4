"""What is particular to Rippling's REST API: its requests, its pages, its rights.

What every source promises is in `tests/contract/test_source.py`, how a row is read in
`test_rippling_rest_wire.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from connector.adapters.http.client import HttpClient
from connector.adapters.rippling.rest import RipplingRestSource
from connector.domain.errors import ConfigurationError, UpstreamUnavailableError
from connector.domain.facts import Named
from connector.domain.people import EmploymentStatus
from tests.simulator import Rippling, nordfab_rippling
from tests.simulator.messages import Response, json_response
from tests.simulator.server import Server
from tests.unit.scripted import Scripted

CUTOFF = datetime(2026, 3, 1, 12, 0, 0, 1_500, tzinfo=UTC)


def source_of(server: Server, **settings: Any) -> RipplingRestSource:
    http = HttpClient(
        "Rippling",
        server.url,
        authorization=lambda _: "Bearer demo-rippling-token",
        sleep=lambda _: None,
    )
    return RipplingRestSource(http, **{"location_names": lambda *_: {}, **settings})


def lay(server: Scripted, answers: Mapping[str, list[Any]]) -> None:
    """Lays down what GET answers, by path; what is no response becomes the JSON of one."""
    server.answers = {
        f"GET {path}": [
            content if isinstance(content, Response) else json_response(200, content)
            for content in contents
        ]
        for path, contents in answers.items()
    }


@pytest.fixture
def scripted() -> Iterator[Scripted]:
    with Scripted() as server:
        yield server


@pytest.fixture
def nordfab() -> Iterator[Rippling]:
    with nordfab_rippling(people=30) as rippling:
        yield rippling
        assert [call.contract_errors for call in rippling.journal if call.contract_errors] == []


def a_row(**fields: Any) -> dict[str, Any]:
    return {"id": "w1", "user_id": "p1", "status": "ACTIVE", **fields}


class TestRequests:
    def test_changes_are_asked_for_by_a_bare_moment_in_utc_rounded_down_to_the_second(
        self, nordfab: Rippling
    ) -> None:
        list(source_of(nordfab).changed_since(CUTOFF))

        assert nordfab.journal[0].query == {
            "filter": "updated_at ge 2026-03-01T12:00:00",
            "order_by": "updated_at",
            "limit": "100",
            "expand": "user,department,employment_type,legal_entity",
        }

    def test_everyone_is_asked_for_by_id(self, nordfab: Rippling) -> None:
        list(source_of(nordfab).everyone())

        query = nordfab.journal[0].query
        assert (query["order_by"], query["limit"]) == ("id", "100")
        assert "filter" not in query

    def test_a_person_is_asked_for_by_a_quoted_id(self, nordfab: Rippling) -> None:
        worker = nordfab.numbered(1001)
        source_of(nordfab).employments(worker["id"], worker["user_id"])

        (call,) = nordfab.journal
        assert call.query["filter"] == f"user_id eq '{worker['user_id']}'"
        assert "user" in call.query["expand"].split(",")

    def test_custom_fields_are_asked_for_only_where_some_are_wanted(
        self, nordfab: Rippling
    ) -> None:
        list(source_of(nordfab, custom_fields=lambda: {"Cost centre"}).everyone())
        list(source_of(nordfab, custom_fields=frozenset).everyone())

        with_fields, without = (call.query["expand"] for call in nordfab.journal)
        assert "custom_fields" in with_fields
        assert "custom_fields" not in without

    def test_pay_is_not_asked_for(self, nordfab: Rippling) -> None:
        list(source_of(nordfab).everyone())

        assert "compensation" not in nordfab.journal[0].query["expand"]

    def test_a_person_id_that_cannot_be_quoted_never_gets_into_a_filter(
        self, scripted: Scripted
    ) -> None:
        person_id = "p'or'status'eq'ACTIVE"
        lay(scripted, {"/workers/w1/": [a_row(user_id=person_id)]})

        (found,) = source_of(scripted).employments("w1", person_id, ["../users", "a b"])

        assert found.person_id == person_id
        assert [call.path for call in scripted.journal] == ["/workers/w1/"]

    def test_every_page_of_a_persons_employments_is_read(self, nordfab: Rippling) -> None:
        first = nordfab.numbered(1001)
        nordfab.terminate(first["id"], "2024-05-31")
        second = nordfab.rehire(first["user_id"], "2025-02-01")

        found = source_of(nordfab, page_size=1).employments(second["id"], first["user_id"])

        assert sorted(worker.id for worker in found) == sorted([first["id"], second["id"]])

    def test_a_filter_that_is_ignored_later_on_is_noticed(self, scripted: Scripted) -> None:
        link = f"{scripted.url}/workers/?cursor=2"
        lay(
            scripted,
            {
                "/workers/": [
                    {"results": [a_row()], "next_link": link},
                    {"results": [a_row(id="w9", user_id="p9")]},
                ],
                "/workers/w1/": [a_row()],
                "/workers/w2/": [a_row(id="w2")],
            },
        )

        found = source_of(scripted).employments("w1", "p1", ["w2"])

        assert [worker.id for worker in found] == ["w1", "w2"]


class TestPages:
    def test_a_relative_link_is_followed(self, nordfab: Rippling) -> None:
        nordfab.relative_next_link = True

        pages = list(source_of(nordfab, page_size=10).everyone())

        assert sum(len(page.workers) for page in pages) == 30
        assert (pages[0].next_page_token or "").startswith(nordfab.url)

    def test_a_link_to_another_host_is_not_followed(self, nordfab: Rippling) -> None:
        nordfab.next_link_host = "evil.example"

        with pytest.raises(UpstreamUnavailableError, match=r"https://evil\.example:443"):
            list(source_of(nordfab, page_size=10).everyone())

        assert len(nordfab.journal) == 1

    def test_the_token_never_reaches_another_port(
        self, nordfab: Rippling, scripted: Scripted
    ) -> None:
        lay(
            scripted,
            {"/workers/": [{"results": [a_row()], "next_link": f"{nordfab.url}/workers/"}]},
        )

        with pytest.raises(UpstreamUnavailableError, match="token does not leave"):
            list(source_of(scripted).everyone())

        assert nordfab.journal == []

    def test_a_position_on_another_host_is_not_followed(self, nordfab: Rippling) -> None:
        with pytest.raises(UpstreamUnavailableError, match="token does not leave"):
            list(source_of(nordfab).everyone("https://evil.example/workers/?cursor=1"))

        assert nordfab.journal == []

    @pytest.mark.parametrize("end", [{}, {"next_link": None}, {"next_link": ""}])
    def test_a_page_without_a_link_is_the_last(
        self, scripted: Scripted, end: dict[str, Any]
    ) -> None:
        lay(scripted, {"/workers/": [{"results": [a_row()], **end}]})

        (page,) = source_of(scripted).everyone()

        assert page.next_page_token is None

    def test_pages_that_go_round_in_a_circle_are_left(self, scripted: Scripted) -> None:
        one, two = (f"{scripted.url}/workers/?cursor={number}" for number in (1, 2))
        lay(
            scripted,
            {"/workers/": [{"results": [], "next_link": link} for link in (one, two, one, two)]},
        )

        with pytest.raises(UpstreamUnavailableError, match="circle"):
            list(source_of(scripted).everyone())

        assert len(scripted.journal) == 3

    def test_a_cursor_that_has_ended_can_be_started_anew(self, scripted: Scripted) -> None:
        lay(scripted, {"/workers/": [json_response(400, {"detail": "cursor"})]})

        with pytest.raises(UpstreamUnavailableError, match="status 400"):
            list(source_of(scripted).everyone(f"{scripted.url}/workers/?cursor=old"))

    def test_a_question_that_is_not_understood_needs_a_human(self, scripted: Scripted) -> None:
        lay(scripted, {"/workers/": [json_response(400, {"detail": "filter"})]})

        with pytest.raises(ConfigurationError, match="API version"):
            list(source_of(scripted).changed_since(CUTOFF))

    @pytest.mark.parametrize(
        "answer", [[], {}, "text", 7, {"results": None}, {"results": {"id": "w1"}}, {"data": []}]
    )
    def test_an_answer_without_a_list_is_not_taken_for_nobody(
        self, scripted: Scripted, answer: Any
    ) -> None:
        lay(scripted, {"/workers/": [answer], "/departments/": [answer]})
        source = source_of(scripted)

        for walk in (source.everyone, lambda: source.employments("w1", "p1"), source.departments):
            with pytest.raises(UpstreamUnavailableError, match=r"answer to GET /\w+/ has no"):
                list(walk())


class TestRights:
    def test_a_forbidden_legal_entity_is_done_without(self, nordfab: Rippling) -> None:
        nordfab.forbid_expand = {"legal_entity"}
        source = source_of(nordfab)

        (page,) = source.everyone()

        assert len(page.workers) == 30
        entity = page.workers[0].facts.legal_entity
        assert (entity.name, entity.id) == (None, nordfab.rows("legal-entities")[0]["id"])
        assert source.refused_expands == ("legal_entity",)

    def test_what_is_forbidden_is_asked_for_once_a_run(self, nordfab: Rippling) -> None:
        nordfab.forbid_expand = {"legal_entity"}
        source = source_of(nordfab)
        worker = nordfab.numbered(1001)
        list(source.everyone())
        source.employments(worker["id"], worker["user_id"])
        source.employments(worker["id"], worker["user_id"])

        assert [call.status for call in nordfab.journal] == [403, 200, 200, 200]

    def test_a_right_that_is_given_back_is_seen_by_the_next_run(self, nordfab: Rippling) -> None:
        nordfab.forbid_expand = {"legal_entity"}
        source = source_of(nordfab)
        list(source.everyone())
        nordfab.forbid_expand = set()

        (page,) = source.everyone()

        assert page.workers[0].facts.legal_entity.name == "Nordfab AS"
        assert source.refused_expands == ()

    def test_forbidden_custom_fields_do_not_cost_the_legal_entity(self, nordfab: Rippling) -> None:
        nordfab.forbid_expand = {"custom_fields"}
        source = source_of(nordfab, custom_fields=lambda: {"Cost centre"})

        (page,) = source.everyone()

        assert page.workers[0].facts.legal_entity.name == "Nordfab AS"
        assert source.refused_expands == ("custom_fields",)

    def test_a_forbidden_user_is_unknown_and_keeps_no_one_from_leaving(
        self, nordfab: Rippling
    ) -> None:
        nordfab.forbid_expand = {"user"}
        worker = nordfab.numbered(1001)
        nordfab.terminate(worker["id"], "2026-11-20")
        source = source_of(nordfab, custom_fields=lambda: {"Cost centre"})

        (page,) = source.everyone()

        gone = next(each for each in page.workers if each.id == worker["id"])
        assert gone.facts.status is EmploymentStatus.TERMINATED
        assert {each.personal.family_name for each in page.workers} == {None}
        assert page.workers[0].facts.department.name
        assert source.refused_expands == ("user",)

    @pytest.mark.parametrize(
        "forbidden",
        [
            {"user", "department"},
            {"department", "employment_type", "legal_entity"},
            {"user", "department", "employment_type", "legal_entity"},
        ],
        ids=lambda names: "+".join(sorted(names)),
    )
    def test_whatever_is_forbidden_the_rows_are_read(
        self, nordfab: Rippling, forbidden: set[str]
    ) -> None:
        nordfab.forbid_expand = forbidden
        source = source_of(nordfab)

        (page,) = source.everyone()

        assert len(page.workers) == 30
        assert set(source.refused_expands) == forbidden
        assert {each.facts.department.is_partial for each in page.workers} == {
            "department" in forbidden
        }

    def test_what_was_forbidden_costs_the_next_run_one_call(self, nordfab: Rippling) -> None:
        nordfab.forbid_expand = {"user", "department"}
        source = source_of(nordfab)
        list(source.everyone())
        nordfab.clear_journal()

        list(source.everyone())

        assert [call.status for call in nordfab.journal] == [403, 200]

    def test_a_token_that_may_read_no_worker_names_the_scopes(self, nordfab: Rippling) -> None:
        nordfab.forbid = {"workers"}
        source = source_of(nordfab, custom_fields=lambda: {"Cost centre"})

        with pytest.raises(ConfigurationError, match=r"users\.read.*legal-entities\.read"):
            list(source.everyone())

    def test_one_record_is_read_without_what_is_forbidden(self, nordfab: Rippling) -> None:
        nordfab.forbid_expand = {"legal_entity"}
        nordfab.ignore_filter = {"user_id"}
        worker = nordfab.numbered(1002)
        source = source_of(nordfab)

        (found,) = source.employments(worker["id"], worker["user_id"])

        assert found.id == worker["id"]
        # Searched twice, and then read by its id.
        assert [call.status for call in nordfab.journal] == [403, 200, 200, 200]

    def test_a_renewed_token_is_used(self, nordfab: Rippling) -> None:
        http = HttpClient(
            "Rippling",
            nordfab.url,
            authorization=lambda renew: f"Bearer {'demo-rippling-token' if renew else 'old'}",
        )
        source = RipplingRestSource(http, location_names=lambda *_: {})

        assert sum(len(page.workers) for page in source.everyone()) == 30
        assert [call.status for call in nordfab.journal] == [401, 200]


class TestLocationNames:
    def test_a_known_name_is_not_read_anew(self, nordfab: Rippling) -> None:
        names = {place["id"]: place["name"] for place in nordfab.rows("work-locations")}
        asked: list[bool] = []

        def location_names(_: object, read_fresh: bool) -> Mapping[str, str]:
            asked.append(read_fresh)
            return names

        (page,) = source_of(nordfab, location_names=location_names).everyone()

        assert {worker.facts.location.name for worker in page.workers} <= set(names.values())
        assert True not in asked

    def test_an_unknown_name_is_read_anew(self, nordfab: Rippling) -> None:
        names = {place["id"]: place["name"] for place in nordfab.rows("work-locations")}
        source = source_of(nordfab, location_names=lambda _, fresh: names if fresh else {})

        (page,) = source.everyone()

        assert all(worker.facts.location.name for worker in page.workers)

    def test_a_place_that_nobody_can_name_keeps_its_id(self, nordfab: Rippling) -> None:
        (page,) = source_of(nordfab).everyone()

        location = page.workers[0].facts.location
        assert location.name is None
        assert location.id


class TestRows:
    @pytest.mark.parametrize(
        "row",
        [
            None,
            7,
            "w1",
            [],
            {},
            {"id": "w1"},
            {"user_id": "p1"},
            {"id": "", "user_id": "p"},
            {"id": "w 1", "user_id": "p1"},
            {"id": "w1", "user_id": "p" * 129},
            {"id": "wø", "user_id": "p1"},
            {"id": 10**60, "user_id": "p1"},
        ],
    )
    def test_a_row_that_cannot_be_told_apart_is_skipped_and_counted(
        self, scripted: Scripted, row: Any
    ) -> None:
        lay(scripted, {"/workers/": [{"results": [row, a_row()]}]})
        source = source_of(scripted)

        (page,) = source.everyone()

        assert [worker.id for worker in page.workers] == ["w1"]
        assert page.unreadable == 1

    def test_a_department_without_an_id_is_skipped(self, scripted: Scripted) -> None:
        lay(
            scripted,
            {"/departments/": [{"results": [{"name": "x"}, None, {"id": 7, "name": "Sales"}]}]},
        )
        source = source_of(scripted)

        assert source.departments() == [Named("7", "Sales")]

    def test_what_a_record_withholds_stands_beside_its_fields(self, scripted: Scripted) -> None:
        meta = {"redacted_fields": [{"name": "work_email", "reason": "x"}, None, {}]}
        lay(
            scripted,
            {
                "/workers/": [{"results": [a_row(user_id="someone else")]}],
                "/workers/w1/": [a_row(work_email=None, personal_email=None, __meta=meta)],
            },
        )

        (found,) = source_of(scripted).employments("w1", "p1")

        assert (found.personal.work_email, found.personal.personal_email) == (None, "")
