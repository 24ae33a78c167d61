"""The strings of a query with the columns they are written to or compared with: they may be labels of an enum."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from dbtools.model import operation as op
from dbtools.sql.grammar import GrammarError, inside, parse

if TYPE_CHECKING:
    from postgast.pg_query_pb2 import InsertStmt, Node

WITH_CONSTANTS = (op.Insert, op.Update, op.Delete, op.Select)


def constants(text: str) -> tuple[op.Constant, ...]:
    """Every string of the statements in *text*, with what it is written to or compared with."""
    try:
        tree = parse(text)
    except GrammarError:
        return ()
    told = list(_told(tree))
    said = Counter(str(each.sval.sval) for each in inside(tree, "A_Const") if each.WhichOneof("val") == "sval")
    bare = said - Counter(each.text for each in told)
    return tuple(dict.fromkeys((*told, *map(op.Constant, bare))))


def _told(tree: Any) -> Iterator[op.Constant]:
    for cast in inside(tree, "TypeCast"):
        if (given := _string(cast.arg)) is not None:
            yield op.Constant(given, type=cast.type_name.names[-1].string.sval)
    for statement in inside(tree, "InsertStmt"):
        yield from _inserted(statement)
    for statement in inside(tree, "UpdateStmt"):
        for target in statement.target_list:
            if (given := _string(target.res_target.val)) is not None:
                yield op.Constant(given, target.res_target.name)
    for comparison in inside(tree, "A_Expr"):
        for column, other in ((comparison.lexpr, comparison.rexpr), (comparison.rexpr, comparison.lexpr)):
            yield from _compared(column, other)


def _inserted(statement: InsertStmt) -> Iterator[op.Constant]:
    columns = [target.res_target.name for target in statement.cols]
    select = statement.select_stmt.select_stmt
    rows = [row.list.items for row in select.values_lists]
    rows.append([target.res_target.val for target in select.target_list])
    for row in rows:
        for position, value in enumerate(row, start=1):
            if (given := _string(value)) is None:
                continue
            if not columns:
                yield op.Constant(given, position=position)
            elif position <= len(columns):
                yield op.Constant(given, columns[position - 1])


def _compared(column: Node, other: Node) -> Iterator[op.Constant]:
    if column.WhichOneof("node") != "column_ref":
        return
    name = column.column_ref.fields[-1].string.sval
    several = other.list.items if other.WhichOneof("node") == "list" else (other,)
    for each in several:
        if (given := _string(each)) is not None:
            yield op.Constant(given, name)


def _string(node: Node) -> str | None:
    if node.WhichOneof("node") != "a_const" or node.a_const.WhichOneof("val") != "sval":
        return None
    return str(node.a_const.sval.sval)
