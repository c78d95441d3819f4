"""What is particular to Visma.net ERP: companies, codes, versions, refusals and pages.

What every target promises is in `tests/contract/test_target.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import pytest

from connector.adapters.visma.client import VismaTarget
from connector.domain.catalogue import Part
from connector.domain.employees import Written
from connector.domain.errors import (
    ConfigurationError,
    ConflictError,
    RateLimitedError,
    RefusedError,
    UnknownOutcomeError,
    UpstreamUnavailableError,
)
from tests.simulator import Visma, nordfab_visma
from tests.simulator.messages import Response, html_response, json_response
from tests.unit.visma_bench import KARI, ScriptedVisma, VismaBench, credentials_of

GUID = "0f0e0d0c-0b0a-4909-8807-060504030201"


@pytest.fixture
def visma() -> Iterator[Visma]:
    with nordfab_visma(companies=2) as server:
        yield server
        assert [call.contract_errors for call in server.journal if call.contract_errors] == []


@pytest.fixture
def bench(visma: Visma) -> VismaBench:
    return VismaBench(visma)


@pytest.fixture
def script() -> Iterator[ScriptedVisma]:
    with ScriptedVisma() as server:
        yield server


@pytest.fixture
def odd(script: ScriptedVisma) -> VismaBench:
    return VismaBench(script)


DONE = Response(204, headers={"ETag": '"BBBB=="'})


class TestCompanies:
    def test_a_company_that_the_secret_does_not_have_needs_a_human(self, bench: VismaBench) -> None:
        with pytest.raises(ConfigurationError, match="no company denmark"):
            bench.targets().company("denmark")

        assert bench.visma.journal == []

    def test_a_company_that_was_just_added_is_found(self, bench: VismaBench) -> None:
        targets = bench.targets({}, credentials_of())

        assert targets.company("norway").read("1") is None

    def test_a_company_is_one_target(self, bench: VismaBench) -> None:
        targets = bench.targets()

        assert targets.company("norway") is targets.company("norway")

    def test_the_used_up_hour_of_one_company_does_not_stop_another(
        self, bench: VismaBench, visma: Visma
    ) -> None:
        targets = bench.targets(credentials_of(2))
        visma.calls_per_hour = 1
        targets.company("norway").read("1")

        with pytest.raises(RateLimitedError):
            targets.company("norway").read("1")

        assert targets.company("sweden").read("1") is None


class TestCodes:
    @pytest.mark.parametrize(
        ("location", "code"),
        [
            ("https://integration.visma.net/API/controller/api/v1/employee/1001", "1001"),
            ("https://api.finance.visma.net/v1/employee/E0007", "E0007"),
            ("/v1/employee/E0007", "E0007"),
            ("/v1/employee/A%2FB%20C", "A/B C"),
            ("/v1/employee/E0007/?x=1", "E0007"),
        ],
    )
    def test_the_code_that_visma_gave_is_in_its_location(
        self, odd: VismaBench, script: ScriptedVisma, location: str, code: str
    ) -> None:
        contact = {"email": KARI["contact.email"]}
        row = {"employeeNumber": code, "employeeId": 7, "timeStamp": "AAAA==", "contact": contact}
        script.answers = {
            "POST /v1/employee": [json_response(201, {}, {"Location": location})],
            "GET /v1/employee/1001": [json_response(404, {})],
            f"GET /v1/employee/{quote(code, safe='')}": [json_response(200, row)],
        }

        written = odd.norway().create("1001", KARI)

        assert written == Written(code, '"AAAA=="', 7)

    @pytest.mark.parametrize("address", ["else@example.com", "", KARI["contact.email"]])
    @pytest.mark.parametrize("name", ["Annen", KARI["contact.last_name"]])
    def test_a_code_that_nobody_asked_for_is_believed_once_what_was_sent_is_seen_there(
        self, odd: VismaBench, script: ScriptedVisma, address: str, name: str
    ) -> None:
        headers = {"Location": "/v1/employee/7", "ETag": '"CCCC=="'}
        contact = {"email": address, "lastName": name}
        row = {"employeeNumber": "7", "timeStamp": "BBBB==", "contact": contact}
        script.answers = {
            "GET /v1/employee/1001": [json_response(404, {})],
            "POST /v1/employee": [json_response(201, {}, headers)],
            "GET /v1/employee/7": [json_response(200, row)],
        }

        if (address, name) == (KARI["contact.email"], KARI["contact.last_name"]):
            assert odd.norway().create("1001", KARI) == Written("7", '"BBBB=="')
        else:
            with pytest.raises(UnknownOutcomeError, match="did not confirm"):
                odd.norway().create("1001", KARI)

    def test_the_code_asked_for_is_looked_at_before_the_one_that_is_named(
        self, odd: VismaBench, script: ScriptedVisma
    ) -> None:
        """The address may be somebody else's as well, whose employee the answer happens to name."""
        contact = {"email": KARI["contact.email"], "lastName": KARI["contact.last_name"]}
        rows = [
            {"employeeNumber": code, "timeStamp": stamp, "contact": contact}
            for code, stamp in (("1001", "OWN="), ("7", "ELSE"))
        ]
        script.answers = {
            "POST /v1/employee": [json_response(201, {}, {"Location": "/v1/employee/7"})],
            "GET /v1/employee/1001": [json_response(200, rows[0])],
            "GET /v1/employee/7": [json_response(200, rows[1])],
        }

        assert odd.norway().create("1001", KARI) == Written("1001", '"OWN="')
        assert [call.method for call in script.journal][-2:] == ["POST", "GET"]

    @pytest.mark.parametrize("location", ["/v1/employee/", "/v1/employee/b64(QQ)", "", None])
    def test_a_create_without_a_code_is_believed_once_the_employee_is_seen(
        self, odd: VismaBench, script: ScriptedVisma, location: str | None
    ) -> None:
        headers = {} if location is None else {"Location": location}
        contact = {"email": KARI["contact.email"].upper()}
        row = {"employeeNumber": "1001", "timeStamp": "AAAA==", "contact": contact}
        elses = {**row, "contact": {"email": "else@example.com"}}
        script.answers = {
            "POST /v1/employee": [json_response(201, {}, headers)] * 3,
            "GET /v1/employee/1001": [
                json_response(200, row), json_response(404, {}), json_response(200, elses),
            ],
        }  # fmt: skip

        assert odd.norway().create("1001", KARI) == Written("1001", '"AAAA=="')
        for _ in range(2):
            with pytest.raises(UnknownOutcomeError, match="did not confirm"):
                odd.norway().create("1001", KARI)

    def test_a_location_on_another_host_is_only_read(self, bench: VismaBench, visma: Visma) -> None:
        visma.location_host = "https://integration.visma.net"

        assert bench.norway().create("1001", KARI).code == "1001"

    @pytest.mark.parametrize(
        ("code", "path"),
        [("A/B", "A%2FB"), ("A B", "A%20B"), ("Å", "%C3%85"), ("a?b#c", "a%3Fb%23c")],
    )
    def test_a_code_is_encoded_in_a_path(
        self, odd: VismaBench, script: ScriptedVisma, code: str, path: str
    ) -> None:
        odd.norway().read(code)

        assert script.journal[-1].path == f"/v1/employee/{path}"

    def test_an_employee_is_known_by_the_code_it_was_found_by(
        self, odd: VismaBench, script: ScriptedVisma
    ) -> None:
        row = {"employeeNumber": "E0007", "employeeId": 7}
        script.answers = {"GET /v1/employee/1001": [json_response(200, row)]}

        employee = odd.norway().read("1001")

        assert employee is not None
        assert (employee.code, employee.employee_id) == ("1001", 7)


