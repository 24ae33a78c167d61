"""Tables as a whole: created, dropped, moved, set, attached, detached."""

from __future__ import annotations

from dbtools.model import operation as op
from dbtools.model import sqlstate
from dbtools.model.effects import Effects, LockMode, Loss
from dbtools.model.expression import Name
from dbtools.model.limits import MOST_COLUMNS
from dbtools.model.objects import Exclusion, PrimaryKey, Table, Unique
from dbtools.model.predict import defaults, dependents, partitions
from dbtools.model.predict.constraints import has_subquery
from dbtools.model.predict.foreign_keys import target
from dbtools.model.predict.names import SYSTEM, is_sequence, kind_of, sure
from dbtools.model.predict.relations import (
    AE,
    branch,
    default_partition,
    family,
    locks,
    own_keys,
    reading,
    referencing,
    rewrite,
    scanned,
)
from dbtools.model.predict.session import NO_OPTIONS_ON_PARTITIONED_SINCE, SET_EXPRESSION_SINCE, VIRTUAL_SINCE, Session
from dbtools.model.predict.undefined import missing
from dbtools.model.schema import Schema

SRE, SUE, AS = LockMode.SHARE_ROW_EXCLUSIVE, LockMode.SHARE_UPDATE_EXCLUSIVE, LockMode.ACCESS_SHARE
ACTION_LOCKS: dict[op.TableAction, LockMode] = {
    "set options": SUE, "cluster on": SUE, "enable trigger": SRE, "disable trigger": SRE,
}  # fmt: skip
REFUSED_ON_PARTITIONED: dict[op.TableAction, str] = {
    "set options": sqlstate.WRONG_OBJECT_TYPE, "cluster on": sqlstate.FEATURE_NOT_SUPPORTED,
}  # fmt: skip


def create(operation: op.CreateTable, schema: Schema, session: Session) -> Effects:
    """CREATE TABLE takes locks on what it refers to: the targets of foreign keys, its parent, what it copies."""
    table = operation.table
    if operation.if_not_exists and kind_of(table.name, schema):
        return Effects()
    if len(table.columns) > MOST_COLUMNS:
        return Effects(fails=sqlstate.TOO_MANY_COLUMNS)
    effects = Effects(dict.fromkeys(operation.like, AS))
    if operation.populated:
        effects |= Effects(reading(operation.mentions, schema, AS), scans=scanned(operation.mentions, schema))
    effects |= Effects({name: AS for name in operation.mentions if name in schema.tables or name in schema.views})
    for name in (*operation.like, *operation.mentions):
        if name not in schema.tables and name not in schema.views and name.namespace not in SYSTEM:
            effects |= missing(name, schema, AS)
    for key in table.foreign_keys:
        effects |= target(key, table, schema, session)
    if table.partition_of is not None:
        effects |= partitions.create(table.partition_of, operation.fit, schema)
    for parent in table.inherits:
        effects |= _heir(table, parent, schema)
    return effects | Effects(fails=_unsound(table, schema))


def _unsound(table: Table, schema: Schema) -> str | None:
    """What is wrong with the table by itself: defaults, checks, keys that leave out what it is partitioned by."""
    unfit = (defaults.refusal(column, schema, stored=False) for column in table.columns)
    if found := next(filter(None, unfit), None):
        return found
    by = set(table.partition_by.columns) if table.partition_by is not None else set[str]()
    short = any(isinstance(each, PrimaryKey | Unique) and not by <= set(each.columns) for each in table.constraints)
    return sqlstate.FEATURE_NOT_SUPPORTED if short or any(map(has_subquery, table.checks)) else None


def _heir(table: Table, parent: Name, schema: Schema) -> Effects:
    """A table that INHERITS."""
    found = schema.table(parent)
    if found is None:
        return missing(parent, schema, SUE)
    if found.partition_by is not None or found.partition_of is not None:
        return Effects({parent: SUE}, fails=sqlstate.WRONG_OBJECT_TYPE)
    own = {column.name: column.type for column in table.columns}
    conflict = any(own.get(column.name, column.type) != column.type for column in found.columns)
    return Effects({parent: SUE}, fails=sqlstate.DATATYPE_MISMATCH if conflict and sure(parent, schema) else None)


