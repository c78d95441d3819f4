"""A result of each verb, with a text put wherever there is one, be it a time or a code."""

from __future__ import annotations

from typing import Any

from connector.services.report.delivery import packed_files


def some(*first: Any) -> dict[str, Any]:
    return {"count": len(first) + 1, "first": list(first)}


def rounds_of_a_replay(left: int) -> list[dict[str, Any]]:
    """Ten letters replayed, then seven, and none of them to be waited for."""
    same = {"ok": True, "only": [], "waiting": {}, "results": [], "trouble": "", "failing": []}
    return [
        {**same, "replayed": 10, "left": 0, "more": True},
        {**same, "replayed": 7, "left": left, "more": False},
    ]


def results(text: str) -> dict[str, dict[str, Any]]:
    who = {
        "company": text, "person": text, "employee_code": text, "number": text, "department": text,
        "since": text, "reason": text,
    }  # fmt: skip
    effect = some({"who": text, "how": text})
    company = dict.fromkeys(("moves", "releases", "blocks", "excludes", "includes"), effect)
    check = {"name": "thing", "level": "bad", "message": text, "remedy": text}
    letter = {
        "id": "1",
        "sent_at": text,
        "worker": text,
        "cause": text,
        "reason": text,
        "is_change": True,
        "since": text,
        "tries": 3,
        "number": text,
        "company": text,
        "department": text,
    }
    imported = {"written": 1, "removed": 2, "companies": [text]}
    followed = {
        "started": "2026-11-24T12:00:00+00:00",
        "waiting": {},
        "refused": [{"person": text, "company": text, "number": text, "why": text}],
        "results": [
            {"person": text, "number": text, "company": text, "outcome": text, "message": text}
        ],
    }
    run = {
        **dict.fromkeys(("workers_read", "queued", "due", "released", "drifted"), 2),
        **dict.fromkeys(("skipped", "paused", "postponed"), False),
        "sweep": "finished",
        "problems": [text],
        "facts_unknown": {text: 1},
        "mode": "live",
        "runs": 1,
        "is_over": True,
    }
    row = {"what": text, "company": text, "person": text, "number": text, "message": text}
    disagreement = {"rows": [row], "people": 2, "problems": [text]}
    names = ("run", "company", "state", "type", "from", "to", "check_date")
    payroll_run: dict[str, Any] = dict.fromkeys(names, text)
    batch: dict[str, Any] = {
        "currency": text, "number": text, "key": text, "revision": 1, "period": text,
        "people": 3, "lines": 4, "total": text,
    }  # fmt: skip
    employee = {"person": text, "company": text, "code": text}
    return {
        "ping": {
            "systems": [{"system": "visma", "company": text, "checks": [check]}],
            "counts": {"bad": 1, "warning": 0, "unknown": 0},
            "to_put_right": 1,
        },
        "plan": {
            "digest": text,
            "problems": [text],
            "summary": [
                {"company": text, "outcome": text, "people": 1, "departments": {text: 1}}
            ],
            "people": [
                {"company": text, "number": text, "person": text, "department": text,
                 "outcome": text, "message": text, "cost_centre": [text, f"{text}x"]}
            ],
        },
        "apply": followed,
        "sync": followed,
        "explain": {
            "person": text,
            "steps": [{"name": "ledger", "saw": [text], "decided": text}],
            "foreseen": [{"outcome": "held", "number": text, "person": text}],
            "is_edited": True,
            "is_gone": True,
            "is_unread": True,
        },
        "status": {
            "version": text,
            "groups": [{"group": "people", "checks": [check]}],
            "counts": {"bad": 1, "warning": 0, "unknown": 1},
            "to_put_right": 2,
        },
        "reconcile": disagreement,
        "reconcile heal": {**disagreement, "queued": 1},
        "report": {
            "month": text,
            "company": text,
            "is_ready": False,
            "bucket": text,
            "key": f"reports/2026-11/{text}/report.html",
            "not_kept": "",
            "files": packed_files(text, {"table.csv": text}),
            "sections": [
                {"key": text, "title": text, "needs_human": [text], "rows": 1},
            ],
        },
        "payroll runs": {
            "rows": [{**payroll_run, "is_exporting": False, "batches": [{**batch, "stage": text}]}]
        },
        "payroll export": {
            **payroll_run,
            "booked_on": text,
            "notes": [text],
            "is_plan": False,
            "forgotten": [text],
            "batches": [{**batch, "remarks": [text], "earlier": [text], "is_found": True}],
        },
        "rejected": {"rows": [{**who, "by": text, "list": "rejected"}]},
        "rejected take-back": {"queued": 1, "unknown": [text]},
        "mappings import": imported,
        "mappings rollback": {**imported, "before": text},
        "mappings diff": {
            "companies": [
                {"company": text, **company, "hinges_on_pay": 1, "visma_known": False}
            ],
            "rows": {word: some(text) for word in ("added", "changed", "removed")},
            "blocked": 1,
        },
        "mappings check": {
            "findings": [{"company": text, "message": text, "is_unchecked": True}]
        },
        "mappings export": {"text": text},
        "mappings scaffold": {"text": text},
        "audit": {
            "rows": [
                {"time": text, "company": text, "person": text, "shown_as": text, "kind": text,
                 "message": text, "operator": text}
            ],
            "more": None,
        },
        "audit verify": {
            "chains": 3,
            "rows": 9,
            "after": "",
            "broken": [{"person": text, "time": text, "what": text}],
        },
        "audit export": {
            "rows": [{"time": text, "person": text, "message": text}],
            "more": None, "format": "csv",
        },
        "personal-data": {"text": text},
        "erase": {
            "person": text,
            "erased": False,
            "employees": 1,
            "codes": 1,
            "audit_rows": 3,
        },
        "mappings history": {
            "rows": [
                {
                    "time": text,
                    "operator": text,
                    "outcome": text,
                    "said": {"from": text, "to": text},
                },
                {"time": text, "operator": text, "outcome": text, "problems": [text]},
            ],
            "left_out": 2,
        },
        "waiting": {"rows": [{**who, "list": "waiting"}]},
        "scheduled": {"rows": [{**who, "due_on": text, "list": "scheduled"}]},
        "conflicts": {"rows": [{**who, "list": "conflicts"}]},
        "held": {
            "rows": [{**who, "kind": text, "run": text, "list": "held"}],
            "windows": [{"company": text, "kind": text, "people": 3}],
        },
        "approve": {"queued": 1, "unknown": [text], "seconded_later": 1, "overtaken": [text]},
        "reject": {"queued": 1, "unknown": [text], "seconded_later": 0},
        "adopt": employee,
        "rename": employee,
        "duplicates": {
            "rows": [{"company": text, "codes": [text, text], "reason": text, "active": [text],
                 "departments": [text], "since": text}]
        },
        "dead-letters": {"rows": [letter, {**letter, "is_change": False}], "total": 3},
        "replay": {
            **followed,
            "replayed": 1,
            "left": 1,
            "more": False,
            "only": [text],
            "trouble": text,
            "failing": [{"company": text, "number": text, "person": text, "reason": text}],
        },
        "tick": run,
        "sweep": {**run, "started": text},
        "rehearse": {"before": "off", "mode": "rehearsal", "reason": text},
        "go-live": {"before": "rehearsal", "mode": "live", "reason": text},
        "pause": {"before": "live", "mode": "off", "reason": text},
        "resume": {"was_paused": True, "since": text, "reason": text},
        "oauth confirm": {
            "company_id": text,
            "company": text,
            "since": text,
            "in_use": text,
            "is_another": True,
            "confirmed": False,
        },
        "oauth start": {
            "expires_at": text, "link": text, "install_link": text, "advice": text,
        },
    }  # fmt: skip
