"""What PostgreSQL refuses for what it is, not for a name that is taken or for locks; measured on 15 and 18.

Only what the schema decides for certain: a value to be cast, a partition that overlaps, a row that violates are left
to the rehearsal.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from dbtools.model import operation as op
from dbtools.model import sqlstate
from dbtools.model.expression import Name, Type
from dbtools.model.literals import is_refused, is_too_long
from dbtools.model.naming import LONGEST
from dbtools.model.objects import Check, Column, ForeignKey, PrimaryKey, Table, Unique
from dbtools.model.predict.references import mismatched
from dbtools.model.schema import Schema

# Extensions that bring neither a type nor a function that a migration may drop.
WITHOUT_TYPES = frozenset("plpgsql pgcrypto uuid-ossp pg_trgm btree_gin btree_gist unaccent pg_stat_statements".split())
SUBQUERY = re.compile(r"\(\s*(?:select|values|with)\b", re.IGNORECASE)


def refused(operation: op.Operation, schema: Schema, *, in_transaction: bool) -> str | None:
    """The SQLSTATE of *operation*, None where nothing is known against it."""
    match operation:
        case op.CreateTable(table):
            return _new_table(table, schema)
        case op.AddColumn(name, column):
            return _new_column(operation, schema) or _unfit(name, schema) or _value(column, schema, stored=True)
        case op.SetType(name, column, kind) if _breaks_keys(name, column, kind, schema):
            return sqlstate.DATATYPE_MISMATCH
        case op.DropColumn(name, column) | op.SetType(name, column) | op.RenameColumn(name, column):
            bound = not isinstance(operation, op.RenameColumn) and _partitions_by(schema.table(name), column)
            inherited = _inherited(name, column, schema)
            return _unfit(name, schema) or (sqlstate.INVALID_TABLE_DEFINITION if bound or inherited else None)
        case op.AddConstraint(name, constraint, using_index):
            there = schema.table(name)
            unfit = None if there is None else _uncovered(there, (constraint,))
            subquery = isinstance(constraint, Check) and SUBQUERY.search(constraint.expression.text)
            return _unfit(name, schema) or (
                sqlstate.FEATURE_NOT_SUPPORTED if subquery else unfit if not using_index else None
            )
        case op.CreateIndex(name, index):
            there = schema.table(name)
            if name in schema.views and not schema.views[name].materialized:
                return sqlstate.WRONG_OBJECT_TYPE
            if there is None or there.partition_by is None or not index.unique:
                return None
            return None if set(there.partition_by.columns) <= set(index.columns) else sqlstate.FEATURE_NOT_SUPPORTED
        case op.SetDefault(name, column, default):
            found = _column(name, column, schema)
            if found is not None and (found.generated or found.identity in {"always", "by default"}):
                return sqlstate.SYNTAX_ERROR
            return _value(found and Column(column, found.type, default=default), schema, stored=False)
        case op.SetNullable(name, column, nullable=True):
            found = _column(name, column, schema)
            return sqlstate.SYNTAX_ERROR if found is not None and found.identity in {"always", "by default"} else None
        case op.SetIdentity():
            return _identity(operation, schema)
        case op.AttachPartition(partition, of):
            return _attach(schema.table(partition), schema.table(of.parent))
        case op.LockTable() if not in_transaction:
            return sqlstate.NO_ACTIVE_SQL_TRANSACTION
    return _missing(operation, schema)


def _missing(operation: op.Operation, schema: Schema) -> str | None:
    """What is dropped, written or named and is not there, or is something else."""
    match operation:
        case op.DropTable(name) if name in schema.views or name in schema.sequences:
            return sqlstate.WRONG_OBJECT_TYPE
        case op.DropView(name, materialized=materialized) if schema.is_certain(name):
            view = schema.views.get(name)
            other = name in schema.tables if view is None else view.materialized != materialized
            return sqlstate.WRONG_OBJECT_TYPE if other else None
        case op.DropType(name, if_exists=False) if _is_sure(schema):
            return None if _is_type(Type(name.local, namespace=name.namespace), schema) else sqlstate.UNDEFINED_OBJECT
        case op.DropFunction(name, if_exists=False) if _is_sure(schema) and name.namespace in schema.namespaces:
            known = any(local == name.local for (_, local), _ in schema.functions)
            return None if known else sqlstate.UNDEFINED_FUNCTION
        case op.DropOpaque("policy", name, Name() as table, if_exists=False):
            gone = ("policy", name, table) not in schema.opaques
            return sqlstate.UNDEFINED_OBJECT if gone and _is_known(table, schema) else None
        case op.Insert(name, columns) | op.Update(name, columns):
            there = schema.table(name)
            if there is None or not there.columns or not _is_known(name, schema):
                return None
            return sqlstate.UNDEFINED_COLUMN if any(there.column(each) is None for each in columns) else None
        case op.CreateEnum(enum):
            return sqlstate.INVALID_NAME if any(map(_is_long, enum.labels)) else None
        case op.AddEnumValue(label=label) | op.RenameEnumValue(to=label):
            return sqlstate.INVALID_NAME if _is_long(label) else None
        case op.CreateDomain(domain):
            return None if _is_type(domain.base, schema) else sqlstate.UNDEFINED_OBJECT
    return None


def _is_long(label: str) -> bool:
    """A label is not cut as names are, but refused."""
    return len(label.encode()) > LONGEST


def _is_sure(schema: Schema) -> bool:
    return schema.complete and not schema.uncertain_all and schema.extensions <= WITHOUT_TYPES


def _is_known(table: Name, schema: Schema) -> bool:
    return schema.complete and table in schema.tables and schema.is_certain(table)


def _column(table: Name, column: str, schema: Schema) -> Column | None:
    found = schema.table(table)
    return found.column(column) if found is not None and schema.is_certain(table) else None


def _is_type(kind: Type, schema: Schema) -> bool:
    """Whether the type is there, or may be: under any namespace, since the search path may hold several."""
    if not kind.namespace or not _is_sure(schema) or kind.namespace not in schema.namespaces:
        return True
    if kind.base.startswith(("_", "pg_")):
        return True
    relations = (*schema.tables, *schema.views, *schema.enums, *schema.domains)
    composites = (name for of, name, _ in schema.opaques if of == "type")
    return any(name.local == kind.base for name in (*relations, *composites))


def _unfit(name: Name, schema: Schema) -> str | None:
    """A view has no columns to add or drop."""
    return sqlstate.WRONG_OBJECT_TYPE if name in schema.views and schema.is_certain(name) else None


def _new_table(table: Table, schema: Schema) -> str | None:
    for column in table.columns:
        if found := _of_column(column, schema) or _value(column, schema, stored=False):
            return found
    if table.partition_of is not None:
        parent = schema.table(table.partition_of.parent)
        if parent is not None and parent.partition_by is None and schema.is_certain(parent.name):
            return sqlstate.INVALID_OBJECT_DEFINITION
    keys = [found for found in table.constraints if isinstance(found, ForeignKey)]
    if any(mismatched(key, table, schema) for key in keys):
        return sqlstate.DATATYPE_MISMATCH
    subquery = any(SUBQUERY.search(check.expression.text) for check in table.checks)
    return sqlstate.FEATURE_NOT_SUPPORTED if subquery else _uncovered(table, table.constraints) or _counted(keys)


def _counted(keys: Iterable[ForeignKey]) -> str | None:
    """As many columns on one side as on the other."""
    uneven = any(key.target_columns and len(key.columns) != len(key.target_columns) for key in keys)
    return sqlstate.INVALID_FOREIGN_KEY if uneven else None


def _uncovered(table: Table, constraints: Iterable[object]) -> str | None:
    """A key of a partitioned table must hold every column that it is partitioned by."""
    keys = [found for found in constraints if isinstance(found, ForeignKey)]
    if table.partition_by is None:
        return _counted(keys)
    by = set(table.partition_by.columns)
    short = any(isinstance(found, PrimaryKey | Unique) and not by <= set(found.columns) for found in constraints)
    return sqlstate.FEATURE_NOT_SUPPORTED if short else _counted(keys)


def _new_column(operation: op.AddColumn, schema: Schema) -> str | None:
    table = schema.table(operation.table)
    if table is None or table.column(operation.column.name) is not None:
        return None
    if table.partition_of is not None:
        return sqlstate.WRONG_OBJECT_TYPE
    keys = [found for found in operation.constraints if isinstance(found, ForeignKey)]
    there = table.with_column(operation.column)
    if schema.is_certain(table.name) and any(mismatched(key, there, schema) for key in keys):
        return sqlstate.DATATYPE_MISMATCH
    return _of_column(operation.column, schema) or _uncovered(table, operation.constraints)


def _of_column(column: Column, schema: Schema) -> str | None:
    if not _is_type(column.type, schema):
        return sqlstate.UNDEFINED_OBJECT
    return sqlstate.FEATURE_NOT_SUPPORTED if column.default is not None and column.default.columns else None


def _value(column: Column | None, schema: Schema, *, stored: bool) -> str | None:
    """A constant default that is no value of the type; *stored*: it is written at once, so that it has to fit."""
    if column is None or column.default is None:
        return None
    if is_refused(column.default.text, column.type, schema):
        return sqlstate.INVALID_TEXT_REPRESENTATION
    return sqlstate.STRING_DATA_RIGHT_TRUNCATION if stored and is_too_long(column.default.text, column.type) else None


def _identity(operation: op.SetIdentity, schema: Schema) -> str | None:
    """ADD wants a NOT NULL column without a default, SET GENERATED one that is an identity column."""
    found = _column(operation.table, operation.column, schema)
    if found is None or not operation.identity:
        return None
    has = found.identity in {"always", "by default"}
    if operation.changes:
        return None if has else sqlstate.OBJECT_NOT_IN_PREREQUISITE_STATE
    return (
        sqlstate.OBJECT_NOT_IN_PREREQUISITE_STATE if has or found.nullable or found.default or found.identity else None
    )


def _breaks_keys(name: Name, column: str, kind: Type, schema: Schema) -> bool:
    """Whether a foreign key on the column, or to it, could not be compared once it has the type *kind*."""
    table = schema.table(name)
    old = table.column(column) if table is not None and schema.is_certain(name) else None
    if table is None or old is None:
        return False
    after = schema.with_table(table.with_column(Column(column, kind)))
    own = [key for key in table.foreign_keys if column in key.columns]
    others = [pair for pair in schema.referencing(name) if column in pair[1].target_columns and pair[0].name != name]
    return any(mismatched(key, after.tables[name], after) for key in own) or any(
        mismatched(key, other, after) for other, key in others
    )


def _attach(partition: Table | None, parent: Table | None) -> str | None:
    if partition is None or parent is None:
        return None
    return sqlstate.WRONG_OBJECT_TYPE if parent.partition_by is None or partition.partition_of is not None else None


def _partitions_by(table: Table | None, column: str) -> bool:
    return table is not None and table.partition_by is not None and column in table.partition_by.columns


def _inherited(name: Name, column: str, schema: Schema) -> bool:
    """Whether the column comes from a parent, where alone it can be changed."""
    table = schema.table(name)
    if table is None or not schema.is_certain(name) or table.column(column) is None:
        return False
    above = [*table.inherits, *((table.partition_of.parent,) if table.partition_of else ())]
    return any(parent is not None and parent.column(column) is not None for parent in map(schema.table, above))
