"""Runs the fakes of the demo company until they are stopped: `python -m tests.simulator`.

With `--page`, also a page for trying the connector by hand.

Only arguments, printing and waiting; the only module here that prints.
"""

from __future__ import annotations

import argparse
import json
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tests.simulator.nordfab import (
    credentials,
    nordfab_books,
    nordfab_mapping,
    nordfab_rippling,
    nordfab_visma,
    webhook_credentials,
)
from tests.simulator.page import FollowedCompany, FoundStack, PageServer, open_laboratory
from tests.simulator.rippling_platform import RipplingPlatform

if TYPE_CHECKING:
    from tests.simulator.rippling import Rippling
    from tests.simulator.visma import Visma


def main() -> None:
    """Starts the fakes, says where they are, and waits for Ctrl-C or SIGTERM."""
    arguments = _arguments()
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    companies, people = arguments.companies, arguments.people
    rippling = nordfab_rippling(people=people, companies=companies, port=arguments.rippling_port)
    visma = nordfab_visma(companies, port=arguments.visma_port)
    platform = RipplingPlatform(rippling, port=arguments.platform_port)
    if arguments.months:
        nordfab_books(rippling, visma, arguments.months)
    with rippling, platform, visma:
        _introduce(rippling, platform, visma, companies)
        mapping = nordfab_mapping(companies)
        if arguments.page:
            mapping = open_laboratory(rippling, visma, mapping)
        if arguments.write_mapping:
            arguments.write_mapping.write_text(mapping, "utf-8")
            print(f"Mapping file     {arguments.write_mapping}")
        with _page(rippling, visma, mapping, arguments):
            print("Stop with Ctrl-C.", flush=True)
            stopped.wait()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.simulator", description=__doc__)
    parser.add_argument("--rippling-port", type=int, default=9001)
    parser.add_argument("--visma-port", type=int, default=9002)
    parser.add_argument("--platform-port", type=int, default=9003)
    parser.add_argument("--people", type=int, default=240)
    parser.add_argument("--companies", type=int, choices=(1, 2), default=1)
    parser.add_argument("--page", action="store_true", help="serve a page to try it by hand")
    parser.add_argument("--page-port", type=int, default=9004)
    parser.add_argument("--months", type=int, default=0, help="posted months in the books")
    parser.add_argument("--write-mapping", type=Path, metavar="FILE")
    return parser.parse_args()


def _introduce(
    rippling: Rippling, platform: RipplingPlatform, visma: Visma, companies: int
) -> None:
    rippling_secret, visma_secret = credentials(companies)
    print(f"Rippling         {rippling.url}/   verbs at {rippling.url}/_control/")
    print(f"  Platform API   {platform.url}/   of the same company")
    print(f"Visma.net        {visma.url}/   verbs at {visma.url}/_control/")
    print(f"Rippling secret  {json.dumps(rippling_secret)}")
    print(f"Visma secret     {json.dumps(visma_secret)}")
    print(f"Webhook secret   {json.dumps(webhook_credentials())}")
    print(_make_up(rippling, visma))
    print(
        f"With RipplingAuth=oauth also RipplingTokenUrl={rippling.token_url}"
        f" RipplingAuthorizeUrl={rippling.authorize_url}, and the client of rippling_oauth.DEMO_APP"
    )


def _make_up(rippling: Rippling, visma: Visma) -> str:
    return (
        f'make up PARAMETERS="RipplingBaseUrl={rippling.url} VismaBaseUrl={visma.url} '
        f'VismaTokenUrl={visma.token_url}"'
    )


@contextmanager
def _page(
    rippling: Rippling, visma: Visma, mapping: str, arguments: argparse.Namespace
) -> Iterator[None]:
    """Serves the page if it is wanted; it follows the stack that is deployed against the fakes."""
    if not arguments.page:
        yield
        return
    company = FollowedCompany.of(rippling.url, arguments.companies, mapping)
    stack = FoundStack(company, (_make_up(rippling, visma),))
    with PageServer(rippling, visma, stack, arguments.page_port) as page:
        print(f"Try it by hand   {page.url}/")
        yield


if __name__ == "__main__":
    main()
