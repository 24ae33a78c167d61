"""A source as drift sees it: its schema without what is nobody's definition, and what it can say at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from dbtools.model.expression import Name
from dbtools.model.finding import Location
from dbtools.model.migration import BOOKKEEPING
from dbtools.model.objects import ColumnRef, Table
from dbtools.model.reader import Reading
from dbtools.model.schema import Schema

T = TypeVar("T")
DATABASES = frozenset({"migrations", "sql", "live"})
CLIENTS = {"prisma": "the Prisma client", "sqlalchemy": "SQLAlchemy", "sqlalchemy+import": "SQLAlchemy"}
GENERATORS = {"prisma": "the next `prisma migrate dev`"}


@dataclass(frozen=True)
class Source:
    """One reading. ``schema`` speaks in the truth's names; ``written`` leads from those back to the source's own."""

    reading: Reading
    label: str
    schema: Schema
    written: Mapping[ColumnRef, ColumnRef] = field(default_factory=dict)

    @property
    def is_database(self) -> bool:
        """Whether it describes the database itself, not what a client takes it to be."""
        return self.reading.kind in DATABASES

    @property
    def client(self) -> str:
        """What runs on this definition."""
        return CLIENTS.get(self.reading.kind, f"code written against {self.label}")

    @property
    def generator(self) -> str:
        """What would turn this definition into a migration."""
        return GENERATORS.get(self.reading.kind, "a migration generated from it")

    def answers_to(self, name: str) -> bool:
        """Whether *name* is its kind, its place, or both as ``kind:place``."""
        return name in (self.reading.kind, self.reading.where, str(self.reading))

    def can_lack(self, name: Name) -> bool:
        """Whether a table that is not here is known not to exist: its namespace is spoken of, all of it was read."""
        schema = self.schema
        spoken = name.namespace in schema.namespaces or any(
            name.namespace == other.namespace for other in schema.tables
        )
        return spoken and schema.complete and schema.is_certain(name) and name not in schema.views

    def place(self, table: Name, column: str = "") -> Location:
        """Where this source speaks of a table or column, by the truth's names."""
        ref = ColumnRef(table, column)
        own = self.written.get(ref)
        if own is None and column:
            own = ColumnRef(self.written.get(ColumnRef(table), ColumnRef(table)).table, column)
        return self.reading.origin(own or ref)


@dataclass(frozen=True)
class Pair:
    """Two sources to compare, and the aspects on which."""

    truth: Source
    other: Source
    aspects: frozenset[str]

    @property
    def model(self) -> Source | None:
        """The one that describes what a client takes the database to be; None where both do, or neither."""
        if self.truth.is_database == self.other.is_database:
            return None
        return self.truth if self.other.is_database else self.other

    def database_first(self, truth: T, other: T) -> tuple[T, T]:
        """*truth* and *other*, what the database says first."""
        return (other, truth) if self.model is self.truth else (truth, other)


def sources_of(readings: Sequence[Reading], wanted: str) -> list[Source]:
    """The sources, the truth first: *wanted* (a kind, a place, or ``kind:place``), else migrations, sql, the first."""
    kinds = Counter(reading.kind for reading in readings)
    found = [
        Source(each, each.kind if kinds[each.kind] == 1 else str(each), _defined(each.schema)) for each in readings
    ]
    for name in (wanted, "migrations", "sql"):
        for source in found:
            if source.answers_to(name):
                return [source, *(other for other in found if other is not source)]
    return found


def _defined(schema: Schema) -> Schema:
    """*schema* without temporary tables, partitions (made as rows come) and the runners' own tables."""
    return replace(schema, tables={name: table for name, table in schema.tables.items() if _is_defined(table)})


def _is_defined(table: Table) -> bool:
    return (
        table.persistence != "temporary" and table.partition_of is None and table.name.local.lower() not in BOOKKEEPING
    )
