"""What a statement makes under a name that something else has: the SQLSTATE it is refused with.

PostgreSQL keeps tables, views, indexes and sequences of a schema under one roof, types and the row types of
tables and views under another; measured on 15 and 18.
"""

from __future__ import annotations

from collections.abc import Iterable

from dbtools.model import operation as op
from dbtools.model import sqlstate
from dbtools.model.expression import Name
from dbtools.model.naming import is_relation_or_index, truncated
from dbtools.model.objects import Constraint, Exclusion, Opaque, PrimaryKey, Table, Unique
from dbtools.model.schema import Schema

SYSTEM_COLUMNS = frozenset({"tableoid", "ctid", "xmin", "xmax", "cmin", "cmax"})
ON_A_TABLE = frozenset({"trigger", "policy", "rule"})
Indexed = PrimaryKey | Unique | Exclusion


def taken(operation: op.Operation, schema: Schema) -> str | None:
    """The SQLSTATE of *operation* where the name it wants is known to be another's."""
    match operation:
        case op.CreateTable():
            return _table(operation, schema)
        case op.CreateView():
            return _view(operation, schema)
        case op.AddColumn(table, column, constraints):
            if column.name in SYSTEM_COLUMNS:
                return sqlstate.DUPLICATE_COLUMN
            there = schema.table(table)
            fresh = there is None or there.column(column.name) is None
            return _constraints(table, constraints, schema) if fresh else None
        case op.AddConstraint(table, constraint, ""):
            return _constraints(table, (constraint,), schema)
        case op.CreateIndex(table, index, if_not_exists=False) if index.name:
            return _relation(table._replace(local=truncated(index.name)), schema)
        case op.CreateSequence(sequence, if_not_exists=False):
            return _relation(sequence.name, schema)
        case op.RenameTable(name, to) if name in schema.tables:
            return _relation(name._replace(local=to), schema) or _type(name._replace(local=to), schema, rows=False)
        case op.SetNamespace("table", name, to) if name in schema.tables:
            return _relation(name._replace(namespace=to), schema)
        case op.Rename("index" | "view" | "materialized view" | "sequence", name, to) if is_relation_or_index(
            schema, name
        ):
            return _relation(name._replace(local=to), schema)
        case op.RenameColumn(name, _, to):
            found = schema.table(name)
            both = found is not None and found.column(to) is not None and found.column(operation.column) is not None
            return sqlstate.DUPLICATE_COLUMN if both or to in SYSTEM_COLUMNS else None
    return _others(operation, schema)


def _others(operation: op.Operation, schema: Schema) -> str | None:
    """Everything that is no relation, column or index."""
    match operation:
        case op.CreateEnum(made) | op.CreateDomain(made):
            return _type(made.name, schema)
        case op.Rename("type" | "domain", name, to) if name in schema.enums or name in schema.domains:
            return _type(name._replace(local=to), schema)
        case op.CreateFunction(function, replace=False):
            return sqlstate.DUPLICATE_FUNCTION if (function.name, function.arguments) in schema.functions else None
        case op.CreateOpaque(Opaque("type", name)):
            return _type(name, schema)
        case op.CreateOpaque(opaque, replace=False) if opaque.kind in ON_A_TABLE:
            found = (opaque.kind, opaque.name, opaque.table) in schema.opaques
            return sqlstate.DUPLICATE_OBJECT if found and opaque.table and schema.is_certain(opaque.table) else None
        case op.CreateExtension(name, if_not_exists=False):
            return sqlstate.DUPLICATE_OBJECT if name in {*schema.extensions, "plpgsql"} else None
        case op.CreateNamespace(name, if_not_exists=False):
            return sqlstate.DUPLICATE_SCHEMA if name in schema.namespaces else None
        case op.RenameNamespace(_, to):
            return sqlstate.DUPLICATE_SCHEMA if to in schema.namespaces else None
        case op.RenameConstraint(name, constraint, to):
            table = schema.table(name)
            both = table is not None and table.constraint(to) and table.constraint(constraint)
            return sqlstate.DUPLICATE_OBJECT if both else None
        case op.RenameEnumValue(name, label, to):
            enum = schema.enums.get(name)
            return (
                sqlstate.DUPLICATE_OBJECT if enum is not None and label in enum.labels and to in enum.labels else None
            )
    return None


def _relation(name: Name, schema: Schema) -> str | None:
    return sqlstate.DUPLICATE_TABLE if schema.is_certain(name) and is_relation_or_index(schema, name) else None


def _type(name: Name, schema: Schema, *, rows: bool = True) -> str | None:
    """Types, and with *rows* the row types of tables and views; sequences and indexes have none."""
    found = name in schema.enums or name in schema.domains or ("type", name, None) in schema.opaques
    row = rows and (name in schema.tables or name in schema.views)
    return sqlstate.DUPLICATE_OBJECT if schema.is_certain(name) and (found or row) else None


def _table(operation: op.CreateTable, schema: Schema) -> str | None:
    table = operation.table
    if is_relation_or_index(schema, table.name) and schema.is_certain(table.name):
        return None if operation.if_not_exists else sqlstate.DUPLICATE_TABLE
    return (
        _type(table.name, schema, rows=False) or _inside(table) or _constraints(table.name, table.constraints, schema)
    )


def _inside(table: Table) -> str | None:
    """What a CREATE TABLE says twice itself."""
    names = [column.name for column in table.columns]
    if SYSTEM_COLUMNS.intersection(names) or len(set(names)) < len(names):
        return sqlstate.DUPLICATE_COLUMN
    if sum(isinstance(found, PrimaryKey) for found in table.constraints) > 1:
        return sqlstate.INVALID_TABLE_DEFINITION
    return None


def _constraints(table: Name, constraints: Iterable[Constraint], schema: Schema) -> str | None:
    """The index behind a constraint is a relation; the rest share their names per table."""
    there, seen = schema.table(table), set[str]()
    for found in constraints if schema.is_certain(table) else ():
        if not found.name:
            continue
        if isinstance(found, Indexed) and is_relation_or_index(schema, table._replace(local=found.name)):
            return sqlstate.DUPLICATE_TABLE
        if found.name in seen or (there is not None and there.constraint(found.name) is not None):
            return sqlstate.DUPLICATE_OBJECT
        seen.add(found.name)
    return None


def _view(operation: op.CreateView, schema: Schema) -> str | None:
    """OR REPLACE replaces views only; IF NOT EXISTS passes over whatever has the name."""
    name = operation.view.name
    if name in schema.views or not is_relation_or_index(schema, name):
        return None if name in schema.views else _type(name, schema, rows=False)
    if operation.if_not_exists or not schema.is_certain(name):
        return None
    return sqlstate.WRONG_OBJECT_TYPE if operation.replace else sqlstate.DUPLICATE_TABLE
