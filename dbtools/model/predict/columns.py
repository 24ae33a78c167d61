"""Columns: added, dropped, retyped, made NOT NULL."""

from __future__ import annotations

from collections.abc import Iterator

from dbtools.model import operation as op
from dbtools.model import sqlstate
from dbtools.model.effects import Effects, LockMode, Loss
from dbtools.model.limits import MOST_COLUMNS
from dbtools.model.objects import Check, Column, ForeignKey, NotNull, PrimaryKey, Table, Unique
from dbtools.model.predict import constraints, defaults, dependents, foreign_keys
from dbtools.model.predict.relations import (
    AE,
    branch,
    family,
    locks,
    not_null_scan,
    parents,
    partition_key,
    rewrite,
    stored,
    views_reading,
)
from dbtools.model.predict.session import (
    IDENTITY_ON_PARTITIONS_SINCE,
    NOT_NULL_HAS_A_NAME_SINCE,
    SET_EXPRESSION_SINCE,
    VIRTUAL_SINCE,
    Session,
)
from dbtools.model.predict.undefined import assumed, missing, missing_column
from dbtools.model.schema import Schema

SUE = LockMode.SHARE_UPDATE_EXCLUSIVE


def is_inherited(table: Table, column: str, schema: Schema) -> bool:
    """Whether a parent of the table has the column, so that it is changed there and nowhere else."""
    return any(parent.column(column) is not None for parent in parents(table, schema))


def rename(operation: op.RenameColumn, schema: Schema) -> Effects:
    """RENAME COLUMN: a change of the catalogue only, on the table and what inherits from it."""
    table = schema.table(operation.table)
    if table is not None and table.of is not None:
        return Effects({table.name: AE}, fails=sqlstate.WRONG_OBJECT_TYPE)
    found = missing_column(operation.table, operation.column, schema)
    if found is not None or table is None:
        return found or Effects()
    members = family(operation.table, schema)
    effects = Effects(locks(members, AE))
    if not schema.is_certain(table.name):
        return effects
    if is_inherited(table, operation.column, schema) or (operation.only and len(members) > 1):
        return effects | Effects(fails=sqlstate.INVALID_TABLE_DEFINITION)
    taken = any(member.column(operation.to) is not None for member in members)
    return effects | Effects(fails=sqlstate.DUPLICATE_COLUMN if taken else None)


def set_identity(operation: op.SetIdentity, schema: Schema, session: Session) -> Effects:
    """ADD, SET and DROP IDENTITY are brief; partitions follow from 17 on."""
    found = missing_column(operation.table, operation.column, schema)
    if found is not None:
        return found
    table = schema.tables[operation.table]
    column = table.column(operation.column)
    deep = session.version >= IDENTITY_ON_PARTITIONS_SINCE and table.partition_by is not None
    has = column is not None and column.identity in {"always", "by default"}
    effects = Effects({table.name: AE})
    if not schema.is_certain(table.name) or column is None:
        return effects | (Effects(locks(branch(table.name, schema), AE)) if deep else Effects())
    if operation.identity and not operation.changes:
        doubled = has or column.default is not None or column.identity == "serial"
        unfit = doubled or column.nullable or any(_pending(table, column.name))
        if unfit:
            return effects | Effects(fails=sqlstate.OBJECT_NOT_IN_PREREQUISITE_STATE)
    elif not has:
        return effects if operation.if_exists else effects | Effects(fails=sqlstate.OBJECT_NOT_IN_PREREQUISITE_STATE)
    return effects | (Effects(locks(branch(table.name, schema), AE)) if deep else Effects())


def _pending(table: Table, column: str) -> Iterator[NotNull]:
    return (found for found in table.constraints if isinstance(found, NotNull) and found.column == column)


def alter(operation: op.AlterColumn, schema: Schema) -> Effects:
    """SET STATISTICS and options let everything through, SET STORAGE and COMPRESSION nothing."""
    mode = SUE if operation.action in {"statistics", "options"} else AE
    found = missing_column(operation.table, operation.column, schema)
    members = family(operation.table, schema)
    return found or Effects(locks(members[:1] if operation.action == "options" else members, mode))


