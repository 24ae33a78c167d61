"""Which rule says that a statement fails: each SQLSTATE of each operation belongs to exactly one."""

from __future__ import annotations

from functools import cache

from dbtools.model import operation as op
from dbtools.model import sqlstate
from dbtools.rules.base import Context
from dbtools.rules.dependents import standing_on

EVERYWHERE = {
    sqlstate.ACTIVE_SQL_TRANSACTION: "concurrently-in-transaction",
    sqlstate.UNSAFE_NEW_ENUM_VALUE_USAGE: "enum-value-used-in-same-transaction",
    sqlstate.INVALID_PARAMETER_VALUE: "unknown-object",
}
LOOKING = frozenset({"view", "materialized view", "rule", "policy", "generated column"})


GENERAL = "statement-fails"


def told_by(context: Context) -> str:
    """The rule that speaks of what the operation is refused with; empty where it is not, or not for certain."""
    name = _named(context)
    return name if not name or name in _rules() else GENERAL


@cache
def _rules() -> frozenset[str]:
    from dbtools.rules import migration_rules

    return frozenset(rule.name for rule in migration_rules())


def _named(context: Context) -> str:
    fails, operation = context.effects.fails, context.operation
    if fails is None or (fails in sqlstate.MISSING and context.effects.uncertain):
        return ""
    if fails in EVERYWHERE:
        return EVERYWHERE[fails]
    match operation:
        case op.CreateIndex() if fails == sqlstate.INVALID_OBJECT_DEFINITION:
            return "index-not-immutable"
        case op.CreateIndex(concurrently=True) | op.DropIndex(concurrently=True) if (
            fails == sqlstate.FEATURE_NOT_SUPPORTED
        ):
            return "concurrently-on-partitioned"
        case op.DetachPartition(concurrently=True):
            return "concurrently-on-partitioned"
        case op.LockTable() if fails == sqlstate.NO_ACTIVE_SQL_TRANSACTION:
            return "explicit-lock-table"
        case op.Transaction():
            return "uncommitted-transaction"
        case op.Truncate() if fails == sqlstate.FEATURE_NOT_SUPPORTED:
            return "truncate"
        case op.AddColumn() if fails == sqlstate.NOT_NULL_VIOLATION:
            return "required-column"
        case op.AddConstraint() | op.AddColumn() | op.CreateTable() if fails == sqlstate.DATATYPE_MISMATCH:
            return "fk-type-mismatch"
        case op.SetType(change=change) if fails == sqlstate.DATATYPE_MISMATCH and not (change and change.fails):
            return "fk-type-mismatch"
        case op.CreateView() if fails == sqlstate.INVALID_TABLE_DEFINITION:
            return "view-dependency-error"
        case op.SetType() if fails == sqlstate.FEATURE_NOT_SUPPORTED and standing_on(context):
            return "view-dependency-error"
        case _ if fails == sqlstate.DEPENDENT_OBJECTS_STILL_EXIST and any(
            each.kind in LOOKING for each in standing_on(context)
        ):
            return "view-dependency-error"
    if fails in sqlstate.MISSING:
        return "unknown-object"
    return "duplicate-object" if fails in sqlstate.TAKEN else GENERAL
