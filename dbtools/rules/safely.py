"""The SQL of hints: how the same is reached without blocking anybody for longer than a moment."""

from __future__ import annotations

from dataclasses import replace

from dbtools.model import operation as op
from dbtools.model.expression import Expression, Name
from dbtools.model.identifiers import quote
from dbtools.model.naming import chosen_name
from dbtools.model.objects import Check, Constraint, ForeignKey, Index, IndexKey, NotNull, PrimaryKey, Unique
from dbtools.model.predict.session import VIRTUAL_SINCE
from dbtools.rules.base import Context

THEN = "-- in a later migration:"
ALONE = "-- in a migration of its own, outside a transaction (its first line: -- dbtools: no-transaction):"


def named(context: Context, table: Name, constraint: Constraint) -> str:
    """The constraint's name, or the one that PostgreSQL would choose."""
    return constraint.name or chosen_name(context.before, table, constraint)


def checked_later(context: Context, table: Name, constraint: Check | ForeignKey | NotNull) -> str:
    """Add it NOT VALID, which reads nothing, and VALIDATE it, which blocks nobody."""
    name = named(context, table, constraint)
    return context.script(
        op.AddConstraint(table, replace(constraint, name=name, validated=False)),
        THEN,
        op.ValidateConstraint(table, name),
    )


def not_null_later(context: Context, table: Name, column: str) -> str:
    """SET NOT NULL that finds the proof done: by a NOT NULL that is not valid yet from 18 on, before by a CHECK."""
    if context.session.version >= VIRTUAL_SINCE:
        return checked_later(context, table, NotNull("", column))
    text = f"{quote(column)} IS NOT NULL"
    check = Check("", Expression(text, text, (column,)))
    return context.script(
        checked_later(context, table, check),
        op.SetNullable(table, column, nullable=False),
        op.DropConstraint(table, named(context, table, check)),
    )


def built_later(context: Context, table: Name, constraint: PrimaryKey | Unique) -> str:
    """Build the unique index CONCURRENTLY, then adopt it as the constraint."""
    name = named(context, table, constraint)
    nulls = constraint.nulls_distinct if isinstance(constraint, Unique) else True
    index = Index(name, tuple(map(IndexKey, constraint.columns)), unique=True, nulls_distinct=nulls)
    return context.script(
        ALONE,
        op.CreateIndex(table, index, concurrently=True),
        THEN,
        op.AddConstraint(table, replace(constraint, name=name), using_index=name),
    )


def is_partitioned(context: Context, table: Name) -> bool:
    """Whether the table is partitioned: then no index on it can be built CONCURRENTLY, nor adopted."""
    found = context.before.table(table)
    return found is not None and found.partition_by is not None


PER_PARTITION = (
    "CONCURRENTLY does not work on a partitioned table: create the index ON ONLY it, which builds nothing, build its "
    "like CONCURRENTLY on every partition, and ALTER INDEX ... ATTACH PARTITION each"
)
