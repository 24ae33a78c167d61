"""A live database as a Schema: a dozen set-based queries, whatever its size.

Left out: system namespaces, temporary objects, and what belongs to an extension. A constraint's own
index is not listed as an index, a serial's or identity's own sequence not as a sequence, a valid NOT
NULL not as a constraint. Partitions list what they inherit, as the server does. Not told apart: an
expression's NO INHERIT, storage settings, privileges, ON DELETE SET NULL for some columns only.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from dbtools.model.entries import Members
from dbtools.model.expression import Expression, Name, Volatility
from dbtools.model.objects import (
    Check,
    Column,
    ColumnRef,
    Columns,
    Constraint,
    Domain,
    Enum,
    Exclusion,
    ForeignKey,
    Function,
    Generated,
    Identity,
    Index,
    IndexKey,
    NotNull,
    Opaque,
    PartitionBy,
    PartitionOf,
    Persistence,
    PrimaryKey,
    ReferentialAction,
    Sequence,
    Table,
    Unique,
    View,
)
from dbtools.model.schema import Schema
from dbtools.pg.queries import query
from dbtools.sql.expressions import read_expression
from dbtools.sql.types import read_type

if TYPE_CHECKING:
    from dbtools.pg.connect import Connection

Row = Any  # a named tuple with the columns of one query
ACTIONS: Mapping[str, ReferentialAction] = {
    "a": "NO ACTION", "r": "RESTRICT", "c": "CASCADE", "n": "SET NULL", "d": "SET DEFAULT",
}  # fmt: skip
IDENTITIES: Mapping[str, Identity] = {"a": "always", "d": "by default", "": ""}
PERSISTENCE: Mapping[str, Persistence] = {"p": "permanent", "u": "unlogged", "t": "temporary"}
STRATEGIES = {"l": "list", "r": "range", "h": "hash"}
VOLATILITY = {"i": Volatility.IMMUTABLE, "s": Volatility.STABLE, "v": Volatility.VOLATILE}
DESCENDING, NULLS_FIRST = 1, 2  # bits of pg_index.indoption


class _Parts(NamedTuple):
    """What belongs to each relation, by its oid."""

    columns: Mapping[int, list[Row]]
    constraints: Mapping[int, list[Row]]
    indexes: Mapping[int, list[Row]]
    reads: Mapping[int, list[Row]]


def catalog(connection: Connection, namespaces: Collection[str] | None = None) -> Schema:
    """The schema of the database that *connection* is in, or of those of its *namespaces* that are there."""
    with _everything_qualified(connection):
        there = frozenset(row.nspname for row in _rows(connection, "namespaces"))
        wanted = there if namespaces is None else there.intersection(namespaces)
        rows = {name: _rows(connection, name, wanted) for name in _BY_NAMESPACE}
        extensions = frozenset(row.extname for row in _rows(connection, "extensions"))
    parts = _Parts(*(_by_relation(rows[name]) for name in ("columns", "constraints", "indexes", "view_reads")))
    return Schema(
        tables={_name(row): _table(row, parts) for row in rows["relations"] if row.query is None},
        views={_name(row): _view(row, parts) for row in rows["relations"] if row.query is not None},
        enums={_name(row): _enum(row) for row in rows["types"] if row.kind == "e"},
        domains={_name(row): _domain(row, rows["constraints"]) for row in rows["types"] if row.kind == "d"},
        sequences={_name(row): Sequence(_name(row)) for row in rows["sequences"]},
        functions={(found.name, found.arguments): found for found in map(_function, rows["functions"])},
        opaques={(found.kind, found.name, found.table): found for found in map(_opaque, rows["opaques"])},
        namespaces=Members(wanted),
        extensions=Members(extensions),
    )


_BY_NAMESPACE = (
    "relations", "columns", "constraints", "indexes", "types", "view_reads", "sequences", "functions", "opaques",
)  # fmt: skip


@contextmanager
def _everything_qualified(connection: Connection) -> Iterator[None]:
    """One consistent look, in which the server prints every name with its namespace."""
    with connection.transaction():
        (before,) = connection.execute("SELECT current_setting('search_path')").fetchone() or ("",)
        connection.execute("SELECT set_config('search_path', '', true)")
        yield
        # Inside a caller's transaction this was a savepoint only, after which the setting would stay.
        connection.execute("SELECT set_config('search_path', %s, true)", (before,))


def _rows(connection: Connection, name: str, namespaces: Collection[str] = ()) -> list[Row]:
    from psycopg.rows import namedtuple_row

    with connection.cursor(row_factory=namedtuple_row) as cursor:
        return cursor.execute(query(name), {"namespaces": list(namespaces)}).fetchall()


def _by_relation(rows: Iterable[Row]) -> Mapping[int, list[Row]]:
    grouped: defaultdict[int, list[Row]] = defaultdict(list)
    for row in rows:
        grouped[row.relation].append(row)
    return grouped


def _name(row: Row) -> Name:
    return Name(row.namespace, row.local)


def _table(row: Row, parts: _Parts) -> Table:
    parents = tuple(Name(*parent) for parent in row.parents)
    return Table(
        _name(row),
        Columns(map(_column, parts.columns[row.oid])),
        tuple(map(_constraint, parts.constraints[row.oid])),
        tuple(map(_index, parts.indexes[row.oid])),
        partition_by=PartitionBy(STRATEGIES[row.strategy], tuple(row.partition_columns)) if row.strategy else None,
        partition_of=PartitionOf(parents[0], row.bound) if row.bound else None,
        inherits=() if row.bound else parents,
        persistence=PERSISTENCE[row.persistence],
        row_security=row.row_security,
        comment=row.comment,
    )


def _column(row: Row) -> Column:
    expression = _expression(row.expression)
    return Column(
        row.name,
        read_type(row.type),
        nullable=not row.not_null,
        default=None if row.is_serial or row.generated else expression,
        identity="serial" if row.is_serial else IDENTITIES[row.identity],
        generated=Generated(expression, stored=row.generated == "s") if row.generated and expression else None,
        collation=row.collation,
        comment=row.comment,
    )


def _expression(text: str | None) -> Expression | None:
    """None also for a default of ``NULL::text``, which says what no default says."""
    expression = read_expression(text) if text else None
    return None if expression is None or expression.meaning == "NULL" else expression


def _constraint(row: Row) -> Constraint:
    columns = tuple(row.columns)
    match row.kind:
        case "p":
            return PrimaryKey(row.name, columns)
        case "u":
            return Unique(row.name, columns, row.nulls_distinct, row.deferrable, row.deferred)
        case "f":
            return ForeignKey(
                row.name,
                columns,
                Name(row.target_namespace, row.target_local),
                tuple(row.target_columns),
                ACTIONS[row.on_delete],
                ACTIONS[row.on_update],
                validated=row.validated,
                enforced=row.enforced,
                deferrable=row.deferrable,
                deferred=row.deferred,
                full=row.full,
                clears=tuple(row.clears),
            )
        case "x":
            return Exclusion(row.name, _exclusion(row.text), columns)
        case "n":
            return NotNull(row.name, columns[0], validated=row.validated)
    return _check(row)


def _exclusion(text: str) -> str:
    """*text* without the brackets that the server adds: as the same constraint reads in a migration."""
    from dbtools.model.operation import AddConstraint
    from dbtools.sql.read import read

    operations = (operation for found in read(f"ALTER TABLE t ADD {text}") for operation in found.operations)
    constraints = (each.constraint for each in operations if isinstance(each, AddConstraint))
    return next((found.text for found in constraints if isinstance(found, Exclusion)), text)


def _check(row: Row) -> Check:
    return Check(row.name, read_expression(row.text), validated=row.validated, enforced=row.enforced)


def _index(row: Row) -> Index:
    keys = zip(row.columns, row.expressions, row.options, row.opclasses, row.collations, strict=True)
    return Index(
        row.name,
        tuple(_key(*key) for key in keys),
        unique=row.is_unique,
        method=row.method,
        where=_expression(row.predicate),
        include=tuple(row.include),
        nulls_distinct=row.nulls_distinct,
        valid=row.valid,
    )


def _key(column: str, expression: str | None, options: int, *rest: str) -> IndexKey:
    opclass, collation = rest
    return IndexKey(
        column,
        _expression(expression),
        descending=bool(options & DESCENDING),
        nulls_first=bool(options & NULLS_FIRST),
        opclass=opclass,
        collation=collation,
    )


def _view(row: Row, parts: _Parts) -> View:
    reads = [ColumnRef(_name(read), read.column) for read in parts.reads[row.oid]]
    return View(
        _name(row),
        row.query.strip().removesuffix(";"),
        tuple(column.name for column in parts.columns[row.oid]),
        materialized=row.kind == "m",
        mentions=tuple(dict.fromkeys(read.table for read in reads)),
        reads=tuple(read for read in reads if read.column),
        indexes=tuple(map(_index, parts.indexes[row.oid])),
        comment=row.comment,
    )


def _enum(row: Row) -> Enum:
    return Enum(_name(row), tuple(row.labels), row.comment)


def _domain(row: Row, constraints: Iterable[Row]) -> Domain:
    checks = (_check(found) for found in constraints if found.domain == row.oid and found.kind == "c")
    return Domain(
        _name(row),
        read_type(row.base),
        nullable=not row.not_null,
        default=_expression(row.expression),
        checks=tuple(sorted(checks, key=lambda check: check.name)),
    )


def _function(row: Row) -> Function:
    return Function(
        _name(row),
        tuple(str(read_type(argument)) for argument in row.arguments),
        str(read_type(row.returns)) if row.returns else "",
        row.language,
        VOLATILITY[row.volatility],
        row.body,
    )


def _opaque(row: Row) -> Opaque:
    table = Name(row.table_namespace, row.table_local) if row.table_local else None
    return Opaque(row.kind, _name(row), table, row.text)
