"""Questions that every prediction asks of the schema: who belongs to a table, what depends on a column."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dbtools.model.effects import Effects, LockMode
from dbtools.model.expression import Name
from dbtools.model.objects import Exclusion, PrimaryKey, Table, Unique, View
from dbtools.model.schema import Schema

AE = LockMode.ACCESS_EXCLUSIVE
UNDEFINED_TABLE, UNDEFINED_COLUMN, UNDEFINED_OBJECT = "42P01", "42703", "42704"
DEPENDENT_OBJECTS, FEATURE_NOT_SUPPORTED, ACTIVE_TRANSACTION = "2BP01", "0A000", "25001"
SYSTEM = frozenset({"pg_catalog", "information_schema"})
DUPLICATE_TABLE, DUPLICATE_COLUMN, SYNTAX_ERROR = "42P07", "42701", "42601"


def missing(name: Name, schema: Schema, mode: LockMode) -> Effects:
    """The effects on a table that is not in the schema: an error if all are known, else only the lock is sure.

    The system's own tables are in no schema that we keep, and in every database.
    """
    if name.local.startswith("pg_") or name.namespace in SYSTEM:
        return Effects()
    if schema.complete and schema.is_certain(name) and name not in schema.views:
        return Effects(fails=UNDEFINED_TABLE)
    return Effects({name: mode}, uncertain=f"{name} is not known")


def assumed(name: Name, schema: Schema) -> Schema:
    """The schema with *name* in it as a table of which nothing is known: what holds for any table holds for it."""
    return schema.with_table(Table(name)).doubting(name)


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
        for view in schema.reading(table)
        if any(ref.table == table and column in ("", ref.column) for ref in view.reads or ())
        or (not column and table in view.mentions)
    )


def unresolved(table: Name, schema: Schema) -> bool:
    """Whether a view names the table but nobody has worked out what it reads of it."""
    return any(view.reads is None and table in view.mentions for view in schema.reading(table))


def dependents(table: Table, column: str, schema: Schema) -> Iterator[str]:
    """What stops the removal of a column of its own table: generated columns, policies, triggers, rules."""
    for other in table.columns:
        if other.generated is not None and column in other.generated.expression.columns:
            yield f"generated column {other.name}"
    for opaque in schema.on(table.name):
        if column in opaque.reads and opaque.kind in {"policy", "trigger", "rule"}:
            yield f"{opaque.kind} {opaque.name.local}"


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
