"""Tables and columns that go by another name in one source, where that is certain.

A pair is taken for a rename only if each is the other's one candidate: the names fold to the same (``user_id`` and
``userId``, ``users`` and ``User``), or what they name is alike and the names are, or their places are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from difflib import SequenceMatcher
from typing import TypeVar

from dbtools.drift.clash import Clash, Compared, remedy
from dbtools.drift.meaning import with_names
from dbtools.drift.source import Pair, Source
from dbtools.model import operation as op
from dbtools.model.expression import Expression, Name
from dbtools.model.finding import Severity
from dbtools.model.objects import (
    Check,
    Column,
    ColumnRef,
    Columns,
    Constraint,
    ForeignKey,
    Generated,
    Index,
    IndexKey,
    PrimaryKey,
    Table,
    Unique,
)

T = TypeVar("T")
SHARED_COLUMNS = 0.6
ALIKE = 0.6
LONG_ENOUGH = 4


def aligned(pair: Pair) -> tuple[Pair, list[Compared]]:
    """*pair* with the other source under the truth's names, and the renames that this took."""
    tables = _table_renames(pair.truth, pair.other)
    other = _with_tables(pair.other, tables)
    found = [_table_clash(pair, old, new) for old, new in tables.items()]
    for name, table in pair.truth.schema.tables.items():
        theirs = other.schema.tables.get(name)
        if theirs is None or not (pair.truth.schema.is_certain(name) and other.schema.is_certain(name)):
            continue
        columns = _column_renames(table, theirs)
        if columns:
            other = _with_columns(other, name, columns)
            found += [_column_clash(pair, name, old, new) for old, new in columns.items()]
    pair = replace(pair, other=other)
    return pair, [Compared(pair, clash) for clash in found]


def _table_renames(truth: Source, other: Source) -> dict[Name, Name]:
    """The truth's name of each renamed table, to the other's."""
    ours = [name for name in truth.schema.tables if name not in other.schema.tables and other.can_lack(name)]
    theirs = [name for name in other.schema.tables if name not in truth.schema.tables and truth.can_lack(name)]

    def same_name(one: Name, two: Name) -> bool:
        return _folded(one.local) == _folded(two.local)

    def same_columns(one: Name, two: Name) -> bool:
        left, right = (
            {(_folded(column.name), column.type.base) for column in table.columns}
            for table in (truth.schema.tables[one], other.schema.tables[two])
        )
        return len(left & right) >= SHARED_COLUMNS * len(left | right) and bool(left)

    return dict(_certain(ours, theirs, (same_name, same_columns)))


def _column_renames(truth: Table, other: Table) -> dict[str, str]:
    ours = [column for column in truth.columns if other.column(column.name) is None]
    theirs = [column for column in other.columns if truth.column(column.name) is None]
    common = {column.name for column in truth.columns} & {column.name for column in other.columns}

    def same_name(one: Column, two: Column) -> bool:
        return _folded(one.name) == _folded(two.name)

    def alike(one: Column, two: Column) -> bool:
        return _same_shape(one, two) and _similar(one.name, two.name)

    def same_place(one: Column, two: Column) -> bool:
        same = _neighbours(truth, one.name, common) == _neighbours(other, two.name, common)
        return same and _same_shape(one, two) and one.default == two.default

    pairs = _certain(ours, theirs, (same_name, alike, same_place))
    return {one.name: two.name for one, two in pairs}


def _certain(ours: list[T], theirs: list[T], tests: Iterable[Callable[[T, T], bool]]) -> Iterator[tuple[T, T]]:
    """Each that has exactly one candidate, whose one candidate it is; the strongest evidence first."""
    for test in tests:
        forward = {one: [two for two in theirs if test(one, two)] for one in ours}
        backward = {two: [one for one in ours if test(one, two)] for two in theirs}
        pairs = [(one, two[0]) for one, two in forward.items() if len(two) == 1 == len(backward[two[0]])]
        yield from pairs
        ours = [one for one in ours if one not in {pair[0] for pair in pairs}]
        theirs = [two for two in theirs if two not in {pair[1] for pair in pairs}]


def _same_shape(one: Column, two: Column) -> bool:
    nullable = one.nullable == two.nullable or bool(one.type.dimensions)
    return nullable and one.type.base == two.type.base and one.type.dimensions == two.type.dimensions


def _similar(one: str, two: str) -> bool:
    short, long = sorted((_folded(one), _folded(two)), key=len)
    return (len(short) >= LONG_ENOUGH and short in long) or SequenceMatcher(None, short, long).ratio() >= ALIKE


