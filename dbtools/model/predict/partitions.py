"""Partitions: made, attached, detached, and what a partitioned table refuses."""

from __future__ import annotations

from dataclasses import replace

from dbtools.model import operation as op
from dbtools.model import sqlstate
from dbtools.model.bounds import condition
from dbtools.model.effects import Effects, LockMode
from dbtools.model.expression import Name
from dbtools.model.naming import chosen_name
from dbtools.model.objects import Constraint, Exclusion, Fit, Index, PartitionOf, PrimaryKey, Table, Unique
from dbtools.model.predict.names import sure
from dbtools.model.predict.relations import (
    AE,
    branch,
    default_partition,
    family,
    locks,
    partition_key,
    referencing,
    stored,
)
from dbtools.model.predict.session import EXCLUSION_ON_PARTITIONED_SINCE, VIRTUAL_SINCE, Session
from dbtools.model.predict.undefined import missing
from dbtools.model.schema import Schema

SRE, SUE = LockMode.SHARE_ROW_EXCLUSIVE, LockMode.SHARE_UPDATE_EXCLUSIVE
WORDS = {"list": "IN", "range": "FROM", "hash": "WITH"}


def create(of: PartitionOf, fit: Fit | None, schema: Schema) -> Effects:
    """ACCESS EXCLUSIVE on the parent, and on the default partition, which is searched for rows of the new one."""
    parent = schema.table(of.parent)
    if parent is None:
        return missing(of.parent, schema, AE)
    effects = Effects({parent.name: AE}) | _keys(parent, schema)
    return effects | _default(parent, of, fit, schema) | _bound(parent, of, fit, schema)


def _keys(parent: Table, schema: Schema) -> Effects:
    """Foreign keys of the parent, in either direction, are made for the new partition too."""
    targets = dict.fromkeys((key.target for key in parent.foreign_keys if key.target != parent.name), SRE)
    return Effects(targets | {other.name: SRE for other, _ in referencing(parent.name, schema) if other != parent})


def _default(parent: Table, of: PartitionOf, fit: Fit | None, schema: Schema) -> Effects:
    default = default_partition(parent.name, schema)
    if default is None or of.bound == "DEFAULT":
        return Effects()
    members = branch(default.name, schema)
    effects = Effects(locks(members, AE))
    checked = any(check.validated and _reads_key(check.expression.columns, parent) for check in default.checks)
    excluded = fit.excluded if fit else None
    if len(members) > 1 or (checked and excluded is None):
        return effects | Effects(uncertain=f"whether checks keep such rows out of {default.name} is not known")
    return effects if checked and excluded else effects | Effects(scans=stored(members))


def _reads_key(columns: tuple[str, ...], parent: Table) -> bool:
    return bool(partition_key(parent) & set(columns))


def _bound(parent: Table, of: PartitionOf, fit: Fit | None, schema: Schema) -> Effects:
    """Why the parent takes no partition with this bound."""
    if parent.partition_by is None:
        return Effects(fails=sqlstate.INVALID_OBJECT_DEFINITION if schema.is_certain(parent.name) else None)
    if not sure(parent.name, schema):
        return Effects()
    strategy = parent.partition_by.strategy
    if of.bound == "DEFAULT":
        if strategy == "hash":
            return Effects(fails=sqlstate.INVALID_TABLE_DEFINITION)
        return Effects(fails=sqlstate.INVALID_OBJECT_DEFINITION if default_partition(parent.name, schema) else None)
    if of.bound.removeprefix("FOR VALUES ").split(" ")[0] != WORDS[strategy]:
        return Effects(fails=sqlstate.INVALID_TABLE_DEFINITION)
    if fit is None or fit.overlaps is None:
        siblings = schema.count_children(parent.name)
        unsure = f"whether another partition of {parent.name} takes some of these rows is not known"
        return Effects(uncertain=unsure if siblings else "")
    return Effects(fails=sqlstate.INVALID_OBJECT_DEFINITION if fit.overlaps else None)