def add(operation: op.AddColumn, schema: Schema, session: Session) -> Effects:
    """ADD COLUMN is brief unless every row needs a value of its own, or a constraint has to look at them."""
    table, column = schema.table(operation.table), operation.column
    if table is None:
        found = missing(operation.table, schema, AE)
        return found if found.fails else found | add(operation, assumed(operation.table, schema), session)
    if table.column(column.name) is not None:
        return Effects({table.name: AE}, fails=None if operation.if_not_exists else sqlstate.DUPLICATE_COLUMN)
    if len(table.columns) >= MOST_COLUMNS:
        return Effects({table.name: AE}, fails=sqlstate.TOO_MANY_COLUMNS)
    if column.generated is not None and not column.generated.stored and session.version < VIRTUAL_SINCE:
        return Effects(fails=sqlstate.SYNTAX_ERROR)
    members = family(operation.table, schema)
    effects = Effects(locks(members, AE)) | _no_room(operation, table, members, session)
    effects |= Effects(fails=defaults.refusal(column, schema, stored=bool(stored(members))))
    reason = defaults.rewrites(column, schema)
    if reason is None:
        effects |= Effects(uncertain=f"whether the default of {column.name} is volatile is not known")
    elif reason:
        effects |= rewrite(members)
    if reason or column.default is not None or column.generated is not None:
        for member in members:
            effects |= dependents.of_row_type(member.name, schema)
    filled = column.default is not None or column.identity or column.generated is not None
    if not column.nullable and not filled and not defaults.of_domain(column.type, schema):
        full = stored(members) - session.empty
        effects |= Effects(scans=stored(members), fails=sqlstate.NOT_NULL_VIOLATION if full else None)
    return effects | _inline(operation, table, schema, session)


def _no_room(operation: op.AddColumn, table: Table, members: tuple[Table, ...], session: Session) -> Effects:
    """Tables that take no column: partitions and typed tables, whose columns are those of another."""
    if table.partition_of is not None or table.of is not None:
        return Effects(fails=sqlstate.WRONG_OBJECT_TYPE)
    if operation.only and len(members) > 1:
        return Effects(fails=sqlstate.INVALID_TABLE_DEFINITION)
    below = [found for member in members[1:] if (found := member.column(operation.column.name)) is not None]
    if below:
        other = any(found.type != operation.column.type for found in below)
        return (
            Effects(fails=sqlstate.DATATYPE_MISMATCH)
            if other
            else Effects(uncertain="an inheriting table has such a column")
        )
    heirs = [member for member in members[1:] if member.partition_of is None]
    partitions = members[1:] and session.version < IDENTITY_ON_PARTITIONS_SINCE
    fails = (
        sqlstate.INVALID_TABLE_DEFINITION if operation.column.identity in ALWAYS_OWN and (heirs or partitions) else None
    )
    return Effects(fails=fails)


ALWAYS_OWN = frozenset({"always", "by default"})


def _inline(operation: op.AddColumn, table: Table, schema: Schema, session: Session) -> Effects:
    """The constraints written on a new column; a foreign key has nothing to look at while all values are null."""
    effects = Effects()
    after = table.with_column(operation.column)
    for constraint in operation.constraints:
        match constraint:
            case Check(validated=True):
                effects |= Effects(scans=stored(family(table.name, schema)))
            case PrimaryKey() | Unique():
                effects |= constraints.built(constraint, after, schema, session)
            case ForeignKey():
                effects |= foreign_keys.target(constraint, after, schema, session)
                if operation.column.default is not None:
                    effects |= foreign_keys.looked_up(constraint, table, schema)
    return effects


def drop(operation: op.DropColumn, schema: Schema) -> Effects:
    """DROP COLUMN is brief; it drops indexes and constraints with it, and foreign keys lock their other side."""
    table, column = schema.table(operation.table), operation.column
    if table is not None and table.of is not None:
        return Effects({table.name: AE}, fails=sqlstate.WRONG_OBJECT_TYPE)
    if table is None or table.column(column) is None:
        if operation.if_exists and table is not None and schema.is_certain(table.name):
            return Effects({operation.table: AE})
        found = missing_column(operation.table, column, schema) or Effects()
        return found | Effects(loses=frozenset({Loss(operation.table, column)}))
    members = family(operation.table, schema)
    lost = frozenset(Loss(member.name, column) for member in (members[:1] if operation.only else members))
    effects = Effects(locks(members, AE), loses=lost) | _refuses_drop(operation, table, members, schema)
    effects |= Effects(dict.fromkeys(dependents.keys_out(members, column, schema), AE))
    views = [view for member in members for view in views_reading(member.name, column, schema)]
    keys = [(other, key) for other, key in schema.referencing(table.name) if column in key.target_columns]
    stands = bool(views or [key for other, key in keys if other != table or column not in key.columns])
    stands = stands or any(any(dependents.of_column(member, column, schema)) for member in members)
    if stands and not operation.cascade:
        return effects | Effects(fails=sqlstate.DEPENDENT_OBJECTS_STILL_EXIST)
    taken = locks((other for other, _ in keys), AE)
    taken |= {view.name: AE for view in dependents.above(views, schema)}
    return effects | Effects(taken, uncertain=dependents.doubts(table, members, schema))


