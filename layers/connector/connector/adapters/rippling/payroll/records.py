"""Reading all records of a run: each once, and every one that cannot be read told at once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

from connector.adapters.rippling.payroll.wire import UnreadableRecordError
from connector.adapters.rippling.values import Row, object_in, text
from connector.domain.errors import ConfigurationError, UpstreamUnavailableError
from connector.domain.payroll.run import PayRecord

MOST_TOLD = 20


def read_records(
    rows: Iterable[tuple[object, Collection[str]]],
    read: Callable[[Row, Collection[str]], PayRecord],
    *,
    of_run: tuple[str, str],
) -> list[PayRecord]:
    """The records in rows, each given with what its page withholds; `of_run` says whose they are.

    Raises:
        ConfigurationError: some cannot be read; no sum without them would be right.
        UpstreamUnavailableError: a record was changed while it was read.
    """
    member, run_id = of_run
    found: dict[str, PayRecord] = {}
    problems: list[str] = []
    for row, withheld in rows:
        plain = object_in(row)
        who = f"worker {text(plain.get('worker_id') or plain.get('role')) or 'without an id'}"
        if (shown := text(plain.get(member))) not in (None, run_id):
            problems.append(f"{who}: the record is of another run, {shown}")
            continue
        try:
            record = read(plain, withheld)
        except UnreadableRecordError as error:
            problems.append(f"{who}: {error}")
            continue
        if found.setdefault(record.id, record) != record:
            raise UpstreamUnavailableError(
                f"payroll run {run_id} was changed in Rippling while it was read; try again"
            )
    if problems:
        more = len(problems) - MOST_TOLD
        rest = [f"and {more} more records that cannot be read"] if more > 0 else []
        raise ConfigurationError([*problems[:MOST_TOLD], *rest])
    return list(found.values())
