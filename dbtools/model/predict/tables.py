"""Tables as a whole: created, dropped, moved, set, attached, detached."""

from __future__ import annotations

from dbtools.model import operation as op
from dbtools.model.bounds import condition
from dbtools.model.effects import Effects, LockMode, Loss, strongest
from dbtools.model.expression import Name
from dbtools.model.limits import MOST_COLUMNS, TOO_MANY_COLUMNS
from dbtools.model.objects import Table
from dbtools.model.predict.columns import UNSAFE_NEW_LABEL, uses_new_label
from dbtools.model.predict.constraints import target
from dbtools.model.predict.relations import (
    ACTIVE_TRANSACTION,
    AE,
    DEPENDENT_OBJECTS,
    DUPLICATE_TABLE,
    family,
    locks,
    missing,
    rewrite,
    stored,
    views_reading,
)
from dbtools.model.predict.session import Session
from dbtools.model.schema import Schema

DATATYPE_MISMATCH, INVALID_DEFINITION = "42804", "42P16"
SRE, SUE, AS = LockMode.SHARE_ROW_EXCLUSIVE, LockMode.SHARE_UPDATE_EXCLUSIVE, LockMode.ACCESS_SHARE
ACTION_LOCKS: dict[op.TableAction, LockMode] = {
    "set options": SUE, "cluster on": SUE, "enable trigger": SRE, "disable trigger": SRE,
}  # fmt: skip
RECURSING = {"enable trigger", "disable trigger"}


def create(operation: op.CreateTable, schema: Schema, session: Session) -> Effects:
    """CREATE TABLE takes locks on what it refers to: the targets of foreign keys, its parent, what it copies."""
    table = operation.table
    if table.name in schema.tables or table.name in schema.views:
        return Effects() if operation.if_not_exists else Effects(fails=DUPLICATE_TABLE)
    if len(table.columns) > MOST_COLUMNS:
        return Effects(fails=TOO_MANY_COLUMNS)
    if any(uses_new_label(column.type, column.default, session) for column in table.columns):
        return Effects(fails=UNSAFE_NEW_LABEL)
    targets = {key.target: SRE for key in table.foreign_keys if key.target != table.name}
    copied = dict.fromkeys(operation.like, AS)
    queried = {name: AS for name in operation.mentions if name in schema.tables or name in schema.views}
    effects = Effects(
        strongest((targets, copied, queried)),
        scans=stored(schema.tables[name] for name in operation.mentions if name in schema.tables),
    )
    gone = [name for name in copied if name not in schema.tables and name not in schema.views]
    if gone:
        effects |= missing(gone[0], schema, AS)
    for key in table.foreign_keys:
        there = target(key, table.name, schema)
        effects |= Effects(fails=there.fails, uncertain=there.uncertain)
    if table.partition_of is not None:
        effects |= _new_partition(table.partition_of.parent, schema)
    return effects | Effects(dict.fromkeys(table.inherits, SUE))


def _new_partition(parent: Name, schema: Schema) -> Effects:
    """ACCESS EXCLUSIVE on the parent, and on the default partition, which is searched for rows of the new one."""
    if parent not in schema.tables:
        return missing(parent, schema, AE)
    default = _default_partition(parent, schema)
    if default is None:
        return Effects({parent: AE})
    return Effects({parent: AE, default.name: AE}, scans=stored((default,)))


def _default_partition(parent: Name, schema: Schema) -> Table | None:
    return schema.default_partition(parent)


def drop(operation: op.DropTable, schema: Schema) -> Effects:
    """DROP TABLE locks the table, the targets of its foreign keys and the parent it is a partition of."""
    table = schema.table(operation.name)
    if table is None:
        found = missing(operation.name, schema, AE)
        if found.fails:
            return Effects() if operation.if_exists else found
        return found | Effects(loses=frozenset({Loss(operation.name)}))
    members = family(operation.name, schema)
    names = {member.name for member in members}
    taken = locks(members, AE)
    taken |= {key.target: AE for member in members for key in member.foreign_keys}
    if table.partition_of is not None:
        taken[table.partition_of.parent] = AE
    taken |= dict.fromkeys(table.inherits, AE)
    referencing = [other for other, _ in schema.referencing(operation.name) if other.name not in names]
    views = views_reading(operation.name, "", schema)
    lost = frozenset(Loss(name) for name in names)
    if (referencing or views) and not operation.cascade:
        return Effects(taken, loses=lost, fails=DEPENDENT_OBJECTS)
    taken |= {other.name: AE for other in referencing} | {view.name: AE for view in views}
    return Effects(taken, loses=lost)


