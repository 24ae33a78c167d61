"""Indexes built, dropped and rebuilt CONCURRENTLY."""

from __future__ import annotations

from dataclasses import replace

from dbtools.model import operation as op
from dbtools.model import sqlstate
from dbtools.model.expression import Name
from dbtools.model.naming import chosen_name
from dbtools.model.objects import Table
from dbtools.model.plan import Plan, plan
from dbtools.rules.base import Context
from dbtools.rules.plans.constraints import alone, is_partitioned, step


def created(context: Context, operation: op.CreateIndex) -> Plan | None:
    """CONCURRENTLY in a file of its own; on a partitioned table partition by partition."""
    refused = context.effects.fails == sqlstate.FEATURE_NOT_SUPPORTED and not operation.concurrently
    if operation.only or refused:
        return None
    index = operation.index
    name = index.name or chosen_name(context.before, operation.table, index)
    whole = replace(operation, index=replace(index, name=name))
    if is_partitioned(context, operation.table):
        return _per_partition(context, whole)
    # IF NOT EXISTS would take what a failed build left behind for the index.
    return plan(alone(context, replace(whole, concurrently=True, if_not_exists=False)))


def _per_partition(context: Context, operation: op.CreateIndex) -> Plan | None:
    """The parent's index first, which builds nothing; it is valid once each partition's is attached to it."""
    partitions = context.before.partitions(operation.table)
    if operation.if_not_exists or any(each.partition_by is not None for each in partitions):
        return None
    parent = Name(operation.table.namespace, operation.index.name)
    above = replace(operation, only=True, concurrently=False)
    names = {each.name: _own_name(context, each, operation) for each in partitions}
    builds = [
        op.CreateIndex(each.name, replace(operation.index, name=names[each.name].local), concurrently=True)
        for each in partitions
    ]
    attached = [op.AlterIndex(parent, names[each.name]) for each in partitions]
    last = [step(context, *attached)] if attached else []
    return plan(step(context, above), *(alone(context, build) for build in builds), *last)


def _own_name(context: Context, table: Table, operation: op.CreateIndex) -> Name:
    unnamed = replace(operation.index, name="")
    return Name(table.name.namespace, chosen_name(context.before, table.name, unnamed))


def dropped(context: Context, operation: op.DropIndex) -> Plan | None:
    """CONCURRENTLY, unless a constraint owns it, the table is partitioned or something goes with it."""
    owner = context.before.index_owner(operation.name)
    if operation.cascade or (owner is not None and owner.partition_by is not None):
        return None
    if owner is not None and owner.index(operation.name.local) is None:
        return None
    return plan(alone(context, replace(operation, concurrently=True)))


def rebuilt(context: Context, operation: op.Reindex) -> Plan | None:
    """CONCURRENTLY; the system's own tables cannot."""
    return None if operation.kind == "system" else plan(alone(context, replace(operation, concurrently=True)))
