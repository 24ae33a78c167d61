"""SQLAlchemy models, read into the database that ``MetaData.create_all`` would build on PostgreSQL.

Nothing of the models is run: files are parsed, and names, functions and classes are followed as far as the files decide
what they are. Types, names and defaults are those of SQLAlchemy 2.1, checked against it; what needs more than the files
is ``unknown`` with its place.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from dbtools.errors import SourceError
from dbtools.garbage import few_collections
from dbtools.model import operation as op
from dbtools.model.apply import apply_all
from dbtools.model.expression import Name
from dbtools.model.finding import Location
from dbtools.model.objects import Column, ColumnRef, Columns, Enum, Index, Sequence, Table
from dbtools.model.reader import ASPECTS, Reader, Reading, Unread
from dbtools.model.schema import Schema
from dbtools.sources.sqlalchemy.columns import Said, column_of, sequences
from dbtools.sources.sqlalchemy.drafts import Draft
from dbtools.sources.sqlalchemy.indexes import IndexReader
from dbtools.sources.sqlalchemy.keys import KeyReader
from dbtools.sources.sqlalchemy.modules import Modules
from dbtools.sources.sqlalchemy.tables import Tables
from dbtools.sources.sqlalchemy.types import Labels
from dbtools.sources.sqlalchemy.values import Pairs, Unreadable, text_of

EXPRESSIBLE = ASPECTS - {"view", "insert", "ts type"}
HINT = "point the sqlalchemy source at the file or folder of the models, with the file of their declarative base"


def read(where: Path | Mapping[str, str]) -> Reading:
    """The database that a file, a folder of ``*.py`` files, or a mapping of path to text describes.

    SourceError when there is nothing to read; what is only partly unreadable is in ``unknown``.
    """
    if not isinstance(where, Path):
        return read_texts(where, ", ".join(sorted(where)) or "the SQLAlchemy source")
    paths = sorted(where.rglob("*.py")) if where.is_dir() else [where]
    if not paths:
        raise SourceError(f"{where} holds no *.py file", hint=HINT)
    try:
        texts = {path.as_posix(): path.read_text(encoding="utf-8") for path in paths}
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(f"{where} cannot be read: {error}", hint=HINT) from error
    return read_texts(texts, where.as_posix())


@few_collections()
def read_texts(files: Mapping[str, str], where: str) -> Reading:
    """The database that *files*, path to text, describe together; *where* names them all in reports."""
    tables = Tables(Modules(files))
    tables.read()
    if not tables.drafts:
        place = f" ({tables.unread[0].location}: {tables.unread[0].what})" if tables.unread else ""
        raise SourceError(f"{where} holds no SQLAlchemy model{place}", hint=HINT)
    tables.targets.typed()
    return _Assembly(tables).reading(where)


class _Assembly:
    """The drafts of tables put together as CREATE statements would."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._unread = tables.unread
        self._origins: dict[ColumnRef, Location] = {}
        self._enums: dict[Name, Labels] = {}
        self._sequences: set[Name] = set()
        self._readers: list[Reader] = []
        self._client: dict[ColumnRef, str] = {}

    def reading(self, where: str) -> Reading:
        drafts = list(self._tables.drafts.values())
        made = [(draft, self._table(draft)) for draft in drafts]
        indexes = [op.CreateIndex(draft.name, index) for draft in drafts for index in self._indexes(draft)]
        namespaces = {name.namespace for name in (*self._tables.drafts, *self._enums)}
        schema = apply_all(
            Schema(),
            (
                *(op.CreateNamespace(namespace) for namespace in sorted(namespaces)),
                *(op.CreateEnum(Enum(name, labels.labels)) for name, labels in self._enums.items()),
                *(op.CreateSequence(Sequence(name)) for name in sorted(self._sequences)),
                *(op.CreateTable(table) for _, table in made),
                *indexes,
            ),
        )
        for draft in drafts:
            self._unread += draft.unread
            for said in draft.columns.values():
                self._unread += (
                    Unread(said.location, f"{said.name}: {what}", ColumnRef(draft.name, said.name), aspect)
                    for aspect, what in said.doubts
                )
        schema = schema.doubting(*self._tables.uncertain)
        return Reading(
            "sqlalchemy",
            where,
            replace(schema, complete=all(unread.ref is not None for unread in self._unread)),
            self._origins,
            EXPRESSIBLE,
            tuple(sorted(set(self._unread), key=lambda unread: (unread.location, unread.what))),
            tuple(self._readers),
            self._client,
        )

    def _table(self, draft: Draft) -> Table:
        context = self._tables.context(draft, Pairs())
        key = draft.key
        self._origins[ColumnRef(draft.name)] = draft.location
        columns = [self._column(draft, said, column_of(said, context, key)) for said in draft.columns.values()]
        constraints = tuple(KeyReader(draft, context.writer, self._tables.targets.target_of).constraints())
        return Table(draft.name, Columns(columns), constraints, comment=draft.comment)

    def _column(self, draft: Draft, said: Said, column: Column) -> Column:
        ref = ColumnRef(draft.name, said.name)
        self._origins[ref] = said.location
        self._readers.append(Reader(ref, draft.source, said.location, "reads and writes"))
        if said.client_default:
            self._client[ref] = said.client_default
        if said.found is not None and said.found.labels is not None:
            self._enum(draft, said, said.found.labels)
        for made in sequences(said):
            try:
                namespace = made.keyword("schema") or draft.home or "public"
                self._sequences.add(Name(text_of(namespace), text_of(made.argument(0, "name"))))
            except Unreadable as problem:
                draft.note(said.location, str(problem), "default", said.name)
        return column

    def _enum(self, draft: Draft, said: Said, labels: Labels) -> None:
        first = self._enums.setdefault(labels.name, labels)
        self._origins.setdefault(ColumnRef(labels.name), Location(*labels.place))
        if first.labels != labels.labels:
            what = f"the enum {labels.name} has other labels at {Location(*first.place)}"
            draft.note(said.location, what, "enum", said.name)

    def _indexes(self, draft: Draft) -> Iterator[Index]:
        context = self._tables.context(draft, Pairs())
        return IndexReader(draft, context.writer).indexes()