def brief(name: Name, schema: Schema, mode: LockMode = AE) -> Effects:
    """A change of the catalogue only: the lock, and nothing while it is held."""
    return Effects({name: mode}) if name in schema.tables else missing(name, schema, mode)


def move(operation: op.SetNamespace, schema: Schema) -> Effects:
    """SET SCHEMA."""
    if operation.kind == "table":
        return brief(operation.name, schema)
    if operation.name in schema.views or operation.name in schema.sequences:
        return Effects({operation.name: AE})
    return Effects()


def alter(operation: op.AlterTable, schema: Schema) -> Effects:
    """Every other ALTER TABLE: most are brief, SET LOGGED and UNLOGGED rewrite."""
    name, action = operation.table, operation.action
    if name not in schema.tables:
        return missing(name, schema, ACTION_LOCKS.get(action, AE))
    if action in {"inherit", "no inherit"}:
        parent = Name(*operation.value.split(".", 1))
        unfit = action == "inherit" and _lacks(schema.tables[name], schema.table(parent))
        return Effects({name: AE, parent: SUE}, fails=DATATYPE_MISMATCH if unfit else None)
    if action in {"set logged", "set unlogged"}:
        table = schema.tables[name]
        if (table.persistence == "unlogged") == (action == "set unlogged"):
            return brief(name, schema)
        return rewrite((table,)) | Effects(fails=INVALID_DEFINITION if _binds(table, action, schema) else None)
    if action in {"set tablespace", "set access method"}:
        return Effects({name: AE}, uncertain=f"whether it is stored elsewhere already decides if {action} rewrites it")
    members = family(name, schema) if action in RECURSING else (schema.tables[name],)
    return Effects(locks(members, ACTION_LOCKS.get(action, AE)))


def _lacks(child: Table, parent: Table | None) -> bool:
    """Whether *child* lacks a column or check that it would inherit."""
    if parent is None:
        return False
    columns = {column.name: column.type for column in child.columns}
    checks = {check.name for check in child.checks}
    return any(columns.get(column.name) != column.type for column in parent.columns) or any(
        check.name not in checks for check in parent.checks
    )


def _binds(table: Table, action: op.TableAction, schema: Schema) -> bool:
    """Whether a foreign key would lead from a logged to an unlogged table."""
    if action == "set unlogged":
        return any(other.persistence != "unlogged" for other, _ in schema.referencing(table.name) if other != table)
    there = (schema.table(key.target) for key in table.foreign_keys)
    return any(other is not None and other.persistence == "unlogged" for other in there if other != table)


def attach(operation: op.AttachPartition, schema: Schema) -> Effects:
    """ATTACH PARTITION scans the new partition unless a valid check implies the bound, and the default partition."""
    parent, partition = schema.table(operation.of.parent), schema.table(operation.partition)
    if parent is None or partition is None:
        return missing(operation.of.parent if parent is None else operation.partition, schema, SUE)
    effects = Effects({parent.name: SUE} | locks(family(partition.name, schema), AE))
    default = _default_partition(parent.name, schema)
    if default is not None:
        effects |= Effects({default.name: AE}, scans=stored((default,)))
    bound = condition(parent.partition_by, operation.of)
    if bound is not None and any(check.validated and check.expression == bound for check in partition.checks):
        return effects
    keys = set(parent.partition_by.columns) if parent.partition_by else set()
    checks = [check for check in partition.checks if check.validated and keys & set(check.expression.columns)]
    if checks:
        return effects | Effects(uncertain=f"whether {checks[0].name} implies the bound decides if it is scanned")
    return effects | Effects(scans=stored(family(partition.name, schema)))


def detach(operation: op.DetachPartition, schema: Schema, session: Session) -> Effects:
    """DETACH PARTITION blocks everything on both; CONCURRENTLY nothing, but not in a transaction."""
    if operation.table not in schema.tables:
        return missing(operation.table, schema, AE)
    both = (operation.table, operation.partition)
    if not operation.concurrently:
        targets = [key.target for key in schema.tables[operation.table].foreign_keys]
        return Effects(dict.fromkeys(both, AE) | dict.fromkeys(targets, SRE))
    return Effects(dict.fromkeys(both, SUE), fails=ACTIVE_TRANSACTION if session.in_transaction else None)
