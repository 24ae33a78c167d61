"""Tables, constraints and indexes turned into those that shall be."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from dbtools.model import operation as op
from dbtools.model.apply.columns import reads
from dbtools.model.diff.columns import columns_apart, rebuilt_columns, retyped_columns
from dbtools.model.diff.plan import Plan, parents_first, parents_of, referred
from dbtools.model.expression import Name
from dbtools.model.objects import (
    Check,
    Columns,
    Constraint,
    Exclusion,
    ForeignKey,
    Index,
    NotNull,
    PrimaryKey,
    Table,
    Unique,
)


def gone_tables(plan: Plan) -> frozenset[Name]:
    """The tables that are dropped: not wanted, or not to be had by altering, and what inherits from those."""
    gone = {name for name, old in plan.now.tables.items() if _must_go(old, plan.wanted.tables.get(name))}
    for name in parents_first(plan.now):
        new = plan.wanted.tables.get(name)
        if new is None or any(parent in gone for parent in parents_of(new)):
            gone.add(name)
    return frozenset(gone)


def _must_go(old: Table, new: Table | None) -> bool:
    if new is None or old.partition_by != new.partition_by or old.inherits != new.inherits:
        return True
    if old.persistence != new.persistence and "temporary" in (old.persistence, new.persistence):
        return True
    return old.partition_by is not None and not columns_apart(old, new).isdisjoint(old.partition_by.columns)


def drop_foreign_keys(plan: Plan) -> None:
    """Drop the foreign keys that shall not be, and those whose columns or key are about to change under them."""
    gone = gone_tables(plan)
    for old, new in plan.pairs():
        if old.name in gone:
            continue
        for key in old.foreign_keys:
            there = plan.now.tables[old.name].constraint(key.name)
            if there is not None and (key.target in gone or not _stays(plan, key, old, new)):
                plan.do(op.DropConstraint(old.name, key.name))


def _stays(plan: Plan, key: ForeignKey, old: Table, new: Table) -> bool:
    if new.constraint(key.name) not in (key, replace(key, validated=True)):
        return False
    if not columns_apart(old, new).isdisjoint(key.columns):
        return False
    target, after = plan.now.tables.get(key.target), plan.wanted.tables.get(key.target)
    if target is None or after is None:
        return True
    return columns_apart(target, after).isdisjoint(key.target_columns) and _keys(target, key) == _keys(after, key)


def _keys(table: Table, key: ForeignKey) -> frozenset[Constraint | Index]:
    """What makes the columns that *key* refers to unique."""
    owned = (each for each in table.constraints if isinstance(each, PrimaryKey | Unique))
    plain = (index for index in table.indexes if index.unique)
    return frozenset(each for each in (*owned, *plain) if frozenset(each.columns) == frozenset(key.target_columns))


def drop_constraints(plan: Plan) -> None:
    """Drop or validate the other constraints, and drop the indexes, that shall not stay as they are."""
    gone = gone_tables(plan)
    for old, new in plan.pairs():
        if old.name in gone or (old.constraints == new.constraints and old.indexes == new.indexes and old == new):
            continue
        left = frozenset(rebuilt_columns(old, new))
        strange = {name for name in retyped_columns(old, new) if _is_strange(old, new, name)}
        for constraint in old.constraints:
            if plan.now.tables[old.name].constraint(constraint.name) == constraint and left.isdisjoint(
                reads(constraint)
            ):
                _drop_or_validate(plan, new, constraint, strange)
        for index in old.indexes:
            there = plan.now.tables[old.name].index(index.name) and left.isdisjoint(index.reads())
            computed = index.reads() - {*index.columns, *index.include} if index.where is None else index.reads()
            if there and (new.index(index.name) != index or not strange.isdisjoint(computed)):
                plan.do(op.DropIndex(old.name._replace(local=index.name)))


def _is_strange(old: Table, new: Table, column: str) -> bool:
    """Whether a column changes from or to a type of the user's, for which no operator compares both."""
    both = (old.column(column), new.column(column))
    return any(each is not None and each.type.namespace for each in both)


