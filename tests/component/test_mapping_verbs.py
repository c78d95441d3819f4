"""The verbs of the mapping through the real handlers: import, diff, rollback, and what follows."""

from __future__ import annotations

import json
from typing import Any

import pytest

from connector.adapters.aws.dynamodb import from_item, to_item
from connector.domain.errors import RetryableError
from connector.domain.mapping import file as mapping_file
from connector.services.find import releaser as releasing
from tests.simulator import NORDFAB_MAPPING, Rippling, Visma
from tests.support.aws import Account, FakeContext

CONTEXT = FakeContext()
CANARY = 731_529
SALES = '- {rippling: Sales, department: SALES, cost_centre: "400"}'
HOURLY = "- {when: {compensation_time_period: HOURLY}, employee_class: HOURLY}"
assert SALES in NORDFAB_MAPPING
assert HOURLY in NORDFAB_MAPPING


def _work(account: Account) -> None:
    """A tick, and everything that follows from it."""
    account.handler("poller").lambda_handler({}, CONTEXT)
    writer = account.handler("writer")
    while records := account.receive():
        for record in records:
            assert writer.lambda_handler({"Records": [record]}, CONTEXT) == {
                "batchItemFailures": []
            }
            account.delete(record)


def _sellers(rippling: Rippling, count: int) -> list[str]:
    """Employee codes of so many new people in Sales."""
    return [
        str(
            rippling.hire(
                department="Sales",
                location="Oslo",
                employment_type="Salaried full-time",
                annual_salary=CANARY,
            )["number"]
        )
        for _ in range(count)
    ]


def _norway(answer: dict[str, Any]) -> dict[str, Any]:
    (company,) = answer["companies"]
    found: dict[str, Any] = company
    return found


# Import


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            NORDFAB_MAPPING.replace(HOURLY, f"{HOURLY}\n      {HOURLY}"),
            "employee_classes[1] can never hold: employee_classes[0] comes first",
        ),
        (
            NORDFAB_MAPPING.replace(
                "    lead_days: 0",
                "    examples: [{given: {location: Bergen}, branch: 9}]\n    lead_days: 0",
            ),
            "examples[0]: gives branch 2, not 9",
        ),
    ],
    ids=["dead rule", "failing example"],
)
def test_a_mapping_without_sense_is_refused_with_its_line_and_the_old_one_stays(
    account: Account, text: str, problem: str
) -> None:
    before = account.scan("MappingsTable")

    answer = account.operate("mappings import", text=text)

    assert answer["ok"] is False
    (told,) = answer["problems"]
    assert told.startswith("line ")
    assert problem in told
    assert account.scan("MappingsTable") == before
    assert account.operate("mappings check", text=text)["problems"] == [told]
    assert account.operate("mappings diff", text=text)["problems"] == [told]


def test_a_check_runs_the_examples_of_the_table(account: Account) -> None:
    example = {
        "company": "norway",
        "rule": "example#010",
        "given": {"location": "Bergen"},
        "branch": "9",
    }
    account.client("dynamodb").put_item(
        TableName=account.resources["MappingsTable"], Item=to_item(example)
    )

    findings = account.operate("mappings check")["findings"]

    told = [finding["message"] for finding in findings]
    assert "examples[0]: gives branch 2, not 9" in told


def test_a_check_of_a_file_reads_pay_where_the_file_asks_for_it(
    account: Account, rippling: Rippling
) -> None:
    _sellers(rippling, 1)
    band = "{annual_pay: {at_least: 1, currency: NOK}}"
    text = NORDFAB_MAPPING.replace(
        HOURLY, f"{HOURLY}\n      - {{when: {band}, employee_class: STAFF}}"
    ).replace("employee_class: STAFF, calendar", "calendar")

    findings = account.operate("mappings check", text=text)["findings"]

    assert not [each for each in findings if "no employee class rule" in each["message"]]
    assert "compensation" in rippling.calls("GET", "/workers/")[-1].query["expand"]


# Diff


def test_a_diff_names_whom_it_moves_from_where_to_where(
    account: Account, rippling: Rippling, visma: Visma
) -> None:
    codes = _sellers(rippling, 2)
    _work(account)
    calls = len(rippling.journal), len(visma.journal)
    text = NORDFAB_MAPPING.replace(
        SALES, '- {rippling: Sales, department: FIN, cost_centre: "500"}'
    )

    answer = account.operate("mappings diff", text=text)

    company = _norway(answer)
    moved = {each["who"]: each["how"] for each in company["moves"]["first"]}
    assert set(codes) <= set(moved)
    assert set(moved.values()) == {"department SALES -> FIN, cost centre 400 -> 500"}
    assert company["moves"]["count"] == len(moved)
    assert (company["releases"]["count"], company["blocks"]["count"]) == (0, 0)
    assert answer["rows"]["changed"] == {"count": 1, "first": ["norway, department#Sales"]}
    lists = 2  # of departments and of locations
    assert (len(rippling.journal) - lists, len(visma.journal)) == calls, "no one is asked for"


