"""Constraints that are checked, or built, while everybody reads and writes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from dbtools.model import operation as op
from dbtools.model.expression import Expression, Name
from dbtools.model.identifiers import quote
from dbtools.model.naming import chosen_name, object_name
from dbtools.model.objects import Check, Constraint, ForeignKey, Index, IndexKey, NotNull, PrimaryKey, Unique
from dbtools.model.plan import Plan, Step, plan
from dbtools.model.predict.session import VIRTUAL_SINCE
from dbtools.rules.base import Context


def named(context: Context, table: Name, constraint: Constraint) -> str:
    """The constraint's name, or the one that PostgreSQL would choose."""
    return constraint.name or chosen_name(context.before, table, constraint)


def is_partitioned(context: Context, table: Name) -> bool:
    """Whether the table is partitioned: then no index on it can be built CONCURRENTLY, nor adopted."""
    found = context.before.table(table)
    return found is not None and found.partition_by is not None


def step(context: Context, *operations: op.Operation | str, transaction: bool = True, after: str = "") -> Step:
    """Operations, and statements that are text already, as one step."""
    texts = (each if isinstance(each, str) else context.render(each) for each in operations)
    return Step(tuple(texts), transaction, after)


def alone(context: Context, operation: op.Operation) -> Step:
    """A step for a statement that refuses a transaction block."""
    return step(context, operation, transaction=False)


def checked(context: Context, table: Name, constraint: Check | ForeignKey | NotNull) -> tuple[Step, ...]:
    """Add it NOT VALID, which reads nothing, and VALIDATE it, which blocks nobody."""
    name = named(context, table, constraint)
    return (
        step(context, op.AddConstraint(table, replace(constraint, name=name, validated=False))),
        step(context, op.ValidateConstraint(table, name)),
    )


def not_null(context: Context, table: Name, *columns: str, taken: Collection[str] = ()) -> tuple[Step, Step]:
    """SET NOT NULL that finds the proof done: by a NOT NULL that is not valid yet from 18 on, before by a CHECK."""
    since_18 = context.session.version >= VIRTUAL_SINCE
    proofs: list[Check | NotNull] = []
    for column in columns:
        names = [*taken, *(each.name for each in proofs)]
        proofs.append(_unproven(context, table, column, names) if since_18 else proof(context, table, column, names))
    added = (op.AddConstraint(table, replace(each, validated=False)) for each in proofs)
    validated = (op.ValidateConstraint(table, each.name) for each in proofs)
    final: list[op.Operation] = []
    if not since_18:
        final += (op.SetNullable(table, column, nullable=False) for column in columns)
        final += (op.DropConstraint(table, each.name) for each in proofs)
    return step(context, *added), step(context, *validated, *final)


def _unproven(context: Context, table: Name, column: str, taken: Collection[str]) -> NotNull:
    """A NOT NULL under a name that no valid one has, which the schema keeps without its name."""
    found = context.before.table(table)
    valid = [each.name for each in found.columns if not each.nullable] if found is not None else []
    names = [*taken, *(object_name(table.local, each, "not_null") for each in valid)]
    constraint = NotNull("", column)
    return replace(constraint, name=chosen_name(context.before, table, constraint, taken=names))


def proof(context: Context, table: Name, column: str, taken: Collection[str] = ()) -> Check:
    """The CHECK that proves *column* to be not null, under the name that PostgreSQL would choose."""
    text = f"{quote(column)} IS NOT NULL"
    check = Check("", Expression(text, text, (column,)))
    return replace(check, name=chosen_name(context.before, table, check, taken=taken))


def built(context: Context, table: Name, constraint: PrimaryKey | Unique) -> tuple[Step, ...]:
    """Build the unique index CONCURRENTLY, then adopt it as the constraint."""
    name = named(context, table, constraint)
    nulls = constraint.nulls_distinct if isinstance(constraint, Unique) else True
    index = Index(name, tuple(map(IndexKey, constraint.columns)), unique=True, nulls_distinct=nulls)
    adopted = op.AddConstraint(table, replace(constraint, name=name), using_index=name)
    return alone(context, op.CreateIndex(table, index, concurrently=True)), step(context, adopted)


def added(context: Context, operation: op.AddConstraint) -> Plan | None:
    """ADD CONSTRAINT of any kind but EXCLUDE; nothing for a partitioned table where PostgreSQL knows no way."""
    table = operation.table
    match operation.constraint:
        case Check(validated=True, enforced=True) as check:
            return plan(checked(context, table, check))
        case ForeignKey(validated=True, enforced=True) as key:
            fails = is_partitioned(context, table) and context.session.version < VIRTUAL_SINCE
            return None if fails else plan(checked(context, table, key))
        case NotNull(validated=True) as constraint:
            return plan(checked(context, table, constraint))
        case PrimaryKey() | Unique() as constraint if operation.using_index:
            return plan(proven(context, operation, constraint), step(context, operation))
        case PrimaryKey() | Unique() as constraint if not is_partitioned(context, table):
            return plan(proven(context, operation, constraint), built(context, table, constraint))
    return None


def proven(context: Context, operation: op.AddConstraint, constraint: PrimaryKey | Unique) -> tuple[Step, ...]:
    """The columns of a primary key made NOT NULL, all of them side by side."""
    if not isinstance(constraint, PrimaryKey):
        return ()
    table = context.before.table(operation.table)
    index = table.index(operation.using_index) if table is not None else None
    columns = constraint.columns or (index.columns if index is not None else ())
    known = {column.name: column.nullable for column in table.columns} if table is not None else {}
    open_ = [name for name in columns if known.get(name, True)]
    return not_null(context, operation.table, *open_) if open_ else ()
