"""HTTP to a vendor: time-outs, repeated reads, writes sent once, limits, renewal of the sign-in.

Nothing here knows what an answer means to one vendor, and nothing is logged. Error texts name
method, host, path and status; never a query, a header's value or a body.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, NoReturn, TypeAlias
from urllib.parse import urljoin, urlsplit

import requests
from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception_type,
    stop_after_attempt,
    wait_exponential_jitter,
)

from connector.adapters.http.exchange import (
    EXCHANGE_SECONDS,
    Call,
    Exchanges,
    Signature,
    shown_url,
)
from connector.adapters.http.failures import (
    AnswerTooLargeError,
    cause_of,
    is_transient,
    nothing_was_sent,
)
from connector.adapters.http.json_text import parsed
from connector.adapters.http.paths import without_steps
from connector.adapters.http.rate_limit import PATIENCE_SECONDS, Limits
from connector.domain.errors import (
    ConfigurationError,
    NonsenseError,
    RateLimitedError,
    RefusedError,
    RetryableError,
    UnknownOutcomeError,
    UpstreamUnavailableError,
)
from connector.ports.shapes import AnswerWatch

Authorization: TypeAlias = Callable[[bool], str]
"""Gives the Authorization header; called with True when the last one was turned down."""

OnCall: TypeAlias = Callable[[str, int], None]
"""Is told the vendor and the status of every call that was made; 0 where no answer came."""

TimeLeft: TypeAlias = Callable[[], float]
"""The seconds that the running invocation may still work."""

Refusal: TypeAlias = Callable[[requests.Response], RefusedError | None]
"""Reads the business reason out of an answer that failed, where it gives one."""

IsFinal: TypeAlias = Callable[[requests.Response], bool]
"""Whether a failed read is an answer in truth."""

CONNECT_SECONDS, READ_SECONDS = 3.05, 20.0
ATTEMPTS = 3

CLOSING_SECONDS = 5.0
"""Kept of an invocation's time so that what became of its last call can be recorded."""

UNDER_WAY = (
    HTTPStatus.ACCEPTED,
    HTTPStatus.REQUEST_TIMEOUT,
    HTTPStatus.BAD_GATEWAY,
    HTTPStatus.GATEWAY_TIMEOUT,
)
"""After these a write may still be worked on: whoever answered is not the one that does it."""

BACK_OFF = wait_exponential_jitter(multiplier=0.3, max=4.0, jitter=0.7)
DEFAULT_PORTS = {"https": 443, "http": 80}
_UNSAFE_IN_A_LINK = re.compile(r"[\x00-\x20\\\x7f]")
_MEDIA_TYPE = re.compile(r"[\w.+-]{1,60}/[\w.+-]{1,60}")


def _endless() -> float:
    return float("inf")


def utc_now() -> datetime:
    """The present moment."""
    return datetime.now(UTC)


