"""Views and materialized views."""

from __future__ import annotations

from dbtools.model import operation as op
from dbtools.model.effects import Effects, LockMode
from dbtools.model.expression import Name
from dbtools.model.predict.relations import (
    AE,
    DEPENDENT_OBJECTS,
    DUPLICATE_TABLE,
    missing,
    stored,
)
from dbtools.model.schema import Schema

AS = LockMode.ACCESS_SHARE
INVALID_DEFINITION, NOT_IN_STATE = "42P16", "55000"


def create(operation: op.CreateView, schema: Schema) -> Effects:
    """CREATE VIEW reads nothing; a materialized view reads what it is made of."""
    view, old = operation.view, schema.views.get(operation.view.name)
    read = {name: AS for name in view.mentions if name in schema.tables or name in schema.views}
    gone = [name for name in view.mentions if name not in schema.tables and name not in schema.views]
    effects = Effects(read)
    if gone:
        effects |= missing(gone[0], schema, AS) if gone[0].namespace not in SYSTEM else Effects()
    if old is not None:
        if operation.if_not_exists:
            return Effects()
        if not operation.replace:
            return Effects(fails=DUPLICATE_TABLE)
        shorter = bool(old.columns and view.columns) and view.columns[: len(old.columns)] != old.columns
        return effects | Effects({view.name: AE}, fails=INVALID_DEFINITION if shorter else None)
    return effects | Effects(scans=_read_by(view.mentions, schema) if view.materialized else frozenset())


SYSTEM = frozenset({"pg_catalog", "information_schema"})


def _read_by(names: tuple[Name, ...], schema: Schema) -> frozenset[Name]:
    """The tables behind relations: through views to what they name."""
    found: set[Name] = set()
    pending = list(names)
    seen: set[Name] = set()
    while pending:
        name = pending.pop()
        if name in seen:
            continue
        seen.add(name)
        if name in schema.tables:
            found |= stored((schema.tables[name],))
        elif name in schema.views:
            pending.extend(() if schema.views[name].materialized else schema.views[name].mentions)
            found |= {name} if schema.views[name].materialized else set()
    return frozenset(found)


def drop(operation: op.DropView, schema: Schema) -> Effects:
    """DROP VIEW."""
    if operation.name not in schema.views:
        return Effects() if operation.if_exists else missing(operation.name, schema, AE)
    users = [view.name for view in schema.views.values() if operation.name in view.mentions]
    if users and not operation.cascade:
        return Effects({operation.name: AE}, fails=DEPENDENT_OBJECTS)
    return Effects(dict.fromkeys((operation.name, *users), AE))


def refresh(operation: op.RefreshView, schema: Schema) -> Effects:
    """REFRESH blocks readers of the view while its query runs; CONCURRENTLY needs a unique index."""
    view = schema.views.get(operation.name)
    if view is None:
        return missing(operation.name, schema, AE)
    read = {name: AS for name in view.mentions if name in schema.tables or name in schema.views}
    scans = _read_by(view.mentions, schema)
    builds = frozenset(Name(view.name.namespace, index.name) for index in view.indexes)
    if not operation.data:
        return Effects({view.name: AE}, rewrites=frozenset({view.name}), builds=builds)
    if not operation.concurrently:
        scans |= {view.name} if builds else frozenset()
        return Effects({view.name: AE} | read, rewrites=frozenset({view.name}), scans=scans, builds=builds)
    unique = any(index.unique and index.where is None for index in view.indexes)
    fails = None if unique else NOT_IN_STATE
    return Effects({view.name: LockMode.EXCLUSIVE} | read, scans=scans | {view.name}, fails=fails)
