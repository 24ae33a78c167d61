"""A Drizzle schema, read into the database that ``drizzle-kit generate`` would build from it.

The TypeScript is followed, never run: imports, spreads, helpers and factories, ``pgTableCreator``, ``customType``.
Names, types and defaults are those of drizzle-kit. What is not exported is not there, as for drizzle-kit; views are
declared only, so they appear in ``origins`` and ``readers``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from dbtools.errors import SourceError
from dbtools.garbage import few_collections
from dbtools.model.entries import Members
from dbtools.model.expression import Name
from dbtools.model.finding import Location
from dbtools.model.objects import ColumnRef, Columns, Enum, PrimaryKey, Sequence, Table
from dbtools.model.reader import Reader, Reading
from dbtools.model.schema import Schema
from dbtools.sources.drizzle.columns import Said, columns_of
from dbtools.sources.drizzle.keys import Keys, keys_of
from dbtools.sources.drizzle.library import CORE, OTHER_CORES, VIEWS
from dbtools.sources.drizzle.project import PUBLIC, Defined, Project, labels_of
from dbtools.sources.typescript import Read, is_module, on_disk, only, within

EXPRESSIBLE = frozenset(
    {
        "type", "nullability", "list nullability", "default", "default expression", "identity", "generated",
        "primary key", "unique", "foreign key", "referential action", "index", "index method", "index order",
        "partial index", "expression index", "check", "enum", "enum order",
    }
)  # fmt: skip
TEST = (".test.", ".spec.")
HINT = "point the drizzle source at the file or the folder that exports the tables of drizzle-orm/pg-core"


def read(where: Path | Mapping[str, str], casing: str | None = None) -> Reading:
    """The database that a schema file, a folder of them, or a mapping of path to text describes.

    *casing* goes before the one that drizzle.config says. SourceError when there is nothing to read; what is only
    partly unreadable is in ``unknown``.
    """
    if not isinstance(where, Path):
        return read_texts(where, ", ".join(sorted(where)) or "the Drizzle source", casing=casing)
    paths = sorted(path.as_posix() for path in where.rglob("*")) if where.is_dir() else [where.as_posix()]
    texts = {path: on_disk(path) for path in paths if path == where.as_posix() or is_entry(path)}
    if None in texts.values() or not texts:
        raise SourceError(f"{where} cannot be read, or holds no TypeScript", hint=HINT)
    files = {path: text for path, text in texts.items() if text is not None}
    return read_texts(files, where.as_posix(), on_disk, casing)


@few_collections()
def read_texts(
    files: Mapping[str, str], where: str, elsewhere: Read | None = None, casing: str | None = None
) -> Reading:
    """The database that *files*, path to text, export together; what they import may also come from *elsewhere*."""
    paths = sorted(files) if len(files) == 1 else sorted(path for path in files if is_entry(path))
    project = Project(paths, only(files) if elsewhere is None else within(files, elsewhere), casing)
    exported = project.exported()
    if not exported:
        raise _no_schema(project, files, where)
    tables = list(_tables(project, exported))
    views = [(each, list(columns_of(project, each))) for each in exported if each.kind in VIEWS]
    schema = Schema(
        tables={said.table.name: said.table for said in tables},
        enums={enum.name: enum for enum in _enums(project, exported)},
        sequences={each.name: Sequence(each.name) for each in exported if each.kind == "pgSequence"},
        namespaces=Members({PUBLIC, *(each.name.local for each in exported if each.kind == "pgSchema")}),
        complete=project.notes.complete,
        uncertain=Members(project.notes.uncertain),
    )
    return Reading(
        "drizzle",
        where,
        schema,
        dict(_origins(exported, [*((defined, columns) for _, defined, columns in tables), *views])),
        EXPRESSIBLE,
        tuple(sorted(project.notes.unread, key=lambda unread: unread.location)),
        tuple(_readers(tables, views)),
        dict(_client_defaults(tables)),
    )


def is_entry(path: str) -> bool:
    """Whether a file, by its name, may export tables."""
    return is_module(path) and "node_modules/" not in path and not any(sign in path for sign in TEST)


class _Table(NamedTuple):
    """A table, what defines it, and what its columns say."""

    table: Table
    defined: Defined
    columns: list[Said]


def _tables(project: Project, exported: list[Defined]) -> Iterator[_Table]:
    first: dict[Name, Defined] = {}
    for defined in exported:
        if defined.kind != "pgTable":
            continue
        if first.setdefault(defined.name, defined) is not defined:
            what = f"{defined.name.local} is declared twice, first at {first[defined.name].location}"
            project.notes.add(defined.location, what, defined.ref)
            continue
        columns: list[Said] = []
        keys = Keys(row_security=False)
        try:
            columns = list(columns_of(project, defined))
            keys = keys_of(project, defined, columns)
        except RecursionError:
            what = f"{defined.name.local} is nested too deeply to be followed"
            project.notes.add(defined.location, what, defined.ref)
        primary = {name for key in keys.constraints if isinstance(key, PrimaryKey) for name in key.columns}
        table = Table(
            defined.name,
            Columns(said.column(filled=said.name in primary) for said in columns),
            tuple({each.name: each for each in keys.constraints}.values()),
            tuple({each.name: each for each in keys.indexes}.values()),
            row_security=keys.row_security,
        )
        yield _Table(table, defined, columns)


def _enums(project: Project, exported: list[Defined]) -> Iterator[Enum]:
    for each in exported:
        if each.kind == "pgEnum":
            labels = labels_of(each)
            if labels is None:
                what = f"the labels of {each.name.local} are not known"
                project.notes.add(each.location, what, each.ref, "enum")
            else:
                yield Enum(each.name, tuple(labels))


def _origins(
    exported: list[Defined], relations: list[tuple[Defined, list[Said]]]
) -> Iterator[tuple[ColumnRef, Location]]:
    for each in exported:
        if each.kind in {"pgEnum", "pgSequence"}:
            yield each.ref, each.location
    for defined, columns in relations:
        yield defined.ref, defined.location
        for said in columns:
            yield ColumnRef(defined.name, said.name), said.location


def _readers(tables: list[_Table], views: list[tuple[Defined, list[Said]]]) -> Iterator[Reader]:
    for table, defined, columns in tables:
        for said in columns:
            how = "reads" if said.generated is not None else "reads and writes"
            yield Reader(ColumnRef(table.name, said.name), f"Drizzle table {defined.exported}", said.location, how)
    for view, columns in views:
        for said in columns:
            yield Reader(ColumnRef(view.name, said.name), f"Drizzle view {view.exported}", said.location)


def _client_defaults(tables: list[_Table]) -> Iterator[tuple[ColumnRef, str]]:
    for table, _, columns in tables:
        for said in columns:
            if said.client:
                yield ColumnRef(table.name, said.name), said.client


def _no_schema(project: Project, files: Mapping[str, str], where: str) -> SourceError:
    """Why there is nothing to compare: another database, an error in the file, or no table at all."""
    for specifier, database in OTHER_CORES.items():
        if any(specifier in text for text in files.values()):
            return SourceError(
                f"{where} is a Drizzle schema for {database}",
                hint=f"dbtools reads PostgreSQL: point the drizzle source at tables of {CORE}",
            )
    place = next(iter(project.notes.unread), None)
    why = f"{place.location}: {place.what}" if place else "it exports no table, enum or schema"
    return SourceError(f"{where} is not a Drizzle schema ({why})", hint=HINT)
