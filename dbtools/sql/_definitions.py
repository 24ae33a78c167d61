"""Parsed columns, constraints and indexes into the objects of the model."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from postgast import pg_query_pb2 as pb

from dbtools.model.expression import Expression, Name
from dbtools.model.objects import (
    Check,
    Column,
    Constraint,
    Exclusion,
    ForeignKey,
    Generated,
    Identity,
    Index,
    IndexKey,
    NotNull,
    Persistence,
    PrimaryKey,
    ReferentialAction,
    Unique,
)
from dbtools.sql import opclasses
from dbtools.sql.expressions import columns_of, expression_of
from dbtools.sql.grammar import deparse
from dbtools.sql.types import SERIAL, type_of

if TYPE_CHECKING:
    from collections.abc import Iterable

ACTIONS: dict[str, ReferentialAction] = {
    "a": "NO ACTION", "r": "RESTRICT", "c": "CASCADE", "n": "SET NULL", "d": "SET DEFAULT",
}  # fmt: skip


PERSISTENCE: dict[str, Persistence] = {"u": "unlogged", "t": "temporary"}


class Written(NamedTuple):
    """A constraint as written: ``using_index`` names the index it adopts."""

    constraint: Constraint
    using_index: str = ""


def strings(nodes: Iterable[pb.Node]) -> tuple[str, ...]:
    """The texts of String nodes."""
    return tuple(node.string.sval for node in nodes)


def name_of(range_var: pb.RangeVar, namespace: str) -> Name:
    """The name of a relation as written; temporary ones live in ``pg_temp``."""
    if range_var.relpersistence == "t":
        return Name("pg_temp", range_var.relname)
    return Name(range_var.schemaname or namespace, range_var.relname)


def persistence_of(range_var: pb.RangeVar) -> Persistence:
    """Whether a relation is written as permanent, unlogged or temporary."""
    return PERSISTENCE.get(range_var.relpersistence, "permanent")


def path_of(nodes: Iterable[pb.Node], namespace: str) -> Name:
    """The name written as a list of strings: ``schema.object``."""
    *path, local = strings(nodes) or ("",)
    return Name(path[-1] if path else namespace, local)


def column_of(node: pb.ColumnDef, namespace: str) -> tuple[Column, tuple[Written, ...]]:
    """A column, and the constraints written on it."""
    kind = type_of(node.type_name, namespace)
    serial = SERIAL.get(kind.base) if not kind.namespace else None
    identity: Identity = "serial" if serial else ""
    nullable = not serial
    default: Expression | None = None
    generated: Generated | None = None
    written: list[Written] = []
    parts = [part.constraint for part in node.constraints]
    for position, part in enumerate(parts):
        match part.contype:
            case pb.CONSTR_NOTNULL:
                nullable = False
            case pb.CONSTR_DEFAULT:
                default = expression_of(part.raw_expr, kind)
            case pb.CONSTR_IDENTITY:
                identity, nullable = ("always" if part.generated_when == "a" else "by default"), False
            case pb.CONSTR_GENERATED:
                generated = Generated(expression_of(part.raw_expr), part.generated_kind != "v")
            case pb.CONSTR_PRIMARY | pb.CONSTR_UNIQUE | pb.CONSTR_CHECK | pb.CONSTR_FOREIGN:
                nullable = nullable and part.contype != pb.CONSTR_PRIMARY
                attributes = {after.contype for after in parts[position + 1 :]}
                found = constraint_of(part, namespace, column=node.colname, attributes=frozenset(attributes))
                if found is not None:
                    written.append(found)
    if default is not None and default.meaning == "NULL":
        default = None
    column = Column(
        node.colname,
        kind._replace(base=serial) if serial else kind,
        nullable=nullable,
        default=default,
        identity=identity,
        generated=generated,
        collation=strings(node.coll_clause.collname)[-1] if node.HasField("coll_clause") else None,
    )
    return column, tuple(written)


def constraint_of(
    node: pb.Constraint, namespace: str, column: str = "", attributes: frozenset[int] = frozenset()
) -> Written | None:
    """A constraint, written on *column* or on the table; None for a kind that is none of ours."""
    columns = (column,) if column else strings(node.keys)
    name = node.conname
    deferrable = node.deferrable or pb.CONSTR_ATTR_DEFERRABLE in attributes or pb.CONSTR_ATTR_DEFERRED in attributes
    deferred = node.initdeferred or pb.CONSTR_ATTR_DEFERRED in attributes
    enforced = node.is_enforced and pb.CONSTR_ATTR_NOT_ENFORCED not in attributes
    match node.contype:
        case pb.CONSTR_PRIMARY:
            return Written(PrimaryKey(name, columns), node.indexname)
        case pb.CONSTR_UNIQUE:
            return Written(Unique(name, columns, not node.nulls_not_distinct, deferrable, deferred), node.indexname)
        case pb.CONSTR_CHECK:
            return Written(Check(name, expression_of(node.raw_expr), not node.skip_validation and enforced, enforced))
        case pb.CONSTR_FOREIGN:
            target = name_of(node.pktable, namespace)
            key = ForeignKey(
                name,
                (column,) if column else strings(node.fk_attrs),
                target,
                strings(node.pk_attrs),
                ACTIONS.get(node.fk_del_action, "NO ACTION"),
                ACTIONS.get(node.fk_upd_action, "NO ACTION"),
                validated=not node.skip_validation and enforced,
                enforced=enforced,
                deferrable=deferrable,
                deferred=deferred,
                full=node.fk_matchtype == "f",
                clears=strings(node.fk_del_set_cols),
            )
            return Written(key)
        case pb.CONSTR_NOTNULL:
            return Written(NotNull(name, columns[0], not node.skip_validation))
        case pb.CONSTR_EXCLUSION:
            inside = [element for pair in node.exclusions for element in pair.list.items[:1]]
            read = dict.fromkeys(found for element in inside for found in _element_columns(element.index_elem))
            return Written(Exclusion(name, _exclusion_text(node), tuple(read)))
    return None


def _exclusion_text(node: pb.Constraint) -> str:
    """``EXCLUDE USING gist (r WITH &&)``, as PostgreSQL's own deparser spells it."""
    table = pb.Node()
    table.create_stmt.relation.relname = "t"
    table.create_stmt.relation.inh, table.create_stmt.relation.relpersistence = True, "p"
    copy = table.create_stmt.table_elts.add().constraint
    copy.CopyFrom(node)
    copy.conname = ""
    return deparse(table).removeprefix("CREATE TABLE t (").removesuffix(")")


