"""A source with its tables and columns called as the truth calls them, wherever they are spoken of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from dbtools.drift.meaning import with_names
from dbtools.drift.source import Source
from dbtools.model.entries import Members
from dbtools.model.expression import Expression, Name
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


def with_tables(source: Source, names: Mapping[Name, Name]) -> Source:
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
    uncertain = Members(back.get(name, name) for name in source.schema.uncertain)
    schema = replace(source.schema, tables=tables, uncertain=uncertain)
    return replace(source, schema=schema, written={ColumnRef(one): ColumnRef(two) for one, two in names.items()})


def with_columns(source: Source, names: Mapping[Name, Mapping[str, str]]) -> Source:
    """*source* under the truth's column names; by table, *names* lead from those to its own."""
    if not names:
        return source
    back = {table: {own: truth for truth, own in renames.items()} for table, renames in names.items()}
    tables = {name: _table(table, back) for name, table in source.schema.tables.items()}
    written = {
        ColumnRef(table, truth): ColumnRef(source.written.get(ColumnRef(table), ColumnRef(table)).table, own)
        for table, renames in names.items()
        for truth, own in renames.items()
    }
    return replace(source, schema=replace(source.schema, tables=tables), written={**source.written, **written})


def _table(table: Table, back: Mapping[Name, Mapping[str, str]]) -> Table:
    own = back.get(table.name, {})
    return replace(
        table,
        columns=Columns(_column(column, own) for column in table.columns),
        constraints=tuple(_constraint(found, own, back) for found in table.constraints),
        indexes=tuple(_index(index, own) for index in table.indexes) if own else table.indexes,
    )


def _column(column: Column, back: Mapping[str, str]) -> Column:
    generated = column.generated
    if generated is not None:
        generated = Generated(with_names(generated.expression, back), generated.stored)
    return replace(column, name=back.get(column.name, column.name), generated=generated)


def _constraint(found: Constraint, own: Mapping[str, str], back: Mapping[Name, Mapping[str, str]]) -> Constraint:
    match found:
        case ForeignKey():
            targets = _all(found.target_columns, back.get(found.target, {}))
            return replace(found, columns=_all(found.columns, own), target_columns=targets)
        case PrimaryKey() | Unique():
            return replace(found, columns=_all(found.columns, own))
        case Check():
            return replace(found, expression=with_names(found.expression, own))
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
