"""Constraints: added, dropped, validated."""

from __future__ import annotations

import re
from dataclasses import replace

from dbtools.model import operation as op
from dbtools.model import sqlstate
from dbtools.model.effects import Effects, LockMode
from dbtools.model.expression import Name
from dbtools.model.limits import MOST_KEYS
from dbtools.model.naming import chosen_name, object_name
from dbtools.model.objects import Check, Constraint, Exclusion, ForeignKey, NotNull, PrimaryKey, Table, Unique
from dbtools.model.predict import foreign_keys
from dbtools.model.predict.partitions import is_part, refuses_key
from dbtools.model.predict.relations import AE, branch, family, locks, not_null_scan, parents, stored
from dbtools.model.predict.session import VIRTUAL_SINCE, Session
from dbtools.model.predict.undefined import assumed, missing
from dbtools.model.schema import Schema

SUBQUERY = r"(?i)\(\s*(?:select|values|with)\b"
SRE, SUE = LockMode.SHARE_ROW_EXCLUSIVE, LockMode.SHARE_UPDATE_EXCLUSIVE


def index_name(constraint: Constraint, table: Name, schema: Schema) -> Name:
    """The name of the index behind a constraint."""
    return Name(table.namespace, constraint.name or chosen_name(schema, table, constraint))


def brief(operation: op.RenameConstraint | op.AlterConstraint, schema: Schema) -> Effects:
    """RENAME and ALTER CONSTRAINT: a change of the catalogue only; checks are one with those of inheriting tables."""
    table = schema.table(operation.table)
    if table is None:
        return missing(operation.table, schema, AE)
    constraint = table.constraint(operation.name)
    if constraint is None and schema.is_certain(table.name):
        named = not_null_called(table, operation.name)
        return Effects(
            fails=None if named else sqlstate.UNDEFINED_OBJECT, uncertain="its name may be another" if named else ""
        )
    if isinstance(operation, op.RenameConstraint):
        inherited = constraint is not None and _is_inherited(table, constraint, schema)
        members = family(table.name, schema) if isinstance(constraint, Check | NotNull) else (table,)
        return Effects(locks(members, AE), fails=sqlstate.INVALID_TABLE_DEFINITION if inherited else None)
    return _altered(operation, table, constraint, schema)


def _altered(operation: op.AlterConstraint, table: Table, constraint: Constraint | None, schema: Schema) -> Effects:
    effects = Effects({table.name: AE})
    if constraint is not None and not isinstance(constraint, ForeignKey):
        return effects | Effects(fails=sqlstate.WRONG_OBJECT_TYPE)
    if constraint is None or operation.enforced:
        return effects | Effects(uncertain="what enforcing a foreign key does was not measured")
    if operation.enforced is None and operation.deferrable == constraint.deferrable:
        return effects
    return effects | Effects(locks(branch(table.name, schema), AE))


def not_null_called(table: Table, name: str) -> str:
    """The column whose NOT NULL carries this name; from 18 on each has one."""
    filled = (column.name for column in table.columns if not column.nullable)
    return next((column for column in filled if object_name(table.name.local, column, "not_null") == name), "")


def _is_inherited(table: Table, constraint: Constraint, schema: Schema) -> bool:
    """Whether a parent has the constraint, which is then changed there and nowhere else."""
    for parent in parents(table, schema):
        if isinstance(constraint, Check | NotNull):
            if parent.constraint(constraint.name) is not None:
                return True
        elif table.partition_of is not None:
            alike = (found for found in parent.constraints if type(found) is type(constraint))
            if any(replace(found, name=constraint.name) == constraint for found in alike):
                return True
    return False


def add(operation: op.AddConstraint, schema: Schema, session: Session) -> Effects:
    """ADD CONSTRAINT: what has to be checked is read under the lock that adding it takes."""
    constraint, table = operation.constraint, schema.table(operation.table)
    if table is None:
        mode = SRE if isinstance(constraint, ForeignKey) else AE
        found = missing(operation.table, schema, mode)
        return found if found.fails else found | add(operation, assumed(operation.table, schema), session)
    if isinstance(constraint, PrimaryKey | Unique) and len(constraint.columns) > MOST_KEYS:
        return Effects({table.name: AE}, fails=sqlstate.TOO_MANY_COLUMNS)
    effects = _checked(operation, table, schema, session)
    if effects.fails != sqlstate.FEATURE_NOT_SUPPORTED or not isinstance(constraint, Check):
        gone = _unknown_column(constraint, table, schema)
        effects = replace(effects, fails=sqlstate.UNDEFINED_COLUMN, uncertain="") if gone else effects
    if constraint.name and table.constraint(constraint.name) is not None:
        certain = schema.is_certain(table.name)
        return Effects(fails=effects.fails if certain else None, uncertain="" if certain else "its name may be taken")
    return effects