def _element_columns(element: pb.IndexElem) -> tuple[str, ...]:
    return (element.name,) if element.name else columns_of(element.expr)


def index_of(node: pb.IndexStmt) -> Index:
    """An index; its name is empty where PostgreSQL is to choose."""
    return Index(
        node.idxname,
        tuple(_key_of(part.index_elem, node.access_method or "btree") for part in node.index_params),
        unique=node.unique,
        method=node.access_method or "btree",
        where=expression_of(node.where_clause) if node.HasField("where_clause") else None,
        include=tuple(part.index_elem.name for part in node.index_including_params),
        nulls_distinct=not node.nulls_not_distinct,
    )


def _key_of(element: pb.IndexElem, method: str) -> IndexKey:
    descending = element.ordering == pb.SORTBY_DESC
    written = element.nulls_ordering in (pb.SORTBY_NULLS_FIRST, pb.SORTBY_NULLS_LAST)
    return IndexKey(
        element.name,
        expression_of(element.expr) if element.HasField("expr") else None,
        descending=descending,
        nulls_first=element.nulls_ordering == pb.SORTBY_NULLS_FIRST if written else descending,
        opclass=opclasses.written(method, strings(element.opclass)[-1]) if element.opclass else "",
        collation=strings(element.collation)[-1] if element.collation else "",
    )