def _drop_or_validate(plan: Plan, new: Table, constraint: Constraint, strange: set[str]) -> None:
    wanted = new.constraint(constraint.name)
    if isinstance(constraint, NotNull) and wanted is None:
        column = new.column(constraint.column)
        if column is not None and not column.nullable:
            plan.do(op.ValidateConstraint(new.name, constraint.name))
            return
    if isinstance(constraint, Check | Exclusion) and not strange.isdisjoint(reads(constraint)):
        plan.do(op.DropConstraint(new.name, constraint.name))
    elif wanted != constraint:
        if isinstance(constraint, Check | ForeignKey) and wanted == replace(constraint, validated=True):
            plan.do(op.ValidateConstraint(new.name, constraint.name))
        else:
            plan.do(op.DropConstraint(new.name, constraint.name))


def drop_tables(plan: Plan) -> None:
    """Drop what shall not be: what refers or inherits before what it refers to."""
    gone = gone_tables(plan)
    remaining = {name: plan.now.tables[name] for name in reversed(parents_first(plan.now)) if name in gone}
    while remaining:
        needed = {name for table in remaining.values() for name in (*referred(table), *parents_of(table))}
        free = [name for name in remaining if name not in needed]
        for name in free or [next(iter(remaining))]:
            if not free:
                _unbind(plan, remaining.values(), name)
            plan.do(op.DropTable(name))
            del remaining[name]


def _unbind(plan: Plan, tables: Iterable[Table], target: Name) -> None:
    for table in tables:
        for key in table.foreign_keys:
            if key.target == target != table.name:
                plan.do(op.DropConstraint(table.name, key.name))


def detach_partitions(plan: Plan) -> None:
    """Detach what shall be no partition, or one of another table or for other values."""
    gone = gone_tables(plan)
    for old, new in plan.pairs():
        if old.partition_of is not None and old.partition_of != new.partition_of and old.name not in gone:
            plan.do(op.DetachPartition(old.partition_of.parent, old.name))


def attach_partitions(plan: Plan) -> None:
    """Attach what shall be a partition."""
    for old, new in plan.pairs():
        if new.partition_of is not None and old.partition_of is None:
            plan.do(op.AttachPartition(new.name, new.partition_of))


def create_tables(plan: Plan) -> None:
    """Make the tables that are not there, bare: what refers to other tables, and indexes, come later."""
    for name in parents_first(plan.wanted):
        if name in plan.now.tables:
            continue
        table = plan.wanted.tables[name]
        columns = Columns(replace(column, comment=None) for column in table.columns)
        constraints = tuple(found for found in table.constraints if _can_be_born(found))
        if table.partition_of is not None:
            columns, constraints = Columns(), ()
        elif table.inherits:
            parents = [plan.now.tables[parent] for parent in table.inherits if parent in plan.now.tables]
            columns = Columns(each for each in columns if not any(parent.column(each.name) for parent in parents))
            constraints = tuple(
                each for each in constraints if not any(each in parent.constraints for parent in parents)
            )
        bare = replace(table, columns=columns, constraints=constraints, indexes=(), row_security=False, comment=None)
        plan.do(op.CreateTable(bare))


def _can_be_born(constraint: Constraint) -> bool:
    if isinstance(constraint, Check):
        return constraint.validated == constraint.enforced
    return isinstance(constraint, PrimaryKey | Unique | Exclusion)


def set_tables(plan: Plan) -> None:
    """Make the settings of every table what they shall be."""
    for old, new in plan.pairs():
        if old.persistence != new.persistence:
            plan.do(op.AlterTable(new.name, "set unlogged" if new.persistence == "unlogged" else "set logged"))
        if old.row_security != new.row_security:
            plan.do(op.AlterTable(new.name, "row security", "enable" if new.row_security else "disable"))
        if old.comment != new.comment:
            plan.do(op.Comment("table", new.name, new.comment))


def add_constraints(plan: Plan) -> None:
    """Make the constraints and indexes that are not there, but no foreign keys."""
    for old, new in plan.pairs():
        for constraint in new.constraints:
            missing = plan.now.tables[old.name].constraint(constraint.name) is None
            if missing and not isinstance(constraint, ForeignKey):
                plan.do(op.AddConstraint(new.name, constraint))
        for index in new.indexes:
            if plan.now.tables[old.name].index(index.name) is None:
                plan.do(op.CreateIndex(new.name, index))


def add_foreign_keys(plan: Plan) -> None:
    """Make the foreign keys that are not there, and validate those that are."""
    for _, new in plan.pairs():
        for key in new.foreign_keys:
            there = plan.now.tables[new.name].constraint(key.name)
            if there is None:
                plan.do(op.AddConstraint(new.name, key))
            elif there != key:
                plan.do(op.ValidateConstraint(new.name, key.name))
