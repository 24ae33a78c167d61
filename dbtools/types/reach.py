"""By which names an application reaches tables and columns through Kysely; some it cannot."""

from __future__ import annotations

from collections.abc import Iterator

from dbtools.model.camel import CamelCase
from dbtools.model.expression import Name
from dbtools.types.rows import Row
from dbtools.types.settings import Writing

PLUGIN = CamelCase()


def column_key(name: str, writing: Writing) -> str | None:
    """The key of a column in a row; None where CamelCasePlugin would translate it into another column's."""
    if not writing.camel_case:
        return name
    key = PLUGIN.camel(name)
    return key if PLUGIN.snake(key) == name else None


def table_key(name: Name, writing: Writing) -> str | None:
    """The key of a table in ``DB``, ``schema.table`` outside of public; None where Kysely would split it elsewhere."""
    parts = (name.local,) if name.namespace == "public" else name
    keys = [column_key(part, writing) for part in parts]
    known = [key for key in keys if key is not None and "." not in key]
    return ".".join(known) if len(known) == len(keys) else None


def unreachable(rows: tuple[Row, ...], writing: Writing) -> Iterator[tuple[Row, str]]:
    """The tables, with an empty text, and the columns that no application can name."""
    for row in rows:
        if table_key(row.name, writing) is None:
            yield row, ""
            continue
        yield from ((row, field.name) for field in row.columns if column_key(field.name, writing) is None)