def drop(operation: op.DropTable, schema: Schema) -> Effects:
    """DROP TABLE locks the table, the targets of its foreign keys and the parent it is a partition of."""
    table = schema.table(operation.name)
    gone = [name for name in operation.along if name not in schema.tables and missing(name, schema, AE).fails]
    if gone and table is not None and not operation.if_exists:
        return Effects(fails=sqlstate.UNDEFINED_TABLE)
    if table is None:
        found = missing(operation.name, schema, AE)
        if found.fails:
            return Effects() if operation.if_exists else found
        return found | Effects(loses=frozenset({Loss(operation.name)}))
    members = family(operation.name, schema)
    names = {member.name for member in members} | set(operation.along)
    taken = locks(members, AE)
    for member in members:
        targets = (key.target for key in own_keys(member, schema) if key.enforced)
        taken |= locks((each for name in targets for each in branch(name, schema)), AE)
    if table.partition_of is not None:
        parent = table.partition_of.parent
        default = default_partition(parent, schema)
        taken |= {parent: AE} | (locks(branch(default.name, schema), AE) if default else {})
    lost = frozenset(Loss(member.name) for member in members)
    effects = Effects(taken, loses=lost)
    if operation.cascade:
        return effects | dependents.cascaded(members, schema, names)
    heirs = [member for member in members if member.name not in names or (member.inherits and member != table)]
    heirs = [heir for heir in heirs if heir.name not in operation.along]
    if heirs:
        return effects | Effects(fails=sqlstate.DEPENDENT_OBJECTS_STILL_EXIST)
    return effects | dependents.standing(members, schema, names)


def brief(name: Name, schema: Schema, mode: LockMode = AE) -> Effects:
    """A change of the catalogue only: the lock, and nothing while it is held."""
    return Effects({name: mode}) if name in schema.tables else missing(name, schema, mode)


def rename(operation: op.RenameTable, schema: Schema) -> Effects:
    """RENAME TO."""
    return brief(operation.name, schema)


def move(operation: op.SetNamespace, schema: Schema) -> Effects:
    """SET SCHEMA."""
    if operation.kind == "table":
        return brief(operation.name, schema)
    if operation.name in schema.views or operation.name in schema.sequences:
        return Effects({operation.name: AE})
    return Effects()


def alter(operation: op.AlterTable, schema: Schema, session: Session) -> Effects:
    """Every other ALTER TABLE: most are brief, SET LOGGED and UNLOGGED rewrite."""
    name, action = operation.table, operation.action
    table = schema.table(name)
    if table is None:
        if is_sequence(name, schema):
            return Effects(uncertain=f"{name} is a sequence")
        return missing(name, schema, ACTION_LOCKS.get(action, AE))
    match action:
        case "inherit":
            return _inherit(table, Name(*operation.value.split(".", 1)), schema)
        case "no inherit":
            return _disinherit(table, Name(*operation.value.split(".", 1)), schema)
        case "set logged" | "set unlogged":
            return _set_persistence(table, action, schema, session)
        case "set tablespace" | "set access method":
            return _moved_elsewhere(table, operation, session)
        case "enable trigger" | "disable trigger":
            return Effects(locks(_firing(table, operation.value, schema), SRE))
    fails = None
    if action in {"cluster on", "replica identity"} and operation.value and sure(name, schema):
        index = table.index(operation.value)
        if operation.value not in _indexes(table):
            fails = sqlstate.UNDEFINED_OBJECT
        elif action == "replica identity" and index is not None and not index.unique:
            fails = sqlstate.WRONG_OBJECT_TYPE
    if fails is not None:
        pass
    elif table.partition_by is not None:
        fails = REFUSED_ON_PARTITIONED.get(action)
        if action == "set options" and session.version < NO_OPTIONS_ON_PARTITIONED_SINCE:
            fails = sqlstate.INVALID_PARAMETER_VALUE
    return Effects({name: ACTION_LOCKS.get(action, AE)}, fails=fails)


