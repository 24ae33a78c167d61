"""A source as drift sees it: its schema without what is nobody's definition, and what it can say at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TypeVar

from dbtools.drift.meaning import Meanings
from dbtools.model.expression import Name
from dbtools.model.finding import Location
from dbtools.model.migration import is_bookkeeping
from dbtools.model.objects import Column, ColumnRef, Enum, Table
from dbtools.model.reader import Insert, Reading
from dbtools.model.schema import Schema

T = TypeVar("T")
DATABASES = frozenset({"migrations", "sql", "live"})
CLIENTS = {
    "prisma": "the Prisma client", "drizzle": "Drizzle", "kysely": "Kysely", "sqlalchemy": "SQLAlchemy",
    "django": "Django",
}  # fmt: skip
GENERATORS = {
    "prisma": "the next `prisma migrate dev`", "drizzle": "the next `drizzle-kit generate`",
    "sqlalchemy": "the next `alembic revision --autogenerate`", "django": "the next `makemigrations`",
}  # fmt: skip
# What a client looks at as it reads a row; the others hand over what arrives, whatever their types say.
CHECKED = {"prisma": frozenset({"nullability", "enum"}), "sqlalchemy": frozenset({"enum"})}
# What else is not known of an attribute when this aspect of it could not be read.
FOLLOWS = {
    "type": frozenset({"type", "ts type", "enum"}),
    "ts type": frozenset({"ts type"}),
    "enum": frozenset({"enum", "type", "ts type"}),
    "nullability": frozenset({"nullability", "insert"}),
    "default": frozenset({"default", "identity", "insert"}),
    "default expression": frozenset({"default", "insert"}),
    "identity": frozenset({"default", "identity", "insert"}),
    "generated": frozenset({"generated", "default", "identity", "insert"}),
    "referential action": frozenset({"referential action"}),
    "foreign key": frozenset({"foreign key", "referential action"}),
    **dict.fromkeys(
        ("unique", "index", "index method", "index order", "partial index", "covering index", "expression index"),
        frozenset({"unique", "index"}),
    ),
}


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
    def language(self) -> str:
        """Its kind without the way in which it was read: ``sqlalchemy+import`` is SQLAlchemy."""
        return self.reading.kind.partition("+")[0]

    @property
    def client(self) -> str:
        """What runs on this definition."""
        return CLIENTS.get(self.language, f"code written against {self.label}")

    @property
    def loses(self) -> str:
        """What becomes of something in the database that this definition does not know."""
        generator = GENERATORS.get(self.language)
        return f"{generator} would drop it" if generator else "its types do not know it"

    def checks(self, aspect: str) -> bool:
        """Whether its client refuses to read what this definition rules out."""
        return aspect in CHECKED.get(self.language, ())

    def answers_to(self, name: str) -> bool:
        """Whether *name* is its kind, its place, or both as ``kind:place``."""
        return name in (self.reading.kind, self.reading.where, str(self.reading))

    def can_lack(self, name: Name) -> bool:
        """Whether a table that is not here is known not to exist: its namespace is spoken of, all of it was read."""
        schema, own = self.schema, self.own(name).table
        spoken = name.namespace in schema.namespaces or any(
            name.namespace == other.namespace for other in schema.tables
        )
        apart = name in schema.views or self._is_view(own) or self._is_part(own)
        return spoken and schema.complete and schema.is_certain(name) and not apart

    def _is_view(self, own: Name) -> bool:
        """Whether it has a view of this name; of a model's views only the place is known."""
        schema, declared = self.reading.schema, not self.is_database and ColumnRef(own) in self.reading.origins
        return own in schema.views or (declared and own not in schema.tables and own not in schema.enums)

    def _is_part(self, own: Name) -> bool:
        table = self.reading.schema.tables.get(own)
        return table is not None and table.partition_of is not None

    def place(self, table: Name, column: str = "") -> Location:
        """Where this source speaks of a table or column, by the truth's names."""
        return self.reading.origin(self.own(table, column))

    def enum(self, name: Name) -> Enum | None:
        """Its enum of this name; case does not count, since languages without quotes fold it."""
        return self._enums.get((name.namespace, name.local.lower()))

    @cached_property
    def _enums(self) -> Mapping[tuple[str, str], Enum]:
        return {(name.namespace, name.local.lower()): enum for name, enum in self.schema.enums.items()}

    def own(self, table: Name, column: str = "") -> ColumnRef:
        """What this source calls a table or column, by the truth's names."""
        own = self.written.get(ColumnRef(table, column))
        if own is None:
            own = ColumnRef(self.written.get(ColumnRef(table), ColumnRef(table)).table, column)
        return own

    def is_nullable(self, column: Column) -> bool:
        """Whether it may be null; one of a domain may be forbidden to by that."""
        domain = self.schema.domains.get(column.type.name)
        return column.nullable and (domain is None or domain.nullable)

    def client_default(self, table: Name, column: str) -> str:
        """What its client fills in itself; empty where it does not."""
        return self.reading.client_defaults.get(self.own(table, column), "")

    def insert(self, table: Name, column: str) -> Insert | None:
        """What it says an insert has to do with a column, where it says that at all."""
        return self.reading.inserts.get(self.own(table, column))

    def has_read(self, aspect: str, table: Name, columns: Iterable[str] = ()) -> bool:
        """Whether it was read what this source says about one aspect of a table or of columns of it."""
        if not self._unread:
            return True
        refs = (self.own(table), *(self.own(table, column) for column in columns))
        return not any(aspect in self._unread.get(ref, ()) or "" in self._unread.get(ref, ()) for ref in refs)

    @cached_property
    def _unread(self) -> Mapping[ColumnRef, frozenset[str]]:
        found: dict[ColumnRef, frozenset[str]] = {}
        for unread in self.reading.unknown:
            if unread.ref is not None:
                more = FOLLOWS.get(unread.aspect, frozenset({unread.aspect}))
                found[unread.ref] = found.get(unread.ref, frozenset()) | more
        return found


@dataclass(frozen=True)
class Pair:
    """Two sources to compare, and the aspects on which; ``truth`` is the one whose names count."""

    truth: Source
    other: Source
    aspects: frozenset[str]
    meanings: Meanings = field(default_factory=Meanings)

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
    return table.persistence != "temporary" and table.partition_of is None and not is_bookkeeping(table.name)