class TestBodies:
    def test_an_unknown_identity_is_left_out_and_never_cleared(
        self, odd: VismaBench, script: ScriptedVisma
    ) -> None:
        script.answers = {"PUT /v1/employee/1001": [DONE]}
        odd.norway().update("1001", {}, identity={"contact.last_name": ""}, etag=None)

        assert script.journal[-1].body == {"contact": {}}

    @pytest.mark.parametrize("answer", [[], {}, 7, {"employeeNumber": " "}])
    def test_an_answer_that_is_no_employee_is_tried_again(
        self, odd: VismaBench, script: ScriptedVisma, answer: Any
    ) -> None:
        script.answers = {"GET /v1/employee/1": [json_response(200, answer)]}

        with pytest.raises(UpstreamUnavailableError, match="/v1/employee/1 of company norway"):
            odd.norway().read("1")


LOGIN_PAGE = Response(200, b"<html>Sign in</html>", {}, "text/html")
NONSENSE = [
    LOGIN_PAGE,
    Response(200),
    Response(206),
    json_response(200, {}),
    json_response(200, []),
    json_response(200, {"message": "OK"}),
    json_response(200, {"employeeNumber": "1002"}),
    Response(200, b"{", {}, "application/json"),
]


class TestDone:
    @pytest.mark.parametrize("answer", NONSENSE, ids=range(len(NONSENSE)))
    def test_an_answer_that_confirms_nothing_leaves_the_outcome_unknown(
        self, odd: VismaBench, script: ScriptedVisma, answer: Response
    ) -> None:
        script.answers = {
            "PUT /v1/employee/1001": [answer],
            "POST /v1/employee": [answer],
            "POST /v1/employee/action/changeEmployeeCd/7": [LOGIN_PAGE],
        }
        target = odd.norway()

        with pytest.raises(UnknownOutcomeError):
            target.update("1001", {}, identity=KARI, etag=None)
        with pytest.raises(UnknownOutcomeError):
            target.create("1001", KARI)
        with pytest.raises(UnknownOutcomeError):
            target.rename(7, "1002")

    def test_an_update_is_done_as_well_where_visma_answers_with_the_employee(
        self, odd: VismaBench, script: ScriptedVisma
    ) -> None:
        contact = {"email": KARI["contact.email"]}
        row = {"employeeNumber": "1001", "timeStamp": "AAAA==", "contact": contact}
        script.answers = {"PUT /v1/employee/1001": [json_response(200, row)]}

        written = odd.norway().update("1001", {}, identity=KARI, etag=None)

        assert written == Written("1001", '"AAAA=="')

    @pytest.mark.parametrize(
        ("shown", "stamp", "is_done"),
        [
            ({"department": "SALES"}, "BBBB==", False),
            ({"department": "fin "}, "BBBB==", True),
            ({"department": None}, "BBBB==", True),
            ({}, "BBBB==", True),
            ({"contact": {"phone1": "+47 99 00"}}, "AAAA==", False),
            ({"contact": {"phone1": "+47 12-34"}}, "AAAA==", True),
            ({"contact": {"phone1": "+47 99 00"}}, "BBBB==", True),
        ],
    )
    def test_an_answer_that_shows_other_values_than_were_sent_confirms_nothing(
        self,
        odd: VismaBench,
        script: ScriptedVisma,
        shown: dict[str, Any],
        stamp: str,
        is_done: bool,
    ) -> None:
        contact = {"email": KARI["contact.email"], **shown.get("contact", {})}
        row = {"employeeNumber": "1001", "timeStamp": stamp, **shown, "contact": contact}
        script.answers = {"PUT /v1/employee/1001": [json_response(200, row)]}
        sent = {"department": "FIN", "contact.phone1": "+471234"}
        target = odd.norway()

        if is_done:
            written = target.update("1001", sent, identity=KARI, etag='"AAAA=="')
            assert written == Written("1001", f'"{stamp}"')
        else:
            with pytest.raises(UnknownOutcomeError):
                target.update("1001", sent, identity=KARI, etag='"AAAA=="')


