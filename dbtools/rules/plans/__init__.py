"""The safe form of one operation, whichever rules object to it: what one of them advises must please the others."""

from __future__ import annotations

from dbtools.model import operation as op
from dbtools.model import sqlstate
from dbtools.model.plan import Plan, Step, plan
from dbtools.rules.base import Context
from dbtools.rules.plans import columns, constraints, indexes, partitions, types

__all__ = ["safe_form"]

# What fails as it was written, and not in its safe form.
MENDED = frozenset({None, sqlstate.NOT_NULL_VIOLATION, sqlstate.ACTIVE_SQL_TRANSACTION, sqlstate.FEATURE_NOT_SUPPORTED})


def safe_form(context: Context) -> Plan | None:
    """What reaches the same schema and blocks nobody for longer than a moment; None where nothing does.

    Its names and neighbours are those of the schema before the operation.
    """
    if context.effects.fails not in MENDED:
        return None
    match context.operation:
        case op.AddConstraint() as operation:
            return constraints.added(context, operation)
        case op.AddColumn() as operation:
            return columns.added(context, operation)
        case op.SetNullable(table, column, nullable=False):
            return plan(constraints.not_null(context, table, column))
        case op.ValidateConstraint() as operation:
            return plan(Step(()), constraints.step(context, operation))
        case op.SetType() as operation:
            return types.changed(context, operation)
        case op.RenameColumn() as operation:
            return types.renamed(context, operation)
        case op.CreateIndex() as operation:
            return indexes.created(context, operation)
        case op.DropIndex() as operation:
            return indexes.dropped(context, operation)
        case op.Reindex() as operation:
            return indexes.rebuilt(context, operation)
        case op.AttachPartition() as operation:
            return partitions.attached(context, operation)
        case op.DetachPartition() as operation:
            return partitions.detached(context, operation)
        case op.RefreshView() as operation:
            return partitions.refreshed(context, operation)
        case op.RenameTable() as operation:
            return partitions.renamed(context, operation)
        case op.Maintain(verb="vacuum") as operation:
            return plan(constraints.alone(context, operation))
    return None
