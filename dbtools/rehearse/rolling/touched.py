"""Which statements of a migration may decide whether code works, and which relations they touch."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from dbtools.model import operation as op
from dbtools.model.expression import Name
from dbtools.model.objects import ForeignKey
from dbtools.model.schema import Schema
from dbtools.sql.read import Statement
from dbtools.sql.walk import Step

# What takes nothing away from code that knows the schema before it.
ADDS = (
    op.CreateTable, op.CreateIndex, op.CreateEnum, op.AddEnumValue, op.CreateDomain, op.CreateSequence,
    op.CreateNamespace, op.CreateExtension, op.Insert, op.Update, op.Delete, op.Truncate, op.RefreshView,
    op.ValidateConstraint, op.AttachPartition, op.AlterColumn,
)  # fmt: skip
CHANGES_NOTHING = (
    op.Transaction, op.SetParameter, op.Comment, op.Maintain, op.Select, op.LockTable, op.Reindex, op.AlterIndex,
)  # fmt: skip


class Touched(NamedTuple):
    """The statements that may decide, and the relations they touch; None where it may be any."""

    statements: tuple[Statement, ...]
    names: frozenset[Name] | None


def touched(steps: Iterable[Step], schema: Schema, *, also_new: bool) -> Touched:
    """What *steps* do to *schema* that code can feel; *also_new*: code that waits for what they make."""
    felt = [step for step in steps if _is_felt(step, also_new=also_new)]
    by_place = {step.statement.place: step.statement for step in felt}
    return Touched(tuple(by_place.values()), _names(schema, felt))


def _is_felt(step: Step, *, also_new: bool) -> bool:
    operation = step.operation
    if step.skipped or isinstance(operation, CHANGES_NOTHING):
        return False
    if also_new:
        return True
    return not isinstance(operation, ADDS) and not _only_adds(operation) and _relation(operation) not in step.born


def _only_adds(operation: op.Operation) -> bool:
    match operation:
        case op.CreateView() | op.CreateFunction():
            return not operation.replace
        case op.CreateOpaque(opaque):
            return opaque.table is None and not operation.replace
        case op.SetNullable(nullable=nullable):
            return nullable
        case op.SetDefault(default=default):
            return default is not None
        case op.AddConstraint(constraint=ForeignKey()):
            return True  # who breaks it is up to the values alone
    return False


def _names(schema: Schema, steps: Iterable[Step]) -> frozenset[Name] | None:
    found: set[Name] = set()
    for step in steps:
        name = _relation(step.operation)
        if name is None:
            return None
        found |= {name, *step.effects.locks}
    pending = list(found)
    for name in pending:  # grows: views stand on views
        more = [view.name for view in schema.reading(name) if view.name not in found]
        found.update(more)
        pending += more
    return frozenset(found)


def _relation(operation: op.Operation) -> Name | None:
    """The table or view that an operation is about; None where it may be more, or is something else."""
    if getattr(operation, "cascade", False):
        return None
    match operation:
        case op.DropTable(name) | op.RenameTable(name) | op.DropView(name):
            return name
        case op.CreateTable(table):
            return table.name
        case op.CreateView(view):
            return view.name
        case op.CreateOpaque(opaque):
            return opaque.table
    found = getattr(operation, "table", None)
    return found if isinstance(found, Name) else None
