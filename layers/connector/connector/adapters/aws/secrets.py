"""The two secrets in AWS Secrets Manager. The webhook loads this file: it stays light.

No value of a secret ever gets into an error.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from botocore.exceptions import ClientError

from connector.adapters.aws.errors import Client, answering, code_of
from connector.domain.errors import ConfigurationError
from connector.ports.secrets import RipplingCredentials, VismaCredentials

RIPPLING = "the Rippling secret"
VISMA = "the Visma secret"
SHORTEST_TOKEN = 16
OAUTH = ("client_id", "client_secret", "redirect_uri")
RIPPLING_TEXTS = ("api_token", *OAUTH, "access_token", "refresh_token", "company_id")
VISMA_TEXTS = ("client_id", "client_secret", "tenant_id")
SHAPES = {
    RIPPLING: '{"api_token": "..."} or {"client_id": "...", "client_secret": "...",'
    ' "redirect_uri": "..."}, and "webhook_tokens": ["...", "..."]',
    VISMA: '{"companies": {"<company>": {"client_id": "...", "client_secret": "...",'
    ' "tenant_id": "..."}}}',
}


NO_COMPANIES = "companies must hold one object for each company of the mapping"


class _EmptyError(ConfigurationError):
    """A secret that no one has filled yet."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is empty: put {SHAPES[name]} in it")


class AwsSecrets:
    """The two secrets, each read once in a while."""

    def __init__(
        self,
        client: Client,
        rippling_arn: str,
        visma_arn: str,
        now: Callable[[], datetime],
        max_age: float = 300,
    ) -> None:
        self._client = client
        self._arns = {RIPPLING: rippling_arn, VISMA: visma_arn}
        self._now = now
        self._max_age = timedelta(seconds=max_age)
        self._held: dict[str, tuple[datetime, dict[str, Any]]] = {}

    def rippling(self, *, fresh: bool = False) -> RipplingCredentials:
        """The Rippling secret."""
        data = self._read(RIPPLING, fresh=fresh)
        problems = _rippling_problems(data)
        if problems:
            raise ConfigurationError(f"{RIPPLING}: {problem}" for problem in problems)
        texts = {name: data[name].strip() for name in RIPPLING_TEXTS if _is_text(data.get(name))}
        return RipplingCredentials(
            **texts, expires_at=expiry_in(data.get("expires_at")), webhook_tokens=_tokens(data)
        )

    def visma(self, *, fresh: bool = False) -> dict[str, VismaCredentials]:
        """The Visma secret, by company key."""
        data = self._read(VISMA, fresh=fresh)
        problems = _visma_problems(data)
        if problems:
            raise ConfigurationError(f"{VISMA}: {problem}" for problem in problems)
        return {key: _visma_company(values) for key, values in data["companies"].items()}

    def visma_company(self, company: str, *, fresh: bool = False) -> VismaCredentials | None:
        """One company of the Visma secret."""
        companies = self._read(VISMA, fresh=fresh).get("companies")
        if not isinstance(companies, dict) or not companies:
            raise ConfigurationError(f"{VISMA}: {NO_COMPANIES}")
        if company not in companies:
            return None
        problems = _company_problems(companies[company])
        if problems:
            raise ConfigurationError(f"{VISMA}: companies.{company}{each}" for each in problems)
        return _visma_company(companies[company])

    def webhook_tokens(self, *, fresh: bool = False) -> tuple[str, ...]:
        """The bearer tokens that the webhook accepts, whatever else the Rippling secret lacks."""
        try:
            data = self._read(RIPPLING, fresh=fresh)
        except _EmptyError:
            return ()
        problems = _token_problems(data)
        if problems:
            raise ConfigurationError(f"{RIPPLING}: {problem}" for problem in problems)
        return _tokens(data)

    def webhook_company(self) -> str | None:
        """The Rippling company that a webhook must be about, if that is to be checked."""
        try:
            company_id = self._read(RIPPLING, fresh=False).get("company_id")
        except _EmptyError:
            return None
        if company_id is not None and not _is_text(company_id):
            raise ConfigurationError(f"{RIPPLING}: company_id must be a text")
        return company_id.strip() if company_id else None

    def notification_keys(self) -> dict[str, str]:
        """The keys by which Visma signs its notifications, by company, whatever else is lacking."""
        try:
            data = self._read(VISMA, fresh=False)
        except _EmptyError:
            return {}
        companies = data.get("companies")
        given = companies.items() if isinstance(companies, dict) else ()
        having = {key: values for key, values in given if isinstance(values, dict)}
        problems = [
            f"{VISMA}: companies.{key}{problem}"
            for key, values in having.items()
            for problem in _key_problems(values)
        ]
        if problems:
            raise ConfigurationError(problems)
        return {
            key: values["webhook_secret"].strip()
            for key, values in having.items()
            if values.get("webhook_secret") is not None
        }

    def store_rippling_tokens(
        self, access_token: str, refresh_token: str | None, expires_at: datetime
    ) -> None:
        """Puts an installation's newest tokens into the Rippling secret; all else in it stays."""
        data = {
            **self._read(RIPPLING, fresh=True),
            "access_token": access_token,
            "expires_at": expires_at.isoformat(),
        }
        if refresh_token:
            data["refresh_token"] = refresh_token
        with answering("Secrets Manager"):
            self._client.put_secret_value(
                SecretId=self._arns[RIPPLING],
                SecretString=json.dumps(data),
                # The same for a repetition, so that a lost answer makes no second version.
                ClientRequestToken=str(uuid4()),
            )
        self._held[RIPPLING] = (self._now(), data)

    def _read(self, name: str, *, fresh: bool) -> dict[str, Any]:
        now = self._now()
        held = self._held.get(name)
        if held and not fresh and now - held[0] < self._max_age:
            return held[1]
        data = secret_object(self._text(name))
        if data is None:
            raise ConfigurationError(f"{name} is not a JSON object: put {SHAPES[name]} in it")
        self._held[name] = (now, data)
        return data

    def _text(self, name: str) -> str:
        try:
            with answering("Secrets Manager"):
                answer = self._client.get_secret_value(SecretId=self._arns[name])
        except ClientError as error:
            if code_of(error) != "ResourceNotFoundException":
                raise
            raise _EmptyError(name) from error
        text = str(answer.get("SecretString", ""))
        if not text.strip():
            raise _EmptyError(name)
        return text


