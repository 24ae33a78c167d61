"""Constraints added, dropped, validated, renamed; partitions get and lose them with their parent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from dbtools.model import operation as op
from dbtools.model.apply.relations import changed, children, doubted, missing, without_lost_keys
from dbtools.model.expression import Name
from dbtools.model.limits import MOST_KEYS, MOST_OF_A_TABLE
from dbtools.model.naming import chosen_name, is_relation, object_name
from dbtools.model.objects import (
    Check,
    Constraint,
    Exclusion,
    ForeignKey,
    Index,
    NotNull,
    PrimaryKey,
    Table,
    Unique,
)
from dbtools.model.schema import Schema

# CREATE TABLE makes its constraints in this order, and chooses their names in it.
ORDER = (Check, PrimaryKey, Unique, Exclusion, ForeignKey, NotNull)


def add(schema: Schema, operation: op.AddConstraint) -> Schema:
    """The constraint is there, named, and what it implies: NOT NULL, the adopted index, the same on partitions."""
    table = schema.tables.get(operation.table)
    if table is None:
        return missing(schema, operation.table)
    constraint = operation.constraint
    if operation.using_index:
        index = table.index(operation.using_index)
        if index is None:
            return schema
        constraint = _adopting(constraint, index)
        schema = schema.with_table(table.without_index(index.name))
    return added_to(schema, table.name, (constraint,), only=operation.only)


def added_to(schema: Schema, name: Name, constraints: Iterable[Constraint], *, only: bool = False) -> Schema:
    """*schema* with *constraints* on the table called *name* and, unless *only*, on what inherits from it."""
    pending = sorted(constraints, key=lambda found: (ORDER.index(type(found)), not found.name))
    names = {found.name for found in pending}
    for constraint in pending:
        schema = _with(schema, name, constraint, names, only=only)
    return schema


def _with(schema: Schema, name: Name, constraint: Constraint, taken: Iterable[str], *, only: bool = False) -> Schema:
    table = schema.tables[name]
    if len(table.constraints) >= MOST_OF_A_TABLE:
        return doubted(schema, name)
    if isinstance(constraint, PrimaryKey | Unique) and len(constraint.columns) > MOST_KEYS:
        return schema
    if isinstance(constraint, PrimaryKey) and table.primary_key is not None:
        return schema
    if constraint.name and table.constraint(constraint.name) is not None:
        return schema
    match constraint:
        case NotNull(validated=True):
            return _not_null(schema, name, (constraint.column,))
        case NotNull() if not any(each.nullable for each in table.columns if each.name == constraint.column):
            return schema
        case ForeignKey():
            constraint = _resolved(schema, constraint)
        case Check():
            constraint = replace(constraint, validated=constraint.validated and constraint.enforced)
        case PrimaryKey():
            schema = _not_null(schema, name, constraint.columns)
            table = schema.tables[name]
    if not constraint.name:
        constraint = replace(constraint, name=chosen_name(schema, name, constraint, taken=frozenset(taken)))
    elif isinstance(constraint, PrimaryKey | Unique | Exclusion) and _is_taken(schema, table, constraint.name):
        return schema
    schema = schema.with_table(table.with_constraint(constraint))
    for child in () if only else children(schema, name):
        for inherited in inherited_constraints((constraint,), child):
            schema = _with(schema, child.name, inherited, ())
    return schema


def _is_taken(schema: Schema, table: Table, index: str) -> bool:
    return table.index(index) is not None or is_relation(schema, table.name._replace(local=index))


def inherited_constraints(constraints: Iterable[Constraint], child: Table) -> list[Constraint]:
    """Which of a parent's *constraints* its *child* gets: a partition all, an inheriting table the checks."""
    wanted: list[Constraint] = []
    for constraint in constraints:
        if isinstance(constraint, Check | NotNull):
            wanted.append(constraint)
        elif child.partition_of is not None and counterpart(child, constraint) is None:
            free = isinstance(constraint, ForeignKey) and child.constraint(constraint.name) is None
            wanted.append(constraint if free else replace(constraint, name=""))
    return wanted


def counterpart(child: Table, constraint: Constraint) -> Constraint | None:
    """The constraint of a partition that stands for its parent's *constraint*."""
    if isinstance(constraint, Check | NotNull):
        return child.constraint(constraint.name)
    return next((found for found in child.constraints if replace(found, name=constraint.name) == constraint), None)


