"""Views and materialized views."""

from __future__ import annotations

from dbtools.model import operation as op
from dbtools.model import sqlstate
from dbtools.model.effects import Effects, LockMode
from dbtools.model.expression import Name
from dbtools.model.predict import dependents
from dbtools.model.predict.names import SYSTEM
from dbtools.model.predict.relations import AE, reading, scanned
from dbtools.model.predict.undefined import missing
from dbtools.model.schema import Schema

AS = LockMode.ACCESS_SHARE


def create(operation: op.CreateView, schema: Schema) -> Effects:
    """CREATE VIEW reads nothing; a materialized view reads what it is made of, unless it starts WITH NO DATA."""
    view, old = operation.view, schema.views.get(operation.view.name)
    if old is not None and operation.if_not_exists:
        return Effects()
    run = view.materialized and operation.populated
    read = reading(view.mentions, schema, AS) if run else {
        name: AS for name in view.mentions if name in schema.tables or name in schema.views
    }  # fmt: skip
    effects = Effects(read, scans=scanned(view.mentions, schema) if run else frozenset(), fails=operation.fails)
    gone = [name for name in view.mentions if name not in schema.tables and name not in schema.views]
    for name in gone:
        effects |= missing(name, schema, AS) if name.namespace not in SYSTEM else Effects()
    if old is not None and operation.replace:
        shorter = bool(old.columns and view.columns) and view.columns[: len(old.columns)] != old.columns
        return effects | Effects({view.name: AE}, fails=sqlstate.INVALID_TABLE_DEFINITION if shorter else None)
    return effects


def drop(operation: op.DropView, schema: Schema) -> Effects:
    """DROP VIEW; one that others read needs CASCADE, which locks them all."""
    view = schema.views.get(operation.name)
    if view is None:
        return Effects() if operation.if_exists else missing(operation.name, schema, AE)
    all_of_them = dependents.above((view,), schema)
    users = [each for each in all_of_them if each.name != view.name and each.name not in operation.along]
    if users and not operation.cascade:
        return Effects({operation.name: AE}, fails=sqlstate.DEPENDENT_OBJECTS_STILL_EXIST)
    return Effects({each.name: AE for each in all_of_them} | _ruled(operation.name, schema))


def _ruled(view: Name, schema: Schema) -> dict[Name, LockMode]:
    return {opaque.table: AE for opaque in dependents.elsewhere({view}, schema) if opaque.table is not None}


def refresh(operation: op.RefreshView, schema: Schema) -> Effects:
    """REFRESH blocks readers of the view while its query runs; CONCURRENTLY needs a unique index."""
    view = schema.views.get(operation.name)
    if view is None:
        return missing(operation.name, schema, AE)
    heap = frozenset({view.name})
    if not operation.data:
        builds = frozenset(Name(view.name.namespace, index.name) for index in view.indexes)
        return Effects({view.name: AE}, rewrites=heap, builds=builds)
    effects = Effects(reading(view.mentions, schema, AS), scans=scanned(view.mentions, schema))
    if not operation.concurrently:
        builds = frozenset(Name(view.name.namespace, index.name) for index in view.indexes)
        return effects | Effects({view.name: AE}, rewrites=heap, scans=heap if builds else frozenset(), builds=builds)
    plain = [index for index in view.indexes if len(index.columns) == len(index.keys)]
    unique = any(index.unique and index.where is None for index in plain)
    mine = Effects(
        {view.name: LockMode.EXCLUSIVE}, scans=heap, fails=None if unique else sqlstate.OBJECT_NOT_IN_PREREQUISITE_STATE
    )
    return effects | mine