def secret_object(text: str) -> dict[str, Any] | None:
    """The JSON object in a secret, or None where it is something else."""
    try:
        data = json.loads(text)
    except ValueError:
        return None  # the error would carry the text
    return data if isinstance(data, dict) else None


def _rippling_problems(data: Mapping[str, Any]) -> list[str]:
    given = [name for name in RIPPLING_TEXTS if data.get(name) is not None]
    problems = [f"{name} must be a text" for name in given if not _is_text(data[name])]
    lacking = [name for name in OAUTH if name not in given]
    if "api_token" not in given and lacking:
        lacks = f"{', '.join(lacking)} missing"
        problems.append(f"it needs api_token, or {', '.join(OAUTH)} together ({lacks})")
    return problems + _token_problems(data)


def _token_problems(data: Mapping[str, Any]) -> list[str]:
    tokens = data.get("webhook_tokens") or []
    if not isinstance(tokens, list):
        return ["webhook_tokens must be a list"]
    return [
        f"webhook_tokens[{position}] must be a text of at least {SHORTEST_TOKEN} characters"
        for position, token in enumerate(tokens)
        if not _is_text(token) or len(token.strip()) < SHORTEST_TOKEN
    ]


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
        if not _is_text(values.get(name))
    ]
    company_id = values.get("company_id")
    if company_id is not None and not (_is_text(company_id) or type(company_id) is int):
        problems.append(".company_id must be a text")
    return problems + _key_problems(values)


def _key_problems(values: Mapping[str, Any]) -> list[str]:
    key = values.get("webhook_secret")
    if key is None or (_is_text(key) and len(key.strip()) >= SHORTEST_TOKEN):
        return []
    return [f".webhook_secret must be a text of at least {SHORTEST_TOKEN} characters"]


def _visma_company(values: Mapping[str, Any]) -> VismaCredentials:
    texts = {name: values[name].strip() for name in VISMA_TEXTS}
    company_id = values.get("company_id")
    key = values.get("webhook_secret")
    return VismaCredentials(
        **texts,
        company_id=None if company_id is None else str(company_id).strip(),
        webhook_secret=None if key is None else key.strip(),
    )


def _tokens(data: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(token.strip() for token in data.get("webhook_tokens") or ())


def expiry_in(value: object) -> datetime | None:
    """The moment in a secret, or None where it is none."""
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment and moment.tzinfo is None else moment


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())
