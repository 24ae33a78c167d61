"""A Prisma schema, read into the database that ``prisma migrate`` would build from it.

Names, types, defaults and referential actions are those of Prisma's schema engine, without running it. What is
``@ignore``d is in the database all the same; views are declared, not built, so they appear in ``origins`` and
``readers`` only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from dbtools.errors import SourceError
from dbtools.garbage import few_collections
from dbtools.model.entries import Members
from dbtools.model.finding import Location
from dbtools.model.objects import Column, ColumnRef, Columns, Constraint, Enum, Table
from dbtools.model.reader import Reader, Reading
from dbtools.model.schema import Schema
from dbtools.sources.prisma.columns import client_default_of, columns_of
from dbtools.sources.prisma.keys import indexes_of, primary_key_of
from dbtools.sources.prisma.project import (
    Declared,
    Project,
    database_name,
    distinct,
    extensions_of,
    namespaces_of,
    project_of,
)
from dbtools.sources.prisma.relations import JoinTable, foreign_keys_of, join_tables
from dbtools.sources.prisma.syntax import Field

EXPRESSIBLE = frozenset(
    {
        "type", "nullability", "default", "default expression", "primary key", "unique", "index", "index method",
        "index order", "enum", "enum order",
    }
)  # fmt: skip
FOREIGN_KEYS = frozenset({"foreign key", "referential action"})


def read(where: Path | Mapping[str, str]) -> Reading:
    """The database that a ``schema.prisma``, a folder of ``*.prisma`` files, or a mapping of path to text describes.

    SourceError when there is nothing to read; what is only partly unreadable is in ``unknown``.
    """
    if not isinstance(where, Path):
        return read_texts(where, ", ".join(sorted(where)) or "the Prisma source")
    paths = sorted(where.rglob("*.prisma")) if where.is_dir() else [where]
    if not paths:
        raise SourceError(f"{where} holds no *.prisma file", hint="name the file or the folder of the Prisma schema")
    try:
        texts = {path.as_posix(): path.read_text(encoding="utf-8") for path in paths}
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(
            f"{where} cannot be read: {error}", hint="name an existing Prisma schema, written in UTF-8"
        ) from error
    return read_texts(texts, where.as_posix())


@few_collections()
def read_texts(files: Mapping[str, str], where: str) -> Reading:
    """The database that *files*, path to text, describe together; *where* names them all in reports."""
    project = project_of(files, where)
    tables_and_views = distinct([*project.models.values(), *project.views.values()], project.notes)
    said = [_said(project, declared) for declared in tables_and_views]
    models = [each for each in said if each.declared.block.kind == "model"]
    enums = distinct(project.enums.values(), project.notes)
    joins = tuple(join_tables(project, {declared.name for declared in tables_and_views}))
    tables = [*(_table(project, model) for model in models), *(join.table for join in joins)]
    schema = Schema(
        tables={table.name: table for table in tables},
        enums={enum.name: _enum(enum) for enum in enums},
        namespaces=Members(namespaces_of(project.settings)),
        extensions=Members(extensions_of(project.settings)),
        complete=all(unread.ref is not None for unread in project.notes.unread),
        uncertain=Members(project.notes.uncertain),
    )
    return Reading(
        "prisma",
        where,
        schema,
        dict(_origins(enums, said, joins)),
        _expressible(project),
        tuple(sorted(project.notes.unread, key=lambda unread: unread.location)),
        tuple(_readers(said, joins)),
        dict(_client_defaults(models)),
    )


class _Said(NamedTuple):
    """A model or view, and those of its fields that are columns."""

    declared: Declared
    columns: tuple[tuple[Field, Column], ...]


def _said(project: Project, declared: Declared) -> _Said:
    return _Said(declared, tuple(columns_of(project, declared)))


def _table(project: Project, said: _Said) -> Table:
    model = said.declared
    constraints: list[Constraint] = list(foreign_keys_of(project, model))
    with project.notes.reading(model.block.location, model.name):
        constraints += primary_key_of(model)
    columns = Columns(column for _, column in said.columns)
    return Table(model.name, columns, tuple(constraints), tuple(indexes_of(project, model)))


def _enum(enum: Declared) -> Enum:
    return Enum(enum.name, tuple(database_name(label) for label in enum.fields.values()))


def _origins(
    enums: list[Declared], said: list[_Said], joins: tuple[JoinTable, ...]
) -> Iterator[tuple[ColumnRef, Location]]:
    for enum in enums:
        yield ColumnRef(enum.name), enum.block.location
    for declared, columns in said:
        yield ColumnRef(declared.name), declared.block.location
        for item, column in columns:
            yield ColumnRef(declared.name, column.name), item.location
    for table, location in joins:
        for name in ("", "A", "B"):
            yield ColumnRef(table.name, name), location


def _client_defaults(said: list[_Said]) -> Iterator[tuple[ColumnRef, str]]:
    for declared, columns in said:
        for item, column in columns:
            if own := client_default_of(item):
                yield ColumnRef(declared.name, column.name), own


def _readers(said: list[_Said], joins: tuple[JoinTable, ...]) -> Iterator[Reader]:
    for declared, columns in said:
        block = declared.block
        if block.attribute("ignore") is None:
            how = "reads" if block.kind == "view" else "reads and writes"
            for item, column in columns:
                if item.attribute("ignore") is None:
                    yield Reader(
                        ColumnRef(declared.name, column.name), f"Prisma {block.kind} {block.name}", item.location, how
                    )
    for table, location in joins:
        for letter in ("A", "B"):
            source = f"Prisma relation {table.name.local}"
            yield Reader(ColumnRef(table.name, letter), source, location, "reads and writes")


def _expressible(project: Project) -> frozenset[str]:
    keys = FOREIGN_KEYS if project.has_foreign_keys else frozenset()
    partial = {"partial index"} if "partialIndexes" in project.features else frozenset()
    return EXPRESSIBLE | keys | partial
