"""What else depends on an object that is dropped, so that PostgreSQL refuses without CASCADE: functions, policies."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbtools.model import operation as op
from dbtools.model import sqlstate
from dbtools.model.expression import Expression, Name
from dbtools.model.objects import Table
from dbtools.model.predict.relations import Dependent
from dbtools.model.schema import Schema


def depending(operation: op.Operation, schema: Schema) -> str | None:
    """2BP01 where something depends on what is dropped without CASCADE."""
    match operation:
        case op.DropTable(name, cascade=False) if name in schema.tables:
            both = (*typed(name, schema), *reading_policies(name, schema))
            found = tuple(each for each in both if each.table not in operation.along)
        case op.DropType(name, cascade=False):
            found = tuple(typed(name, schema))
        case op.DropFunction(cascade=False):
            found = tuple(callers(operation, schema))
        case op.DropNamespace(name, cascade=False):
            found = tuple(inside(name, schema))
        case op.DropExtension(name, cascade=False):
            found = tuple(of_extension(name, schema))
        case _:
            return None
    return sqlstate.DEPENDENT_OBJECTS_STILL_EXIST if found else None


def typed(name: Name, schema: Schema) -> Iterator[Dependent]:
    """The functions that take or return the type, and the columns of tables that have a table's row type."""
    for (function, arguments), made in schema.functions.items():
        if any(each.removesuffix("[]") == str(name) for each in (*arguments, made.returns)):
            yield Dependent("function", f"{function}({', '.join(arguments)})")
    if name in schema.tables:
        for table in schema.tables.values():
            for column in table.columns:
                if column.type.name == name:
                    yield Dependent("column", column.name, table.name)


def reading_policies(name: Name, schema: Schema) -> Iterator[Dependent]:
    """The policies of other tables whose subqueries read the table."""
    for opaque in schema.opaques.values():
        if opaque.kind == "policy" and opaque.table != name and name in opaque.mentions:
            yield Dependent("policy", opaque.name.local, opaque.table)


def callers(operation: op.DropFunction, schema: Schema) -> Iterator[Dependent]:
    """What calls the only function of that name: triggers, policies, defaults, checks, indexes, generated columns."""
    name = operation.name
    if len([key for key in schema.functions if key[0] == name]) != 1:
        return
    call = re.compile(rf'(?<![\w.])(?:{re.escape(name.namespace)}\.)?"?{re.escape(name.local)}"?\(')
    for opaque in schema.opaques.values():
        if opaque.kind in {"trigger", "policy"} and opaque.table is not None and call.search(opaque.text):
            yield Dependent(opaque.kind, opaque.name.local, opaque.table)
    for table in schema.tables.values():
        yield from (what for what, made in _expressions(table) if call.search(made.text))


def _expressions(table: Table) -> Iterator[tuple[Dependent, Expression]]:
    for column in table.columns:
        if column.default is not None:
            yield Dependent("default", column.name, table.name), column.default
        if column.generated is not None:
            yield Dependent("generated column", column.name, table.name), column.generated.expression
    for check in table.checks:
        yield Dependent("constraint", check.name, table.name), check.expression
    for index in table.indexes:
        for key in index.keys:
            if key.expression is not None:
                yield Dependent("index", index.name), key.expression
        if index.where is not None:
            yield Dependent("index", index.name), index.where


def inside(namespace: str, schema: Schema) -> Iterator[Dependent]:
    """The sequences, functions and composite types in a schema; its tables, views and types are looked at already."""
    yield from (Dependent("sequence", str(name)) for name in schema.sequences if name.namespace == namespace)
    yield from (Dependent("function", f"{name}()") for name, _ in schema.functions if name.namespace == namespace)
    yield from (
        Dependent("type", str(name)) for of, name, _ in schema.opaques if of == "type" and name.namespace == namespace
    )


def of_extension(extension: str, schema: Schema) -> Iterator[Dependent]:
    """The columns whose type is called as the extension that brings it: citext, hstore, ltree, vector."""
    for table in schema.tables.values():
        for column in table.columns:
            if column.type.base == extension and column.type.namespace:
                yield Dependent("column", column.name, table.name)
