"""Expressions read into values whose ``meaning`` is comparable: what PostgreSQL prints for the same thing is the same.

``pg_get_expr`` adds casts, spells ``IN`` as ``= ANY (ARRAY[...])`` and ``BETWEEN`` as two comparisons; people write
``CURRENT_TIMESTAMP`` for ``now()`` and ``0.00`` for ``0``. A meaning undoes all of that. It compares spelling by
PostgreSQL's grammar, not truth: ``a > 0`` and ``0 < a`` stay different.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import TYPE_CHECKING

from dbtools.model.expression import Expression, Type
from dbtools.sql import literals
from dbtools.sql.grammar import GrammarError, deparse_expression, inside, parse_expression
from dbtools.sql.types import INTERVAL_FIELDS, SHORT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from postgast.pg_query_pb2 import A_Const, A_Expr, Node, TypeCast

NOW = frozenset({"now", "transaction_timestamp"})
RANDOM_UUID = frozenset({"gen_random_uuid", "uuid_generate_v4", "uuidv4"})
OF_SEQUENCES = frozenset({"nextval", "currval", "setval"})
TEXTS = frozenset({"text", "varchar"})
MOMENTS = frozenset({"timestamp", "timestamptz"})
NUMBERS = frozenset({"smallint", "integer", "bigint", "numeric", "real", "double precision"})
WIDER = frozenset({"bigint", "numeric", "double precision"})
COMPARISONS = frozenset({"=", "<>", "<", "<=", ">", ">="})
OPERATORS = {"~~": "LIKE", "!~~": "LIKE", "~~*": "ILIKE", "!~~*": "ILIKE"}
TRUE = frozenset({"t", "true", "y", "yes", "on", "1"})
IMPLIED = frozenset({"public", "pg_catalog"})


@lru_cache(maxsize=4096)
def read_expression(text: str, kind: Type | None = None) -> Expression:
    """The expression that *text* says; one that PostgreSQL's grammar refuses is kept as it is, with no columns.

    *kind* is the type of the column whose value it is to be.
    """
    text = text.strip()
    try:
        node = parse_expression(text)
        return Expression(text, _meaning(node, kind), columns_of(node))
    except (GrammarError, RecursionError):
        return Expression(text, text)


def expression_of(node: Node, kind: Type | None = None) -> Expression:
    """The expression of a parsed node; *kind* is the type of the column whose value it is to be."""
    quick = _literal(node)
    if quick is not None:
        return quick
    text = deparse_expression(node)
    known = _KNOWN.get((text, kind))
    if known is None:
        if len(_KNOWN) >= MOST_KNOWN:
            _KNOWN.clear()
        known = _KNOWN[text, kind] = Expression(text, _meaning(node, kind), columns_of(node))
    return known


# A history says the same defaults and conditions again and again.
MOST_KNOWN = 4096
_KNOWN: dict[tuple[str, Type | None], Expression] = {}


def columns_of(node: Node) -> tuple[str, ...]:
    """The columns that a parsed node names, in their order, each once."""
    last = (ref.fields[-1] for ref in inside(node, "ColumnRef") if ref.fields)
    return tuple(dict.fromkeys(field.string.sval for field in last if field.WhichOneof("node") == "string"))


def _literal(node: Node) -> Expression | None:
    """Plain numbers and truth values, whose text needs no deparsing: the defaults of most columns."""
    match node.a_const.WhichOneof("val"):
        case "ival":
            text = str(node.a_const.ival.ival)
        case "boolval":
            text = "true" if node.a_const.boolval.boolval else "false"
        case _:
            return None
    return Expression(text, text)


def _meaning(node: Node, kind: Type | None = None) -> str:
    copy = type(node)()
    copy.CopyFrom(node)
    if kind is not None and not kind.dimensions and copy.a_const.WhichOneof("val") == "sval":
        _plain_literal(copy.a_const, kind.base)
    _normalize(copy)
    return deparse_expression(copy)


def _normalize(node: Node) -> None:
    """Normalize *node* in place, children first."""
    kind = node.WhichOneof("node")
    if kind is None:
        return
    for child in _children(getattr(node, kind)):
        _normalize(child)
    match kind:
        case "type_cast":
            _plain_cast(node)
        case "sqlvalue_function" if _is_current_timestamp(node):
            _become_call(node, "now")
        case "func_call":
            _plain_call(node)
        case "a_const":
            _plain_constant(node.a_const)
        case "a_array_expr":
            _plain_array(node)
        case "a_expr":
            _plain_operator(node)
        case "bool_expr":
            _flatten(node)
        case "coalesce_expr":
            _without_widening(node.coalesce_expr.args)
        case "min_max_expr":
            _without_widening(node.min_max_expr.args)
        case "case_expr" if not node.case_expr.HasField("defresult"):
            node.case_expr.defresult.a_const.isnull = True
        case "collate_clause":
            del node.collate_clause.collname[:-1]
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


def _become(node: Node, other: Node) -> None:
    replacement = type(node)()
    replacement.CopyFrom(other)
    node.CopyFrom(replacement)


# Casts and constants --------------------------------------------------------------------------


def _plain_cast(node: Node) -> None:
    """Without the casts that the server adds, or that only say a literal's type: ``'x'::text``, ``a::text``."""
    cast = node.type_cast
    names = cast.type_name.names
    if len(names) > 1 and names[0].string.sval in IMPLIED:
        del names[:-1]
    target = _target(cast)
    match cast.arg.WhichOneof("node"):
        case "a_const":
            _plain_literal(cast.arg.a_const, target, _unit(cast))
            _become(node, cast.arg)
        case "a_array_expr":
            if not cast.type_name.typmods:
                _become(node, cast.arg)
        case "func_call" if target in MOMENTS and cast.arg.func_call.funcname[-1].string.sval in NOW:
            _become(node, cast.arg)
        case _ if target in TEXTS and not cast.type_name.typmods and not cast.type_name.array_bounds:
            _become(node, cast.arg)


