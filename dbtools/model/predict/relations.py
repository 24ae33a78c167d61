"""Questions that every prediction asks of the schema: who belongs to a table, what depends on a column."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import NamedTuple

from dbtools.model.effects import Effects, LockMode
from dbtools.model.expression import Name
from dbtools.model.migration import BOOKKEEPING
from dbtools.model.objects import Exclusion, PrimaryKey, Table, Unique, View
from dbtools.model.schema import Schema

AE = LockMode.ACCESS_EXCLUSIVE
UNDEFINED_TABLE, UNDEFINED_COLUMN, UNDEFINED_OBJECT = "42P01", "42703", "42704"
DEPENDENT_OBJECTS, FEATURE_NOT_SUPPORTED, ACTIVE_TRANSACTION = "2BP01", "0A000", "25001"
DUPLICATE_TABLE, DUPLICATE_COLUMN, SYNTAX_ERROR = "42P07", "42701", "42601"
DUPLICATE_OBJECT, DUPLICATE_FUNCTION, DUPLICATE_SCHEMA, UNDEFINED_FUNCTION = "42710", "42723", "42P06", "42883"
MISSING = frozenset({UNDEFINED_TABLE, UNDEFINED_COLUMN, UNDEFINED_OBJECT, UNDEFINED_FUNCTION})
TAKEN = frozenset({DUPLICATE_TABLE, DUPLICATE_COLUMN, DUPLICATE_OBJECT, DUPLICATE_FUNCTION, DUPLICATE_SCHEMA})


def missing(name: Name, schema: Schema, mode: LockMode) -> Effects:
    """The effects on a table that is not in the schema: an error if all are known, else only the lock is sure."""
    if schema.complete and schema.is_certain(name) and name not in schema.views and not is_brought(name, schema):
        return Effects(fails=UNDEFINED_TABLE)
    return Effects({name: mode}, uncertain=f"{name} is not known")


# Extensions that bring no table or view; any other may have brought the one that no migration makes.
WITHOUT_TABLES = frozenset(
    "plpgsql pgcrypto uuid-ossp citext pg_trgm btree_gin btree_gist hstore ltree unaccent intarray fuzzystrmatch "
    "tablefunc vector cube earthdistance isn bloom".split()
)


def is_brought(name: Name, schema: Schema) -> bool:
    """Whether the system, an extension or the platform may have made it: no migration has to."""
    apart = name.namespace not in schema.namespaces and name.namespace != "pg_temp"
    system = name.local.startswith("pg_") or name.local.lower() in BOOKKEEPING
    return apart or system or not schema.extensions <= WITHOUT_TABLES


def assumed(name: Name, schema: Schema) -> Schema:
    """The schema with *name* in it as a table of which nothing is known: what holds for any table holds for it."""
    return replace(schema.with_table(Table(name)), uncertain=schema.uncertain | {name})


def family(name: Name, schema: Schema) -> tuple[Table, ...]:
    """The table with everything that inherits from it, partitions of partitions too."""
    table = schema.table(name)
    if table is None:
        return ()
    found = [table]
    for member in found:
        found.extend(schema.partitions(member.name))
    return tuple(found)


def locks(tables: Iterable[Table], mode: LockMode) -> dict[Name, LockMode]:
    """The same mode on every table."""
    return {table.name: mode for table in tables}


def stored(tables: Iterable[Table]) -> frozenset[Name]:
    """Those that hold rows themselves: a partitioned table does not."""
    return frozenset(table.name for table in tables if table.partition_by is None)


def index_names(table: Table) -> frozenset[Name]:
    """Every index of a table, those behind constraints too."""
    owned = [found.name for found in table.constraints if isinstance(found, PrimaryKey | Unique | Exclusion)]
    plain = [index.name for index in table.indexes]
    return frozenset(Name(table.name.namespace, local) for local in (*owned, *plain))


def rewrite(tables: tuple[Table, ...]) -> Effects:
    """Heap and indexes written anew, under ACCESS EXCLUSIVE."""
    heaps = stored(tables)
    builds = frozenset(name for table in tables if table.name in heaps for name in index_names(table))
    return Effects(locks(tables, AE), rewrites=heaps, scans=heaps, builds=builds)


def views_reading(table: Name, column: str, schema: Schema) -> tuple[View, ...]:
    """The views that depend on a column (on the table, when it is empty) as far as they are resolved."""
    return tuple(
        view
        for view in schema.views.values()
        if any(ref.table == table and column in ("", ref.column) for ref in view.reads or ())
        or (not column and table in view.mentions)
    )


def unresolved(table: Name, schema: Schema) -> bool:
    """Whether a view names the table but nobody has worked out what it reads of it."""
    return any(view.reads is None and table in view.mentions for view in schema.views.values())


class Dependent(NamedTuple):
    """What cannot stand without something else: ``view posts``, ``policy mine of post``."""

    kind: str
    name: str
    table: Name | None = None

    def __str__(self) -> str:
        return f"{self.kind} {self.name} of {self.table}" if self.table else f"{self.kind} {self.name}"


def dependents(table: Table, column: str, schema: Schema) -> Iterator[Dependent]:
    """What stops the removal of a column of its own table: generated columns, policies, triggers, rules."""
    for other in table.columns:
        if other.generated is not None and column in other.generated.expression.columns:
            yield Dependent("generated column", other.name, table.name)
    for opaque in schema.opaques.values():
        if opaque.table == table.name and column in opaque.reads and opaque.kind in {"policy", "trigger", "rule"}:
            yield Dependent(opaque.kind, opaque.name.local, table.name)


def not_null_scan(column: str, members: tuple[Table, ...]) -> Effects:
    """The scan that making *column* NOT NULL needs, table by table."""
    scans, unsure = set(), ""
    for member in members:
        existing = member.column(column)
        if existing is None or not existing.nullable or member.partition_by is not None:
            continue
        checks = [check for check in member.checks if check.validated and column in check.expression.columns]
        if any(column in check.expression.proves for check in checks):
            continue
        if any(not check.expression.judged for check in checks):
            unsure = f"whether a check proves that {column} is not null is not known"
        else:
            scans.add(member.name)
    return Effects(scans=frozenset(scans), uncertain=unsure)
