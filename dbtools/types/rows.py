"""The rows of tables and views, before they are said in any language."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from dbtools.model.expression import Name, Type
from dbtools.model.migration import is_bookkeeping
from dbtools.model.objects import Column, Domain, Table, View
from dbtools.model.reader import Insert
from dbtools.model.schema import Schema


class Field(NamedTuple):
    """One column; the type is None where it is not known. ``insert`` is optional where the database fills it in."""

    name: str
    type: Type | None
    nullable: bool
    insert: Insert = "required"
    comment: str = ""


class Row(NamedTuple):
    """What a row of one table or view holds."""

    name: Name
    columns: tuple[Field, ...]
    comment: str = ""


def rows_of(schema: Schema) -> tuple[Row, ...]:
    """The rows of every table and view by name; not of partitions, temporary tables and a runner's own."""
    tables = (_row(table, schema) for table in schema.tables.values() if _is_wanted(table))
    views = (_view(view, schema) for view in schema.views.values())
    return tuple(sorted((*tables, *views), key=lambda row: row.name))


def _is_wanted(table: Table) -> bool:
    return table.partition_of is None and table.persistence != "temporary" and not is_bookkeeping(table.name)


def _row(table: Table, schema: Schema) -> Row:
    return Row(table.name, tuple(_field(column, schema) for column in table.columns), table.comment or "")


def _field(column: Column, schema: Schema) -> Field:
    """A column as PostgreSQL treats it; one of a domain may be forbidden to be null, or have a default, by that."""
    domains = list(_domains(column.type, schema))
    nullable = column.nullable and all(domain.nullable for domain in domains)
    insert: Insert = "required"  # or null
    if column.generated is not None or column.identity == "always":
        insert = "refused"
    elif column.default or column.identity or any(domain.default for domain in domains):
        insert = "optional"
    return Field(column.name, column.type, nullable, insert, column.comment or "")


def _domains(kind: Type, schema: Schema) -> Iterator[Domain]:
    """The domain that *kind* is, if it is one, and those below it."""
    domain = None if kind.dimensions else schema.domains.get(kind.name)
    if domain is not None:
        yield domain
        yield from _domains(domain.base, schema)


def _view(view: View, schema: Schema) -> Row:
    """A view's columns may be null, whatever they come from: PostgreSQL keeps nothing else of them."""
    from dbtools.sql.made import view_columns

    found = view_columns(view, schema) or tuple((name, None) for name in view.columns)
    return Row(view.name, tuple(Field(name, kind, nullable=True) for name, kind in found), view.comment or "")
