"""Indexes: built, dropped, rebuilt."""

from __future__ import annotations

from dataclasses import replace

from dbtools.model import operation as op
from dbtools.model import sqlstate
from dbtools.model.effects import Effects, LockMode
from dbtools.model.expression import Expression, Name, Type, Volatility
from dbtools.model.limits import MOST_KEYS
from dbtools.model.naming import chosen_name, truncated
from dbtools.model.objects import Index, PrimaryKey, Table, Unique, View
from dbtools.model.predict.defaults import volatility
from dbtools.model.predict.names import kind_of
from dbtools.model.predict.partitions import free_parts, is_part, refuses_key
from dbtools.model.predict.relations import AE, branch, index_names, locks
from dbtools.model.predict.session import Session
from dbtools.model.predict.undefined import assumed, missing
from dbtools.model.schema import Schema

SHARE, SUE = LockMode.SHARE, LockMode.SHARE_UPDATE_EXCLUSIVE
# Built-in types without a default B-tree or hash operator class (pg_opclass of 15 and 18).
UNORDERED = frozenset({"json", "xml", "point", "box", "line", "lseg", "path", "polygon", "circle"})


def create(operation: op.CreateIndex, schema: Schema, session: Session) -> Effects:
    """CREATE INDEX blocks writes for the whole build; CONCURRENTLY nothing, but not in a transaction."""
    mode = SUE if operation.concurrently else SHARE
    view = schema.views.get(operation.table)
    if view is not None and view.materialized:
        heap = frozenset({view.name})
        return Effects({view.name: mode}, scans=heap, builds=_built(operation, schema, heap))
    table = schema.table(operation.table)
    if table is None:
        found = missing(operation.table, schema, mode)
        if found.fails:
            return found | _refused(operation, None, schema, session)
        return found | create(operation, assumed(operation.table, schema), session)
    members = (table,) if operation.only else branch(operation.table, schema)
    if len(operation.index.keys) + len(operation.index.include) > MOST_KEYS:
        return Effects(locks(members, mode), fails=sqlstate.TOO_MANY_COLUMNS)
    refused_for = _refused(operation, table, schema, session)
    if operation.index.name and kind_of(Name(table.name.namespace, truncated(operation.index.name)), schema):
        return refused_for | Effects(locks(members, mode))
    scanned = frozenset(
        member.name for member in members if member.partition_by is None and not _has(member, operation, table, schema)
    )
    return refused_for | Effects(locks(members, mode), scans=scanned, builds=_built(operation, schema, scanned))


def _has(partition: Table, operation: op.CreateIndex, table: Table, schema: Schema) -> bool:
    """Whether a partition has an index that becomes its part of the new one."""
    if partition.name == table.name:
        return False
    if free_parts(partition, operation.index, schema) > 0:
        return True
    plain = operation.index.unique and operation.index.where is None and operation.index.method == "btree"
    owned = (found for found in partition.constraints if isinstance(found, PrimaryKey | Unique))
    free = (found for found in owned if not is_part(partition, found.name, schema))
    return plain and not operation.index.include and any(_same_keys(found, operation.index) for found in free)


def _same_keys(owned: PrimaryKey | Unique, index: Index) -> bool:
    keys = [key for key in index.keys if key.column and not (key.opclass or key.collation or key.descending)]
    return len(keys) == len(index.keys) and index.columns == owned.columns


def _built(operation: op.CreateIndex, schema: Schema, heaps: frozenset[Name]) -> frozenset[Name]:
    """The indexes that get a file: the table's own, and one per partition under a name of PostgreSQL's choice."""
    unnamed = replace(operation.index, name="")
    own = truncated(operation.index.name)
    return frozenset(
        Name(heap.namespace, own if own and heap == operation.table else chosen_name(schema, heap, unnamed))
        for heap in heaps
    )


def _refused(operation: op.CreateIndex, table: Table | None, schema: Schema, session: Session) -> Effects:
    """Why the server would refuse the index, first reason first."""
    if operation.concurrently and session.in_transaction:
        return Effects(fails=sqlstate.ACTIVE_SQL_TRANSACTION)
    if table is not None:
        if operation.concurrently and table.partition_by is not None:
            return Effects(fails=sqlstate.FEATURE_NOT_SUPPORTED)
        if schema.is_certain(table.name) and any(table.column(name) is None for name in operation.index.reads()):
            return Effects(fails=sqlstate.UNDEFINED_COLUMN)
        if any(_unordered(key.column, key.opclass, operation.index, table) for key in operation.index.keys):
            return Effects(fails=sqlstate.UNDEFINED_OBJECT)
        constraint = Unique("", operation.index.columns)
        members = branch(table.name, schema)
        if operation.index.unique and any(
            refuses_key(constraint, constraint.columns, each, session) for each in members
        ):
            return Effects(fails=sqlstate.FEATURE_NOT_SUPPORTED)
    unsure = ""
    for expression in operation.index.expressions:
        worst = _worst(expression, table, schema)
        if worst is Volatility.UNKNOWN:
            unsure = f"whether {expression} is immutable is not known"
        elif worst is not Volatility.IMMUTABLE:
            return Effects(fails=sqlstate.INVALID_OBJECT_DEFINITION)
    return Effects(uncertain=unsure)


