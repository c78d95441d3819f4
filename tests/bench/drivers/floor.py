"""The floor: `requests` gets every page and parses it, and does nothing else with it."""

from __future__ import annotations

import requests
from measure import Run, ids_of


def main() -> None:
    """Reads the whole list once."""
    run = Run()
    session = requests.Session()
    session.headers["Authorization"] = f"Bearer {run.task['token']}"
    run.begin()
    found: list[str] = []
    link = f"{run.task['url']}/workers/?limit=100&expand={run.task['expand']}&order_by=id"
    while link:
        content = session.get(link, timeout=30).json()
        found += ids_of(content["results"])
        link = content["next_link"]
    run.end()
    run.tell(found=found)


main()