class TestGateways:
    @pytest.mark.parametrize("altered", ['W/"AAAA=="', '"AAAA==-gzip"', 'W/"AAAA==;gzip"'])
    def test_a_version_that_a_gateway_altered_is_sent_as_visma_gave_it(
        self, odd: VismaBench, script: ScriptedVisma, altered: str
    ) -> None:
        script.answers = {"PUT /v1/employee/1001": [DONE]}

        odd.norway().update("1001", {}, identity=KARI, etag=altered)

        assert script.journal[-1].headers["if-match"] == '"AAAA=="'

    def test_a_version_that_is_refused_and_shown_again_is_given_in_another_form(
        self, odd: VismaBench, script: ScriptedVisma
    ) -> None:
        refused, done = Response(412), Response(204)
        script.answers = {"PUT /v1/employee/1001": [refused, refused, done, done]}
        target, etag = odd.norway(), '"AAAA=="'

        for _ in range(2):
            with pytest.raises(ConflictError):
                target.update("1001", {}, identity=KARI, etag=etag)
        target.update("1001", {}, identity=KARI, etag=etag)
        target.update("1001", {}, identity=KARI, etag=etag)

        sent = [call.headers.get("if-match") for call in script.journal if call.method == "PUT"]
        assert sent == [etag, "AAAA==", None, None], "and what was taken is remembered"

    def test_a_version_that_has_moved_on_is_a_conflict_and_nothing_else(
        self, odd: VismaBench, script: ScriptedVisma
    ) -> None:
        script.answers = {"PUT /v1/employee/1001": [Response(412), Response(412), Response(204)]}
        target = odd.norway()

        for etag in ('"AAAA=="', '"BBBB=="'):
            with pytest.raises(ConflictError):
                target.update("1001", {}, identity=KARI, etag=etag)
        target.update("1001", {}, identity=KARI, etag='"CCCC=="')

        sent = [call.headers.get("if-match") for call in script.journal if call.method == "PUT"]
        assert sent == ['"AAAA=="', '"BBBB=="', '"CCCC=="']

    def test_a_list_that_visma_begins_to_page_is_read_whole(
        self, odd: VismaBench, script: ScriptedVisma
    ) -> None:
        def page(*numbers: int) -> Response:
            metadata = {"totalCount": 5, "maxPageSize": 2}
            rows = [
                {"number": str(each), "isActive": True, "metadata": metadata} for each in numbers
            ]
            return json_response(200, rows)

        script.answers = {"GET /v1/branch": [page(1, 2), page(3, 4), page(5)]}

        found = odd.norway().catalogue([Part.BRANCHES], None)

        assert set(found[Part.BRANCHES]) == {"1", "2", "3", "4", "5"}
        assert len([call for call in script.journal if call.path == "/v1/branch"]) == 3

    @pytest.mark.parametrize("total", [0, 2, 5])
    def test_a_total_is_believed_only_where_no_page_says_otherwise(
        self, odd: VismaBench, script: ScriptedVisma, total: int
    ) -> None:
        def page(*numbers: int) -> Response:
            metadata = {"totalCount": total, "maxPageSize": 2}
            return json_response(
                200, [{"employeeNumber": str(each), "metadata": metadata} for each in numbers]
            )

        script.answers = {"GET /v1/employee": [page(1, 2), page(3, 4), page(5), page()]}

        codes = [employee.code for employee in odd.norway().employees()]

        assert codes == ["1", "2", "3", "4", "5"]


