"""Expressions read into values whose ``meaning`` is comparable: what PostgreSQL prints for the same thing is the same.

``pg_get_expr`` adds casts, spells ``IN`` as ``= ANY (ARRAY[...])`` and ``BETWEEN`` as two comparisons; people write
``CURRENT_TIMESTAMP`` for ``now()`` and ``0.00`` for ``0``. A meaning undoes all of that. It compares spelling by
PostgreSQL's grammar, not truth: ``a > 0`` and ``0 < a`` stay different.
"""

from __future__ import annotations

import json
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING

from dbtools.model.expression import Expression

if TYPE_CHECKING:
    from collections.abc import Iterator

    from postgast.pg_query_pb2 import Node

NOW = frozenset({"now", "transaction_timestamp"})
RANDOM_UUID = frozenset({"gen_random_uuid", "uuid_generate_v4", "uuidv4"})
WIDENING = frozenset({"text", "varchar"})
OPERATORS = {"~~": "LIKE", "!~~": "LIKE", "~~*": "ILIKE", "!~~*": "ILIKE"}


@lru_cache(maxsize=4096)
def read_expression(text: str) -> Expression:
    """The expression that *text* says; one that PostgreSQL's grammar refuses is kept as it is, with no columns."""
    import postgast

    try:
        tree = postgast.parse(f"SELECT {text}")
    except postgast.PgQueryError:
        return Expression(text.strip(), text.strip())
    targets = tree.stmts[0].stmt.select_stmt.target_list
    if len(tree.stmts) != 1 or len(targets) != 1:
        return Expression(text.strip(), text.strip())
    node = targets[0].res_target.val
    return Expression(text.strip(), _deparsed(_normalized(node)), columns_of(node))


def expression_of(node: Node) -> Expression:
    """The expression of a parsed node."""
    quick = _literal(node)
    if quick is not None:
        return quick
    text = _deparsed(node)
    columns = columns_of(node)
    return Expression(text, _deparsed(_normalized(node)), columns)


def columns_of(node: Node) -> tuple[str, ...]:
    """The columns that a parsed node names, in their order, each once."""
    found = dict.fromkeys(
        ref.fields[-1].string.sval
        for ref in _inside(node, "column_ref")
        if ref.fields and ref.fields[-1].WhichOneof("node") == "string"
    )
    return tuple(found)


def _literal(node: Node) -> Expression | None:
    """Plain numbers and truth values, whose text needs no deparsing: the defaults of most columns."""
    if node.WhichOneof("node") != "a_const":
        return None
    constant = node.a_const
    match constant.WhichOneof("val"):
        case "ival":
            text = str(constant.ival.ival)
        case "boolval":
            text = "true" if constant.boolval.boolval else "false"
        case _:
            return None
    return Expression(text, text)


def _deparsed(node: Node) -> str:
    import postgast
    from postgast import pg_query_pb2 as pb

    tree = pb.ParseResult(version=180004)
    select = tree.stmts.add().stmt.select_stmt
    select.limit_option = pb.LIMIT_OPTION_DEFAULT
    select.op = pb.SETOP_NONE
    select.target_list.add().res_target.val.CopyFrom(node)
    return str(postgast.deparse(tree)).removeprefix("SELECT ")


def _normalized(node: Node) -> Node:
    copy = type(node)()
    copy.CopyFrom(node)
    _normalize(copy)
    return copy


def _normalize(node: Node) -> None:
    """Normalize *node* in place, children first."""
    kind = node.WhichOneof("node")
    if kind is None:
        return
    for child in _children(getattr(node, kind)):
        _normalize(child)
    match kind:
        case "type_cast":
            _drop_cast(node)
        case "sqlvalue_function" if _is_current_timestamp(node):
            _become_call(node, "now")
        case "func_call":
            _plain_function(node)
        case "a_const":
            _plain_constant(node)
        case "a_array_expr":
            _plain_array(node)
        case "a_expr":
            _plain_operator(node)
        case "bool_expr":
            _flatten(node)
        case "column_ref":
            del node.column_ref.fields[:-1]


def _children(message: object) -> Iterator[Node]:
    """Every Node inside a parse message, one level of nodes down."""
    for field, value in message.ListFields():  # type: ignore[attr-defined]
        if field.message_type is None:
            continue
        for item in value if field.is_repeated else (value,):
            if field.message_type.name == "Node":
                yield item
            else:
                yield from _children(item)


def _inside(node: Node, kind: str) -> Iterator[Node]:
    found = node.WhichOneof("node")
    if found is None:
        return
    if found == kind:
        yield getattr(node, kind)
    for child in _children(getattr(node, found)):
        yield from _inside(child, kind)


def _drop_cast(node: Node) -> None:
    """``'x'::text`` is ``'x'``, ``a::text`` is ``a``: casts that the server adds, or that only say a literal's type."""
    cast = node.type_cast
    target = cast.type_name.names[-1].string.sval
    inner = cast.arg.WhichOneof("node")
    if inner == "a_const":
        text = cast.arg.a_const.sval.sval if cast.arg.a_const.WhichOneof("val") == "sval" else None
        if text is not None and target == "bool":
            cast.arg.a_const.boolval.boolval = text.lower() in {"t", "true", "yes", "y", "on", "1"}
        elif text is not None and target in {"int2", "int4", "int8", "numeric", "float4", "float8"}:
            cast.arg.a_const.fval.fval = text
            _plain_constant(cast.arg)
    elif not (
        inner in {"column_ref", "type_cast", "a_array_expr", "func_call"}
        and (inner == "a_array_expr" or target in WIDENING or _names_now(cast.arg))
        and not cast.type_name.typmods
    ):
        return
    replacement = type(node)()
    replacement.CopyFrom(cast.arg)
    node.CopyFrom(replacement)


