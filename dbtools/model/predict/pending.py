"""Triggers that wait for the end of the transaction, and the statements that will not run while they do.

A foreign key that is INITIALLY DEFERRED is checked at COMMIT: until then ALTER TABLE, DROP TABLE, TRUNCATE, CREATE
INDEX and CLUSTER of its table fail with 55006. Whether an UPDATE or DELETE finds a row, and changes its key, is not
known. Not followed: SET CONSTRAINTS, constraint triggers, and deferred UNIQUE, which queues only what may be double.
"""

from __future__ import annotations

from dbtools.model import operation as op
from dbtools.model import sqlstate
from dbtools.model.effects import Effects
from dbtools.model.expression import Name
from dbtools.model.predict.relations import branch, family, referencing
from dbtools.model.predict.session import Session
from dbtools.model.schema import Schema

ALTERS = (
    op.AddColumn, op.DropColumn, op.SetType, op.SetNullable, op.SetDefault, op.SetIdentity, op.SetGenerated,
    op.AlterColumn, op.AddConstraint, op.DropConstraint, op.ValidateConstraint, op.AlterConstraint, op.AlterTable,
    op.DetachPartition,
)  # fmt: skip


def queued(operation: op.Operation, schema: Schema) -> tuple[frozenset[Name], frozenset[Name]]:
    """The tables on which triggers wait after *operation*: for certain, and perhaps."""
    nothing = frozenset[Name]()
    match operation:
        case op.Insert(name, rows=rows):
            return (_deferred(name, schema), nothing) if rows else (nothing, _deferred(name, schema))
        case op.Update(name, columns):
            members = branch(name, schema)
            keys = [key for member in members for key in member.foreign_keys if key.deferred]
            own = _deferred(name, schema) if any(set(columns) & set(key.columns) for key in keys) else nothing
            return nothing, own | _referenced(name, frozenset(columns), schema)
        case op.Delete(name):
            return nothing, _referenced(name, None, schema)
    return nothing, nothing


def _deferred(name: Name, schema: Schema) -> frozenset[Name]:
    """The table, when it has a deferred key; of a partitioned one nobody knows which partition holds the row."""
    table = schema.table(name)
    if table is None or not any(key.deferred and key.enforced for key in table.foreign_keys):
        return frozenset()
    return frozenset({name}) if table.partition_by is None else frozenset()


def _referenced(name: Name, columns: frozenset[str] | None, schema: Schema) -> frozenset[Name]:
    keys = (key for _, key in referencing(name, schema) if key.deferred and key.enforced)
    hit = any(columns is None or columns & set(key.target_columns) for key in keys)
    return frozenset(member.name for member in family(name, schema)) if hit else frozenset()


def refusal(operation: op.Operation, schema: Schema, session: Session) -> Effects:
    """55006, or why it may come."""
    if not (session.pending or session.perhaps_pending):
        return Effects()
    used = {member.name for name in _touched(operation) for member in family(name, schema)}
    if used & session.pending:
        return Effects(fails=sqlstate.OBJECT_IN_USE)
    waiting = sorted(used & session.perhaps_pending)
    return Effects(
        uncertain=f"whether checks of {waiting[0]} wait for the end of the transaction depends on its rows"
        if waiting
        else ""
    )


def _touched(operation: op.Operation) -> tuple[Name, ...]:
    if isinstance(operation, ALTERS):
        return (operation.table,)
    match operation:
        case op.DropTable(name):
            return (name,)
        case op.AttachPartition(name):
            return (name,)
        case op.Truncate(tables) | op.Maintain("cluster", tables):
            return tables
        case op.CreateIndex(table, concurrently=False):
            return (table,)
    return ()
