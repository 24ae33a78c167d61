"""What a PL/pgSQL block executes: its SQL statements, and EXECUTE of a constant string."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from dbtools.sql.grammar import GrammarError, parse_block, parse_expression

GUARDED = {
    f"PLpgSQL_{kind}"
    for kind in (
        "exception", "stmt_case", "stmt_loop", "stmt_while", "stmt_fori", "stmt_fors", "stmt_forc", "stmt_dynfors",
        "stmt_foreach_a",
    )
}  # fmt: skip

COMMIT = "COMMIT"
STATEMENT = 0  # RAW_PARSE_DEFAULT; other modes are for expressions and assignments


class Query(NamedTuple):
    """A statement of a block.

    ``dynamic``: its text is put together while it runs, and ``text`` is the expression that does so. ``certain``:
    whether it runs whenever the block does. What IF [NOT] EXISTS alone guards counts as certain: such a block asks
    whether its work was done before. ``line`` counts from the one where the block begins. ``guarded``: a condition or
    an exception handler stands around it.
    """

    text: str
    dynamic: bool
    certain: bool
    line: int = 1
    guarded: bool = False


class Part(NamedTuple):
    """A piece of SQL in a block: a statement, or a ``value``; ``executed``: the text of a statement, or its USING."""

    text: str
    executed: bool
    value: bool


def queries(body: str) -> tuple[Query, ...]:
    """Every statement that the block *body* executes, in order; GrammarError where it does not parse."""
    return tuple(_queries(parse_block(body), certain=True, guarded=False))


def _queries(tree: Any, *, certain: bool, guarded: bool) -> Iterator[Query]:
    if isinstance(tree, list):
        for item in tree:
            yield from _queries(item, certain=certain, guarded=guarded)
    elif isinstance(tree, dict):
        for key, value in tree.items():
            match key:
                case "PLpgSQL_stmt_execsql":
                    query = Query(_text(value["sqlstmt"]), dynamic=False, certain=certain, guarded=guarded)
                    yield query._replace(line=value.get("lineno", 1))
                case "PLpgSQL_stmt_call":
                    query = Query(_text(value["expr"]), dynamic=False, certain=certain, guarded=guarded)
                    yield query._replace(line=value.get("lineno", 1))
                case "PLpgSQL_stmt_dynexecute":
                    query = _executed(_text(value["query"]))._replace(certain=certain, guarded=guarded)
                    yield query._replace(line=value.get("lineno", 1))
                case "PLpgSQL_stmt_commit" | "PLpgSQL_stmt_rollback":
                    query = Query(COMMIT, dynamic=False, certain=certain, guarded=guarded)
                    yield query._replace(line=value.get("lineno", 1))
                case "PLpgSQL_stmt_if":
                    alone = "elsif_list" not in value and "else_body" not in value
                    asks = alone and _is_existence(_text(value["cond"]))
                    yield from _queries(value, certain=certain and asks, guarded=True)
                case "PLpgSQL_stmt_block" if "exceptions" in value:
                    yield from _queries(value, certain=certain, guarded=True)
                case _:
                    handled = key in GUARDED
                    yield from _queries(value, certain=certain and not handled, guarded=guarded or handled)


def everything(body: str) -> tuple[Part, ...]:
    """Every piece of SQL in the block *body*, its conditions and values too; GrammarError where it does not parse."""
    return tuple(_everything(parse_block(body)))


def _everything(tree: Any, *, executed: bool = False) -> Iterator[Part]:
    if isinstance(tree, list):
        for item in tree:
            yield from _everything(item, executed=executed)
    elif isinstance(tree, dict):
        for key, value in tree.items():
            if key == "PLpgSQL_expr":
                yield Part(str(value["query"]), executed=executed, value=value.get("parseMode", 0) != STATEMENT)
            elif key == "PLpgSQL_type":
                yield Part(f"NULL::{value['typname']}", executed=False, value=True)
            elif key == "PLpgSQL_rec":  # also what a type that is not PostgreSQL's own becomes here
                yield Part("NULL::unknown", executed=False, value=True)
            else:
                inner = (executed or key in {"PLpgSQL_stmt_dynexecute", "PLpgSQL_stmt_dynfors"}) and key != "body"
                yield from _everything(value, executed=inner)


def _text(expression: Any) -> str:
    return str(expression["PLpgSQL_expr"]["query"])


def _executed(expression: str) -> Query:
    """EXECUTE: of a constant it is that statement."""
    constant = constant_of(expression)
    return Query(expression if constant is None else constant, dynamic=constant is None, certain=True)


def constant_of(expression: str) -> str | None:
    """The text that *expression* is a constant of; None where it computes one."""
    try:
        node = parse_expression(expression)
    except GrammarError:
        return None
    if node.WhichOneof("node") == "a_const" and node.a_const.WhichOneof("val") == "sval":
        return str(node.a_const.sval.sval)
    return None


def _is_existence(condition: str) -> bool:
    """Whether *condition* is EXISTS (...) or NOT EXISTS (...), and nothing else."""
    from postgast import pg_query_pb2 as pb

    try:
        node = parse_expression(condition)
    except GrammarError:
        return False
    if node.bool_expr.boolop == pb.NOT_EXPR:
        node = node.bool_expr.args[0]
    return bool(node.sub_link.sub_link_type == pb.EXISTS_SUBLINK)
