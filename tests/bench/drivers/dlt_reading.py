"""dlt: an incremental resource over its REST client, merged into duckdb.

By default nested objects become tables of their own. With `lag` it is used as its guides advise for
late rows and for speed: an overlap, whole pages, and nested objects kept as JSON.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

from measure import Run

os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"

import dlt
from dlt.sources.helpers.rest_client import RESTClient
from dlt.sources.helpers.rest_client.auth import BearerTokenAuth
from dlt.sources.helpers.rest_client.paginators import JSONLinkPaginator

RUN = Run()
LAG = RUN.task.get("lag")
NESTING = {"max_table_nesting": 0} if LAG else {}


@dlt.resource(name="workers", primary_key="id", write_disposition="merge", **NESTING)
def workers(
    updated_at: Any = dlt.sources.incremental("updated_at", lag=LAG),  # noqa: B008 - dlt's way
) -> Iterator[Any]:
    """The list of workers, by the time of their change."""
    auth = BearerTokenAuth(token=RUN.task["token"])
    paginator = JSONLinkPaginator(next_url_path="next_link")
    client = RESTClient(RUN.task["url"], auth=auth, paginator=paginator, data_selector="results")
    asked = {"limit": 100, "expand": RUN.task["expand"], "order_by": "updated_at"}
    if updated_at.start_value:
        asked["filter"] = f"updated_at ge {str(updated_at.start_value)[:19]}"
    yield from client.paginate("/workers/", params=asked)


def main() -> None:
    """One run of the pipeline."""
    database = str(RUN.folder / "workers.duckdb")
    pipeline = dlt.pipeline(
        "workers", destination=dlt.destinations.duckdb(database), dataset_name="bench",
        pipelines_dir=str(RUN.folder / "pipelines"),
    )  # fmt: skip
    RUN.begin()
    pipeline.run(workers())
    RUN.end()
    with pipeline.sql_client() as client:
        loads = client.execute_sql("SELECT count(*) FROM _dlt_loads")[0][0]
        rows = client.execute_sql(
            "SELECT id FROM workers WHERE _dlt_load_id = (SELECT max(load_id) FROM _dlt_loads)"
        )
    kept = RUN.folder / "loads"
    is_new = not kept.exists() or int(kept.read_text("ascii")) < loads
    kept.write_text(str(loads), "ascii")
    RUN.tell(found=[row[0] for row in rows] if is_new else [])


main()
