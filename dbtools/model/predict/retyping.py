"""ALTER COLUMN TYPE: what is written anew, and what has to be looked at again, by the measured table of type pairs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from dbtools.model import operation as op
from dbtools.model import sqlstate
from dbtools.model.effects import Effects, LockMode
from dbtools.model.expression import Name, Type, TypeChange
from dbtools.model.naming import chosen_name
from dbtools.model.objects import Exclusion, ForeignKey, Index, PrimaryKey, Table, Unique
from dbtools.model.predict import dependents
from dbtools.model.predict.columns import is_inherited
from dbtools.model.predict.names import basic
from dbtools.model.predict.partitions import is_part
from dbtools.model.predict.references import DATES, NUMBERS, STRINGS, fits
from dbtools.model.predict.relations import (
    AE,
    branch,
    family,
    index_names,
    locks,
    own_keys,
    partition_key,
    rewrite,
    stored,
    views_reading,
)
from dbtools.model.predict.undefined import missing_column
from dbtools.model.schema import Schema

SERIALS = frozenset({"serial", "bigserial", "smallserial"})
SRE = LockMode.SHARE_ROW_EXCLUSIVE


def set_type(operation: op.SetType, schema: Schema) -> Effects:
    """ALTER COLUMN TYPE."""
    if operation.type.base in SERIALS and not operation.type.namespace:
        return Effects(fails=sqlstate.UNDEFINED_OBJECT)
    found = missing_column(operation.table, operation.column, schema)
    if found is not None:
        return found
    table, members = schema.tables[operation.table], family(operation.table, schema)
    effects = Effects(locks(members, AE)) | _refused(operation, table, members, schema)
    change = operation.change
    if change is not None and change.fails:
        return effects | Effects(fails=change.fails)
    for member in members:
        effects |= dependents.of_row_type(member.name, schema)
    if change is None:
        unsure = f"what turning {operation.old or '?'} into {operation.type} costs is not known"
        keys = Effects(fails=_keys(operation, members, schema).fails)
        return effects | _blocked(operation, table, members, schema) | keys | Effects(uncertain=unsure)
    effects |= _blocked(operation, table, members, schema) | _keys(operation, members, schema)
    for member in members:
        effects |= _unfit(operation, member, schema)
    if change.rewrites:
        anew = [_parts(member, operation.column, schema) for member in members if member.partition_by is None]
        old = rewrite(members)
        kept = frozenset(name for name in old.builds if not _is_part_on(name, operation.column, members, schema))
        return effects | replace(old, builds=kept.union(*anew))
    return effects | _looked_at(operation, change, members, schema)


def _refused(operation: op.SetType, table: Table, members: tuple[Table, ...], schema: Schema) -> Effects:
    """Whose columns these are: a parent's, a type's, or those that decide on the partition."""
    if table.of is not None:
        return Effects(fails=sqlstate.WRONG_OBJECT_TYPE)
    decides = any(operation.column in partition_key(member) for member in members)
    inherited = is_inherited(table, operation.column, schema)
    alone = operation.only and len(members) > 1
    return Effects(fails=sqlstate.INVALID_TABLE_DEFINITION if decides or inherited or alone else None)


def _blocked(operation: op.SetType, table: Table, members: tuple[Table, ...], schema: Schema) -> Effects:
    """Views, policies, rules, triggers and generated columns must be dropped first."""
    column = operation.column
    for member in members:
        if views_reading(member.name, column, schema) or any(dependents.of_column(member, column, schema)):
            return Effects(fails=sqlstate.FEATURE_NOT_SUPPORTED)
    return Effects(uncertain=dependents.doubts(table, members, schema))


def _keys(operation: op.SetType, members: tuple[Table, ...], schema: Schema) -> Effects:
    """Foreign keys on the column, in either direction, are made anew, with ACCESS EXCLUSIVE on their other side.

    One whose equality operator changes with the type is checked anew: both tables are read.
    """
    effects = Effects()
    for member in members:
        for key in own_keys(member, schema):
            if operation.column in key.columns:
                effects |= _key(operation, key, member, schema, outward=True)
    for other, key in schema.referencing(operation.table):
        if operation.column in key.target_columns:
            effects |= _key(operation, key, other, schema, outward=False)
    return effects


def _key(operation: op.SetType, key: ForeignKey, table: Table, schema: Schema, *, outward: bool) -> Effects:
    there = schema.table(key.target)
    other = branch(key.target if outward else table.name, schema)
    effects = Effects(locks(other, AE if key.enforced or not outward else SRE)) if other else Effects({key.target: AE})
    if there is None:
        return effects
    for mine, its in zip(key.columns, key.target_columns, strict=False):
        here, yonder = table.column(mine), there.column(its)
        if here is None or yonder is None:
            continue
        one = operation.type if outward and mine == operation.column else here.type
        two = operation.type if not outward and its == operation.column else yonder.type
        if key.target == operation.table and its == operation.column:
            two = operation.type
        if not fits(one, two, schema):
            return effects | Effects(fails=sqlstate.DATATYPE_MISMATCH)
    old, new = operation.old, operation.type
    other_operator = old is not None and basic(old, schema).base != basic(new, schema).base
    checked_anew = other_operator or (operation.change is not None and operation.change.rewrites)
    if checked_anew and key.validated and key.enforced:
        effects |= Effects(scans=stored(other))
    return effects


def _unfit(operation: op.SetType, table: Table, schema: Schema) -> Effects:
    """Whether what reads the column works with the new type: an operator, an operator class, a collation."""
    old, new = operation.old, operation.type
    if old is None or (old.element() == new.element() and operation.collation is None):
        return Effects()
    for index in table.indexes:
        for key in index.keys:
            if key.column != operation.column:
                continue
            if key.collation and new.base not in STRINGS and not new.namespace:
                return Effects(fails=sqlstate.DATATYPE_MISMATCH)
            if key.opclass and old.base != new.base:
                return Effects(uncertain=f"whether {key.opclass} of {index.name} takes {new} is not known")
    if _alike(basic(old, schema), basic(new, schema)):
        return Effects()
    inside = [check.name for check in table.checks if operation.column in check.expression.columns]
    inside += [index.name for index in table.indexes if operation.column in _within(index)]
    return Effects(uncertain=f"whether {inside[0]} works with {new} is not known" if inside else "")


def _alike(old: Type, new: Type) -> bool:
    """Whether the same operators stand for both."""
    if old.dimensions or new.dimensions:
        return old.base == new.base and old.dimensions == new.dimensions
    return old.base == new.base or any(old.base in kinds and new.base in kinds for kinds in (NUMBERS, STRINGS, DATES))


def _within(index: Index) -> frozenset[str]:
    """The columns that expressions and the predicate of an index read."""
    return frozenset(column for expression in index.expressions for column in expression.columns)


def _looked_at(operation: op.SetType, change: TypeChange, members: tuple[Table, ...], schema: Schema) -> Effects:
    """A change that keeps the heap still rebuilds partial and expression indexes, and checks read every row."""
    effects = Effects()
    for member in members:
        rebuilt = frozenset(_rebuilt(member, operation, change, schema)) | _parts(member, operation.column, schema)
        checked = any(check.validated and operation.column in check.expression.columns for check in member.checks)
        if member.partition_by is None and (rebuilt or checked):
            effects |= Effects(scans=frozenset({member.name}), builds=rebuilt)
    return effects


def _rebuilt(table: Table, operation: op.SetType, change: TypeChange, schema: Schema) -> Iterator[Name]:
    column = operation.column
    existing = table.column(column)
    recollated = existing is not None and existing.collation != operation.collation
    plain = {index.name: index for index in table.indexes}
    for name in index_names(table):
        if is_part(table, name.local, schema):
            continue
        index = plain.get(name.local)
        if index is None:
            owner = table.constraint(name.local)
            keyed = isinstance(owner, PrimaryKey | Unique | Exclusion) and column in owner.columns
            if keyed and (change.rebuilds or recollated):
                yield name
            continue
        keys = [key for key in index.keys if key.column == column]
        moved = any(change.rebuilds or (recollated and not key.collation) for key in keys)
        if moved or column in _within(index):
            yield name


def _parts(table: Table, column: str, schema: Schema) -> frozenset[Name]:
    """Indexes that are parts of a partitioned table's are made anew with it, under names of PostgreSQL's choice."""
    owned = [found for found in table.constraints if isinstance(found, PrimaryKey | Unique) and column in found.columns]
    made = [each for each in (*table.indexes, *owned) if is_part(table, each.name, schema)]
    made = [each for each in made if not isinstance(each, Index) or column in each.reads()]
    gone = {each.name for each in made}
    bare = replace(
        table,
        indexes=tuple(each for each in table.indexes if each.name not in gone),
        constraints=tuple(each for each in table.constraints if each.name not in gone),
    )
    schema, names = schema.with_table(bare), set[str]()
    for each in made:
        names.add(chosen_name(schema, table.name, replace(each, name=""), taken=names))
    return frozenset(Name(table.name.namespace, name) for name in names)


def _is_part_on(index: Name, column: str, members: tuple[Table, ...], schema: Schema) -> bool:
    """Whether an index that a rewrite builds is one of those which the column makes anew."""
    for member in members:
        own = member.index(index.local) or member.constraint(index.local)
        if own is not None and member.name.namespace == index.namespace and is_part(member, index.local, schema):
            read = own.reads() if isinstance(own, Index) else getattr(own, "columns", ())
            return column in read
    return False
