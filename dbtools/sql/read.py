"""SQL text into statements, and every statement into operations with their places.

Total over PostgreSQL 18's grammar: a kind that changes neither tables nor rows becomes ``Other``, anything that is not
understood ``Unknown``. DO blocks are executed, so what they execute is read; function bodies are not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from dbtools.model import operation as op
from dbtools.model.expression import Name
from dbtools.model.objects import Table
from dbtools.model.predict.others import AUTOCOMMIT, COMMITTING_BLOCK
from dbtools.sql.grammar import TOO_DEEP, GrammarError, inside, parse, scan
from dbtools.sql.named import named
from dbtools.sql.plpgsql import COMMIT, Query, queries
from dbtools.sql.split import Piece, Place, Text, split

if TYPE_CHECKING:
    from dataclasses import dataclass

    from postgast.pg_query_pb2 import Node
else:
    from dbtools.model.value import dataclass

# Kinds that may change tables in ways that nobody reads here.
OPAQUE_KINDS = {
    "import_foreign_schema_stmt": "what IMPORT FOREIGN SCHEMA brings is not in this file",
    "execute_stmt": "what EXECUTE runs was prepared before it",
    "call_stmt": "what CALL runs is not in this file",
    "alter_table_move_all_stmt": "what ALTER ALL IN TABLESPACE moves is not in this file",
    "drop_owned_stmt": "what DROP OWNED drops is not in this file",
}
PUT_TOGETHER = "SQL that is put together while it runs"
OF_ROWS = (op.Insert, op.Update, op.Delete, op.Truncate, op.Select, op.LockTable, op.Maintain, op.SetParameter)


TEMPORARY = "pg_temp"


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement: its text, where it stands, what it does.

    ``places`` has one place per operation: the statement's own, or that of its action in an ALTER TABLE
    with several. ``error`` is PostgreSQL's complaint about a statement that its grammar refuses. ``if_exists``: an
    ALTER that is passed over where its relation does not exist. ``guarded``: the numbers of those operations of a DO
    block around which a condition or an exception handler stands. ``elsewhere``: where else the search path looks for
    the relations it names.
    """

    text: str
    place: Place
    operations: tuple[op.Operation, ...]
    places: tuple[Place, ...]
    error: str = ""
    error_place: Place | None = None
    if_exists: bool = False
    guarded: frozenset[int] = frozenset()
    elsewhere: tuple[str, ...] = ()

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
            return statement in AUTOCOMMIT
    return False


def read(sql: str, namespace: str = "public") -> tuple[Statement, ...]:
    """Every statement of *sql*; unqualified names live in *namespace* until the script sets another search_path."""
    return tuple(_read(sql, namespace))


def _read(sql: str, namespace: str) -> Iterator[Statement]:
    current, temporary = namespace, frozenset[str]()
    elsewhere: tuple[str, ...] = ()
    for piece in split(sql):
        if piece.node is None:
            if piece.text or piece.error:
                reason = piece.error or "not a statement"
                unknown = op.Unknown(piece.text, reason, named(piece.text, current))
                yield Statement(piece.text, piece.place, (unknown,), (piece.place,), piece.error, piece.error_place)
            continue
        _point_at(temporary, piece.node)
        if piece.runs_result:
            yield Statement(piece.text, piece.place, (op.Unknown(piece.text, PUT_TOGETHER),), (piece.place,))
            continue
        operations, within = _operations(piece.node, piece.text, current)
        lines = [each.line for each in within]
        places = _in_block(piece, lines) if any(lines) else _places(piece, len(operations))
        guarded = frozenset(number for number, each in enumerate(within) if each.guarded)
        exists = piece.node.alter_table_stmt.missing_ok or piece.node.rename_stmt.missing_ok
        yield Statement(
            piece.text, piece.place, operations, places, if_exists=exists, guarded=guarded, elsewhere=elsewhere
        )
        current, elsewhere = _search_path(operations, (current, elsewhere), namespace)
        temporary = _still_temporary(temporary, operations)


class Within(NamedTuple):
    """Where in a DO block something is executed; ``line`` is 0 outside of one."""

    line: int = 0
    guarded: bool = False


NOWHERE = Within()


def _operations(node: Node, text: str, namespace: str) -> tuple[tuple[op.Operation, ...], tuple[Within, ...]]:
    """What a statement does and, of a DO block, where in it."""
    try:
        if node.WhichOneof("node") == "do_stmt":
            done = tuple(_executed(node.do_stmt, namespace, text))
            # A DO block that changes nothing is a statement all the same.
            if not done:
                return _one(op.Other("do stmt"))
            return tuple(each for each, _ in done), tuple(within for _, within in done)
        operations = tuple(operations_of(node, namespace, text)) or (op.Other(_kind(node)),)
        return operations, (NOWHERE,) * len(operations)
    except RecursionError:
        return _one(op.Unknown(text, TOO_DEEP, named(text, namespace)))
    except GrammarError as error:
        return _one(op.Unknown(text, str(error), named(text, namespace)))


def _one(operation: op.Operation) -> tuple[tuple[op.Operation, ...], tuple[Within, ...]]:
    return (operation,), (NOWHERE,)


def _kind(node: Node) -> str:
    return str(node.WhichOneof("node")).replace("_", " ")


def _point_at(temporary: frozenset[str], node: Node) -> None:
    """Unqualified names mean the temporary tables of this script first, as with the server."""
    for relation in inside(node, "RangeVar") if temporary else ():
        if not relation.schemaname and relation.relname in temporary:
            relation.schemaname = TEMPORARY
    for target in node.drop_stmt.objects if temporary else ():
        path = target.list.items
        if len(path) == 1 and path[0].string.sval in temporary:
            local = path.add().string
            local.sval, path[0].string.sval = path[0].string.sval, TEMPORARY


