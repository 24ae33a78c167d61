"""Questions that every prediction asks of the schema: who belongs to a table, who refers to it, who reads a column."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from operator import attrgetter

from dbtools.model.effects import Effects, LockMode
from dbtools.model.expression import Expression, Name
from dbtools.model.limits import MOST_LEVELS
from dbtools.model.objects import Exclusion, ForeignKey, PrimaryKey, Table, Unique, View
from dbtools.model.schema import Schema

AE = LockMode.ACCESS_EXCLUSIVE


def family(name: Name, schema: Schema) -> tuple[Table, ...]:
    """The table with everything that inherits from it, partitions of partitions too."""
    return _below(name, schema.partitions, schema)


def branch(name: Name, schema: Schema) -> tuple[Table, ...]:
    """The table with its partitions, theirs too: indexes, keys and triggers are for these, not for who INHERITS."""

    def parts(parent: Name) -> Iterator[Table]:
        return (each for each in schema.partitions(parent) if each.partition_of is not None)

    return _below(name, parts, schema)


def _below(name: Name, children: Callable[[Name], Iterable[Table]], schema: Schema) -> tuple[Table, ...]:
    """Each once: in a history that went wrong a table may be a partition of itself."""
    table = schema.table(name)
    found = {} if table is None else {name: table}
    pending = list(found)
    for parent in pending:
        new = {child.name: child for child in children(parent) if child.name not in found}
        found |= new
        pending += new
    return tuple(found.values())


def parents(table: Table, schema: Schema) -> tuple[Table, ...]:
    """The tables that it is a partition of, or inherits from, as far as they are known."""
    names = (*((table.partition_of.parent,) if table.partition_of else ()), *table.inherits)
    return tuple(schema.tables[name] for name in names if name in schema.tables)


def roots(name: Name, schema: Schema) -> tuple[Name, ...]:
    """The table and every table that it is a partition of: a foreign key to one of them is one to it as well."""
    found = [name]
    table = schema.table(name)
    while table is not None and table.partition_of is not None and len(found) < MOST_LEVELS:
        found.append(table.partition_of.parent)
        table = schema.table(table.partition_of.parent)
    return tuple(found)


def referencing(name: Name, schema: Schema) -> tuple[tuple[Table, ForeignKey], ...]:
    """Every foreign key that points at the table, also through what it is a partition of."""
    return tuple(pair for each in roots(name, schema) for pair in schema.referencing(each))


def own_keys(table: Table, schema: Schema) -> tuple[ForeignKey, ...]:
    """The foreign keys that the table does not merely have from what it is a partition of."""
    if table.partition_of is None:
        return table.foreign_keys
    parent = schema.table(table.partition_of.parent)
    inherited = {(key.columns, key.target) for key in parent.foreign_keys} if parent else set()
    return tuple(key for key in table.foreign_keys if (key.columns, key.target) not in inherited)


def default_partition(parent: Name, schema: Schema) -> Table | None:
    """The partition for every row that no other one takes."""
    return schema.default_partition(parent)


def partition_key(table: Table) -> frozenset[str]:
    """The columns that decide in which partition a row goes; of an expression, those that it names."""
    keys = table.partition_by.columns if table.partition_by else ()
    words = {word for key in keys for word in WORD.findall(key)}
    return frozenset(column.name for column in table.columns if column.name in keys or column.name in words)


WORD = re.compile(r"[^\W\d][\w$]*")


def read_by(names: Iterable[Name], schema: Schema) -> tuple[tuple[Table, ...], tuple[View, ...]]:
    """What a query that names relations reads: tables with all that belongs to them, and views down to their tables."""
    tables: dict[Name, Table] = {}
    views: dict[Name, View] = {}
    pending = list(names)
    while pending:
        name = pending.pop()
        view = schema.views.get(name)
        if view is not None and name not in views:
            views[name] = view
            pending.extend(() if view.materialized else view.mentions)
        tables |= {member.name: member for member in family(name, schema)}
    return tuple(tables.values()), tuple(views.values())


def reading(names: Iterable[Name], schema: Schema, mode: LockMode) -> dict[Name, LockMode]:
    """The locks of a query that names relations."""
    tables, views = read_by(names, schema)
    return dict.fromkeys((*(table.name for table in tables), *(view.name for view in views)), mode)


def scanned(names: Iterable[Name], schema: Schema) -> frozenset[Name]:
    """The heaps behind relations, where a query reads all of them."""
    tables, views = read_by(names, schema)
    return stored(tables) | {view.name for view in views if view.materialized}


def row_type_users(name: Name, schema: Schema) -> tuple[Table, ...]:
    """The tables with a column that holds whole rows of the table."""
    found = (table for table in schema.typed(name) if any(column.type.name == name for column in table.columns))
    return tuple(sorted(found, key=attrgetter("name")))


def locks(tables: Iterable[Table], mode: LockMode) -> dict[Name, LockMode]:
    """The same mode on every table."""
    return {table.name: mode for table in tables}


def stored(tables: Iterable[Table]) -> frozenset[Name]:
    """Those that hold rows themselves: a partitioned table does not."""
    return frozenset(table.name for table in tables if table.partition_by is None)


def index_names(table: Table) -> frozenset[Name]:
    """Every index of a table that has a file, those behind constraints too."""
    if table.partition_by is not None:
        return frozenset()
    owned = [found.name for found in table.constraints if isinstance(found, PrimaryKey | Unique | Exclusion)]
    plain = [index.name for index in table.indexes]
    return frozenset(Name(table.name.namespace, local) for local in (*owned, *plain))


def expressions(table: Table) -> tuple[Expression, ...]:
    """Every expression that a table holds: defaults, generated columns, checks, indexes."""
    found = [column.default for column in table.columns if column.default is not None]
    found += [column.generated.expression for column in table.columns if column.generated is not None]
    found += [check.expression for check in table.checks]
    return (*found, *(expression for index in table.indexes for expression in index.expressions))


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
