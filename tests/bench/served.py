"""A very fast loopback server: prepared bytes, counted calls, and no thinking while it is measured.

The simulators answer strictly and slowly. Here the rows of workers are prepared once, as the
simulated Rippling shows them with everything expanded, and a page is a slice of them; whatever else
is asked, the simulator answers. Nothing here knows who asks.
"""

from __future__ import annotations

import json
import re
import socket
import socketserver
import threading
from bisect import bisect_left
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import parse_qsl, urlsplit

from tests.simulator.messages import Request, Response
from tests.simulator.rippling import DEMO_TOKEN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from types import TracebackType

    from tests.simulator.rippling import Rippling
    from tests.simulator.visma import Visma

EXPAND = "user,department,employment_type,legal_entity,custom_fields,compensation"
"""Everything about a worker that any reader of the bench wants; each of them gets all of it."""

OF_PERSON = re.compile(r"user_id eq '([0-9a-f]+)'")
SINCE = re.compile(r"updated_at (?:ge|gte) '?([0-9T:.-]+?)(?:Z|\+00:00)?'?")
MOST_A_PAGE = 100


@dataclass(frozen=True, slots=True)
class Row:
    """One worker as served."""

    id: str
    person: str
    updated_at: datetime
    content: bytes


class Workers:
    """The list of workers in bytes; in order of age of change and in order of id."""

    def __init__(self, rippling: Rippling) -> None:
        self._rippling = rippling
        self._rows: dict[str, Row] = {}
        self._orders: dict[str, list[Row]] = {}
        self._stamps: list[datetime] = []
        self._of_person: dict[str, list[Row]] = {}
        self._read_all()

    @property
    def newest(self) -> datetime:
        """The time of the newest change."""
        return self._stamps[-1]

    def refresh(self, ids: Iterable[str]) -> None:
        """Takes these workers as they are now."""
        for each in ids:
            self._put(self._asked(f"/workers/{each}/", {"expand": EXPAND}))
        self._sort()

    def page(self, query: dict[str, str], url: str) -> bytes:
        """One page: by a cursor of ours, or from the start of an order."""
        person = OF_PERSON.fullmatch(query.get("filter", ""))
        if person:
            return _page(self._of_person.get(person[1], []), "null")
        if "cursor" in query:
            order, _, text = query["cursor"].partition(".")
            at = int(text)
        else:
            order = "updated_at" if query.get("order_by") == "updated_at" else "id"
            at = self._start(query.get("filter", ""), order)
        end = at + min(int(query.get("limit", MOST_A_PAGE)), MOST_A_PAGE)
        rows = self._orders[order]
        link = f'"{url}/workers/?cursor={order}.{end}"' if end < len(rows) else "null"
        return _page(rows[at:end], link)

    def _start(self, asked: str, order: str) -> int:
        if not asked:
            return 0
        found = SINCE.fullmatch(asked)
        if found is None or order != "updated_at":
            raise ValueError(f"the bench serves no such list: {asked} by {order}")
        return bisect_left(self._stamps, datetime.fromisoformat(found[1]).replace(tzinfo=UTC))

    def _read_all(self) -> None:
        query = {"expand": EXPAND, "order_by": "id", "limit": str(MOST_A_PAGE)}
        while query:
            answer = self._asked("/workers/", query)
            for row in answer["results"]:
                self._put(row)
            link = answer["next_link"]
            query = dict(parse_qsl(urlsplit(link).query)) if link else {}
        self._sort()

    def _put(self, row: dict[str, Any]) -> None:
        plain = {name: value for name, value in row.items() if name != "__meta"}
        content = json.dumps(plain, separators=(",", ":"), ensure_ascii=False).encode()
        moment = datetime.fromisoformat(row["updated_at"]).astimezone(UTC)
        self._rows[row["id"]] = Row(row["id"], row["user_id"], moment, content)

    def _sort(self) -> None:
        rows = self._rows.values()
        by_change = sorted(rows, key=lambda row: (row.updated_at, row.id))
        self._orders = {"updated_at": by_change, "id": sorted(rows, key=lambda row: row.id)}
        self._stamps = [row.updated_at for row in by_change]
        self._of_person = {}
        for row in rows:
            self._of_person.setdefault(row.person, []).append(row)

    def _asked(self, path: str, query: dict[str, str]) -> Any:
        headers = {"authorization": f"Bearer {DEMO_TOKEN}"}
        response = self._rippling.answer(Request("GET", path, query, headers))
        return json.loads(response.payload)