def _still_temporary(temporary: frozenset[str], operations: tuple[op.Operation, ...]) -> frozenset[str]:
    for operation in operations:
        match operation:
            case op.CreateTable(Table(Name(namespace, local))) if namespace == TEMPORARY:
                temporary |= {local}
            case op.DropTable(Name(namespace, local)) if namespace == TEMPORARY:
                temporary -= {local}
    return temporary


def _search_path(
    operations: tuple[op.Operation, ...], current: tuple[str, tuple[str, ...]], initial: str
) -> tuple[str, tuple[str, ...]]:
    """Where unqualified names live after a statement, and where else they are looked for."""
    match operations:
        case (op.SetParameter("search_path", str(value)),):
            path = [part for part in map(_unquoted, value.split(",")) if part not in {"", "$user", "pg_catalog"}]
            return (path[0], tuple(path[1:])) if path else (initial, ())
        case (op.SetParameter("search_path" | "", None),) | (op.Other("discard stmt"),):
            return initial, ()
    return current


def _unquoted(part: str) -> str:
    return part.strip().strip('"')


def operations_of(node: Node, namespace: str, text: str = "") -> Iterator[op.Operation]:
    """What one parsed statement does."""
    from dbtools.sql import _objects, _rows, _tables

    kind = node.WhichOneof("node")
    if kind is None:
        return
    inner: Any = getattr(node, kind)
    if kind == "do_stmt":
        yield from (operation for operation, _ in _executed(inner, namespace, text))
        return
    if kind in OPAQUE_KINDS:
        yield op.Unknown(text, OPAQUE_KINDS[kind])
        return
    reader = _tables.READERS.get(kind) or _objects.READERS.get(kind) or _rows.READERS.get(kind)
    if reader is None:
        yield op.Other(kind.replace("_", " "))
        return
    done = reader(inner, namespace)
    if isinstance(done, Iterator):
        yield from done
    else:
        yield done
    if isinstance(done, op.CreateNamespace):
        for element in inner.schema_elts:
            yield from operations_of(element, done.name)


def _executed(node: Any, namespace: str, text: str) -> Iterator[tuple[op.Operation, Within]]:
    """What a DO block executes, each with its place in the block."""
    options = {part.def_elem.defname: part.def_elem.arg.string.sval for part in node.args}
    if options.get("language", "plpgsql") != "plpgsql":
        yield op.Unknown(text, f"a block in {options['language']}"), Within(1)
        return
    for query in queries(options.get("as", "")):
        within = Within(query.line, query.guarded)
        yield from ((operation, within) for operation in _of_query(query, namespace))


def _of_query(query: Query, namespace: str) -> Iterator[op.Operation]:
    if query.text == COMMIT:
        yield op.Other(COMMITTING_BLOCK)
        return
    if query.dynamic:
        yield op.Unknown(query.text, PUT_TOGETHER)
        return
    try:
        statements = parse(query.text).stmts
    except GrammarError as error:
        yield op.Unknown(query.text, str(error), named(query.text, namespace))
        return
    done = [each for raw in statements for each in operations_of(raw.stmt, namespace, query.text)]
    yield from done
    if not (query.certain or all(isinstance(each, OF_ROWS) for each in done)):
        yield op.Unknown(query.text, "it runs only where a condition holds", named(query.text, namespace))


def _in_block(piece: Piece, lines: Iterable[int]) -> tuple[Place, ...]:
    """Where the statements of a DO block stand, given their lines in it."""
    from postgast import pg_query_pb2 as pb

    text = Text(piece.text.encode())
    strings = (token for token in scan(piece.text).tokens if token.token == pb.SCONST)
    longest = max(strings, key=lambda token: token.end - token.start)  # LANGUAGE 'plpgsql' is one too
    body = text.place(longest.start).line
    rows = piece.text.split("\n")

    def place(line: int) -> Place:
        row = rows[min(body + line - 1, len(rows)) - 1]
        start = Place(body + line - 1, len(row) - len(row.lstrip()) + 1)
        return piece.place if start.line == 1 else _within(piece.place, start)

    return tuple(map(place, lines))


def _places(piece: Piece, count: int) -> tuple[Place, ...]:
    """One place per operation: after each comma of an ALTER TABLE that has as many actions."""
    if count <= 1 or piece.node is None or piece.node.WhichOneof("node") != "alter_table_stmt":
        return (piece.place,) * count
    text = Text(piece.text.encode())
    inner = [text.place(offset) for offset in _after_commas(piece.text)]
    if len(inner) != count - 1:
        return (piece.place,) * count
    return (piece.place, *(_within(piece.place, place) for place in inner))


def _after_commas(text: str) -> Iterator[int]:
    """The offsets in bytes of the tokens that follow a comma outside all brackets."""
    from postgast import pg_query_pb2 as pb

    depth, after = 0, False
    for token in scan(text).tokens:
        if token.token in (pb.SQL_COMMENT, pb.C_COMMENT):
            continue
        if after:
            yield token.start
        depth += {ord("("): 1, ord("["): 1, ord(")"): -1, ord("]"): -1}.get(token.token, 0)
        after = token.token == ord(",") and depth == 0


def _within(start: Place, place: Place) -> Place:
    """*place*, counted from *start*, counted from the start of the script."""
    if place.line == 1:
        return Place(start.line, start.column + place.column - 1)
    return Place(start.line + place.line - 1, place.column)
