"""Which rule says that a statement fails: each SQLSTATE of each operation belongs to exactly one."""

from __future__ import annotations

from functools import cache

from dbtools.model import operation as op
from dbtools.model.predict.relations import (
    ACTIVE_TRANSACTION,
    DEPENDENT_OBJECTS,
    FEATURE_NOT_SUPPORTED,
    MISSING,
    TAKEN,
)
from dbtools.rules.base import Context
from dbtools.rules.dependents import standing_on

NEW_LABEL, NO_SUCH_LABEL, NOT_IMMUTABLE = "55P04", "22023", "42P17"
MISMATCH, VIEW_COLUMNS, NOT_NULL, NO_TRANSACTION = "42804", "42P16", "23502", "25P01"
EVERYWHERE = {
    ACTIVE_TRANSACTION: "concurrently-in-transaction",
    NEW_LABEL: "enum-value-used-in-same-transaction",
    NO_SUCH_LABEL: "unknown-object",
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
    if fails is None or (fails in MISSING and context.effects.uncertain):
        return ""
    if fails in EVERYWHERE:
        return EVERYWHERE[fails]
    match operation:
        case op.CreateIndex() if fails == NOT_IMMUTABLE:
            return "index-not-immutable"
        case op.CreateIndex(concurrently=True) | op.DropIndex(concurrently=True) if fails == FEATURE_NOT_SUPPORTED:
            return "concurrently-on-partitioned"
        case op.DetachPartition(concurrently=True):
            return "concurrently-on-partitioned"
        case op.LockTable() if fails == NO_TRANSACTION:
            return "explicit-lock-table"
        case op.Transaction():
            return "uncommitted-transaction"
        case op.Truncate() if fails == FEATURE_NOT_SUPPORTED:
            return "truncate"
        case op.AddColumn() if fails == NOT_NULL:
            return "required-column"
        case op.AddConstraint() | op.AddColumn() | op.CreateTable() if fails == MISMATCH:
            return "fk-type-mismatch"
        case op.SetType(change=change) if fails == MISMATCH and not (change and change.fails):
            return "fk-type-mismatch"
        case op.CreateView() if fails == VIEW_COLUMNS:
            return "view-dependency-error"
        case op.SetType() if fails == FEATURE_NOT_SUPPORTED and standing_on(context):
            return "view-dependency-error"
        case _ if fails == DEPENDENT_OBJECTS and any(each.kind in LOOKING for each in standing_on(context)):
            return "view-dependency-error"
    if fails in MISSING:
        return "unknown-object"
    return "duplicate-object" if fails in TAKEN else GENERAL