def attach(operation: op.AttachPartition, schema: Schema, session: Session) -> Effects:
    """ATTACH PARTITION reads the new partition unless valid checks imply its bound, and the default partition."""
    parent, partition = schema.table(operation.of.parent), schema.table(operation.partition)
    unfit = _unpartitioned(parent, schema, session)
    if parent is None or partition is None:
        return unfit | missing(operation.of.parent if parent is None else operation.partition, schema, SUE)
    members = branch(partition.name, schema)
    effects = unfit | Effects({parent.name: SUE} | locks(members, AE)) | _attached_keys(parent, partition, schema)
    effects |= _default(parent, operation.of, operation.fit, schema) | _unfit(parent, partition, schema)
    effects |= _bound(parent, operation.of, operation.fit, schema)
    effects |= _attached_indexes(parent, members, schema)
    if operation.of.bound == "DEFAULT" and not schema.count_children(parent.name):
        return effects  # with no other partition, every row belongs there
    checks = [check for member in members for check in member.checks if check.validated]
    touching = [check for check in checks if _reads_key(check.expression.columns, parent)]
    implied = operation.fit.implied if operation.fit else None
    bound = condition(parent.partition_by, operation.of)
    if len(members) == 1 and bound is not None and any(check.expression == bound for check in checks):
        return effects  # word for word
    if not touching or implied is False:
        return effects | Effects(scans=stored(members))
    if implied is None:
        return effects | Effects(uncertain=f"whether {touching[0].name} implies the bound decides if it is scanned")
    return effects


def _unpartitioned(parent: Table | None, schema: Schema, session: Session) -> Effects:
    """Only a partitioned table has partitions."""
    if parent is None or parent.partition_by is not None or not schema.is_certain(parent.name):
        return Effects()
    since = session.version >= VIRTUAL_SINCE
    return Effects(fails=sqlstate.WRONG_OBJECT_TYPE if since else sqlstate.INVALID_OBJECT_DEFINITION)


def _attached_keys(parent: Table, partition: Table, schema: Schema) -> Effects:
    """A foreign key that the partition lacks is made, and checked on its rows."""
    own = {(key.columns, key.target) for key in partition.foreign_keys if key.validated}
    made = [key for key in parent.foreign_keys if (key.columns, key.target) not in own and key.enforced]
    effects = _keys(parent, schema)
    for key in parent.foreign_keys:
        if key not in made and key.enforced:  # its own triggers give way to the parent's
            effects |= Effects(locks(branch(key.target, schema), AE))
    for key in made:
        effects |= Effects({key.target: SRE})
        if key.validated:
            effects |= Effects(scans=stored(branch(partition.name, schema)) | stored(branch(key.target, schema)))
    return effects


def _attached_indexes(parent: Table, members: tuple[Table, ...], schema: Schema) -> Effects:
    """Indexes of the parent that the new partition lacks are built."""
    effects = Effects()
    owned = [found for found in parent.constraints if isinstance(found, PrimaryKey | Unique)]
    for member in members:
        lacking: list[Index | Constraint] = [each for each in parent.indexes if not _has(member.indexes, each)]
        lacking += [each for each in owned if not _has(member.constraints, each)]
        if lacking and member.partition_by is None:
            names = (chosen_name(schema, member.name, replace(each, name="")) for each in lacking)
            builds = frozenset(Name(member.name.namespace, name) for name in names)
            effects |= Effects(scans=frozenset({member.name}), builds=builds)
    return effects


def _has(several: tuple[Index, ...] | tuple[Constraint, ...], wanted: Index | Constraint) -> bool:
    """Whether one of several differs from *wanted* in name alone."""
    return any(type(each) is type(wanted) and _as(each, wanted) == wanted for each in several)


def _as(each: Index | Constraint, wanted: Index | Constraint) -> Index | Constraint:
    if isinstance(each, Index) and isinstance(wanted, Index):
        return replace(each, name=wanted.name, valid=wanted.valid)
    return replace(each, name=wanted.name)


