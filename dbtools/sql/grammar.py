"""PostgreSQL's own grammar: text into parse trees and back, with one error for whatever it refuses.

protobuf gives up on trees some 25 subqueries or 50 operators deep; where its C core can be told to go deeper, it is,
though not to where libpg_query's deparser would overflow the stack and take the process with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from dbtools.sql.nesting import is_endless

if TYPE_CHECKING:
    from postgast.pg_query_pb2 import Node, ParseResult, ScanResult

LONGEST = 160
VERSION = 180004
DEEPEST = 2000
TOO_DEEP = "nested too deeply to be read"


class GrammarError(ValueError):
    """What PostgreSQL says about a text, on one line, and at which character of it, counted from 0."""

    def __init__(self, message: str, position: int = 0) -> None:
        first = message.splitlines()[0] if message else "syntax error"
        super().__init__(first if len(first) <= LONGEST else f"{first[: LONGEST - 3]}...")
        self.position = position


def parse(text: str) -> ParseResult:
    """The statements of *text*; GrammarError where it is no SQL, or nested too deeply."""
    from google.protobuf.message import DecodeError

    tree: ParseResult
    if is_endless(text, lambda: scan(text).tokens):
        raise GrammarError(TOO_DEEP)
    try:
        tree = _run("parse", text)
    except DecodeError:
        tree = _parse_deep(text)
    return tree


def _parse_deep(text: str) -> ParseResult:
    from google.protobuf.message import DecodeError

    try:
        from google._upb import _message
    except ImportError as error:  # another protobuf core, with a limit of its own
        raise GrammarError(TOO_DEEP) from error
    _message.SetAllowOversizeProtos(True)  # noqa: FBT003 - its only parameter
    try:
        tree: ParseResult = _run("parse", text)
    except DecodeError as error:
        raise GrammarError(TOO_DEEP) from error
    finally:
        _message.SetAllowOversizeProtos(False)  # noqa: FBT003 - likewise
    if _depth(tree) > DEEPEST:
        raise GrammarError(TOO_DEEP)
    return tree


def _depth(tree: Any) -> int:
    deepest, pending = 0, [(tree, 1)]
    while pending:
        found, depth = pending.pop()
        deepest = max(deepest, depth)
        pending.extend((part, depth + 1) for part in _parts(found))
    return deepest


def scan(text: str) -> ScanResult:
    """The tokens of *text*, their places in bytes; GrammarError at a quote or comment without an end."""
    tokens: ScanResult = _run("scan", text)
    return tokens


def parse_block(body: str) -> Any:
    """The PL/pgSQL tree of a block, as libpg_query's JSON."""
    return parse_plpgsql("f() RETURNS void", body)


def parse_plpgsql(signature: str, body: str) -> Any:
    """The PL/pgSQL tree of a function, as libpg_query's JSON."""
    tag = "$dbtools_block$"
    return _run("parse_plpgsql", f"CREATE FUNCTION {signature} LANGUAGE plpgsql AS {tag}{body}{tag}")


def parse_expression(text: str) -> Node:
    """The one expression that *text* is; GrammarError when it is none, or more than that."""
    tree = parse(f"SELECT {text}")
    select = tree.stmts[0].stmt.select_stmt
    said = {field.name for field, _ in select.ListFields()} - {"limit_option", "op"}
    target = select.target_list[0].res_target if select.target_list else None
    if target is None or len(tree.stmts) != 1 or said != {"target_list"} or len(select.target_list) != 1 or target.name:
        raise GrammarError(f"not one expression: {text}")
    return target.val


def deparse(statement: Node) -> str:
    """A statement as PostgreSQL's deparser spells it; GrammarError for the few kinds that it does not know."""
    from postgast import pg_query_pb2 as pb

    tree = pb.ParseResult(version=VERSION)
    tree.stmts.add().stmt.CopyFrom(statement)
    return str(_run("deparse", tree))


def deparse_expression(expression: Node) -> str:
    """An expression as PostgreSQL's deparser spells it."""
    from postgast import pg_query_pb2 as pb

    tree = pb.ParseResult(version=VERSION)
    select = tree.stmts.add().stmt.select_stmt
    select.limit_option = pb.LIMIT_OPTION_DEFAULT
    select.op = pb.SETOP_NONE
    select.target_list.add().res_target.val.CopyFrom(expression)
    return str(_run("deparse", tree)).removeprefix("SELECT ")


def inside(message: Any, kind: str) -> Iterator[Any]:
    """Every message of one kind in a parse tree, in the order of the text as far as the tree keeps it."""
    pending = [message]
    while pending:
        found = pending.pop()
        if found.DESCRIPTOR.name == kind:
            yield found
        pending.extend(reversed(_parts(found)))


def _parts(message: Any) -> list[Any]:
    fields = [(field, value) for field, value in message.ListFields() if field.message_type is not None]
    return [part for field, value in fields for part in (value if field.is_repeated else (value,))]


def _run(function: str, argument: object) -> Any:
    import postgast

    try:
        return getattr(postgast, function)(argument)
    except postgast.PgQueryError as error:
        raise GrammarError(str(error.message), max(0, (error.cursorpos or 1) - 1)) from error
    except RecursionError as error:
        raise GrammarError(TOO_DEEP) from error
