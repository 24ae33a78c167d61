"""The columns of a table turned into those it shall have: dropped, added, altered."""

from __future__ import annotations

from dataclasses import replace

from dbtools.model import operation as op
from dbtools.model.diff.plan import Plan
from dbtools.model.expression import Expression, Name, Type
from dbtools.model.identifiers import literal, quote, quote_name, render_type
from dbtools.model.naming import sequence_name
from dbtools.model.objects import Column, ColumnRef, Sequence, Table

# Within one family PostgreSQL converts by itself; from one to another it wants USING, and text converts to all.
FAMILIES = (
    frozenset({"smallint", "integer", "bigint", "numeric", "real", "double precision"}),
    frozenset({"text", "varchar", "char", "bpchar"}),
    frozenset({"date", "timestamp", "timestamptz"}),
)
SELF_COUNTING = ("always", "by default")


def rebuilt_columns(old: Table, new: Table) -> tuple[str, ...]:
    """The columns of *old* to be dropped: gone, or made again since no ALTER leads there; computed ones first."""
    rebuilt = {column.name for column in old.columns if _must_be_rebuilt(column, new.column(column.name))}
    apart = rebuilt | set(retyped_columns(old, new))
    computed = [
        column.name
        for column in old.columns
        if column.generated is not None and not apart.isdisjoint(column.generated.expression.columns)
    ]
    return tuple(dict.fromkeys((*computed, *sorted(rebuilt))))


def _must_be_rebuilt(old: Column, new: Column | None) -> bool:
    if new is None:
        return True
    if old.generated is None or new.generated is None:
        return new.generated is not None or (old.generated is not None and not old.generated.stored)
    return old.generated.stored != new.generated.stored


def retyped_columns(old: Table, new: Table) -> tuple[str, ...]:
    """The columns whose type or collation changes."""
    pairs = ((column, new.column(column.name)) for column in old.columns)
    return tuple(before.name for before, after in pairs if after is not None and _kind(before) != _kind(after))


def _kind(column: Column) -> tuple[Type, str | None]:
    return column.type, column.collation


def columns_apart(old: Table, new: Table) -> frozenset[str]:
    """The columns of *old* that do not stay what they are."""
    return frozenset((*rebuilt_columns(old, new), *retyped_columns(old, new)))


def drop_columns(plan: Plan) -> None:
    """Drop the columns that shall not be, and those that are made again."""
    for old, new in plan.pairs():
        for gone in rebuilt_columns(old, new) if old.columns != new.columns else ():
            if plan.now.tables[old.name].column(gone) is not None:
                plan.do(op.DropColumn(old.name, gone))


def change_columns(plan: Plan) -> None:
    """Give every table the columns it lacks, and alter the others."""
    for old, new in plan.pairs():
        if plan.now.tables[new.name].columns != new.columns:
            _change(plan, old.name, new)


def _change(plan: Plan, name: Name, new: Table) -> None:
    for column in sorted(new.columns, key=lambda column: column.generated is not None):
        if plan.now.tables[name].column(column.name) is None:
            plan.do(op.AddColumn(name, replace(column, comment=None)))
        if plan.now.tables[name].column(column.name) != column:
            _alter(plan, name, column)


def _alter(plan: Plan, table: Name, new: Column) -> None:
    old = _column(plan, table, new)
    if old.identity == "serial" and new.identity != "serial":
        _stop_drawing(plan, ColumnRef(table, new.name))
    if old.identity in SELF_COUNTING and new.identity not in SELF_COUNTING:
        plan.do(op.SetIdentity(table, new.name, ""))
    if _kind(old) != _kind(new):
        _retype(plan, table, old, new)
    if old.generated != new.generated:
        plan.do(op.SetGenerated(table, new.name, new.generated))
    if old.nullable != new.nullable:
        plan.do(op.SetNullable(table, new.name, nullable=new.nullable))
    if _column(plan, table, new).identity != new.identity:
        _count(plan, table, new)
    if _column(plan, table, new).default != new.default:
        plan.do(op.SetDefault(table, new.name, new.default))
    if old.comment != new.comment:
        plan.do(op.Comment("column", table, new.comment, new.name))


def _column(plan: Plan, table: Name, like: Column) -> Column:
    return plan.now.tables[table].column(like.name) or like


def _retype(plan: Plan, table: Name, old: Column, new: Column) -> None:
    converts = old.type.element()._replace(modifiers=()) != new.type.element()._replace(modifiers=())
    if old.default is not None and (converts or old.default != new.default):
        plan.do(op.SetDefault(table, new.name, None))
    plan.do(op.SetType(table, new.name, new.type, _conversion(new.name, old.type, new.type), new.collation))


def _conversion(column: str, old: Type, new: Type) -> Expression | None:
    same = old.base == new.base and old.namespace == new.namespace
    akin = any(old.base in family and new.base in family for family in FAMILIES)
    if old.dimensions == new.dimensions and not (old.namespace or new.namespace) and (same or akin):
        return None
    text = f"{quote(column)}::text::{render_type(new)}"
    return Expression(text, text, (column,))


def _stop_drawing(plan: Plan, ref: ColumnRef) -> None:
    """Make a serial a plain column; its sequence, which it owns still, goes unless it shall stay."""
    plan.do(op.SetDefault(*ref, None))
    for sequence in tuple(plan.now.sequences.values()):
        if sequence.owner == ref and sequence.name not in plan.wanted.sequences:
            plan.do(op.DropSequence(sequence.name))


def _count(plan: Plan, table: Name, new: Column) -> None:
    """Make *new* an identity column, or a serial: a sequence of its own and the default that draws from it."""
    if new.identity != "serial":
        old = _column(plan, table, new)
        if old.default is not None:
            plan.do(op.SetDefault(table, new.name, None))
        plan.do(op.SetIdentity(table, new.name, new.identity, changes=old.identity in SELF_COUNTING))
        return
    sequence = sequence_name(plan.now, table, new.name)
    text = f"nextval({literal(quote_name(sequence))})"
    plan.do(op.CreateSequence(Sequence(sequence)))
    plan.do(op.SetDefault(table, new.name, Expression(text, text)))
    plan.do(op.AlterSequence(sequence, (table, new.name)))
