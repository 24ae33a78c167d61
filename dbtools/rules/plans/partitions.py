"""Partitions attached and detached, views refreshed, tables renamed: what others read meanwhile stays readable."""

from __future__ import annotations

from dataclasses import replace

from dbtools.model import operation as op
from dbtools.model.bounds import condition
from dbtools.model.expression import Expression, Name
from dbtools.model.identifiers import quote_name
from dbtools.model.objects import Check, View
from dbtools.model.plan import Plan, plan
from dbtools.rules.base import Context
from dbtools.rules.plans.constraints import alone, checked, named, step


def attached(context: Context, operation: op.AttachPartition) -> Plan | None:
    """Under a valid CHECK that implies the bound, and goes again; not beside a default partition, which is searched."""
    parent = context.before.table(operation.of.parent)
    bound = condition(parent.partition_by if parent is not None else None, operation.of)
    siblings = context.before.partitions(operation.of.parent)
    if bound is None or any(each.partition_of and each.partition_of.bound == "DEFAULT" for each in siblings):
        return None
    if context.effects.builds:
        return None
    check = Check("", bound)
    check = replace(check, name=named(context, operation.partition, check))
    last = step(context, operation, op.DropConstraint(operation.partition, check.name))
    return plan(checked(context, operation.partition, check), last)


def detached(context: Context, operation: op.DetachPartition) -> Plan | None:
    """CONCURRENTLY, which PostgreSQL refuses beside a default partition, and which leaves the bound as a CHECK."""
    parent = context.before.table(operation.table)
    keys = parent.partition_by.columns if parent is not None and parent.partition_by is not None else ()
    siblings = context.before.partitions(operation.table)
    if any(each.partition_of and each.partition_of.bound == "DEFAULT" for each in siblings):
        return None
    bound = Check("", Expression("", "", keys))
    left = op.DropConstraint(operation.partition, named(context, operation.partition, bound), if_exists=True)
    concurrently = alone(context, replace(operation, concurrently=True))
    return plan(concurrently) if operation.concurrently else plan(concurrently, step(context, left))


def refreshed(context: Context, operation: op.RefreshView) -> Plan | None:
    """CONCURRENTLY, which needs a unique index over plain columns and all rows."""
    view = context.before.views.get(operation.name)
    usable = [
        index
        for index in (view.indexes if view is not None else ())
        if index.unique and index.where is None and len(index.columns) == len(index.keys)
    ]
    return plan(step(context, replace(operation, concurrently=True))) if usable else None


def renamed(context: Context, operation: op.RenameTable) -> Plan:
    """With a view of the old name in the same transaction, until nothing uses that any more."""
    old, new = operation.name, Name(operation.name.namespace, operation.to)
    bridge = op.CreateView(View(old, f"TABLE {quote_name(new)}"))
    gone = step(context, op.DropView(old), after=f"nothing that runs uses the name {old} any more")
    return plan(step(context, operation, bridge), gone)