def _page(rows: list[Row], link: str) -> bytes:
    content = b",".join(row.content for row in rows)
    head = b'{"__meta":{"redacted_fields":[]},"results":['
    return head + content + f'],"next_link":{link}}}'.encode()


@dataclass
class FastServer:
    """Listens on the loopback until it is left, and counts what it was asked.

    `answer` gets a request and gives a response; it is called by one thread for each connection.
    """

    answer: Callable[[Request], Response]
    calls: int = 0
    bytes_out: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __enter__(self) -> Self:
        self._listener = _Listener(self)
        threading.Thread(target=self._listener.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._listener.shutdown()
        self._listener.server_close()

    @property
    def url(self) -> str:
        """The address without a trailing slash."""
        return f"http://127.0.0.1:{self._listener.server_address[1]}"

    def take_count(self) -> int:
        """How many calls came since this was last asked."""
        with self._lock:
            calls, self.calls = self.calls, 0
        return calls

    def count(self, size: int) -> None:
        """Counts one call and the bytes of its answer."""
        with self._lock:
            self.calls += 1
            self.bytes_out += size


class _Listener(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, owner: FastServer) -> None:
        self.owner = owner
        super().__init__(("127.0.0.1", 0), _Handler)


class _Handler(socketserver.BaseRequestHandler):
    server: _Listener

    def handle(self) -> None:
        connection: socket.socket = self.request
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        arrived = b""
        while True:
            while b"\r\n\r\n" not in arrived:
                more = connection.recv(65_536)
                if not more:
                    return
                arrived += more
            head, _, arrived = arrived.partition(b"\r\n\r\n")
            request_line, *lines = head.decode("latin-1").split("\r\n")
            method, target, _ = request_line.split(" ", 2)
            headers = dict(line.split(": ", 1) for line in lines if ": " in line)
            lengths = [int(headers[name]) for name in headers if name.lower() == "content-length"]
            while lengths and len(arrived) < lengths[0]:
                arrived += connection.recv(65_536)
            body, arrived = arrived[: sum(lengths)], arrived[sum(lengths) :]
            response = self.server.owner.answer(Request.read(method, target, headers, body))
            self.server.owner.count(len(response.payload))
            connection.sendall(_wire(response))


def _wire(response: Response) -> bytes:
    lines = [f"HTTP/1.1 {response.status} Prepared", f"Content-Length: {len(response.payload)}"]
    if response.content_type:
        lines.append(f"Content-Type: {response.content_type}")
    lines += [f"{name}: {value}" for name, value in response.headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + response.payload


class FastRippling(FastServer):
    """The workers in prepared bytes; any other list as the simulator answers it."""

    def __init__(self, rippling: Rippling) -> None:
        self.workers = Workers(rippling)
        self._rippling = rippling
        super().__init__(self._reply)

    def _reply(self, request: Request) -> Response:
        if request.path == "/workers/":
            if request.bearer() != DEMO_TOKEN:
                return Response(401)
            try:
                page = self.workers.page(request.query, self.url)
            except ValueError as error:
                return Response(400, str(error).encode())
            return Response(200, page, content_type="application/json")
        return self._rippling.answer(request)


class FastVisma(FastServer):
    """A Visma in which nothing changes: each answer is made by the simulator once, and kept."""

    def __init__(self, visma: Visma) -> None:
        self._visma = visma
        self._kept: dict[tuple[str, tuple[tuple[str, str], ...]], Response] = {}
        super().__init__(self._reply)

    def _reply(self, request: Request) -> Response:
        if request.method != "GET":
            return self._visma.answer(request)
        key = (request.path, tuple(sorted(request.query.items())))
        if key not in self._kept:
            self._kept[key] = self._visma.answer(request)
        return self._kept[key]
