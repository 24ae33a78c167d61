"""Constraints: added, dropped, validated."""

from __future__ import annotations

from dataclasses import replace

from dbtools.model import operation as op
from dbtools.model.effects import Effects, LockMode
from dbtools.model.expression import Name, Type
from dbtools.model.limits import MOST_KEYS, TOO_MANY_COLUMNS
from dbtools.model.naming import chosen_name
from dbtools.model.objects import Check, Constraint, Exclusion, ForeignKey, NotNull, PrimaryKey, Table, Unique
from dbtools.model.predict.relations import (
    AE,
    DEPENDENT_OBJECTS,
    SYNTAX_ERROR,
    UNDEFINED_COLUMN,
    UNDEFINED_OBJECT,
    assumed,
    family,
    locks,
    missing,
    not_null_scan,
    stored,
)
from dbtools.model.predict.session import VIRTUAL_SINCE, Session
from dbtools.model.schema import Schema

SRE, SUE = LockMode.SHARE_ROW_EXCLUSIVE, LockMode.SHARE_UPDATE_EXCLUSIVE
TYPE_MISMATCH, NO_UNIQUE_KEY, PARTITIONED_NOT_VALID, SECOND_PRIMARY_KEY = "42804", "42830", "42809", "42P16"
DUPLICATE_OBJECT = "42710"
INTEGERS = ("smallint", "integer", "bigint")
NUMBERS = (*INTEGERS, "numeric", "real", "double precision")
STRINGS = ("text", "varchar", "char", "bpchar", "name")
DATES = ("date", "timestamp", "timestamptz")


def index_name(constraint: Constraint, table: Name, schema: Schema) -> Name:
    """The name of the index behind a constraint."""
    return Name(table.namespace, constraint.name or chosen_name(schema, table, constraint))


def brief(table: Name, name: str, schema: Schema) -> Effects:
    """RENAME and ALTER CONSTRAINT: a change of the catalogue only."""
    found = schema.table(table)
    if found is None:
        return missing(table, schema, AE)
    if found.constraint(name) is None and schema.is_certain(table):
        return Effects(fails=UNDEFINED_OBJECT)
    return Effects(locks(family(table, schema), AE))


def add(operation: op.AddConstraint, schema: Schema, session: Session) -> Effects:
    """ADD CONSTRAINT: what has to be checked is read under the lock that adding it takes."""
    constraint, table = operation.constraint, schema.table(operation.table)
    if table is None:
        mode = SRE if isinstance(constraint, ForeignKey) else AE
        found = missing(operation.table, schema, mode)
        return found if found.fails else found | add(operation, assumed(operation.table, schema), session)
    if constraint.name and table.constraint(constraint.name) is not None:
        return Effects(fails=DUPLICATE_OBJECT)
    if isinstance(constraint, PrimaryKey | Unique) and len(constraint.columns) > MOST_KEYS:
        return Effects({table.name: AE}, fails=TOO_MANY_COLUMNS)
    effects = _checked(operation, table, schema, session)
    if _unknown_column(constraint, table, schema):
        return replace(effects, fails=UNDEFINED_COLUMN, uncertain="")
    return effects


def _checked(operation: op.AddConstraint, table: Table, schema: Schema, session: Session) -> Effects:
    """What adding the constraint does, if its columns exist."""
    constraint, members = operation.constraint, family(operation.table, schema)
    match constraint:
        case Check():
            if not constraint.enforced and session.version < VIRTUAL_SINCE:
                return Effects(fails=SYNTAX_ERROR)
            return Effects(locks(members, AE), scans=stored(members) if constraint.validated else frozenset())
        case NotNull():
            if session.version < VIRTUAL_SINCE:
                return Effects(fails=SYNTAX_ERROR)
            scan = not_null_scan(constraint.column, members) if constraint.validated else Effects()
            return Effects(locks(members, AE)) | scan
        case ForeignKey():
            return _foreign_key(constraint, table, schema, session)
        case PrimaryKey() | Unique() | Exclusion():
            return _indexed(operation, table, schema)


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


def target(key: ForeignKey, table: Name, schema: Schema) -> Effects:
    """The lock on the table that a new foreign key points at, and what makes it impossible."""
    if key.target == table:
        return Effects()
    there = schema.table(key.target)
    if there is None:
        return missing(key.target, schema, SRE)
    wanted = key.target_columns or (there.primary_key.columns if there.primary_key else ())
    taken = Effects(locks(family(key.target, schema), SRE))
    if schema.is_certain(key.target):
        if any(there.column(name) is None for name in wanted):
            return Effects(fails=UNDEFINED_COLUMN)
        if not any(set(columns) == set(wanted) for columns in there.keys) or not wanted:
            return taken | Effects(fails=NO_UNIQUE_KEY)
    return taken


