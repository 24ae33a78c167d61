"""SQL text into statements, and every statement into operations with their places.

Total over PostgreSQL 18's grammar: a kind that changes neither tables nor rows becomes ``Other``, anything that is not
understood ``Unknown``. DO blocks are executed, so what they execute is read; function bodies are not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dbtools.model import operation as op
from dbtools.sql.split import Piece, Place, split

if TYPE_CHECKING:
    from postgast.pg_query_pb2 import Node

# Kinds that may change tables in ways that nobody reads here.
OPAQUE_KINDS = frozenset({"import_foreign_schema_stmt", "execute_stmt", "call_stmt", "alter_table_move_all_stmt"})


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement: its text, where it stands, what it does.

    ``places`` has one place per operation: the statement's own, or that of its action in an ALTER TABLE
    with several. ``error`` is PostgreSQL's complaint about a statement that its grammar refuses.
    """

    text: str
    place: Place
    operations: tuple[op.Operation, ...]
    places: tuple[Place, ...]
    error: str = ""
    error_place: Place | None = None

    @property
    def needs_autocommit(self) -> bool:
        """Whether PostgreSQL refuses it inside a transaction block (25001)."""
        return any(needs_autocommit(operation) for operation in self.operations)


def needs_autocommit(operation: op.Operation) -> bool:
    """Whether PostgreSQL refuses *operation* inside a transaction block."""
    match operation:
        case op.CreateIndex() | op.DropIndex() | op.Reindex() | op.DetachPartition() if operation.concurrently:
            return True
        case op.Reindex(kind="schema" | "database" | "system"):
            return True
        case op.Maintain(verb="vacuum" | "vacuum full"):
            return True
        case op.Maintain(verb="cluster", tables=()):
            return True
        case op.Other(statement):
            return statement in AUTOCOMMIT_KINDS
    return False


AUTOCOMMIT_KINDS = frozenset(
    {"createdb stmt", "dropdb stmt", "create table space stmt", "drop table space stmt", "alter system stmt"}
)


def read(sql: str, namespace: str = "public") -> tuple[Statement, ...]:
    """Every statement of *sql*; unqualified names live in *namespace* until the script sets another search_path."""
    return tuple(_read(sql, namespace))


def _read(sql: str, namespace: str) -> Iterator[Statement]:
    for piece in split(sql):
        if piece.node is None:
            if piece.text or piece.error:
                unknown = op.Unknown(piece.text, piece.error or "not a statement")
                yield Statement(piece.text, piece.place, (unknown,), (piece.place,), piece.error, piece.error_place)
            continue
        operations = tuple(operations_of(piece.node, namespace, piece.text))
        yield Statement(piece.text, piece.place, operations, _places(piece, len(operations)))
        namespace = _search_path(operations, namespace)


def _search_path(operations: tuple[op.Operation, ...], namespace: str) -> str:
    match operations:
        case (op.SetParameter("search_path", value),):
            first = (value or "public").split(",")[0].strip().strip('"')
            return "public" if first in {"", "$user"} else first
    return namespace


def operations_of(node: Node, namespace: str, text: str = "") -> Iterator[op.Operation]:
    """What one parsed statement does."""
    from dbtools.sql import _objects, _rows, _tables

    kind = node.WhichOneof("node")
    if kind is None:
        return
    inner: Any = getattr(node, kind)
    if kind in {"create_stmt", "create_foreign_table_stmt"}:
        inner = inner.base_stmt if kind == "create_foreign_table_stmt" else inner
        yield _tables.create_table(inner, namespace)
    elif kind == "alter_table_stmt":
        yield from _tables.alter_table(inner, namespace)
    elif kind == "do_stmt":
        yield from _executed(inner, namespace, text)
    elif kind == "prepare_stmt":
        yield op.Other("prepare stmt")
    elif kind in OPAQUE_KINDS:
        yield op.Unknown(text, f"what {kind.removesuffix('_stmt').upper().replace('_', ' ')} runs is not in this file")
    else:
        reader = _objects.READERS.get(kind) or _rows.READERS.get(kind)
        if reader is None:
            yield op.Other(kind.replace("_", " "))
            return
        done = reader(inner, namespace)
        if isinstance(done, Iterator):
            yield from done
        else:
            yield done
        if kind == "create_schema_stmt":
            for element in inner.schema_elts:
                yield from operations_of(element, inner.schemaname or namespace)


def _executed(node: Any, namespace: str, text: str) -> Iterator[op.Operation]:
    """What a DO block executes: its SQL statements, and EXECUTE of a constant string."""
    import postgast

    body = next((part.def_elem.arg.string.sval for part in node.args if part.def_elem.defname == "as"), "")
    tag = "$dbtools_do$"
    try:
        tree = postgast.parse_plpgsql(f"CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS {tag}{body}{tag}")
    except postgast.PgQueryError as error:
        yield op.Unknown(text, f"the DO block does not parse: {error.message}")
        return
    for query, dynamic in _queries(tree):
        try:
            statements = postgast.parse(_constant_text(query) if dynamic else query).stmts
        except (postgast.PgQueryError, ValueError):
            yield op.Unknown(query, "SQL that is put together while it runs" if dynamic else "does not parse")
            continue
        for raw in statements:
            yield from operations_of(raw.stmt, namespace, query)


def _queries(tree: Any) -> Iterator[tuple[str, bool]]:
    """Every query a PL/pgSQL tree executes, with whether its text is itself an expression (EXECUTE)."""
    if isinstance(tree, list):
        for item in tree:
            yield from _queries(item)
    elif isinstance(tree, dict):
        for key, value in tree.items():
            if key == "PLpgSQL_stmt_execsql":
                yield value["sqlstmt"]["PLpgSQL_expr"]["query"], False
            elif key == "PLpgSQL_stmt_dynexecute":
                yield value["query"]["PLpgSQL_expr"]["query"], True
            elif key == "PLpgSQL_stmt_perform":
                continue
            else:
                yield from _queries(value)


def _constant_text(expression: str) -> str:
    """The string that a constant expression is; ValueError when it is none."""
    import postgast

    target = postgast.parse(f"SELECT {expression}").stmts[0].stmt.select_stmt.target_list[0].res_target.val
    if target.WhichOneof("node") != "a_const" or target.a_const.WhichOneof("val") != "sval":
        raise ValueError(expression)
    return str(target.a_const.sval.sval)


def _places(piece: Piece, count: int) -> tuple[Place, ...]:
    """One place per operation: after each comma of an ALTER TABLE that has as many actions."""
    if count <= 1 or piece.node is None or piece.node.WhichOneof("node") != "alter_table_stmt":
        return (piece.place,) * count
    offsets = [0, *_after_commas(piece.text)]
    if len(offsets) != count:
        return (piece.place,) * count
    return (piece.place, *(_moved(piece, offset) for offset in offsets[1:]))


def _after_commas(text: str) -> Iterator[int]:
    """The character offsets of the tokens that follow a comma outside all brackets."""
    import postgast

    data = text.encode("utf-8")
    depth, after = 0, False
    for token in postgast.scan(text).tokens:
        word = data[token.start : token.end]
        if after:
            yield len(data[: token.start].decode("utf-8"))
        depth += (word in (b"(", b"[")) - (word in (b")", b"]"))
        after = word == b"," and depth == 0


def _moved(piece: Piece, offset: int) -> Place:
    before = piece.text[:offset]
    lines = before.count("\n")
    if not lines:
        return Place(piece.place.line, piece.place.column + offset)
    return Place(piece.place.line + lines, offset - before.rfind("\n"))