def _target(cast: TypeCast) -> str:
    name = str(cast.type_name.names[-1].string.sval)
    return SHORT.get(name, name)


def _unit(cast: TypeCast) -> str:
    """The field of ``INTERVAL '1' DAY``."""
    mask = cast.type_name.typmods[0].a_const.ival.ival if cast.type_name.typmods else 0
    return INTERVAL_FIELDS.get(mask, "")


def _plain_literal(constant: A_Const, kind: str, unit: str = "") -> None:
    """A constant of a known type: ``'t'`` as a boolean is ``true``, ``'5'`` as a number 5."""
    if constant.WhichOneof("val") != "sval":
        return
    text = constant.sval.sval
    if kind == "boolean":
        constant.boolval.boolval = text.strip().lower() in TRUE
    elif kind in NUMBERS:
        _become_number(constant, text)
    elif kind == "interval":
        constant.sval.sval = literals.interval(f"{text} {unit or 'second'}" if text.strip("+-").isdigit() else text)
    elif kind in {"time", "timetz"}:
        constant.sval.sval = literals.clock(text)
    elif kind == "regclass":
        constant.sval.sval = text.removeprefix("public.")


def _plain_constant(constant: A_Const) -> None:
    """``0.00`` is ``0``, ``{"a":  1}`` is ``{"a": 1}``, ``B'101'`` is ``'101'``."""
    match constant.WhichOneof("val"):
        case "fval":
            _become_number(constant, constant.fval.fval)
        case "sval":
            constant.sval.sval = literals.plain(constant.sval.sval)
        case "bsval" if constant.bsval.bsval.startswith("b"):
            constant.sval.sval = constant.bsval.bsval[1:]


def _become_number(constant: A_Const, text: str) -> None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return
    if not number.is_finite():
        return
    if number == number.to_integral_value() and abs(number) < 2**31:
        constant.ival.ival = int(number)
    else:
        constant.fval.fval = format(number.normalize(), "f")


def _plain_array(node: Node) -> None:
    """``ARRAY['a']`` is ``'{a}'`` and ``ARRAY[]`` is ``'{}'``, as long as no element needs quoting."""
    items = [item.a_const for item in node.a_array_expr.elements if item.WhichOneof("node") == "a_const"]
    texts = [str(item.ival.ival) if item.WhichOneof("val") == "ival" else item.sval.sval for item in items]
    if len(items) == len(node.a_array_expr.elements) and all(text.replace("_", "a").isalnum() for text in texts):
        node.a_const.sval.sval = "{" + ",".join(texts) + "}"