def is_part(partition: Table, index: str, schema: Schema) -> bool:
    """Whether an index, or the one behind a constraint, is a partition's part of its parent's."""
    parent = schema.table(partition.partition_of.parent) if partition.partition_of else None
    own = partition.index(index) or partition.constraint(index)
    if parent is None or own is None:
        return False
    return _has(parent.indexes if isinstance(own, Index) else parent.constraints, own)


def free_parts(partition: Table, index: Index, schema: Schema) -> int:
    """How many indexes of a partition are like *index* and no part of its parent's yet."""
    parent = schema.table(partition.partition_of.parent) if partition.partition_of else None
    like = replace(index, name="")
    own, used = (
        sum(replace(each, name="") == like for each in (table.indexes if table else ()))
        for table in (partition, parent)
    )
    return own - used


def _unfit(parent: Table, partition: Table, schema: Schema) -> Effects:
    """A partition has the columns and checks of its parent, no more and no fewer."""
    if not (sure(parent.name, schema) and sure(partition.name, schema)):
        return Effects()
    if partition.partition_of is not None or partition.inherits:
        return Effects(fails=sqlstate.WRONG_OBJECT_TYPE)
    columns = {column.name: column for column in partition.columns}
    wanted = {column.name: column for column in parent.columns}
    if columns.keys() != wanted.keys() or any(columns[name].type != wanted[name].type for name in wanted):
        return Effects(fails=sqlstate.DATATYPE_MISMATCH)
    if any(columns[name].nullable and not wanted[name].nullable for name in wanted):
        return Effects(fails=sqlstate.DATATYPE_MISMATCH)
    checks = {check.name for check in partition.checks}
    return Effects(
        fails=sqlstate.DATATYPE_MISMATCH if any(check.name not in checks for check in parent.checks) else None
    )


def detach(operation: op.DetachPartition, schema: Schema, session: Session) -> Effects:
    """DETACH PARTITION blocks everything on both; CONCURRENTLY nothing, but not in a transaction."""
    parent = schema.table(operation.table)
    if parent is None:
        return missing(operation.table, schema, AE)
    if operation.concurrently and session.in_transaction:
        return Effects(
            dict.fromkeys((operation.table, operation.partition), SUE), fails=sqlstate.ACTIVE_SQL_TRANSACTION
        )
    default = default_partition(parent.name, schema)
    mode = SUE if operation.concurrently else AE
    effects = Effects({parent.name: mode, operation.partition: mode})
    if sure(parent.name, schema):
        if parent.partition_by is None:
            return effects | _unpartitioned(parent, schema, session)
        found = schema.table(operation.partition)
        if found is None or found.partition_of is None or found.partition_of.parent != parent.name:
            return effects | Effects(fails=sqlstate.UNDEFINED_TABLE)
    if operation.concurrently:
        return effects | Effects(fails=sqlstate.OBJECT_NOT_IN_PREREQUISITE_STATE if default else None)
    if default is not None:
        effects |= Effects(locks(family(default.name, schema), AE))
    effects |= Effects(locks(branch(operation.partition, schema), AE))
    effects |= Effects(dict.fromkeys((key.target for key in parent.foreign_keys), SRE))
    others = tuple(other for other, _ in schema.referencing(parent.name))
    if others and session.version < VIRTUAL_SINCE:
        effects |= Effects(scans=stored(branch(operation.partition, schema)))
    return effects | Effects(locks(others, AE), scans=stored(others))


def refuses_key(constraint: Constraint, columns: tuple[str, ...], table: Table, session: Session) -> bool:
    """Whether a unique key of a partitioned table leaves out a column that decides on the partition."""
    if table.partition_by is None:
        return False
    if isinstance(constraint, Exclusion) and session.version < EXCLUSION_ON_PARTITIONED_SINCE:
        return True
    return any(key not in columns for key in table.partition_by.columns)