class TestVersions:
    @pytest.mark.parametrize("etag", ['"AAAA=="', 'W/"AAAA=="', "AAAA=="])
    def test_a_version_is_kept_and_given_back_in_the_published_form(
        self, odd: VismaBench, script: ScriptedVisma, etag: str
    ) -> None:
        script.answers = {
            "POST /v1/employee": [json_response(201, {}, {"ETag": etag, "Location": "/1001"})],
            "PUT /v1/employee/1001": [Response(204, headers={"ETag": etag})],
        }
        target = odd.norway()

        created = target.create("1001", KARI)
        updated = target.update("1001", {}, identity=KARI, etag=created.etag)

        assert (created.etag, updated.etag) == ('"AAAA=="', '"AAAA=="')
        assert script.journal[-1].headers["if-match"] == '"AAAA=="'

    @pytest.mark.parametrize("address", [KARI["contact.email"], "else@example.com"])
    def test_a_version_is_taken_from_no_employee_that_shows_another_address(
        self, odd: VismaBench, script: ScriptedVisma, address: str
    ) -> None:
        contact = {"email": address}
        row = {"employeeNumber": "1001", "employeeId": 7, "timeStamp": "BBBB==", "contact": contact}
        script.answers = {
            "POST /v1/employee": [json_response(201, {}, {"Location": "/1001"})],
            "PUT /v1/employee/1001": [Response(204)],
            "GET /v1/employee/1001": [json_response(200, row)] * 2,
        }
        target, is_own = odd.norway(), address != "else@example.com"
        seen = Written("1001", '"BBBB=="', 7) if is_own else Written("1001")

        assert target.create("1001", KARI) == seen
        assert target.update("1001", {}, identity=KARI, etag=None) == seen
        script.answers = {"PUT /v1/employee/1001": [json_response(200, row)]}
        assert target.update("1001", {}, identity=KARI, etag=None) == seen

    def test_without_a_version_nothing_is_sent_and_none_is_invented(
        self, odd: VismaBench, script: ScriptedVisma
    ) -> None:
        script.answers = {"PUT /v1/employee/1001": [Response(204)]}

        written = odd.norway().update("1001", {}, identity=KARI, etag=None)

        assert written.etag is None
        assert all("if-match" not in call.headers for call in script.journal)

    @pytest.mark.parametrize("headers", [{"ETag": 'W/"h"'}, {}])
    def test_the_version_in_the_body_is_believed_before_the_header(
        self, odd: VismaBench, script: ScriptedVisma, headers: dict[str, str]
    ) -> None:
        row = {"employeeNumber": "1001", "timeStamp": "AAAA=="}
        script.answers = {"GET /v1/employee/1001": [json_response(200, row, headers)]}

        employee = odd.norway().read("1001")

        assert employee is not None
        assert employee.etag == '"AAAA=="'