def _names_now(node: Node) -> bool:
    return bool(node.WhichOneof("node") == "func_call" and node.func_call.funcname[-1].string.sval in NOW)


def _is_current_timestamp(node: Node) -> bool:
    from postgast import pg_query_pb2 as pb

    return node.sqlvalue_function.op in (pb.SVFOP_CURRENT_TIMESTAMP, pb.SVFOP_CURRENT_TIMESTAMP_N)


def _become_call(node: Node, name: str) -> None:
    from postgast import pg_query_pb2 as pb

    call = pb.FuncCall(funcformat=pb.COERCE_EXPLICIT_CALL)
    call.funcname.add().string.sval = name
    node.func_call.CopyFrom(call)


def _plain_function(node: Node) -> None:
    name = node.func_call.funcname[-1].string.sval
    if name in NOW:
        _become_call(node, "now")
    elif name in RANDOM_UUID and not node.func_call.args:
        _become_call(node, "gen_random_uuid")
    elif len(node.func_call.funcname) > 1 and node.func_call.funcname[0].string.sval == "pg_catalog":
        del node.func_call.funcname[:-1]


def _plain_constant(node: Node) -> None:
    """``0.00`` is ``0``, ``{"a":  1}`` is ``{"a": 1}``."""
    constant = node.a_const
    match constant.WhichOneof("val"):
        case "fval":
            try:
                number = Decimal(constant.fval.fval).normalize()
            except ArithmeticError:
                constant.sval.sval = constant.fval.fval
                return
            text = format(number, "f")
            if number == number.to_integral_value() and abs(number) < 2**31:
                constant.ival.ival = int(number)
            else:
                constant.fval.fval = text
        case "sval":
            text = constant.sval.sval
            if text[:1] in {"{", "["} and text[-1:] in {"}", "]"}:
                try:
                    constant.sval.sval = json.dumps(json.loads(text), sort_keys=True)
                except ValueError:
                    return


def _plain_array(node: Node) -> None:
    """``ARRAY['a']`` is ``'{a}'`` and ``ARRAY[]`` is ``'{}'``, as long as no element needs quoting."""
    items = [item.a_const for item in node.a_array_expr.elements if item.WhichOneof("node") == "a_const"]
    texts = [str(item.ival.ival) if item.WhichOneof("val") == "ival" else item.sval.sval for item in items]
    if len(items) == len(node.a_array_expr.elements) and all(text.replace("_", "a").isalnum() for text in texts):
        node.a_const.sval.sval = "{" + ",".join(texts) + "}"


def _plain_operator(node: Node) -> None:
    from postgast import pg_query_pb2 as pb

    expression = node.a_expr
    operator = expression.name[-1].string.sval
    del expression.name[:-1]
    match expression.kind:
        case pb.AEXPR_OP_ANY | pb.AEXPR_OP_ALL if expression.rexpr.WhichOneof("node") == "a_const":
            text = expression.rexpr.a_const.sval.sval
            parts = [part for part in text[1:-1].split(",") if part]
            if parts and text.startswith("{") and operator in {"=", "<>"}:  # deparsing an empty list crashes
                expression.kind = pb.AEXPR_IN
                expression.rexpr.list.Clear()
                _fill(expression.rexpr, parts)
        case pb.AEXPR_OP_ANY | pb.AEXPR_OP_ALL if expression.rexpr.WhichOneof("node") == "a_array_expr":
            if operator in {"=", "<>"} and expression.rexpr.a_array_expr.elements:
                elements = list(expression.rexpr.a_array_expr.elements)
                expression.kind = pb.AEXPR_IN
                expression.rexpr.list.items.extend(elements)
        case pb.AEXPR_IN:
            for item in expression.rexpr.list.items:
                if item.WhichOneof("node") == "a_const" and item.a_const.WhichOneof("val") == "ival":
                    item.a_const.sval.sval = str(item.a_const.ival.ival)
        case pb.AEXPR_OP if operator in OPERATORS:
            expression.kind = pb.AEXPR_ILIKE if "*" in operator else pb.AEXPR_LIKE
        case pb.AEXPR_BETWEEN:
            _become_between(node)


def _fill(node: Node, texts: list[str]) -> None:
    for text in texts:
        node.list.items.add().a_const.sval.sval = text


def _become_between(node: Node) -> None:
    from postgast import pg_query_pb2 as pb

    low, high = node.a_expr.rexpr.list.items
    both = pb.BoolExpr(boolop=pb.AND_EXPR)
    for operator, bound in ((">=", low), ("<=", high)):
        part = both.args.add().a_expr
        part.kind = pb.AEXPR_OP
        part.name.add().string.sval = operator
        part.lexpr.CopyFrom(node.a_expr.lexpr)
        part.rexpr.CopyFrom(bound)
    node.bool_expr.CopyFrom(both)


def _flatten(node: Node) -> None:
    """``(a AND b) AND c`` is ``a AND b AND c``."""
    flat = []
    for argument in node.bool_expr.args:
        same = argument.WhichOneof("node") == "bool_expr" and argument.bool_expr.boolop == node.bool_expr.boolop
        flat.extend(list(argument.bool_expr.args) if same else [argument])
    copies = [type(node).FromString(item.SerializeToString()) for item in flat]
    del node.bool_expr.args[:]
    node.bool_expr.args.extend(copies)