def has_subquery(check: Check) -> bool:
    """Whether a check looks at other rows, which none may."""
    return re.search(SUBQUERY, check.expression.text) is not None


def _checked(operation: op.AddConstraint, table: Table, schema: Schema, session: Session) -> Effects:
    """What adding the constraint does, if its columns exist."""
    constraint, members = operation.constraint, family(operation.table, schema)
    alone = operation.only and len(members) > 1
    match constraint:
        case Check():
            if not constraint.enforced and session.version < VIRTUAL_SINCE:
                return Effects(fails=sqlstate.SYNTAX_ERROR)
            scans = stored(members) if constraint.validated else frozenset[Name]()
            fails = sqlstate.INVALID_TABLE_DEFINITION if alone else None
            fails = sqlstate.FEATURE_NOT_SUPPORTED if has_subquery(constraint) else fails
            return Effects(locks(members, AE), scans=scans, fails=fails)
        case NotNull():
            return _not_null(constraint, table, members, session)
        case ForeignKey():
            return foreign_keys.add(constraint, table, schema, session)
        case PrimaryKey() | Unique() | Exclusion():
            return _indexed(operation, table, schema, session)


def _not_null(constraint: NotNull, table: Table, members: tuple[Table, ...], session: Session) -> Effects:
    if session.version < VIRTUAL_SINCE:
        return Effects(fails=sqlstate.SYNTAX_ERROR)
    column = table.column(constraint.column)
    pending = any(isinstance(found, NotNull) and found.column == constraint.column for found in table.constraints)
    if pending:
        return Effects(locks(members, AE), fails=sqlstate.OBJECT_NOT_IN_PREREQUISITE_STATE)
    if column is not None and not column.nullable:
        unsure = f"whether the NOT NULL of {constraint.column} has this name already is not known"
        return Effects({table.name: AE}, uncertain=unsure)
    scan = not_null_scan(constraint.column, members) if constraint.validated else Effects()
    return Effects(locks(members, AE)) | scan


def _unknown_column(constraint: Constraint, table: Table, schema: Schema) -> bool:
    if not schema.is_certain(table.name) or not table.columns:
        return False
    match constraint:
        case PrimaryKey() | Unique() | ForeignKey():
            names = constraint.columns
        case Check():
            names = constraint.expression.columns
        case NotNull():
            names = (constraint.column,)
        case Exclusion():
            names = ()
    return any(table.column(name) is None for name in names)


def _indexed(operation: op.AddConstraint, table: Table, schema: Schema, session: Session) -> Effects:
    constraint = operation.constraint
    if session.version >= VIRTUAL_SINCE or isinstance(constraint, PrimaryKey):
        effects = Effects(locks(family(table.name, schema), AE))
    else:
        effects = Effects(locks(branch(table.name, schema), LockMode.SHARE)) | Effects({table.name: AE})
    if isinstance(constraint, PrimaryKey):
        effects |= _primary(constraint, operation.using_index, table, schema)
    if operation.using_index:
        if table.partition_by is not None:
            return effects | Effects(fails=sqlstate.FEATURE_NOT_SUPPORTED)
        gone = table.index(operation.using_index) is None and schema.is_certain(table.name)
        return effects | Effects(fails=sqlstate.UNDEFINED_OBJECT if gone else None)
    if operation.only and table.partition_by is not None:
        return effects | Effects(uncertain="a key on ONLY a partitioned table was not measured")
    return effects | built(constraint, table, schema, session)


def _primary(key: PrimaryKey, using: str, table: Table, schema: Schema) -> Effects:
    """A primary key makes its columns NOT NULL."""
    if table.primary_key is not None:
        return Effects(fails=sqlstate.INVALID_TABLE_DEFINITION)
    index = table.index(using) if using else None
    columns = key.columns or (index.columns if index else ())
    if not columns or any(table.column(column) is None for column in columns):
        return Effects(uncertain="whether its columns are NOT NULL already is not known")
    effects = Effects()
    for column in columns:
        pending = any(isinstance(found, NotNull) and found.column == column for found in table.constraints)
        if pending:
            return Effects(fails=sqlstate.OBJECT_NOT_IN_PREREQUISITE_STATE)
        effects |= not_null_scan(column, family(table.name, schema))
    return effects


def built(constraint: Constraint, table: Table, schema: Schema, session: Session) -> Effects:
    """The indexes behind a new key: one per partition, and none where one of the same kind is there already."""
    members = branch(table.name, schema)
    columns = () if isinstance(constraint, Check | NotNull) else constraint.columns
    if any(refuses_key(constraint, columns, member, session) for member in members):
        return Effects(fails=sqlstate.FEATURE_NOT_SUPPORTED)
    effects = Effects()
    for member in members:
        if member.partition_by is not None or (member.name != table.name and _stands(member, constraint, schema)):
            continue
        named = constraint if member.name == table.name else replace(constraint, name="")
        name = index_name(named, member.name, schema)
        effects |= Effects(scans=frozenset({member.name}), builds=frozenset({name}))
    return effects


