"""Who reads what: models, named queries, and the views and SQL functions of the database itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dbtools.model.finding import Location
from dbtools.model.objects import ColumnRef
from dbtools.model.reader import Reader, Reading
from dbtools.model.schema import Schema
from dbtools.sources.queries import NamedQuery
from dbtools.sql.named import named

ANYTHING = "*"


def readers_of(
    schema: Schema, readings: Iterable[Reading], queries: Iterable[NamedQuery]
) -> dict[ColumnRef, tuple[Reader, ...]]:
    """Readers by column, and by table under an empty column; each place once."""
    found: dict[ColumnRef, dict[tuple[str, Location], Reader]] = {}
    for reader in (*_models(readings), *_queries(schema, queries), *_functions(schema)):
        for key in {reader.column, ColumnRef(reader.column.table)}:
            by_source = found.setdefault(key, {})
            by_source.setdefault((reader.source, reader.location), reader)
    return {key: tuple(by_source.values()) for key, by_source in found.items()}


def _models(readings: Iterable[Reading]) -> Iterator[Reader]:
    for reading in readings:
        yield from reading.readers


def _queries(schema: Schema, queries: Iterable[NamedQuery]) -> Iterator[Reader]:
    """Queries are qualified against the schema before the change: that is the one they were written for.

    One that cannot be understood may read anything of the relations that it names.
    """
    from dbtools.sql.queries import Queries

    qualifier = Queries(schema)
    for query in queries:
        found = qualifier.qualify(query.text)
        if found is not None:
            for ref in sorted(found.columns):
                yield Reader(ref, f"query {query.name}", query.location)
            continue
        for name in named(query.text, "public"):
            if name in schema.tables or name in schema.views:
                source = f"query {query.name}, which could not be understood"
                yield Reader(ColumnRef(name, ANYTHING), source, query.location, "may read")


def _functions(schema: Schema) -> Iterator[Reader]:
    """Functions in SQL; the bodies of other languages are not read."""
    bodies = [function for function in schema.functions.values() if function.language == "sql" and function.body]
    if not bodies:
        return
    from dbtools.sql.queries import Queries

    qualifier = Queries(schema)
    for function in bodies:
        found = qualifier.qualify(function.body, function.name.namespace)
        for ref in sorted(found.columns) if found is not None else ():
            yield Reader(ref, f"function {function.name}()", Location("the database"))