def look(target: VismaTarget) -> object:
    return target.read("1")


def change(target: VismaTarget) -> object:
    return target.update("1", {}, identity=KARI, etag=None)


class TestRefusals:
    def test_vismas_words_are_not_kept(self, odd: VismaBench, script: ScriptedVisma) -> None:
        words = f"VismaId: {GUID}. The field Email : Error: kari.testmann@example.no is taken"
        script.answers = {"POST /v1/employee": [json_response(400, {"message": words})]}

        with pytest.raises(RefusedError) as caught:
            odd.norway().create("1001", KARI)

        error = caught.value
        assert (error.field, error.reference, error.status) == ("contact.email", GUID, 400)
        assert "1001" in str(error)
        for text in ("testmann", "taken"):
            assert text not in f"{error} {error.args} {vars(error)}".casefold()

    @pytest.mark.parametrize(
        ("response", "has_reason"),
        [
            (json_response(500, {"message": "Error: the field City is wrong"}), True),
            (json_response(500, {"ExceptionMessage": "An error", "ExceptionType": "X"}), False),
            (json_response(500, {}), False),
            (html_response(500, "Runtime Error"), False),
            (Response(500), False),
            (json_response(502, {"message": "the field City"}), False),
            (json_response(503, {"message": "the field City"}), False),
        ],
    )
    def test_only_a_500_with_the_erps_own_words_may_be_a_refusal(
        self, odd: VismaBench, script: ScriptedVisma, response: Response, has_reason: bool
    ) -> None:
        script.answers = {"PUT /v1/employee/1001": [response]}

        with pytest.raises(UnknownOutcomeError) as caught:
            odd.norway().update("1001", {"address.city": "x"}, identity=KARI, etag=None)

        refusal = caught.value.refusal
        assert (refusal is not None) is has_reason
        assert refusal is None or refusal.field == "address.city"

    @pytest.mark.parametrize("status", [400, 401, 403])
    @pytest.mark.parametrize("call", [look, change])
    def test_a_company_without_a_licence_is_no_missing_employee(
        self,
        odd: VismaBench,
        script: ScriptedVisma,
        status: int,
        call: Callable[[VismaTarget], object],
    ) -> None:
        body = {
            "ExceptionType": "IPPException",
            "ExceptionMessage": "No license for this company.",
            "ExceptionFaultCode": "12027",
            "ExceptionMessageID": f"12027_{GUID}",
        }
        script.script = [json_response(status, body)]

        with pytest.raises(ConfigurationError, match=r"12027.*tenant_id"):
            call(odd.norway())

    def test_a_create_at_an_address_that_is_not_there_is_no_refusal(
        self, odd: VismaBench, script: ScriptedVisma
    ) -> None:
        with pytest.raises(UpstreamUnavailableError, match="check the base URL"):
            odd.norway().create("1001", KARI)

        assert len(script.calls("POST", "/v1/employee")) == 1

    @pytest.mark.parametrize("status", [405, 413, 415])
    def test_any_other_no_is_a_refusal_too(
        self, odd: VismaBench, script: ScriptedVisma, status: int
    ) -> None:
        script.answers = {"POST /v1/employee": [json_response(status, {"message": "No"})]}

        with pytest.raises(RefusedError) as caught:
            odd.norway().create("1001", KARI)

        assert caught.value.status == status


