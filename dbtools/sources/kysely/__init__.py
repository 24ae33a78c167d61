"""The types that an application gives to Kysely, read into the tables that it takes the database to have.

Written by hand, by kysely-codegen or by prisma-kysely: nothing is compiled or run. The types of columns are those of
TypeScript (``model/typescript.py``), null aside; with CamelCasePlugin the names are those that it looks for in the
database. What cannot be followed is in ``unknown``, and poisons no more than its own attribute.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from dbtools.errors import SourceError
from dbtools.garbage import few_collections
from dbtools.model.camel import CamelCase
from dbtools.model.entries import Members as Names
from dbtools.model.expression import Name
from dbtools.model.finding import Location
from dbtools.model.naming import truncated
from dbtools.model.objects import Column, ColumnRef, Columns, Table
from dbtools.model.reader import TYPES, Insert, Reader, Reading, Unread
from dbtools.model.schema import Schema
from dbtools.sources.kysely.evaluate import Evaluator
from dbtools.sources.kysely.members import EMPTY, UNKNOWN, folded, insert_of, selected
from dbtools.sources.kysely.plugin import plugin_in
from dbtools.sources.kysely.root import HINT, root_of
from dbtools.sources.kysely.shapes import Property, Shape, Shapes
from dbtools.sources.typescript import Modules, on_disk, only, within
from dbtools.sources.typescript.files import Read
from dbtools.sources.typescript.syntax import shown

if TYPE_CHECKING:
    from tree_sitter import Node

EXPRESSIBLE = frozenset({"ts type", "nullability", "insert", "enum"})
SUFFIXES = (".ts", ".mts", ".cts", ".tsx")
ABOVE = 2  # folders above the types in which the application may make its Kysely
LARGEST = 1_000_000


@runtime_checkable
class Near(Protocol):
    """Files that know what lies beside them."""

    def near(self, where: str, suffix: str, above: int) -> Iterable[str]:
        """The texts of the files in the folder of *where*, and in as many folders *above* it."""


def read(where: Path | Mapping[str, str]) -> Reading:
    """The tables of a TypeScript file, a folder of them, or a mapping of path to text.

    SourceError when there is nothing to read; what is only partly unreadable is in ``unknown``.
    """
    if not isinstance(where, Path):
        return read_texts(where, ", ".join(sorted(where)) or "the Kysely source")
    paths = sorted(_below(where)) if where.is_dir() else [where]
    try:
        files = {path.as_posix(): path.read_text(encoding="utf-8-sig") for path in paths}
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(f"{where} cannot be read: {error}", hint="name an existing file, written in UTF-8") from error
    return _read(files, where.as_posix(), within(files, on_disk), _near(where))


@few_collections()
def read_texts(files: Mapping[str, str], where: str) -> Reading:
    """The tables that *files*, path to text, describe; *where* names them all in reports.

    What they import is asked of *files* by its path, and what lies near them, if they know it, for CamelCasePlugin.
    """
    near = files.near(where, SUFFIXES[0], ABOVE) if isinstance(files, Near) else ()
    return _read(files, where, only(files), near)


def _read(files: Mapping[str, str], where: str, texts: Read, near: Iterable[str]) -> Reading:
    modules = Modules(texts)
    asked = [module for path in sorted(files) if path.endswith(SUFFIXES) and (module := modules.load(path)) is not None]
    if not asked:
        raise SourceError(f"{where} holds no TypeScript file", hint=HINT)
    root = root_of(modules, asked, where)
    tables = _Tables(Shapes(modules), Evaluator(modules), plugin_in(chain((files[path] for path in files), near)))
    tables.read(root)
    for module in modules.loaded:
        tables.unread += (Unread(module.location(node), _broken(node)) for node in module.errors)
    return tables.reading(where)


def _broken(node: Node) -> str:
    return f"{node.type} is missing" if node.is_missing else f"{shown(node)} is no TypeScript"


class _Tables:
    """Everything that is read of one database type."""

    def __init__(self, shapes: Shapes, evaluator: Evaluator, plugin: CamelCase | None) -> None:
        self.unread: list[Unread] = []
        self._shapes = shapes
        self._evaluator = evaluator
        self._plugin = plugin
        self._tables: dict[Name, Table] = {}
        self._origins: dict[ColumnRef, Location] = {}
        self._inserts: dict[ColumnRef, Insert] = {}
        self._readers: list[Reader] = []
        self._uncertain: set[Name] = set()

    def read(self, root: Shape) -> None:
        """Every table."""
        self.unread += (Unread(*problem) for problem in root.problems)
        for key, found in root.properties.items():
            name = self._table_name(key)
            if name in self._tables:
                first = self._origins[ColumnRef(name)]
                self.unread.append(Unread(found.location, f"{name} is there twice, first at {first}"))
                continue
            self._table(name, key, found)

    def _table(self, name: Name, key: str, found: Property) -> None:
        row = self._shapes.of(found.written)
        self._origins[ColumnRef(name)] = row.location if row is not None and row.name else found.location
        columns = []
        if row is None:
            what = f"the columns of {key} are not known: {shown(found.written.node)} is not written out as an object"
            self.unread.append(Unread(found.location, what, ColumnRef(name)))
            self._uncertain.add(name)
        else:
            self.unread += (Unread(*problem, ColumnRef(name)) for problem in row.problems)
            self._uncertain |= {name} if row.problems else set()
            source = f"Kysely table {key}"
            for column, said in row.properties.items():
                columns.append(self._column(ColumnRef(name, self._translated(column)), said))
                self._readers.append(Reader(ColumnRef(name, columns[-1].name), source, said.location, TYPES))
        self._tables[name] = Table(name, Columns(columns))

    def _column(self, ref: ColumnRef, said: Property) -> Column:
        members = self._evaluator.column(said.written)
        picked = selected(members)
        nullable = said.optional or bool(EMPTY.intersection(picked))
        self._origins[ref] = said.location
        self._inserts[ref] = "optional" if said.optional else insert_of(members)
        for location, what in self._evaluator.problems:
            self.unread.append(Unread(location, what, ref, "ts type"))
            if UNKNOWN in members and not nullable:  # as a whole it may be null, and be filled in
                self.unread += (Unread(location, what, ref, aspect) for aspect in ("nullability", "insert"))
        return Column(ref.column, folded(picked), nullable)

    def _table_name(self, key: str) -> Name:
        """As Kysely reads ``schema.table``."""
        parts = [self._translated(part) for part in key.split(".", 1)]
        return Name(*parts) if len(parts) > 1 else Name("public", parts[0])

    def _translated(self, name: str) -> str:
        return truncated(self._plugin.snake(name) if self._plugin is not None else name)

    def reading(self, where: str) -> Reading:
        """All of it; SourceError where not even one table is."""
        if not self._tables:
            place = f" ({self.unread[0].location}: {self.unread[0].what})" if self.unread else ""
            raise SourceError(f"{where} holds no table for Kysely{place}", hint=HINT)
        namespaces = {"public", *(name.namespace for name in self._tables)}
        schema = Schema(
            tables=self._tables,
            namespaces=Names(namespaces),
            complete=all(unread.ref is not None for unread in self.unread),
            uncertain=Names(self._uncertain),
        )
        unread = tuple(sorted(dict.fromkeys(self.unread), key=lambda each: (each.location, each.aspect)))
        return Reading(
            "kysely", where, schema, self._origins, EXPRESSIBLE, unread, tuple(self._readers), inserts=self._inserts
        )


def _below(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*.ts"):
        if "node_modules" not in path.parts and path.is_file():
            yield path


def _near(where: Path) -> Iterator[str]:
    """The texts of the files beside the types, and in the folders above: one of them may make the Kysely."""
    folder = where if where.is_dir() else where.parent
    for _ in range(ABOVE + 1):
        for path in sorted(folder.glob("*.ts")):
            if path.is_file() and path.stat().st_size < LARGEST:
                yield on_disk(path.as_posix()) or ""
        folder = folder.parent