def comparable(here: Type, there: Type) -> bool:
    """Whether PostgreSQL finds an equality operator for a foreign key of type *here* to a key of type *there*."""
    if here.element() == there.element() or here.base == there.base:
        return here.dimensions == there.dimensions and here.namespace == there.namespace
    if here.dimensions or there.dimensions:
        return False
    if here.base in INTEGERS:
        return there.base in NUMBERS
    if here.base in NUMBERS:
        return there.base in NUMBERS and NUMBERS.index(here.base) <= NUMBERS.index(there.base)
    return any(here.base in kinds and there.base in kinds for kinds in (STRINGS, DATES))


def _foreign_key(key: ForeignKey, table: Table, schema: Schema, session: Session) -> Effects:
    if not key.enforced and session.version < VIRTUAL_SINCE:
        return Effects(fails=SYNTAX_ERROR)
    members = family(table.name, schema)
    effects = Effects(locks(members, SRE)) | target(key, table.name, schema)
    if table.partition_by is not None and not key.validated and session.version < VIRTUAL_SINCE:
        return effects | Effects(fails=PARTITIONED_NOT_VALID)
    there = table if key.target == table.name else schema.table(key.target)
    if there is not None:
        wanted = key.target_columns or (there.primary_key.columns if there.primary_key else ())
        pairs = ((table.column(one), there.column(two)) for one, two in zip(key.columns, wanted, strict=False))
        if any(
            one and two and _builtin(one.type, two.type) and not comparable(one.type, two.type) for one, two in pairs
        ):
            return effects | Effects(fails=TYPE_MISMATCH)
    if not key.validated:
        return effects
    if table.name in session.empty:
        return effects | Effects(scans=stored(members))
    return effects | Effects(scans=stored(members) | (stored(family(key.target, schema)) or {key.target}))


def _builtin(*types: Type) -> bool:
    """Only pairs of built-in types are judged: a domain compares as its base, an extension's type as it likes."""
    return not any(kind.namespace for kind in types)


def _indexed(operation: op.AddConstraint, table: Table, schema: Schema) -> Effects:
    constraint = operation.constraint
    members = family(table.name, schema)
    effects = Effects(locks(members, AE))
    if isinstance(constraint, PrimaryKey):
        if table.primary_key is not None:
            return effects | Effects(fails=SECOND_PRIMARY_KEY)
        index = table.index(operation.using_index) if operation.using_index else None
        columns = constraint.columns or (index.columns if index else ())
        found = tuple(map(table.column, columns))
        if any(column is not None and column.nullable for column in found):
            effects |= Effects(scans=stored(members))
        elif None in found or not found:
            effects |= Effects(uncertain="whether its columns are NOT NULL already is not known")
    if operation.using_index:
        gone = table.index(operation.using_index) is None and schema.is_certain(table.name)
        return effects | Effects(fails=UNDEFINED_OBJECT if gone else None)
    return effects | Effects(scans=stored(members), builds=frozenset({index_name(constraint, table.name, schema)}))


def drop(operation: op.DropConstraint, schema: Schema) -> Effects:
    """DROP CONSTRAINT of a foreign key locks the table it points at as well: ACCESS EXCLUSIVE on both."""
    table = schema.table(operation.table)
    if table is None:
        return missing(operation.table, schema, AE)
    constraint = table.constraint(operation.name)
    members = family(operation.table, schema)
    effects = Effects(locks(members, AE))
    if constraint is None:
        unsure = not schema.is_certain(table.name)
        return effects | Effects(fails=None if operation.if_exists or unsure else UNDEFINED_OBJECT)
    match constraint:
        case ForeignKey():
            return effects | Effects(
                {key.name: AE for key in family(constraint.target, schema)} or {constraint.target: AE}
            )
        case PrimaryKey() | Unique():
            users = [
                other.name
                for other, key in schema.referencing(table.name)
                if set(key.target_columns or ()) == set(constraint.columns)
            ]
            if users and not operation.cascade:
                return effects | Effects(fails=DEPENDENT_OBJECTS)
            return effects | Effects(dict.fromkeys(users, AE))
    return effects


def validate(operation: op.ValidateConstraint, schema: Schema) -> Effects:
    """VALIDATE CONSTRAINT reads everything while reads and writes go on."""
    table = schema.table(operation.table)
    if table is None:
        return missing(operation.table, schema, SUE)
    constraint = table.constraint(operation.name)
    if constraint is None:
        return Effects(fails=UNDEFINED_OBJECT) if schema.is_certain(table.name) else Effects({table.name: SUE})
    members = family(operation.table, schema)
    match constraint:
        case Check(validated=False) | NotNull(validated=False):
            return Effects(locks(members, SUE), scans=stored(members))
        case ForeignKey(validated=False):
            there = family(constraint.target, schema)
            taken = {constraint.target: LockMode.ROW_SHARE} | locks(members, SUE)
            return Effects(taken, scans=stored(members) | stored(there))
    return Effects(locks(members, SUE))