def a_page(*codes: str, total: int | None = None) -> Response:
    metadata = {} if total is None else {"metadata": {"totalCount": total, "maxPageSize": 2}}
    return json_response(200, [{"employeeNumber": code, **metadata} for code in codes])


class TestPages:
    @pytest.mark.parametrize(
        ("pages", "codes", "calls"),
        [
            ([a_page("1", "2", total=3), a_page("3", total=3)], "123", 2),
            ([a_page("1", "2"), a_page("3"), a_page()], "123", 3),
            ([a_page("1", "2"), a_page("1", "2")], "12", 2),
            ([a_page("1", "2", total=9), a_page("3", "4", total=9), a_page("3", "4", total=9)],
             "1234", 3),
            ([a_page("1", "2", total=4), a_page("2", "3", total=4), a_page("4", total=4)],
             "1234", 3),
            ([a_page("1", "2", total=3), a_page("2", "3", total=3)], "123", 2),
            ([a_page("1", "1 ", total=1)], "1", 2),
            ([a_page()], "", 1),
        ],
    )  # fmt: skip
    def test_pages_are_read_until_all_are_there_or_nothing_new_comes(
        self, odd: VismaBench, script: ScriptedVisma, pages: list[Response], codes: str, calls: int
    ) -> None:
        script.answers = {"GET /v1/employee": list(pages)}

        found = [employee.code for employee in odd.norway().employees()]

        assert found == list(codes)
        assert [call.query for call in script.calls("GET")] == [
            {"pageNumber": str(number), "pageSize": "500"} for number in range(1, calls + 1)
        ]

    @pytest.mark.parametrize(
        ("pages", "codes", "is_whole"),
        [
            ([a_page("1", "2", total=3), a_page("3", total=3)], "123", True),
            ([a_page("1", "2", total=3), a_page()], "12", False),
            ([a_page("1", "2", total=4), a_page("4", total=3), a_page()], "124", False),
            ([a_page("1", "2"), a_page("3"), a_page()], "123", True),
            ([a_page("1", total=0), a_page()], "1", True),
            ([a_page()], "", True),
        ],
    )  # fmt: skip
    def test_a_list_with_fewer_rows_than_it_says_there_are_is_not_whole(
        self, odd: VismaBench, script: ScriptedVisma, pages: list[Response], codes: str,
        is_whole: bool,
    ) -> None:  # fmt: skip
        script.answers = {"GET /v1/employee": list(pages)}

        listing = odd.norway().all_employees()

        assert [employee.code for employee in listing.employees] == list(codes)
        assert listing.is_whole is is_whole

    def test_a_row_without_a_code_is_left_out(self, odd: VismaBench, script: ScriptedVisma) -> None:
        rows = [None, {}, {"employeeNumber": "1", "metadata": {"totalCount": 1}}]
        script.answers = {"GET /v1/employee": [json_response(200, rows), a_page()]}

        assert [employee.code for employee in odd.norway().employees()] == ["1"]
        assert len(script.calls("GET")) == 1


@pytest.mark.parametrize("code", [".", "..", " .. "])
def test_a_code_that_is_a_step_in_a_path_is_nobodys_and_never_asked_for(
    odd: VismaBench, code: str
) -> None:
    target = odd.targets().company("norway")

    assert target.read(code) is None
    with pytest.raises(RefusedError, match="no employee can have the code"):
        target.update(code, {"status": "Inactive"}, identity={}, etag=None)
    assert odd.visma.journal == []
