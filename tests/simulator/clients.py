"""A plain client of the fake Visma.net, for the tests of the fake itself.

It knows tokens and nothing else; the connector has its own. Needs `requests`, which the fakes
do not, so the package does not import it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import requests

from tests.simulator.nordfab import credentials
from tests.simulator.visma import SCOPES

if TYPE_CHECKING:
    from tests.simulator.visma import Visma

ALL_SCOPES = " ".join(sorted(SCOPES))
TIMEOUT_SECONDS = 5


class VismaClient:
    """One company's connection to the fake, with a token of its own."""

    def __init__(self, visma: Visma, company: str = "norway", scope: str = ALL_SCOPES) -> None:
        self.visma = visma
        self.session = requests.Session()
        secret = credentials(2)[1]["companies"][company]
        token = ask_token(visma, scope=scope, **secret).json()["access_token"]
        self.session.headers["Authorization"] = f"Bearer {token}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.session.close()

    def get(self, path: str, **query: Any) -> requests.Response:
        """GET with these query parameters."""
        return self.session.get(self.visma.url + path, params=query, timeout=TIMEOUT_SECONDS)

    def post(self, path: str, body: Any) -> requests.Response:
        """POST of a JSON body."""
        return self.session.post(self.visma.url + path, json=body, timeout=TIMEOUT_SECONDS)

    def put(self, path: str, body: Any, etag: str | None = None) -> requests.Response:
        """PUT of a JSON body, on the condition of an ETag if one is given."""
        headers = {"If-Match": etag} if etag else {}
        return self.session.put(
            self.visma.url + path, json=body, headers=headers, timeout=TIMEOUT_SECONDS
        )

    def create(self, code: str = "1001", **members: Any) -> requests.Response:
        """POST of an employee that Visma takes, but for the members that are given."""
        return self.post("/v1/employee", new_employee(code, **members))


def ask_token(visma: Visma, **form: str) -> requests.Response:
    """Asks for a token with these form fields over the usual ones."""
    form.pop("company_id", None)
    form = {"grant_type": "client_credentials", "scope": ALL_SCOPES, **form}
    return requests.post(visma.token_url, data=form, timeout=TIMEOUT_SECONDS)


def new_employee(code: str, **members: Any) -> dict[str, Any]:
    """The body of a create that Nordfab's Norwegian company accepts."""
    return {
        "employeeCd": {"value": code},
        "department": {"value": "PROD"},
        "employeeClass": {"value": "STAFF"},
        "branch": {"value": "1"},
        "calendar": {"value": "NORWAY"},
        "contact": {
            "firstName": {"value": "Kari"},
            "middleName": {"value": "Moe"},
            "lastName": {"value": "Lie"},
            "email": {"value": "kari.lie@example.no"},
        },
        "address": {"city": {"value": "Oslo"}, "countryId": {"value": "NO"}},
        **members,
    }


def new_batch(*lines: dict[str, Any], **members: Any) -> dict[str, Any]:
    """The body of a batch that the books of Nordfab accept, but for what is given."""
    usual = (
        batch_line("5010", "200", debit=1000.5),
        batch_line("5010", "210", debit=500),
        batch_line("2930", "000", credit=1500.5),
    )
    return {
        "hold": {"value": True},
        "transactionDate": {"value": "2025-06-30T00:00:00"},
        "financialPeriod": {"value": "202506"},
        "ledger": {"value": "1"},
        "branch": {"value": "1"},
        "currencyId": {"value": "NOK"},
        "description": {"value": "Payroll 2025-06 [RPABCDEFGHIJKLM]"},
        "controlTotalInCurrency": {"value": 1500.5},
        "journalTransactionLines": list(lines or usual),
        **members,
    }


def batch_line(account: str, cost_centre: str, **members: Any) -> dict[str, Any]:
    """One line to insert, with `debit` or `credit`; other members as they are written."""
    amounts = {
        f"{side}AmountInCurrency": {"value": members.pop(side)}
        for side in ("debit", "credit")
        if side in members
    }
    return {
        "operation": "Insert",
        "accountNumber": {"value": account},
        "subaccount": [
            {"segmentId": 1, "segmentValue": cost_centre},
            {"segmentId": 2, "segmentValue": "00"},
        ],
        "branch": {"value": "1"},
        "referenceNumber": {"value": "RPABCDEFGHIJKLM"},
        "transactionDescription": {"value": "Wages"},
        **amounts,
        **members,
    }