def _worst(expression: Expression, table: Table | None, schema: Schema) -> Volatility:
    """An expression's volatility, with what the types of its columns add."""
    worst = volatility(expression, schema)
    for part in expression.depends:
        column = table.column(part.column) if table is not None else None
        if column is None:
            return Volatility.UNKNOWN
        if _base(column.type, schema) in part.bases:
            worst = max(worst, part.volatility)
    return worst


def _base(kind: Type, schema: Schema) -> str:
    """A type as ``TypeDependent`` calls it: ``enum`` for any enum, ``text[]`` for an array, a domain by its base."""
    domain = schema.domains.get(kind.name)
    if domain is not None and not kind.dimensions:
        return _base(domain.base, schema)
    base = "enum" if kind.name in schema.enums else kind.base
    return base + "[]" * kind.dimensions


def _unordered(column: str, opclass: str, index: Index, table: Table) -> bool:
    found = table.column(column) if column and not opclass and index.method in {"btree", "hash"} else None
    return found is not None and found.type.base in UNORDERED and not found.type.dimensions


def drop(operation: op.DropIndex, schema: Schema, session: Session) -> Effects:
    """DROP INDEX needs ACCESS EXCLUSIVE on the table; CONCURRENTLY does not, but not in a transaction."""
    mode = SUE if operation.concurrently else AE
    refused = sqlstate.ACTIVE_SQL_TRANSACTION if operation.concurrently and session.in_transaction else None
    owner = schema.index_owner(operation.name) or _view_owner(operation.name, schema)
    if owner is None:
        if operation.if_exists:
            return Effects(fails=refused)
        sure = schema.complete and not schema.uncertain and not schema.uncertain_all
        return Effects(
            fails=refused or (sqlstate.UNDEFINED_OBJECT if sure else None),
            uncertain="" if sure else "the index is not known",
        )
    if isinstance(owner, View):
        return Effects({owner.name: mode}, fails=refused)
    index = owner.index(operation.name.local)
    if operation.concurrently and owner.partition_by is not None:
        refused = refused or sqlstate.FEATURE_NOT_SUPPORTED
    effects = Effects(locks(branch(owner.name, schema), mode), fails=refused)
    if index is None or is_part(owner, index.name, schema):
        return effects | Effects(fails=refused or sqlstate.DEPENDENT_OBJECTS_STILL_EXIST)
    users = _referencing(owner, index, schema)
    if users and not operation.cascade:
        return effects | Effects(fails=refused or sqlstate.DEPENDENT_OBJECTS_STILL_EXIST)
    return effects | Effects(locks(users, AE))


def _view_owner(name: Name, schema: Schema) -> View | None:
    found = schema.indexed(name)
    return next(found, None)


def _referencing(table: Table, index: Index, schema: Schema) -> tuple[Table, ...]:
    """The tables whose foreign keys rest on this unique index, and on no constraint with the same columns."""
    owned = [set(found.columns) for found in table.constraints if isinstance(found, PrimaryKey | Unique)]
    if not index.unique or index.where is not None or set(index.columns) in owned:
        return ()
    wanted = set(index.columns)
    return tuple(other for other, key in schema.referencing(table.name) if set(key.target_columns) == wanted)


def reindex(operation: op.Reindex, schema: Schema, session: Session) -> Effects:
    """REINDEX blocks writes, and reads that would plan with the index; CONCURRENTLY neither."""
    if operation.concurrently and session.in_transaction:
        return Effects(fails=sqlstate.ACTIVE_SQL_TRANSACTION)
    mode = SUE if operation.concurrently else SHARE
    if operation.kind not in {"table", "index"}:
        tables = tuple(schema.tables.values())
        everything = frozenset(name for table in tables for name in index_names(table))
        refused = session.in_transaction and operation.kind != "index"
        return Effects(
            locks(tables, mode), builds=everything, fails=sqlstate.ACTIVE_SQL_TRANSACTION if refused else None
        )
    if operation.kind == "table":
        view = schema.views.get(operation.name)
        if view is not None and view.materialized:
            builds = frozenset(Name(view.name.namespace, index.name) for index in view.indexes)
            return Effects({view.name: mode}, scans=frozenset({view.name}) if builds else frozenset(), builds=builds)
        owner = schema.table(operation.name)
    else:
        owner = schema.index_owner(operation.name)
    if owner is None:
        return missing(operation.name, schema, mode)
    members = branch(owner.name, schema)
    if owner.partition_by is not None and session.in_transaction:
        return Effects(fails=sqlstate.ACTIVE_SQL_TRANSACTION)
    if operation.kind == "index" and owner.partition_by is not None:
        return Effects(locks(members, mode), uncertain="which indexes are parts of it is not worked out")
    if operation.kind == "table":
        builds = frozenset(name for member in members for name in index_names(member))
    else:
        builds = frozenset({operation.name})
    indexed = frozenset(member.name for member in members if builds & index_names(member))
    return Effects(locks(members, mode), scans=indexed, builds=builds)


def alter(operation: op.AlterIndex, schema: Schema) -> Effects:
    """ALTER INDEX takes no lock on the table; ATTACH PARTITION a light one on both tables."""
    owners = [schema.index_owner(name) for name in (operation.name, operation.partition) if name is not None]
    if operation.partition is None:
        partitioned = any(owner is not None and owner.partition_by is not None for owner in owners)
        return Effects(
            uncertain="which settings an index on a partitioned table takes was not measured" if partitioned else ""
        )
    return Effects(locks((owner for owner in owners if owner is not None), LockMode.ACCESS_SHARE))