def _adopting(constraint: Constraint, index: Index) -> Constraint:
    name = constraint.name or index.name
    if isinstance(constraint, PrimaryKey):
        return replace(constraint, name=name, columns=index.columns)
    if isinstance(constraint, Unique):
        return replace(constraint, name=name, columns=index.columns, nulls_distinct=index.nulls_distinct)
    return constraint


def _resolved(schema: Schema, key: ForeignKey) -> ForeignKey:
    """REFERENCES without columns means the target's primary key."""
    target = schema.tables.get(key.target)
    primary = target.primary_key if target else None
    columns = key.target_columns or (primary.columns if primary else ())
    return replace(key, target_columns=columns, validated=key.validated and key.enforced)


def _not_null(schema: Schema, name: Name, columns: Iterable[str]) -> Schema:
    filled = frozenset(columns)

    def change(table: Table) -> Table:
        kept = tuple(own for own in table.constraints if not (isinstance(own, NotNull) and own.column in filled))
        for column in table.columns:
            if column.name in filled and column.nullable:
                table = table.with_column(replace(column, nullable=False))
        return replace(table, constraints=kept) if len(kept) < len(table.constraints) else table

    return changed(schema, name, change)


def drop(schema: Schema, operation: op.DropConstraint) -> Schema:
    """The constraint is gone, with the foreign keys that referred to it and its counterparts on partitions."""
    table = schema.tables.get(operation.table)
    if table is None:
        return missing(schema, operation.table)
    constraint = table.constraint(operation.name)
    if constraint is None:
        return _without_not_null(schema, table, operation.name)
    after = table.without_constraint(constraint.name)
    schema = without_lost_keys(schema.with_table(after), table, after)
    for child in children(schema, table.name):
        inherited = counterpart(child, constraint) if child.partition_of or isinstance(constraint, Check) else None
        if inherited is not None:
            schema = drop(schema, op.DropConstraint(child.name, inherited.name))
    return schema


def _without_not_null(schema: Schema, table: Table, name: str) -> Schema:
    """PostgreSQL 18 names every NOT NULL, so it can be dropped like any constraint."""
    filled = (column for column in table.columns if not column.nullable)
    named = {object_name(table.name.local, column.name, "not_null"): column for column in filled}
    if name not in named:
        return schema
    return changed(schema, table.name, lambda each: each.with_column(replace(named[name], nullable=True)))


def validate(schema: Schema, operation: op.ValidateConstraint) -> Schema:
    """The constraint is valid; a NOT NULL that is becomes a property of its column."""
    table = schema.tables.get(operation.table)
    found = table.constraint(operation.name) if table else None
    if isinstance(found, NotNull):
        return _not_null(schema, operation.table, (found.column,))

    def change(each: Table) -> Table:
        own = each.constraint(operation.name)
        if isinstance(own, Check | ForeignKey) and own.enforced and not own.validated:
            return each.with_constraint(replace(own, validated=True))
        return each

    return changed(schema, operation.table, change)


def rename(schema: Schema, operation: op.RenameConstraint) -> Schema:
    """The constraint has another name, and so has its index; checks are renamed wherever they are inherited."""
    table = schema.tables.get(operation.table)
    if table is None:
        return missing(schema, operation.table)
    constraint = table.constraint(operation.name)
    if constraint is None or table.constraint(operation.to) is not None:
        return schema

    def change(each: Table) -> Table:
        own = each.constraint(operation.name)
        if own is None or (each.name != table.name and not isinstance(own, Check)):
            return each
        return each.without_constraint(own.name).with_constraint(replace(own, name=operation.to))

    return changed(schema, table.name, change)


def alter(schema: Schema, operation: op.AlterConstraint) -> Schema:
    """The constraint is deferrable or enforced as said; enforcing validates."""

    def change(each: Table) -> Table:
        own = each.constraint(operation.name)
        if isinstance(own, ForeignKey | Unique) and operation.deferrable is not None:
            own = replace(own, deferrable=operation.deferrable)
        if isinstance(own, ForeignKey | Check) and operation.enforced is not None:
            own = replace(own, enforced=operation.enforced, validated=operation.enforced)
        return each if own is None else each.with_constraint(own)

    return changed(schema, operation.table, change)
