"""The safe form as the text of a hint, for what is part of a longer advice."""

from __future__ import annotations

from dbtools.model.expression import Name
from dbtools.model.objects import Check, ForeignKey, NotNull, PrimaryKey, Unique
from dbtools.model.plan import ALONE, THEN, script
from dbtools.rules.base import Context
from dbtools.rules.plans.constraints import built, checked, is_partitioned, named, not_null

__all__ = [
    "ALONE",
    "PER_PARTITION",
    "THEN",
    "built_later",
    "checked_later",
    "is_partitioned",
    "named",
    "not_null_later",
]


def checked_later(context: Context, table: Name, constraint: Check | ForeignKey | NotNull) -> str:
    """Add it NOT VALID, which reads nothing, and VALIDATE it, which blocks nobody."""
    return script(checked(context, table, constraint))


def not_null_later(context: Context, table: Name, column: str) -> str:
    """SET NOT NULL that finds the proof done."""
    return script(not_null(context, table, column))


def built_later(context: Context, table: Name, constraint: PrimaryKey | Unique) -> str:
    """Build the unique index CONCURRENTLY, then adopt it as the constraint."""
    return script(built(context, table, constraint))


PER_PARTITION = (
    "CONCURRENTLY does not work on a partitioned table: create the index ON ONLY it, which builds nothing, build its "
    "like CONCURRENTLY on every partition, and ALTER INDEX ... ATTACH PARTITION each"
)
