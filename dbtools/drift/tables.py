"""Tables and columns that one source has and the other lacks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from dbtools.drift.clash import MISSING, PRESENT, Clash, remedy
from dbtools.drift.source import Pair, Source
from dbtools.drift.typescript import spelled
from dbtools.model import operation as op
from dbtools.model.expression import Name
from dbtools.model.finding import Severity
from dbtools.model.objects import Column, Table
from dbtools.model.typescript import NAMESPACE

T = TypeVar("T")


def common_tables(pair: Pair) -> list[Name]:
    """The tables that both have and both are sure of, in the truth's order."""
    truth, other = pair.truth.schema, pair.other.schema
    return [name for name in truth.tables if name in other.tables and truth.is_certain(name) and other.is_certain(name)]


def missing_tables(pair: Pair) -> Iterator[Clash]:
    """Tables that are known not to be in one of the two."""
    for has, lacks in ((pair.truth, pair.other), (pair.other, pair.truth)):
        for name, table in has.schema.tables.items():
            if name not in lacks.schema.tables and has.schema.is_certain(name) and lacks.can_lack(name):
                yield _missing_table(pair, table, has)


def missing_columns(pair: Pair, name: Name) -> Iterator[Clash | None]:
    """For each column of the table called *name*: a clash where one of the two lacks it."""
    truth, other = pair.truth.schema.tables[name], pair.other.schema.tables[name]
    for column in truth.columns:
        yield None if other.column(column.name) else _missing_column(pair, name, column, pair.truth)
    for column in other.columns:
        if truth.column(column.name) is None:
            yield _missing_column(pair, name, column, pair.other)


def described(column: Column) -> str:
    """``text NOT NULL DEFAULT 'x'``, or ``string | null`` in a language that has types of its own."""
    if column.type.namespace == NAMESPACE:
        return f"{spelled(column.type)}{' | null' if column.nullable else ''}"
    parts = [str(column.type), *(() if column.nullable else ("NOT NULL",))]
    if column.identity:
        parts.append("serial" if column.identity == "serial" else f"identity {column.identity}")
    if column.default is not None:
        parts.append(f"DEFAULT {column.default}")
    return " ".join(parts)


def _missing_table(pair: Pair, table: Table, has: Source) -> Clash:
    here = PRESENT
    in_truth = has is pair.truth
    severity, harm = _table_harm(pair, has)
    return Clash(
        "missing-table",
        severity,
        table.name,
        "",
        here if in_truth else MISSING,
        MISSING if in_truth else here,
        harm=harm,
        remedy=remedy(pair, *_either(table, in_truth=in_truth), lambda _, wanted: [op.CreateTable(wanted)]),
    )


def _table_harm(pair: Pair, has: Source) -> tuple[Severity, str]:
    model = pair.model
    if model is None:
        severity = Severity.ERROR if has is pair.truth else Severity.WARNING
        return severity, "statements on it fail with 42P01 where it is missing"
    if has is model:
        return Severity.ERROR, f"every query of {model.client} on it fails with 42P01: there is no such table"
    return Severity.WARNING, f"{model.client} cannot reach it, and {model.loses}"


def _missing_column(pair: Pair, table: Name, column: Column, has: Source) -> Clash:
    in_truth = has is pair.truth
    here = described(column)
    severity, harm = _column_harm(pair, column, has)
    return Clash(
        "missing-column",
        severity,
        table,
        column.name,
        here if in_truth else MISSING,
        MISSING if in_truth else here,
        columns=(column.name,),
        harm=harm,
        remedy=remedy(pair, *_either(column, in_truth=in_truth), lambda _, wanted: [op.AddColumn(table, wanted)]),
    )


def _column_harm(pair: Pair, column: Column, has: Source) -> tuple[Severity, str]:
    model = pair.model
    required = not (column.nullable or column.default or column.identity or column.generated)
    if model is None:
        severity = Severity.ERROR if required or has is pair.truth else Severity.WARNING
        return severity, "statements that name it fail with 42703 where it is missing"
    if has is model:
        harm = f"every query of {model.client} that names it fails with 42703: there is no such column"
        return Severity.ERROR, harm
    if required:
        return Severity.ERROR, f"inserts through {model.client} fail with 23502: NOT NULL without a database default"
    return Severity.WARNING, f"{model.client} cannot reach it, and {model.loses}"


def _either(there: T, *, in_truth: bool) -> tuple[T | None, T | None]:
    return (there, None) if in_truth else (None, there)
