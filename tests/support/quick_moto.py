"""moto and botocore without the work that no test needs; what they answer is the same.

For each operation of a transaction moto copies a whole table with every row, to put it back if the
transaction fails; only the rows that are changed in place have to be copied. And each new session
parses AWS's service descriptions again, looks through the folders of all services, and translates
the same names of events; and each new client makes the methods of its service again. And each KMS
key is given an RSA key pair of its own, though none of ours signs anything. And a template that is
JSON is read as YAML, character by character.

To import this module is enough. `tests/contract/test_transactions.py` proves that a transaction
that fails still leaves no trace.
"""

from __future__ import annotations

import copy
import json
import threading
from collections import defaultdict
from functools import cache
from types import SimpleNamespace
from typing import Any

import moto.dynamodb.models as dynamodb
import moto.kms.models as kms
from botocore.client import ClientCreator
from botocore.hooks import EVENT_ALIASES, EventAliaser
from botocore.loaders import JSONFileLoader, Loader
from moto.cloudformation.models import Stack
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.table import Table

_parsed: dict[str, Any] = {}
_load_file: Any = JSONFileLoader.load_file
_listed: dict[tuple[str, ...], list[str]] = {}
_list_services: Any = Loader.list_available_services
_methods: dict[str, dict[str, Any]] = {}
_create_methods: Any = vars(ClientCreator)["_create_methods"]
_aliased: dict[str, str] = {}
_begin_aliaser: Any = vars(EventAliaser)["__init__"]
_parse_template: Any = Stack.parse_template
_transact: Any = DynamoDBBackend.transact_write_items


class _Transaction(threading.local):
    """What a transaction that is under way in this thread changes in place."""

    rows: frozenset[int] = frozenset()


_transaction = _Transaction()


def load_file(loader: Any, path: str) -> Any:
    """A service description, parsed once in a process."""
    if path not in _parsed:
        _parsed[path] = _load_file(loader, path)
    return _parsed[path]


def list_available_services(loader: Any, type_name: str) -> list[str]:
    """Which services there are, found once in a process."""
    key = (type_name, *loader.search_paths)
    if key not in _listed:
        _listed[key] = _list_services(loader, type_name)
    return _listed[key]


def create_methods(creator: Any, service_model: Any) -> dict[str, Any]:
    """The methods of the clients of a service, made once in a process."""
    name = service_model.service_name
    if name not in _methods:
        _methods[name] = _create_methods(creator, service_model)
    return dict(_methods[name])


def begin_aliaser(aliaser: Any, emitter: Any, event_aliases: Any = None) -> None:
    """An aliaser of events that knows what others with the same aliases have found."""
    _begin_aliaser(aliaser, emitter, event_aliases)
    if aliaser._event_aliases == EVENT_ALIASES:
        aliaser._alias_name_cache = _aliased


def parse_template(text: str) -> Any:
    """A template of CloudFormation; what is JSON is read as such."""
    return json.loads(text) if text.startswith("{") else _parse_template(text)


def transact_write_items(backend: Any, transact_items: list[dict[str, Any]]) -> None:
    """As moto does, once it is known which rows will be changed in place."""
    updates = [each["Update"] for each in transact_items if "Update" in each]
    rows = [backend.get_item(each["TableName"], each["Key"]) for each in updates]
    _transaction.rows = frozenset(id(row) for row in rows if row is not None)
    try:
        _transact(backend, transact_items)
    finally:
        _transaction.rows = frozenset()


def deepcopy(thing: Any) -> Any:
    """A copy that nothing done to the original can change, as far as a transaction does any."""
    if not isinstance(thing, Table):
        return copy.deepcopy(thing)
    table: Any = copy.copy(thing)
    table.items = defaultdict(dict)
    for key, rows in thing.items.items():
        is_range = isinstance(rows, dict)
        table.items[key] = {k: _kept(v) for k, v in rows.items()} if is_range else _kept(rows)
    if thing.stream_shard is not None:
        table.stream_shard = copy.copy(thing.stream_shard)
        table.stream_shard.table, table.stream_shard.items = table, [*thing.stream_shard.items]
    return table


def _kept(row: Any) -> Any:
    return copy.deepcopy(row) if id(row) in _transaction.rows else row


assert vars(dynamodb)["copy"] is copy  # else moto has changed, and this module has to follow
setattr(JSONFileLoader, "load_file", load_file)  # noqa: B010  (mypy forbids the plain form)
setattr(Loader, "list_available_services", list_available_services)  # noqa: B010
setattr(ClientCreator, "_create_methods", create_methods)  # noqa: B010
setattr(EventAliaser, "__init__", begin_aliaser)  # noqa: B010
setattr(Stack, "parse_template", staticmethod(parse_template))  # noqa: B010
setattr(kms, "generate_private_key", cache(vars(kms)["generate_private_key"]))  # noqa: B010
setattr(DynamoDBBackend, "transact_write_items", transact_write_items)  # noqa: B010
setattr(dynamodb, "copy", SimpleNamespace(deepcopy=deepcopy))  # noqa: B010