def _indexes(table: Table) -> frozenset[str]:
    """The names of a table's indexes, those behind constraints too."""
    owned = (found.name for found in table.constraints if isinstance(found, PrimaryKey | Unique | Exclusion))
    return frozenset((*owned, *(index.name for index in table.indexes)))


def _firing(table: Table, trigger: str, schema: Schema) -> tuple[Table, ...]:
    """The table, with its partitions where a trigger for each row is meant: those of foreign keys are."""
    if table.partition_by is None:
        return (table,)
    own = [each for each in schema.on(table.name) if each.kind == "trigger"]
    by_row = any(each.by_row for each in own if trigger in ("", "USER", each.name.local))
    keys = bool(table.foreign_keys or referencing(table.name, schema)) and not trigger
    return branch(table.name, schema) if by_row or keys else (table,)


def _inherit(table: Table, parent: Name, schema: Schema) -> Effects:
    effects = Effects({table.name: AE, parent: SUE})
    found = schema.table(parent)
    if found is None:
        return effects | missing(parent, schema, SUE)
    partitioned = table.partition_by or table.partition_of or found.partition_by or found.partition_of
    if partitioned:
        return effects | Effects(fails=sqlstate.WRONG_OBJECT_TYPE)
    return effects | Effects(fails=sqlstate.DATATYPE_MISMATCH if _lacks(table, found) else None)


def _disinherit(table: Table, parent: Name, schema: Schema) -> Effects:
    effects = Effects({table.name: AE, parent: AS})
    if parent not in schema.tables:
        return effects | missing(parent, schema, AS)
    if table.partition_of is not None:
        return effects | Effects(fails=sqlstate.WRONG_OBJECT_TYPE)
    return effects | Effects(fails=sqlstate.UNDEFINED_TABLE if parent not in table.inherits else None)


def _set_persistence(table: Table, action: op.TableAction, schema: Schema, session: Session) -> Effects:
    if table.partition_by is not None:
        bound = sqlstate.INVALID_TABLE_DEFINITION if _binds(table, action, schema) else None
        return Effects(
            {table.name: AE}, fails=sqlstate.WRONG_OBJECT_TYPE if session.version >= VIRTUAL_SINCE else bound
        )
    if (table.persistence == "unlogged") == (action == "set unlogged"):
        return Effects({table.name: AE})
    published = any(each.kind == "publication" for each in schema.on(table.name))
    if published and action == "set unlogged":
        return rewrite((table,)) | Effects(fails=sqlstate.OBJECT_NOT_IN_PREREQUISITE_STATE)
    fails = sqlstate.INVALID_TABLE_DEFINITION if _binds(table, action, schema) else None
    return rewrite((table,)) | dependents.of_row_type(table.name, schema) | Effects(fails=fails)


def _moved_elsewhere(table: Table, operation: op.AlterTable, session: Session) -> Effects:
    """SET TABLESPACE and SET ACCESS METHOD write the table anew unless it is there, or stored so, already."""
    effects = Effects({table.name: AE})
    if operation.action == "set tablespace":
        same = table.tablespace == ("" if operation.value == "pg_default" else operation.value)
        if same or table.partition_by is not None:
            return effects
        return effects | Effects(rewrites=frozenset({table.name}))
    if table.partition_by is not None:
        return effects | Effects(fails=None if session.version >= SET_EXPRESSION_SINCE else sqlstate.WRONG_OBJECT_TYPE)
    if not operation.value:
        return effects | Effects(uncertain="which access method is the default is a setting of the server")
    return effects if operation.value == table.method else rewrite((table,))


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
        pairs = referencing(table.name, schema)
        return any(other.persistence != "unlogged" for other, _ in pairs if other != table)
    there = (schema.table(key.target) for key in table.foreign_keys)
    return any(other is not None and other.persistence == "unlogged" for other in there if other != table)
