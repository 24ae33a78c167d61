"""Functions and procedures, parsed, into the objects of the model."""

from __future__ import annotations

from collections.abc import Collection

from postgast import pg_query_pb2 as pb

from dbtools.model import operation as op
from dbtools.model.expression import Name, Volatility
from dbtools.model.objects import Function
from dbtools.sql._definitions import path_of, strings
from dbtools.sql.expressions import expression_of
from dbtools.sql.grammar import deparse
from dbtools.sql.types import type_of

INPUTS = (pb.FUNC_PARAM_IN, pb.FUNC_PARAM_INOUT, pb.FUNC_PARAM_VARIADIC, pb.FUNC_PARAM_DEFAULT)
OUTPUTS = (pb.FUNC_PARAM_OUT, pb.FUNC_PARAM_INOUT)
VOLATILITY = {"immutable": Volatility.IMMUTABLE, "stable": Volatility.STABLE, "volatile": Volatility.VOLATILE}


def create_function(node: pb.CreateFunctionStmt, namespace: str) -> op.CreateFunction:
    """CREATE FUNCTION, CREATE PROCEDURE."""
    options = {option.def_elem.defname: option.def_elem.arg for option in node.options}
    volatility = options["volatility"].string.sval if "volatility" in options else "volatile"
    function = Function(
        path_of(node.funcname, namespace),
        _parameters(node, INPUTS, namespace),
        _returns(node, namespace),
        options["language"].string.sval if "language" in options else "sql",
        VOLATILITY[volatility],
        "\n".join(strings(options["as"].list.items)) if "as" in options else _sql_body(node.sql_body),
    )
    return op.CreateFunction(function, node.replace)


def _parameters(node: pb.CreateFunctionStmt, modes: Collection[int], namespace: str) -> tuple[str, ...]:
    parts = (part.function_parameter for part in node.parameters)
    return tuple(_parameter_type(part.arg_type, namespace) for part in parts if part.mode in modes)


def _parameter_type(node: pb.TypeName, namespace: str) -> str:
    """Of a parameter, of which the server forgets the modifiers."""
    return str(type_of(node, namespace)._replace(modifiers=()))


def _returns(node: pb.CreateFunctionStmt, namespace: str) -> str:
    """What RETURNS says, else what the OUT parameters do; nothing for a procedure."""
    if node.is_procedure:
        return ""
    if node.HasField("return_type"):
        return _parameter_type(node.return_type, namespace)
    outputs = _parameters(node, OUTPUTS, namespace)
    return outputs[0] if len(outputs) == 1 else "record"


def _sql_body(node: pb.Node) -> str:
    """``RETURN ...`` or ``BEGIN ATOMIC ... END``, the bodies that are no strings."""
    match node.WhichOneof("node"):
        case None:
            return ""
        case "return_stmt":
            return f"RETURN {expression_of(node.return_stmt.returnval).text}"
        case "list":
            inner = (_sql_body(item) for part in node.list.items for item in part.list.items)
            return f"BEGIN ATOMIC {'; '.join((*inner, 'END'))}"
    return deparse(node)


def signature_of(node: pb.ObjectWithArgs, namespace: str) -> tuple[Name, tuple[str, ...] | None]:
    """The name of a function and its argument types; None where they were left out."""
    name = path_of(node.objname, namespace)
    if node.args_unspecified:
        return name, None
    return name, tuple(_parameter_type(argument.type_name, namespace) for argument in node.objargs)