def _folded(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower()).removesuffix("s")


def _neighbours(table: Table, name: str, common: set[str]) -> tuple[str, str]:
    names = [column.name for column in table.columns]
    at = names.index(name)
    before = next((other for other in reversed(names[:at]) if other in common), "")
    return before, next((other for other in names[at + 1 :] if other in common), "")


def _table_clash(pair: Pair, old: Name, new: Name) -> Clash:
    return Clash(
        "renamed-table",
        Severity.ERROR,
        old,
        "",
        str(old),
        str(new),
        harm=_harm(pair, old, new, "42P01: there is no such table"),
        remedy=remedy(pair, (new, old), (old, new), lambda names: op.RenameTable(names[0], names[1].local)),
    )


def _column_clash(pair: Pair, table: Name, old: str, new: str) -> Clash:
    return Clash(
        "renamed-column",
        Severity.ERROR,
        table,
        old,
        old,
        new,
        column=old,
        harm=_harm(pair, old, new, "42703: there is no such column"),
        remedy=remedy(pair, (new, old), (old, new), lambda names: op.RenameColumn(table, *names)),
    )


def _harm(pair: Pair, old: Name | str, new: Name | str, error: str) -> str:
    if pair.model is None:
        return f"statements written for one fail on the other with {error}"
    _, wrong = pair.database_first(old, new)
    return f"every query of {pair.model.client} that names {wrong} fails with {error}"


def _with_tables(source: Source, names: Mapping[Name, Name]) -> Source:
    """*source* under the truth's table names; *names* lead from those to its own."""
    if not names:
        return source
    back = {own: truth for truth, own in names.items()}
    tables = {}
    for table in source.schema.tables.values():
        constraints = tuple(
            replace(found, target=back.get(found.target, found.target)) if isinstance(found, ForeignKey) else found
            for found in table.constraints
        )
        name = back.get(table.name, table.name)
        tables[name] = replace(table, name=name, constraints=constraints)
    uncertain = frozenset(back.get(name, name) for name in source.schema.uncertain)
    schema = replace(source.schema, tables=tables, uncertain=uncertain)
    return replace(source, schema=schema, written={ColumnRef(one): ColumnRef(two) for one, two in names.items()})


def _with_columns(source: Source, table: Name, names: Mapping[str, str]) -> Source:
    """*source* under the truth's column names of *table*; *names* lead from those to its own."""
    back = {own: truth for truth, own in names.items()}
    tables = {
        name: replace(
            found,
            columns=Columns(_column(column, back) for column in found.columns) if name == table else found.columns,
            constraints=tuple(_constraint(one, name, table, back) for one in found.constraints),
            indexes=tuple(_index(index, back) for index in found.indexes) if name == table else found.indexes,
        )
        for name, found in source.schema.tables.items()
    }
    own = source.written.get(ColumnRef(table), ColumnRef(table)).table
    written = {ColumnRef(table, truth): ColumnRef(own, name) for truth, name in names.items()}
    schema = replace(source.schema, tables=tables)
    return replace(source, schema=schema, written={**source.written, **written})


def _column(column: Column, back: Mapping[str, str]) -> Column:
    generated = column.generated
    if generated is not None:
        generated = Generated(with_names(generated.expression, back), generated.stored)
    return replace(column, name=back.get(column.name, column.name), generated=generated)


def _constraint(found: Constraint, owner: Name, table: Name, back: Mapping[str, str]) -> Constraint:
    match found:
        case ForeignKey():
            columns = _all(found.columns, back) if owner == table else found.columns
            targets = _all(found.target_columns, back) if found.target == table else found.target_columns
            return replace(found, columns=columns, target_columns=targets)
        case PrimaryKey() | Unique() if owner == table:
            return replace(found, columns=_all(found.columns, back))
        case Check() if owner == table:
            return replace(found, expression=with_names(found.expression, back))
    return found


def _index(index: Index, back: Mapping[str, str]) -> Index:
    return replace(
        index,
        keys=tuple(_key(key, back) for key in index.keys),
        where=_expression(index.where, back),
        include=_all(index.include, back),
    )


def _key(key: IndexKey, back: Mapping[str, str]) -> IndexKey:
    return replace(key, column=back.get(key.column, key.column), expression=_expression(key.expression, back))


def _expression(expression: Expression | None, back: Mapping[str, str]) -> Expression | None:
    return None if expression is None else with_names(expression, back)


def _all(columns: tuple[str, ...], back: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(back.get(column, column) for column in columns)