class HttpClient:
    """One vendor's server: reads are repeated, writes are sent once, limits are kept."""

    def __init__(
        self,
        vendor: str,
        base_url: str,
        *,
        authorization: Authorization | None = None,
        on_call: OnCall | None = None,
        limits: Limits | None = None,
        timeouts: tuple[float, float] = (CONNECT_SECONDS, READ_SECONDS),
        longest: float = EXCHANGE_SECONDS,
        time_left: TimeLeft = _endless,
        watch: AnswerWatch | None = None,
        sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self.vendor = vendor
        self.base_url = base_url.rstrip("/")
        self.sleep = sleep
        self._origin = _origin(self.base_url)
        if self._origin is None:
            raise ConfigurationError(f"the address of {vendor} must be an http(s) URL without user")
        self._authorization = authorization
        self._on_call = on_call
        self._longest = longest
        self._time_left = time_left
        self._watch = watch
        self._limits = limits or Limits(vendor, now)
        self._exchanges = Exchanges(timeouts)

    def get(
        self,
        path_or_url: str,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        is_final: IsFinal | None = None,
    ) -> requests.Response:
        """The answer to a read, whatever its status, once the vendor is neither failing nor full.

        A failure that `is_final` knows to be an answer is given back and not asked for again.

        Raises:
            RateLimitedError: the vendor asks for a longer wait than is worth sleeping.
            UpstreamUnavailableError: no usable answer in three attempts.
        """
        call = Call("GET", self.url(path_or_url), params=params, headers=headers or {})
        return self._read(call, is_final)

    def post_form(self, path_or_url: str, form: Mapping[str, str]) -> requests.Response:
        """The answer to a form that changes nothing, such as a sign-in; repeated like a read.

        Raises:
            RateLimitedError: the vendor asks for a longer wait than is worth sleeping.
            UpstreamUnavailableError: no usable answer in three attempts.
        """
        return self._read(Call("POST", self.url(path_or_url), form=form))

    def write(
        self,
        method: str,
        path: str,
        json: Any = None,
        headers: Mapping[str, str] | None = None,
        *,
        refusal: Refusal | None = None,
    ) -> requests.Response:
        """The answer to a write that is never sent twice; `refusal` reads the reason of a failure.

        Raises:
            RateLimitedError: the vendor has no room; nothing was written.
            UpstreamUnavailableError: the vendor could not be reached; nothing was written.
            UnknownOutcomeError: it may or may not have been written: look before trying again.
        """
        call = Call(method, self.url(path), json=json, headers=headers or {})
        try:
            response = self._send(call)
        except requests.RequestException as error:
            self._raise_for_broken_write(call, error)
        self._raise_for_unclear_write(call, response, refusal)
        return response

    def url(self, path_or_url: str) -> str:
        """The full address of a path; a full address is given back if it is this server's.

        Raises:
            UpstreamUnavailableError: it belongs to another server, which must not see the token.
            RefusedError: a part of the path leads elsewhere.
        """
        if path_or_url.startswith("/"):
            return self.base_url + without_steps(path_or_url, self.vendor)
        origin = _origin(path_or_url)
        if origin != self._origin:
            shown = "{}://{}:{}".format(*origin) if origin else "something else"
            raise UpstreamUnavailableError(
                f"{self.vendor} gave a link to {shown} instead of {self.base_url}; it was not"
                " followed, so that the token does not leave; check the base URL"
            )
        return path_or_url

    def link(self, response: requests.Response, link: str) -> str:
        """The full address of a link that stands in an answer, relative or not.

        Raises:
            UpstreamUnavailableError: it leads to another server, which must not see the token.
        """
        try:
            # Characters on which the parsers here and below disagree have no place in a link.
            full = "" if _UNSAFE_IN_A_LINK.search(link) else urljoin(response.url, link)
        except ValueError:
            full = ""
        return self.url(full)

    def json_of(self, response: requests.Response) -> Any:
        """The parsed body of an answer.

        Raises:
            NonsenseError: it is not JSON.
        """
        try:
            content = parsed(response.content)
        except (ValueError, RecursionError):
            raise NonsenseError(
                f"{self.vendor} answered something that is not JSON"
                f" (content type {media_type(response)}, status {response.status_code},"
                f" {shown_url(response.url)}); it will be tried again"
            ) from None
        if self._watch and response.request.method:
            path = self._path_of(response.url)
            self._watch.content(response.request.method, path, response.status_code, content)
        return content

    def _read(self, call: Call, is_final: IsFinal | None = None) -> requests.Response:
        retrying = Retrying(
            stop=stop_after_attempt(ATTEMPTS),
            wait=_wait,
            retry=retry_if_exception_type(_TransientError),
            sleep=self.sleep,
            reraise=True,
        )
        try:
            return retrying(self._attempt, call, is_final)
        except _TransientError as failure:
            raise failure.error from None

    def _attempt(self, call: Call, is_final: IsFinal | None) -> requests.Response:
        try:
            response = self._send(call)
        except AnswerTooLargeError as error:
            raise NonsenseError(
                f"{self.vendor} gave no usable answer to {call} ({cause_of(error)}, and was not"
                " read on); it will be tried again"
            ) from None
        except requests.RequestException as error:
            raise _TransientError(self._unavailable(call, cause_of(error))) from None
        if not (is_final and is_final(response)):
            self._raise_for_failed_read(call, response)
        return response

    def _raise_for_failed_read(self, call: Call, response: requests.Response) -> None:
        status = response.status_code
        if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
            raise NonsenseError(
                f"{self.vendor} gave no usable answer to {call} (a redirect, {status}, which is"
                " never followed); it will be tried again. If it stays so, check the address"
            )
        if not is_transient(status):
            return
        wait = self._limits.retry_after(response)
        error: RetryableError = self._unavailable(call, f"status {status}", wait)
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            error = self._limited(call, wait)
        if wait is not None and wait > PATIENCE_SECONDS:
            raise error
        raise _TransientError(error, wait)

    def _raise_for_broken_write(self, call: Call, error: requests.RequestException) -> NoReturn:
        if nothing_was_sent(error):
            raise self._unavailable(call, cause_of(error)) from None
        raise UnknownOutcomeError(self._unknown(call, cause_of(error)), may_land=True) from None

    def _raise_for_unclear_write(
        self, call: Call, response: requests.Response, refusal: Refusal | None
    ) -> None:
        status = response.status_code
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            raise self._limited(call, self._limits.retry_after(response))
        is_redirect = HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST
        if status == HTTPStatus.ACCEPTED or is_redirect or is_transient(status):
            reason = refusal(response) if refusal else None
            raise UnknownOutcomeError(
                self._unknown(call, f"status {status}"),
                refusal=reason,
                may_land=status in UNDER_WAY,
            )

    def _send(self, call: Call) -> requests.Response:
        """One call; a sign-in that is turned down is renewed and the call repeated, once.

        A call that was answered 401 was not applied, so this holds for writes, too.
        """
        response = self._exchange(call, is_renewal=False)
        if response.status_code == HTTPStatus.UNAUTHORIZED and self._authorization:
            response = self._exchange(call, is_renewal=True)
        return response

    def _exchange(self, call: Call, *, is_renewal: bool) -> requests.Response:
        self._limits.raise_if_used_up()
        signature = self._signature(is_renewal)
        seconds = self._seconds_for(call)
        status = 0
        try:
            response = self._exchanges.exchange(call, signature, seconds)
            status = response.status_code
        finally:
            if self._on_call:
                self._on_call(self.vendor, status)
        self._limits.note(response)
        if self._watch:
            path = self._path_of(call.url)
            self._watch.answered(call.method, path, status, response.headers)
        return response

    def _path_of(self, url: str) -> str:
        """The path of an address behind that of the server, without the query."""
        return urlsplit(url).path.removeprefix(urlsplit(self.base_url).path)

    def _seconds_for(self, call: Call) -> float:
        seconds = min(self._longest, self._time_left() - CLOSING_SECONDS)
        if seconds <= 0:
            raise UpstreamUnavailableError(
                f"{call} was not sent to {self.vendor}, because the time of this run is over;"
                " it will be tried again"
            )
        return seconds

    def _signature(self, is_renewal: bool) -> Signature:
        header = self._authorization(is_renewal) if self._authorization else None
        if header is not None and not (header.isascii() and header.isprintable()):
            # Checked here because the libraries below would repeat the token in their errors.
            raise ConfigurationError(
                f"the token of {self.vendor} has a character that no token may have; enter it again"
            )
        return Signature(header)

    def _unavailable(
        self, call: Call, what: str, retry_after: float | None = None
    ) -> UpstreamUnavailableError:
        return UpstreamUnavailableError(
            f"{self.vendor} gave no usable answer to {call} ({what}); it will be tried again",
            retry_after=retry_after,
        )

    def _limited(self, call: Call, retry_after: float | None) -> RateLimitedError:
        when = "later" if retry_after is None else f"in {retry_after:.0f} s"
        return RateLimitedError(
            f"{self.vendor} has no room for {call} (status 429); it will be tried again {when}",
            retry_after=retry_after,
        )

    def _unknown(self, call: Call, what: str) -> str:
        return (
            f"{self.vendor} may or may not have applied {call} ({what});"
            " look there before trying again"
        )


class _TransientError(Exception):
    """Worth another attempt; `error` is what to raise when there is none left."""

    def __init__(self, error: RetryableError, wait: float | None = None) -> None:
        super().__init__()
        self.error = error
        self.wait = wait


def media_type(response: requests.Response) -> str:
    """The content type of an answer without parameters, in a form that may be shown."""
    match = _MEDIA_TYPE.match(response.headers.get("Content-Type", ""))
    return match.group().lower() if match else "none"


def _origin(url: str) -> tuple[str, str, int] | None:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname or "@" in parts.netloc:
        return None
    return parts.scheme, parts.hostname, port or DEFAULT_PORTS[parts.scheme]


def _wait(state: RetryCallState) -> float:
    failure = state.outcome.exception() if state.outcome else None
    asked = failure.wait if isinstance(failure, _TransientError) else None
    return asked or BACK_OFF(state)
