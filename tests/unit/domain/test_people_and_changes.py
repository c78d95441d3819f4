"""Workers, fingerprints, changes and the audit chain: the small values under everything else."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import asdict, fields, replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.domain.changes import Cause, Change
from connector.domain.employees import PERSONAL_FIELDS, stored_value, stored_values
from connector.domain.errors import NotAChangeError
from connector.domain.facts import UNKNOWN, Named
from connector.domain.people import Facts, fingerprint
from connector.domain.planning import Difference, Outcome
from connector.domain.records.audit_message import audit_message
from connector.domain.records.digests import Seal
from tests.support.digests import KEY, SEAL
from tests.unit.builders import NOW, a_worker, some_facts, some_personal


def test_a_fingerprint_moves_with_every_fact_and_every_personal_field() -> None:
    worker = a_worker()
    others = [
        replace(worker, facts=some_facts(department=Named("d2", "Sales"))),
        replace(worker, facts=some_facts(department=Named("d1", "Production", "NEW"))),
        replace(worker, facts=some_facts(end_date=NOW.date())),
        replace(worker, personal=some_personal(family_name="Annen")),
        replace(worker, personal=some_personal(mobile_phone=None)),
        replace(worker, id="w2"),
    ]

    assert len({fingerprint(other, KEY) for other in [worker, *others]}) == 7


def test_a_fingerprint_does_not_move_with_the_stamp_or_what_visma_cannot_hold() -> None:
    worker = a_worker()

    later = replace(worker, updated_at=NOW + timedelta(days=1), title="Chief", manager_id="w9")

    assert fingerprint(later, KEY) == fingerprint(worker, KEY)


def test_a_fingerprint_covers_every_member_that_a_worker_has() -> None:
    facts, personal = some_facts(), some_personal()

    assert personal.to_json() == asdict(personal)
    assert replace(personal, address=None).to_json() == asdict(replace(personal, address=None))
    hidden: Any = dict.fromkeys((each.name for each in fields(facts)), UNKNOWN)
    assert replace(facts, **hidden).to_json().keys() == {each.name for each in fields(facts)}


def test_facts_survive_resting_in_the_ledger() -> None:
    facts = some_facts(end_date=NOW.date(), custom_fields={"Cost center": "200"})

    assert Facts.from_json(json.loads(json.dumps(facts.to_json()))) == facts


def test_a_worker_shows_nothing_personal_when_printed() -> None:
    assert "Testmann" not in repr(a_worker())


def test_a_change_survives_the_queue() -> None:
    change = Change("w1", Cause.POLL, "c1", "p1")

    assert Change.from_body(change.to_body()) == change
    assert Change.from_body(Change("w1", Cause.WEBHOOK, "c1").to_body()).person_id is None


@pytest.mark.parametrize(
    "body",
    [
        "",
        "hello",
        "[]",
        "{}",
        '{"worker_id": "w", "cause": "poll"}',
        '{"worker_id": "w", "cause": "whim", "correlation_id": "c"}',
        '{"worker_id": "", "cause": "poll", "correlation_id": "c"}',
        '{"worker_id": 7, "cause": "poll", "correlation_id": "c"}',
        '{"worker_id": "w", "cause": "poll", "correlation_id": "c", "name": "Kari"}',
        '{"worker_id": "w", "cause": "poll", "correlation_id": "c", "person_id": ""}',
        json.dumps({"worker_id": "w" * 129, "cause": "poll", "correlation_id": "c"}),
    ],
)
def test_what_is_not_a_change_is_refused_without_being_repeated(body: str) -> None:
    with pytest.raises(NotAChangeError) as caught:
        Change.from_body(body)

    assert "Kari" not in str(caught.value)


@given(st.text())
def test_no_text_whatever_makes_the_reader_of_changes_stumble(body: str) -> None:
    with suppress(NotAChangeError):
        Change.from_body(body)


@given(st.text(min_size=1).filter(lambda text: text.strip()), st.sampled_from(PERSONAL_FIELDS))
def test_a_personal_value_never_rests_as_itself(value: str, path: str) -> None:
    rested = stored_value(path, value, SEAL)

    assert rested != value.strip()
    assert rested != stored_value(path, value, Seal(KEY, "other salt"))


def test_business_values_rest_in_clear() -> None:
    assert stored_values({"department": "PROD", "branch": "2"}, SEAL) == {
        "department": "PROD",
        "branch": "2",
    }


def test_a_sentence_shows_business_values_and_names_personal_fields() -> None:
    differences = [
        Difference("department", "PROD", "SALES"),
        Difference("branch", "", "2"),
        Difference("contact.last_name", "abc123", "def456"),
    ]

    told = audit_message(Outcome.UPDATED, "norway", "1042", differences, ["adopted"])

    assert told == (
        "Updated employee 1042 in norway: department PROD -> SALES, branch 2, contact.last name: "
        "adopted."
    )