# Calls ----------------------------------------------------------------------------------------


def _is_current_timestamp(node: Node) -> bool:
    from postgast import pg_query_pb2 as pb

    return node.sqlvalue_function.op in (pb.SVFOP_CURRENT_TIMESTAMP, pb.SVFOP_CURRENT_TIMESTAMP_N)


def _become_call(node: Node, name: str) -> None:
    from postgast import pg_query_pb2 as pb

    call = pb.FuncCall(funcformat=pb.COERCE_EXPLICIT_CALL)
    call.funcname.add().string.sval = name
    node.func_call.CopyFrom(call)


def _plain_call(node: Node) -> None:
    path = node.func_call.funcname
    if len(path) > 1 and path[0].string.sval in IMPLIED:
        del path[:-1]
    name = path[-1].string.sval
    if name in NOW:
        _become_call(node, "now")
    elif name in RANDOM_UUID and not node.func_call.args:
        _become_call(node, "gen_random_uuid")
    elif name in OF_SEQUENCES:
        _plain_literal(node.func_call.args[0].a_const, "regclass")


# Operators ------------------------------------------------------------------------------------


def _plain_operator(node: Node) -> None:
    from postgast import pg_query_pb2 as pb

    expression = node.a_expr
    operator = expression.name[-1].string.sval
    del expression.name[:-1]
    match expression.kind:
        case pb.AEXPR_OP_ANY | pb.AEXPR_OP_ALL if operator in {"=", "<>"}:
            _become_list(expression)
        case pb.AEXPR_OP if operator in OPERATORS:
            expression.kind = pb.AEXPR_ILIKE if "*" in operator else pb.AEXPR_LIKE
        case pb.AEXPR_OP if operator in COMPARISONS:
            _without_widening((expression.lexpr, expression.rexpr))
        case pb.AEXPR_SIMILAR:
            expression.kind = pb.AEXPR_OP
            expression.name[0].string.sval = "~" if operator == "~" else "!~"
        case pb.AEXPR_BETWEEN:
            _become_comparisons(node, ">=", "<=", joined=pb.AND_EXPR)
        case pb.AEXPR_NOT_BETWEEN:
            _become_comparisons(node, "<", ">", joined=pb.OR_EXPR)
    if node.a_expr.kind == pb.AEXPR_IN:
        _plain_in(node)


def _without_widening(operands: Sequence[Node]) -> None:
    """``i::bigint > n`` is ``i > n``: the server makes both sides of a comparison one type."""
    for node in operands:
        cast = node.type_cast
        if node.WhichOneof("node") == "type_cast" and _target(cast) in WIDER and not cast.type_name.typmods:
            _become(node, cast.arg)


def _become_list(expression: A_Expr) -> None:
    """``a = ANY (ARRAY['x', 'y'])`` is ``a IN ('x', 'y')``; an empty list cannot be said so."""
    from postgast import pg_query_pb2 as pb

    array = expression.rexpr
    elements = list(array.a_array_expr.elements)
    text = array.a_const.sval.sval
    if text.startswith("{"):
        constants = (pb.A_Const(sval=pb.String(sval=part)) for part in text[1:-1].split(",") if part)
        elements = [pb.Node(a_const=constant) for constant in constants]
    if elements:
        expression.kind = pb.AEXPR_IN
        array.list.CopyFrom(pb.List(items=elements))


def _plain_in(node: Node) -> None:
    """Its numbers as strings, as an array's text has them; with one element it is a comparison."""
    from postgast import pg_query_pb2 as pb

    items = node.a_expr.rexpr.list.items
    if len(items) == 1:
        node.a_expr.kind = pb.AEXPR_OP
        _become(node.a_expr.rexpr, items[0])
        return
    for item in items:
        if item.a_const.WhichOneof("val") == "ival":
            item.a_const.sval.sval = str(item.a_const.ival.ival)


def _become_comparisons(node: Node, *operators: str, joined: int) -> None:
    """``a BETWEEN 1 AND 5`` is ``a >= 1 AND a <= 5``."""
    from postgast import pg_query_pb2 as pb

    both = pb.BoolExpr(boolop=joined)
    for operator, bound in zip(operators, node.a_expr.rexpr.list.items, strict=True):
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
