"""Makes the tables of published shapes from the contracts: `python -m tests.support.shapes`.

The connector is complete without the specifications of the vendors; what it needs of them are the
answers of the operations that it asks. A test keeps the tables in step with `tests/contracts`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

CONTRACTS = Path("tests/contracts")
TABLES_FOLDER = Path("layers/connector/connector/adapters/shapes")

OPERATIONS: Mapping[str, tuple[str, ...]] = {
    "rippling-rest": (
        "GET /workers/",
        "GET /workers/{id}/",
        "GET /departments/",
        "GET /work-locations/",
        "GET /sso-me/",
        "GET /entitlements/",
    ),
    "rippling-platform": (
        "GET /employees/include_terminated",
        "GET /employees/{employeeId}",
        "GET /departments",
        "GET /work_locations",
        "GET /companies/current",
    ),
    "visma": (
        "GET /v1/employee",
        "POST /v1/employee",
        "GET /v1/employee/{employeeCd}",
        "PUT /v1/employee/{employeeCd}",
        "POST /v1/employee/action/changeEmployeeCd/{internalId}",
        "GET /v1/department",
        "GET /v1/branch",
        "GET /v1/dimension/{dimensionId}",
    ),
    "visma-books": (
        "GET /v1/account",
        "GET /v1/ledger",
        "GET /v1/financialPeriod/{financialPeriodId}",
        "GET /v1/subaccount",
        "GET /v2/generalLedgerBalance",
        "GET /v1/GeneralLedgerTransactions",
        "GET /v2/journaltransaction",
        "GET /v2/journaltransaction/{journalTransactionNumber}",
    ),
}

DOCUMENTS: Mapping[str, tuple[str, ...]] = {"visma-books": ("visma", "visma-gl")}
"""The contracts that a table is made from, where that is not the one of its name; of a path that
both have, the later one counts."""

NEEDED: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("rippling-rest", "Worker"): (
        "user_id",
        "status",
        "start_date",
        "end_date",
        "number",
        "work_email",
        "department_id",
        "legal_entity_id",
        "location",
    ),
    ("rippling-rest", "Department"): ("name",),
    ("rippling-platform", "Employee"): ("id", "roleState", "startDate", "department"),
    ("visma", "EmployeeDto"): (
        "employeeId",
        "employeeNumber",
        "status",
        "department",
        "branch",
        "employeeClass",
        "contact",
        "timeStamp",
    ),
    ("visma", "DepartmentDto"): ("departmentId", "expenseSubaccount"),
    ("visma-books", "AccountDto"): ("accountCD",),
    ("visma-books", "GeneralLedgerBalanceDto"): (
        "branch",
        "account",
        "financialPeriod",
        "currencyId",
        "periodToDateDebit",
        "periodToDateCredit",
    ),
    ("visma-books", "JournalTransactionDto"): (
        "module",
        "batchNumber",
        "status",
        "journalTransactionLines",
    ),
}
"""What the connector lives on: that no row of a list has it is worth a word."""


def table_of(contract: str) -> dict[str, Any]:
    """The published answers of the operations that are asked of one API."""
    document: dict[str, Any] = {"paths": {}, "components": {}}
    for name in DOCUMENTS.get(contract, (contract,)):
        read = yaml.safe_load((CONTRACTS / f"{name}.yaml").read_text("utf-8"))
        document["paths"] |= read["paths"]
        for kind, parts in read["components"].items():
            document["components"].setdefault(kind, {}).update(parts)
    return _Table(contract, document).table(OPERATIONS[contract])


def file_of(contract: str) -> Path:
    """Where the table of an API is stored."""
    return TABLES_FOLDER / f"{contract}.json"


def text_of(table: dict[str, Any]) -> str:
    """A table as it is stored: one line for each operation and each named shape."""
    sections = []
    for name in ("operations", "named"):
        lines = [f"  {_line(key)}: {_line(table[name][key])}" for key in sorted(table[name])]
        sections.append(f'"{name}": {{\n' + ",\n".join(lines) + "\n}")
    return "{\n" + ",\n".join([*sections, f'"headers": {_line(table["headers"])}']) + "\n}\n"


class _Table:
    def __init__(self, contract: str, document: dict[str, Any]) -> None:
        self._contract = contract
        self._document = document
        self._named: dict[str, Any] = {}

    def table(self, operations: tuple[str, ...]) -> dict[str, Any]:
        found = {name: self._operation(name) for name in operations}
        headers = sorted({header for name in operations for header in self._headers(name)})
        return {"operations": found, "named": self._named, "headers": headers}

    def _responses(self, name: str) -> Iterator[tuple[int, Any]]:
        method, path = name.split(" ", 1)
        for status, response in self._document["paths"][path][method.lower()]["responses"].items():
            yield int(status), self._resolved(response)

    def _operation(self, name: str) -> dict[str, Any]:
        responses = dict(self._responses(name))
        bodies = {
            str(status): self._shape(schema)
            for status, response in responses.items()
            if status < 300 and (schema := _schema_in(response))
        }
        return {"statuses": sorted(responses), "answers": bodies}

    def _headers(self, name: str) -> Iterator[str]:
        for _, response in self._responses(name):
            yield from response.get("headers", {})

    def _resolved(self, node: Any) -> Any:
        while "$ref" in node:
            target = self._document
            for part in node["$ref"].removeprefix("#/").split("/"):
                target = target[part]
            node = target
        return node

    def _shape(self, schema: Any) -> Any:
        if "$ref" in schema:
            return self._named_shape(schema["$ref"].rsplit("/", 1)[-1])
        if alternatives := schema.get("anyOf") or schema.get("oneOf"):
            return self._one_of(alternatives)
        if parts := schema.get("allOf"):
            return self._joined(parts)
        if words := [word for word in schema.get("enum", ()) if word is not None]:
            return words if all(isinstance(word, str) for word in words) else "any"
        return self._by_type(schema)

    def _by_type(self, schema: Any) -> Any:
        match schema.get("type"):
            case "array":
                return {"each": self._shape(schema.get("items", {}))}
            case "object":
                return self._object(schema)
        return schema.get("type", "any")

    def _one_of(self, alternatives: list[Any]) -> Any:
        shapes = [self._shape(each) for each in alternatives if not _is_null(each)]
        return shapes[0] if len(shapes) == 1 else "any"

    def _named_shape(self, name: str) -> Any:
        if name not in self._named:
            self._named[name] = "any"  # stands there while the shape refers to itself
            shape = self._shape(self._document["components"]["schemas"][name])
            if needed := NEEDED.get((self._contract, name)):
                shape["needed"] = list(needed)
            self._named[name] = shape
        return {"is": name}

    def _object(self, schema: Any) -> dict[str, Any]:
        members = {name: self._shape(each) for name, each in schema.get("properties", {}).items()}
        shape: dict[str, Any] = {"members": members}
        if always := [name for name in schema.get("required", ()) if name in members]:
            shape["always"] = always
        if not members or schema.get("additionalProperties"):
            shape["open"] = True
        return shape

    def _joined(self, parts: list[Any]) -> dict[str, Any]:
        shapes = [self._shape(self._resolved(each)) for each in parts]
        joined: dict[str, Any] = {"members": {}}
        for shape in shapes:
            joined["members"].update(shape["members"])
            joined.setdefault("always", []).extend(shape.get("always", ()))
        return joined


def _schema_in(response: Any) -> Any:
    return response.get("content", {}).get("application/json", {}).get("schema")


def _is_null(schema: Any) -> bool:
    return schema.get("type") == "null" or str(schema.get("$ref", "")).endswith("/Null")


def _line(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), sort_keys=True)


def main() -> None:
    """Writes the tables."""
    for contract in OPERATIONS:
        file_of(contract).write_text(text_of(table_of(contract)), "utf-8")


if __name__ == "__main__":
    main()
