"""Names that a statement gives to something new and that something else has: 42P07, 42701, 42710, 42723, 42P06.

PostgreSQL keeps tables, views, indexes and sequences of a schema under one roof, types and the row types of
tables and views under another; measured on 15 and 18. A name that is known to be taken is so in any history.
"""

from __future__ import annotations

from collections.abc import Iterable

from dbtools.model import operation as op
from dbtools.model import sqlstate
from dbtools.model.expression import Name
from dbtools.model.naming import truncated
from dbtools.model.objects import Constraint, Exclusion, Opaque, PrimaryKey, Table, Unique
from dbtools.model.predict.names import is_type, kind_of
from dbtools.model.schema import Schema

SYSTEM_COLUMNS = frozenset({"tableoid", "ctid", "xmin", "xmax", "cmin", "cmax"})
ON_A_TABLE = frozenset({"trigger", "policy", "rule"})
Indexed = PrimaryKey | Unique | Exclusion


def refusal(operation: op.Operation, schema: Schema) -> str | None:
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
            if there is None or there.column(column.name) is None:
                return _constraints(table, constraints, schema)
            return None if operation.if_not_exists else sqlstate.DUPLICATE_COLUMN
        case op.AddConstraint(table, constraint, ""):
            return _constraints(table, (constraint,), schema)
        case op.AddConstraint(table, constraint, using) if constraint.name != using:
            return _constraints(table, (constraint,), schema)
        case op.CreateIndex(table, index, if_not_exists=False) if index.name:
            return _relation(table._replace(local=truncated(index.name)), schema)
        case op.CreateSequence(sequence, if_not_exists=False):
            return _relation(sequence.name, schema)
        case op.RenameColumn(name, _, to):
            found = schema.table(name)
            both = found is not None and found.column(to) is not None and found.column(operation.column) is not None
            return sqlstate.DUPLICATE_COLUMN if both or to in SYSTEM_COLUMNS else None
        case op.RenameConstraint(name, constraint, to):
            return _renamed_constraint(schema.table(name), constraint, to, schema)
        case op.RenameTable(name, to) | op.Rename(_, name, to):
            return _renamed(name, name._replace(local=to), schema)
        case op.SetNamespace(_, name, to):
            return _renamed(name, name._replace(namespace=to), schema)
    return _others(operation, schema)


def _others(operation: op.Operation, schema: Schema) -> str | None:
    """Everything that is no relation, column or index."""
    match operation:
        case op.CreateEnum(made) | op.CreateDomain(made):
            return _type(made.name, schema)
        case op.AddEnumValue(name, label, if_not_exists=False) | op.RenameEnumValue(name, to=label):
            enum = schema.enums.get(name)
            return sqlstate.DUPLICATE_OBJECT if enum is not None and label in enum.labels else None
        case op.AddDomainCheck(name, check) if (domain := schema.domains.get(name)) is not None:
            return sqlstate.DUPLICATE_OBJECT if any(each.name == check.name for each in domain.checks) else None
        case op.CreateFunction(function, replace=False):
            return sqlstate.DUPLICATE_FUNCTION if (function.name, function.arguments) in schema.functions else None
        case op.CreateOpaque(opaque, replace=False):
            return _opaque(opaque, schema)
        case op.CreateExtension(name, if_not_exists=False):
            return sqlstate.DUPLICATE_OBJECT if name in {*schema.extensions, "plpgsql"} else None
        case op.CreateNamespace(name, if_not_exists=False) | op.RenameNamespace(_, name):
            return sqlstate.DUPLICATE_SCHEMA if name in schema.namespaces else None
    return None


def _relation(name: Name, schema: Schema) -> str | None:
    return sqlstate.DUPLICATE_TABLE if schema.is_certain(name) and kind_of(name, schema) else None


def _type(name: Name, schema: Schema) -> str | None:
    return sqlstate.DUPLICATE_OBJECT if schema.is_certain(name) and is_type(name, schema) else None


def _opaque(opaque: Opaque, schema: Schema) -> str | None:
    if opaque.kind == "type":
        return _type(opaque.name, schema) or _relation(opaque.name, schema)
    if opaque.kind in ON_A_TABLE and not (opaque.table and schema.is_certain(opaque.table)):
        return None
    key = (opaque.kind, opaque.name, opaque.table)
    if opaque.kind == "publication":
        taken = any(each[:2] == key[:2] for each in schema.opaques)
    else:
        taken = opaque.kind in {*ON_A_TABLE, "statistics"} and key in schema.opaques
    return sqlstate.DUPLICATE_OBJECT if taken else None


def _renamed(old: Name, new: Name, schema: Schema) -> str | None:
    """Relations share names with relations, types with types; tables and views are both."""
    if kind_of(old, schema):
        return _relation(new, schema) or (_type(new, schema) if is_type(old, schema) else None)
    return _type(new, schema) if is_type(old, schema) else None


def _table(operation: op.CreateTable, schema: Schema) -> str | None:
    table = operation.table
    taken = _relation(table.name, schema)
    if taken and operation.if_not_exists:
        return None
    return _inside(table) or taken or _type(table.name, schema) or _constraints(table.name, table.constraints, schema)


def _inside(table: Table) -> str | None:
    """What a CREATE TABLE says twice itself."""
    if sum(isinstance(found, PrimaryKey) for found in table.constraints) > 1:
        return sqlstate.INVALID_TABLE_DEFINITION
    names = [column.name for column in table.columns]
    return sqlstate.DUPLICATE_COLUMN if SYSTEM_COLUMNS.intersection(names) or len(set(names)) < len(names) else None


def _constraints(table: Name, constraints: Iterable[Constraint], schema: Schema) -> str | None:
    """The index behind a constraint is a relation; the rest share their names per table."""
    there, seen = schema.table(table), set[str]()
    for found in constraints if schema.is_certain(table) else ():
        if not found.name:
            continue
        if isinstance(found, Indexed) and kind_of(table._replace(local=found.name), schema):
            return sqlstate.DUPLICATE_TABLE
        if found.name in seen or (there is not None and there.constraint(found.name) is not None):
            return sqlstate.DUPLICATE_OBJECT
        seen.add(found.name)
    return None


def _renamed_constraint(table: Table | None, old: str, new: str, schema: Schema) -> str | None:
    """A constraint with an index behind it is renamed with that."""
    found = table.constraint(old) if table is not None else None
    if table is None or found is None:
        return None
    taken = _relation(table.name._replace(local=new), schema) if isinstance(found, Indexed) else None
    return taken or (sqlstate.DUPLICATE_OBJECT if table.constraint(new) is not None else None)


def _view(operation: op.CreateView, schema: Schema) -> str | None:
    """OR REPLACE replaces views only; IF NOT EXISTS passes over whatever has the name."""
    name = operation.view.name
    kind = kind_of(name, schema)
    if not kind:
        return _type(name, schema)
    if operation.if_not_exists or not schema.is_certain(name):
        return None
    if operation.replace:
        return None if kind == "view" else sqlstate.WRONG_OBJECT_TYPE
    return sqlstate.DUPLICATE_TABLE