def _refuses_drop(operation: op.DropColumn, table: Table, members: tuple[Table, ...], schema: Schema) -> Effects:
    decides = any(operation.column in partition_key(member) for member in members)
    alone = operation.only and table.partition_by is not None
    inherited = is_inherited(table, operation.column, schema)
    return Effects(fails=sqlstate.INVALID_TABLE_DEFINITION if decides or alone or inherited else None)


def set_nullable(operation: op.SetNullable, schema: Schema, session: Session) -> Effects:
    """SET NOT NULL reads the table unless a valid check already proves it (PostgreSQL 12 on)."""
    found = missing_column(operation.table, operation.column, schema)
    if found is not None:
        return found
    table = schema.tables[operation.table]
    column, members = table.column(operation.column), family(operation.table, schema)
    if column is None:
        return Effects()
    if operation.nullable:
        return _drop_not_null(table, column, schema, session)
    named = session.version >= NOT_NULL_HAS_A_NAME_SINCE
    if not column.nullable and schema.is_certain(table.name):
        return Effects(locks(members if not named and table.partition_by is None else (table,), AE))
    if any(_pending(table, column.name)) and any(any(_pending(each, column.name)) for each in parents(table, schema)):
        return Effects({table.name: AE})  # it becomes the table's own, and is not validated
    below = [each for member in members[1:] if (each := member.column(column.name)) is not None and each.nullable]
    if operation.only and below:
        fails = sqlstate.INVALID_TABLE_DEFINITION if table.partition_by is not None else None
        return Effects({table.name: AE}, fails=fails) | not_null_scan(column.name, members[:1])
    return Effects(locks(members, AE)) | not_null_scan(operation.column, members)


def _drop_not_null(table: Table, column: Column, schema: Schema, session: Session) -> Effects:
    members, named = family(table.name, schema), session.version >= NOT_NULL_HAS_A_NAME_SINCE
    if column.nullable and not any(_pending(table, column.name)) and schema.is_certain(table.name):
        return Effects(locks((table,) if named else members, AE))
    key = table.primary_key
    holding = parents(table, schema) if named or table.partition_of is not None else ()
    above = (parent.column(column.name) for parent in holding)
    inherited = any(found is not None and not found.nullable for found in above)
    primary = key is not None and column.name in key.columns
    if column.identity in ALWAYS_OWN and not primary:
        return Effects(locks(members, AE), fails=sqlstate.SYNTAX_ERROR)
    index = table.index(table.replica_index) if table.replica_index else None
    identifies = index is not None and column.name in index.columns
    fails = sqlstate.INVALID_TABLE_DEFINITION if primary or inherited or identifies else None
    return Effects(locks(members, AE), fails=fails)


def set_default(operation: op.SetDefault, schema: Schema) -> Effects:
    """SET DEFAULT and DROP DEFAULT are brief."""
    found = missing_column(operation.table, operation.column, schema)
    if found is not None:
        return found
    table = schema.tables[operation.table]
    effects = Effects(locks(family(table.name, schema), AE))
    column = table.column(operation.column)
    if column is None or not schema.is_certain(table.name):
        return effects
    if column.generated is not None or column.identity in ALWAYS_OWN:
        return effects | Effects(fails=sqlstate.SYNTAX_ERROR)
    changed = Column(column.name, column.type, default=operation.default)
    return effects | Effects(fails=defaults.refusal(changed, schema, stored=False))


def set_generated(operation: op.SetGenerated, schema: Schema, session: Session) -> Effects:
    """SET EXPRESSION (17 on) rewrites a stored column; DROP EXPRESSION is brief."""
    if operation.generated is not None and session.version < SET_EXPRESSION_SINCE:
        return Effects(fails=sqlstate.SYNTAX_ERROR)
    found = missing_column(operation.table, operation.column, schema)
    if found is not None:
        return found
    members = family(operation.table, schema)
    column = schema.tables[operation.table].column(operation.column)
    if column is not None and column.generated is None and schema.is_certain(operation.table):
        skipped = operation.generated is None and operation.if_exists
        return Effects(locks(members, AE), fails=None if skipped else sqlstate.OBJECT_NOT_IN_PREREQUISITE_STATE)
    is_virtual = column is not None and column.generated is not None and not column.generated.stored
    if operation.generated is None:
        return Effects(locks(members, AE), fails=sqlstate.FEATURE_NOT_SUPPORTED if is_virtual else None)
    return Effects(locks(members, AE)) if is_virtual else rewrite(members)
