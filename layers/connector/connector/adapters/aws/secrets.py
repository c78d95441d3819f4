"""The credentials of both vendors in AWS Secrets Manager.

No value of a secret ever gets into an error, and the public doors load nothing of this.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from connector.adapters.aws.errors import Client, answering
from connector.adapters.aws.secret_reader import MAX_AGE, SecretReader, is_text
from connector.domain.errors import ConfigurationError
from connector.ports.secrets import Pending, RipplingCredentials, VismaCredentials

RIPPLING = "the Rippling secret"
PENDING, COMPANY = "pending", "company_id"
VISMA = "the Visma secret"
OAUTH = ("client_id", "client_secret", "redirect_uri")
RIPPLING_TEXTS = ("api_token", *OAUTH, "access_token", "refresh_token")
VISMA_TEXTS = ("client_id", "client_secret", "tenant_id")
SHAPES = {
    RIPPLING: '{"api_token": "..."} or {"client_id": "...", "client_secret": "...",'
    ' "redirect_uri": "..."}',
    VISMA: '{"companies": {"<company>": {"client_id": "...", "client_secret": "...",'
    ' "tenant_id": "..."}}}',
}


NO_COMPANIES = "companies must hold one object for each company of the mapping"


class AwsSecrets:
    """The two secrets, each read once in a while."""

    def __init__(
        self,
        client: Client,
        rippling_arn: str,
        visma_arn: str,
        now: Callable[[], datetime],
        max_age: timedelta = MAX_AGE,
    ) -> None:
        self._client = client
        self._rippling_arn = rippling_arn
        self._rippling, self._visma = (
            SecretReader(client, arn, now, name=name, shape=SHAPES[name], max_age=max_age)
            for name, arn in ((RIPPLING, rippling_arn), (VISMA, visma_arn))
        )

    def rippling(self, *, fresh: bool = False) -> RipplingCredentials:
        """The Rippling secret."""
        data = self._rippling.read(fresh=fresh)
        problems = _rippling_problems(data)
        if problems:
            raise ConfigurationError(f"{RIPPLING}: {problem}" for problem in problems)
        texts = {name: data[name].strip() for name in RIPPLING_TEXTS if is_text(data.get(name))}
        texts |= {COMPANY: data[COMPANY]} if is_text(data.get(COMPANY)) else {}
        return RipplingCredentials(**texts, expires_at=expiry_in(data.get("expires_at")))

    def visma(self, *, fresh: bool = False) -> dict[str, VismaCredentials]:
        """The Visma secret, by company key."""
        data = self._visma.read(fresh=fresh)
        problems = _visma_problems(data)
        if problems:
            raise ConfigurationError(f"{VISMA}: {problem}" for problem in problems)
        return {key: _visma_company(values) for key, values in data["companies"].items()}

    def visma_company(self, company: str, *, fresh: bool = False) -> VismaCredentials | None:
        """One company of the Visma secret."""
        companies = self._visma.read(fresh=fresh).get("companies")
        if not isinstance(companies, dict) or not companies:
            raise ConfigurationError(f"{VISMA}: {NO_COMPANIES}")
        if company not in companies:
            return None
        problems = _company_problems(companies[company])
        if problems:
            raise ConfigurationError(f"{VISMA}: companies.{company}{each}" for each in problems)
        return _visma_company(companies[company])

    def store_rippling_tokens(
        self, access_token: str, refresh_token: str | None, expires_at: datetime
    ) -> None:
        """Puts an installation's newest tokens into the Rippling secret; all else in it stays."""
        data = {
            **self._rippling.read(fresh=True),
            "access_token": access_token,
            "expires_at": expires_at.isoformat(),
        }
        if refresh_token:
            data["refresh_token"] = refresh_token
        self._put(data)

    def store_pending(self, pending: Pending) -> None:
        """Puts the tokens of a new installation beside those in use, in place of an older one."""
        held = {
            "access_token": pending.access_token,
            "refresh_token": pending.refresh_token,
            "expires_at": pending.expires_at.isoformat(),
            "since": pending.since.isoformat(),
        }
        self._put({**self._rippling.read(fresh=True), PENDING: held})

    def pending(self) -> Pending | None:
        """The installation that nobody has confirmed yet, read afresh."""
        held = self._rippling.read(fresh=True).get(PENDING)
        if not isinstance(held, dict) or not is_text(held.get("access_token")):
            return None
        expires_at, since = (expiry_in(held.get(name)) for name in ("expires_at", "since"))
        if expires_at is None or since is None:
            return None
        refresh_token = held.get("refresh_token")
        return Pending(
            held["access_token"],
            refresh_token if is_text(refresh_token) else None,
            expires_at,
            since,
        )

    def confirm(self, pending: Pending, company_id: str) -> None:
        """Puts a new installation into use, and remembers whose it is."""
        held = self._rippling.read(fresh=True)
        spent = (PENDING, "refresh_token")
        data = {name: value for name, value in held.items() if name not in spent}
        data |= {
            "access_token": pending.access_token,
            "expires_at": pending.expires_at.isoformat(),
            COMPANY: company_id,
        }
        data |= {"refresh_token": pending.refresh_token} if pending.refresh_token else {}
        self._put(data)

    def _put(self, data: dict[str, Any]) -> None:
        with answering("Secrets Manager"):
            self._client.put_secret_value(
                SecretId=self._rippling_arn,
                SecretString=json.dumps(data),
                # The same for a repetition, so that a lost answer makes no second version.
                ClientRequestToken=str(uuid4()),
            )
        self._rippling.hold(data)


def _rippling_problems(data: Mapping[str, Any]) -> list[str]:
    given = [name for name in RIPPLING_TEXTS if data.get(name) is not None]
    problems = [f"{name} must be a text" for name in given if not is_text(data[name])]
    lacking = [name for name in OAUTH if name not in given]
    if "api_token" not in given and lacking:
        lacks = f"{', '.join(lacking)} missing"
        problems.append(f"it needs api_token, or {', '.join(OAUTH)} together ({lacks})")
    return problems


def _visma_problems(data: Mapping[str, Any]) -> list[str]:
    companies = data.get("companies")
    if not isinstance(companies, dict) or not companies:
        return [NO_COMPANIES]
    return [
        f"companies.{key}{problem}"
        for key, values in companies.items()
        for problem in _company_problems(values)
    ]


def _company_problems(values: Any) -> list[str]:
    if not isinstance(values, dict):
        return [" must be an object"]
    problems = [
        f".{name} is missing" if values.get(name) is None else f".{name} must be a text"
        for name in VISMA_TEXTS
        if not is_text(values.get(name))
    ]
    company_id = values.get("company_id")
    if company_id is not None and not (is_text(company_id) or type(company_id) is int):
        problems.append(".company_id must be a text")
    return problems


def _visma_company(values: Mapping[str, Any]) -> VismaCredentials:
    texts = {name: values[name].strip() for name in VISMA_TEXTS}
    company_id = values.get("company_id")
    return VismaCredentials(
        **texts, company_id=None if company_id is None else str(company_id).strip()
    )


def expiry_in(value: object) -> datetime | None:
    """The moment in a secret, or None where it is none."""
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment and moment.tzinfo is None else moment