def _stands(partition: Table, constraint: Constraint, schema: Schema) -> bool:
    """Whether a partition has such a key that is no part of its parent's yet."""
    alike = (found for found in partition.constraints if type(found) is type(constraint))
    same = [found for found in alike if replace(found, name=constraint.name) == constraint]
    return any(not is_part(partition, found.name, schema) for found in same)


def drop(operation: op.DropConstraint, schema: Schema, session: Session) -> Effects:
    """DROP CONSTRAINT of a foreign key locks the table it points at as well: ACCESS EXCLUSIVE on both."""
    table = schema.table(operation.table)
    if table is None:
        return missing(operation.table, schema, AE)
    constraint = table.constraint(operation.name)
    if constraint is None:
        return _drop_unknown(operation, table, schema, session)
    deep = isinstance(constraint, Check | NotNull) and not operation.only
    members = family(operation.table, schema) if deep else branch(operation.table, schema)
    effects = Effects(locks(members, AE))
    if _is_inherited(table, constraint, schema):
        return effects | Effects(fails=sqlstate.INVALID_TABLE_DEFINITION)
    match constraint:
        case ForeignKey():
            there = {key.name: AE for key in branch(constraint.target, schema)}
            return effects | Effects(there or {constraint.target: AE})
        case PrimaryKey() | Unique():
            users = [other for other, key in schema.referencing(table.name) if _rests_on(key, constraint, table)]
            if [user for user in users if user != table] and not operation.cascade:
                return effects | Effects(fails=sqlstate.DEPENDENT_OBJECTS_STILL_EXIST)
            if users and not operation.cascade:
                return effects | Effects(fails=sqlstate.DEPENDENT_OBJECTS_STILL_EXIST)
            return effects | Effects({each.name: AE for user in users for each in branch(user.name, schema)})
    return effects


def _rests_on(key: ForeignKey, constraint: PrimaryKey | Unique, table: Table) -> bool:
    """Whether a foreign key needs this key: of several with its columns, the primary one is taken."""
    if set(key.target_columns) != set(constraint.columns):
        return False
    primary = table.primary_key
    return isinstance(constraint, PrimaryKey) or primary is None or set(primary.columns) != set(constraint.columns)


def _drop_unknown(operation: op.DropConstraint, table: Table, schema: Schema, session: Session) -> Effects:
    column = not_null_called(table, operation.name) if session.version >= VIRTUAL_SINCE else ""
    if column:
        inherited = any(not_null_called(parent, operation.name) for parent in parents(table, schema))
        primary = table.primary_key is not None and column in table.primary_key.columns
        return Effects(
            locks(family(table.name, schema), AE),
            fails=sqlstate.INVALID_TABLE_DEFINITION if primary or inherited else None,
        )
    effects = Effects(locks(branch(table.name, schema), AE))
    if operation.if_exists:
        return effects
    if schema.is_certain(table.name):
        return effects | Effects(fails=sqlstate.UNDEFINED_OBJECT)
    return effects | Effects(uncertain=f"constraint {operation.name} is not known")


def validate(operation: op.ValidateConstraint, schema: Schema) -> Effects:
    """VALIDATE CONSTRAINT reads everything while reads and writes go on."""
    table = schema.table(operation.table)
    if table is None:
        return missing(operation.table, schema, SUE)
    constraint = table.constraint(operation.name)
    if constraint is None:
        return Effects(fails=sqlstate.UNDEFINED_OBJECT) if schema.is_certain(table.name) else Effects({table.name: SUE})
    members = family(operation.table, schema)
    match constraint:
        case Check(enforced=False) | ForeignKey(enforced=False):
            return Effects(locks(members, SUE), fails=sqlstate.OBJECT_NOT_IN_PREREQUISITE_STATE)
        case Check(validated=False):
            return Effects(locks(members, SUE), scans=stored(members))
        case NotNull(validated=False):
            return Effects(locks(members, SUE)) | not_null_scan(constraint.column, members)
        case ForeignKey(validated=False):
            there, here = branch(constraint.target, schema), branch(table.name, schema)
            taken = locks(there, LockMode.ROW_SHARE) or {constraint.target: LockMode.ROW_SHARE}
            return Effects(taken | locks(here, SUE), scans=stored(here) | stored(there))
        case PrimaryKey() | Unique() | Exclusion():
            return Effects({table.name: SUE}, fails=sqlstate.WRONG_OBJECT_TYPE)
    return Effects({table.name: SUE})