# Rollback


def test_a_rollback_brings_back_the_mapping_before_and_can_be_taken_back(account: Account) -> None:
    other = NORDFAB_MAPPING.replace(SALES, "- {rippling: Sales, department: FIN}")
    before = _rows(account)
    account.operate("mappings import", text=other)
    after = _rows(account)

    answer = account.operate("mappings rollback")

    assert (answer["ok"], answer["written"], answer["companies"]) == (True, 1, ["norway"])
    assert _rows(account) == before
    account.operate("mappings rollback")
    assert _rows(account) == after


def _rows(account: Account) -> list[dict[str, Any]]:
    rows = map(from_item, account.scan("MappingsTable"))
    return sorted(rows, key=lambda row: (row["company"], row["rule"]))


# The stream


def _edit(*keys: tuple[str, str]) -> dict[str, Any]:
    return {
        "Records": [
            {"dynamodb": {"Keys": {"company": {"S": company}, "rule": {"S": rule}}}}
            for company, rule in keys
        ]
    }


def test_the_mark_of_an_import_is_no_edit(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    _work(account)
    releaser = account.handler("releaser")
    both = _edit(("-", "import"), ("norway", "guards#all"))
    assert releaser.lambda_handler(both, CONTEXT)["queued"] > 0

    _mark(account)
    monkeypatch.setattr("time.sleep", lambda _: None)
    monkeypatch.setattr(releasing, "PATIENCE", 2)  # how long it waits has a test of its own

    assert releaser.lambda_handler(_edit(("-", "import")), CONTEXT) == {"queued": 0}
    with pytest.raises(RetryableError):
        releaser.lambda_handler(both, CONTEXT)


def _mark(account: Account) -> None:
    """An import in portions that is under way for ever."""
    mark = {"company": "-", "rule": "import", "until": "2999-01-01T00:00:00.000000Z"}
    mark |= {"owner": "somebody", "before": "one", "after": "other"}
    account.client("dynamodb").put_item(
        TableName=account.resources["MappingsTable"], Item=to_item(mark)
    )


def test_the_releaser_waits_for_an_import_instead_of_losing_its_edits() -> None:
    naps: list[float] = []
    mapping = mapping_file.parse(NORDFAB_MAPPING)
    answers: list[Any] = [RetryableError("under way"), RetryableError("under way"), mapping]

    def load() -> Any:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    assert releasing.settled(load, naps.append) == mapping
    assert naps == [releasing.PAUSE_SECONDS] * 2


def test_the_releaser_gives_up_before_its_time_is_over() -> None:
    naps: list[float] = []

    def load() -> Any:
        raise RetryableError("under way")

    with pytest.raises(RetryableError):
        releasing.settled(load, naps.append)
    assert 60 < sum(naps) < 110, "the function may run for 120 seconds"


def test_the_writer_takes_no_change_on_while_an_import_is_under_way(
    account: Account, rippling: Rippling
) -> None:
    account.handler("poller").lambda_handler({}, CONTEXT)
    record = account.receive()[0]
    _mark(account)
    calls = len(rippling.journal)

    answer = account.handler("writer").lambda_handler({"Records": [record]}, CONTEXT)

    assert [each["itemIdentifier"] for each in answer["batchItemFailures"]] == [record["messageId"]]
    assert len(rippling.journal) == calls


# Pay


def test_no_amount_rests_in_any_table_or_log_not_even_where_it_is_kept(
    account: Account, rippling: Rippling, capsys: pytest.CaptureFixture[str]
) -> None:
    account.keep_pay()
    codes = _sellers(rippling, 2)
    _work(account)

    rows = {name: list(map(from_item, account.scan(name))) for name in _tables(account)}

    held = [row for row in rows["PeopleTable"] if row.get("employee_code") in codes]
    costs = [row.pop("allocation") for row in rows["PeopleTable"] if "allocation" in row]
    assert len(held) == 2
    assert sum("sealed_cost" in cost for cost in costs) >= 2
    kept = json.dumps([rows, costs], default=str) + capsys.readouterr().out
    assert str(CANARY) not in kept


def test_without_cost_allocation_no_amount_rests_at_all(
    account: Account, rippling: Rippling
) -> None:
    _sellers(rippling, 1)

    _work(account)

    rows = [account.scan(name) for name in _tables(account)]
    assert str(CANARY) not in json.dumps(rows, default=str)
    assert "allocation" not in json.dumps(rows, default=str)


def _tables(account: Account) -> list[str]:
    return [name for name in account.resources if name.endswith("Table")]
